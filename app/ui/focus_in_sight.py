"""What is scrolled follows the keyboard into it; Qt does so only within it, not from outside. Window process."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget

ROOM_PX = 24


class FocusInSight(QObject):
    """Scrolls to a button of an area when it gets the keyboard."""

    def __init__(self, scroll: QScrollArea) -> None:
        super().__init__(scroll)
        self._scroll = scroll
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    @Slot(QWidget, QWidget)
    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if isinstance(now, QAbstractButton) and self._scroll.isAncestorOf(now):
            self._scroll.ensureWidgetVisible(now, 0, ROOM_PX)
