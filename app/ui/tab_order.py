"""The order in which Tab goes through widgets that came later than those around them. Window process."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def chain(*parts: QWidget) -> None:
    """Let Tab go through these parts, each with what is in it, in this order."""
    inside = [widget for part in parts for widget in (part, *part.findChildren(QWidget))]
    stops = [widget for widget in inside if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for above, below in pairwise(stops):
        QWidget.setTabOrder(above, below)
