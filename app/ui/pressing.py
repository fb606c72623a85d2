"""Enter presses the button in focus, as Space does, wherever Qt leaves the key to the window. Window process."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget


def presses_button(event: QKeyEvent, within: QWidget) -> bool:
    """Press the button that has the focus in a window if the key is Enter; tell whether one was pressed."""
    focused = within.window().focusWidget()
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton | QToolButton):
        focused.click()
        return True
    return False
