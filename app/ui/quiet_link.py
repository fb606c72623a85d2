"""The quiet button that looks like a link and says what it does. Window process."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


def quiet_link(words: str, says: str) -> QPushButton:
    """Return a button of few words, with what it does as its tip and its description."""
    link = QPushButton(words)
    link.setObjectName("quietLink")
    link.setToolTip(says)
    link.setAccessibleDescription(says)
    link.setCursor(Qt.CursorShape.PointingHandCursor)
    return link
