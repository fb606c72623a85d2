"""A line above what is scrolled by key, which says that the keyboard is there. Window process."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QWidget

LINE_PX = 2


class FocusLine(QFrame):
    """Shows its accent while one of some widgets has the keyboard; its room is kept, so that nothing jumps."""

    def __init__(self, watched: tuple[QWidget, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("focusLine")
        self.setFixedHeight(LINE_PX)
        for widget in watched:
            widget.installEventFilter(self)

    @property
    def is_lit(self) -> bool:
        """Return whether it is seen."""
        return bool(self.property("lit"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keyboard."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("lit", event.type() == QEvent.Type.FocusIn)
            self.style().unpolish(self)
            self.style().polish(self)
        return super().eventFilter(watched, event)
