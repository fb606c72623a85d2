"""Pages turned with the page keys at their ends, and text made larger with Ctrl and the wheel. Window process."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea


class PageTurning(QObject):
    """Watches the views of a page; a drawn page zooms by itself, around the pointer.

    Signals:
        turned: +1 at the lower end, -1 at the upper one.
        zoom_stepped: +1 for larger, -1 for smaller.
    """

    turned = Signal(int)
    zoom_stepped = Signal(int)

    def __init__(
        self, drawn: QAbstractScrollArea, texts: tuple[QAbstractScrollArea, ...], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        for view in (drawn, *texts):
            view.installEventFilter(self)
        for view in texts:
            view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell of a page key that has nothing left to scroll, and of a wheel that does not scroll."""
        if isinstance(watched, QAbstractScrollArea):
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.modifiers():
                bar = watched.verticalScrollBar()
                if event.key() == Qt.Key.Key_PageDown and bar.value() == bar.maximum():
                    self.turned.emit(1)
                    return True
                if event.key() == Qt.Key.Key_PageUp and bar.value() == bar.minimum():
                    self.turned.emit(-1)
                    return True
        elif isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_stepped.emit(1 if event.angleDelta().y() > 0 else -1)
            return True
        return super().eventFilter(watched, event)
