"""How large windows open. Window process."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME_PX = 40
"""What a desktop puts above a window, its title, which is not part of the window's own size."""


def size_within_screen(window: QWidget, width_px: int, height_px: int) -> None:
    """Give a window a size, or as much of it as the screen has."""
    room = window.screen().availableSize() - QSize(0, FRAME_PX)
    window.resize(QSize(width_px, height_px).boundedTo(room))
