"""Widgets beside each other, as cards and dialogs have them. Window process."""

from PySide6.QtWidgets import QHBoxLayout, QWidget


def row_of(*widgets: QWidget, spacing_px: int = 8) -> QHBoxLayout:
    """Return a row of widgets with the room that is left behind the last one."""
    row = QHBoxLayout()
    row.setSpacing(spacing_px)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
