"""How large windows open. Window process."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget


def size_within_screen(window: QWidget, width_px: int, height_px: int) -> None:
    """Give a window a size, or as much of it as the screen has."""
    window.resize(QSize(width_px, height_px).boundedTo(window.screen().availableSize()))
