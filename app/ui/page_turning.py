"""Pages turned with the page keys at the ends of what is seen of them. Window process."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea


class PageTurning(QObject):
    """Watches the views of a page.

    Signals:
        turned: +1 at the lower end, -1 at the upper one.
    """

    turned = Signal(int)

    def __init__(self, views: tuple[QAbstractScrollArea, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        for view in views:
            view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell of a page key that has nothing left to scroll."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.modifiers():
            bar = watched.verticalScrollBar() if isinstance(watched, QAbstractScrollArea) else None
            if bar is not None and event.key() == Qt.Key.Key_PageDown and bar.value() == bar.maximum():
                self.turned.emit(1)
                return True
            if bar is not None and event.key() == Qt.Key.Key_PageUp and bar.value() == bar.minimum():
                self.turned.emit(-1)
                return True
        return super().eventFilter(watched, event)
