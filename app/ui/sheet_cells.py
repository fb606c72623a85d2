"""How a cell of a sheet is drawn: its tint up to the lines, its text with room around it. Window process."""

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.indexes import Index

ROOM = QMargins(8, 4, 8, 4)


class SheetCells(QStyledItemDelegate):
    """Draws cells with `ROOM` around their texts."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the tint, or the selection, over the whole cell and the text within."""
        rect: QRect = option.rect  # pyright: ignore
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)  # pyright: ignore
        tint = option.palette.highlight() if is_selected else index.data(Qt.ItemDataRole.BackgroundRole)  # pyright: ignore
        if tint is not None:
            painter.fillRect(rect, tint)
        super().paint(painter, _within(option), index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room that the text takes at the cell's width, with what is around it."""
        return super().sizeHint(_within(option), index).grownBy(ROOM)


def _within(option: QStyleOptionViewItem) -> QStyleOptionViewItem:
    inner = QStyleOptionViewItem(option)
    inner.rect = option.rect.marginsRemoved(ROOM)  # pyright: ignore
    return inner
