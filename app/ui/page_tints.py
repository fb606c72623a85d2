"""The tints that lie on a page beside that of the passage: what was found, and what is selected. Window process."""

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

_FOUND = QColor(15, 107, 107)
_SELECTED = QColor(92, 142, 214)
AROUND = 0.35


def find_tint(*, is_current: bool) -> QColor:
    """Return the translucent tint of a place that was found, stronger for the current one."""
    return QColor(_FOUND.red(), _FOUND.green(), _FOUND.blue(), 150 if is_current else 60)


def around_tint(mark: QColor) -> QColor:
    """Return the tint of a passage around the sentences that have that of `mark`."""
    return QColor(mark.red(), mark.green(), mark.blue(), round(mark.alpha() * AROUND))


def selection_tint() -> QColor:
    """Return the translucent tint of what is selected on a drawn page."""
    return QColor(_SELECTED.red(), _SELECTED.green(), _SELECTED.blue(), 110)


def fill(painter: QPainter, rects: Iterable[QRectF], colour: QColor) -> None:
    """Lay one even tint over rectangles, however they overlap."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for rect in rects:
        path.addRect(rect.adjusted(-1, -1, 1, 1))
    if not path.isEmpty():
        painter.fillPath(path.simplified(), colour)
