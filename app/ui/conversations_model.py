"""Kept conversations as a list: name and when, drawn in two lines. Window process."""

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.conversation_messages import ConversationRow
from app.ui.indexes import NO_INDEX, Index
from app.ui.moments import moment_words
from app.ui.sentences import counted

translate = QCoreApplication.translate

ROLE = Qt.ItemDataRole
ROW_PX = 56
SIDE_PX = 12


class ConversationsModel(QAbstractListModel):
    """The conversations found, less one that is on its way out.

    Signals:
        renamed: the id of a conversation and its new name.
    """

    renamed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ConversationRow, ...] = ()
        self._hidden = ""
        self._rows: tuple[ConversationRow, ...] = ()

    @property
    def rows(self) -> tuple[ConversationRow, ...]:
        """Return what is listed."""
        return self._rows

    def set_rows(self, rows: tuple[ConversationRow, ...]) -> None:
        """List other conversations."""
        self._all = rows
        self._show()

    def hide(self, conversation: str) -> None:
        """Leave one conversation out, "" for none."""
        self._hidden = conversation
        self._show()

    def row_at(self, index: Index) -> ConversationRow | None:
        """Return the conversation of an index."""
        return self._rows[index.row()] if index.isValid() else None

    def place_of(self, conversation: str) -> int:
        """Return the row of a conversation, the first one where it is not listed."""
        return next((i for i, row in enumerate(self._rows) if row.id == conversation), 0)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many are listed."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> object:
        """Return a conversation's name, or all that a screen reader should say of it."""
        row = self._rows[index.row()]
        match role:
            case ROLE.DisplayRole | ROLE.EditRole:
                return row.name
            case ROLE.UserRole:
                return about(row)
            case ROLE.ToolTipRole | ROLE.AccessibleTextRole:
                return f"{row.name}\n{about(row)}"
            case _:
                return None

    def setData(self, index: Index, value: object, role: int = ROLE.EditRole) -> bool:
        """Ask for another name; it is shown when it is kept."""
        row = self.row_at(index)
        name = " ".join(str(value).split())
        if role != ROLE.EditRole or row is None or not name or name == row.name:
            return False
        self.renamed.emit(row.id, name)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let names be edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def _show(self) -> None:
        rows = tuple(row for row in self._all if row.id != self._hidden)
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()


class ConversationRows(QStyledItemDelegate):
    """Draws a conversation's name, and below it what it is about."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return two lines' height."""
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw both lines over the style's own background."""
        self.initStyleOption(option, index)
        option.text = ""  # pyright: ignore[reportAttributeAccessIssue]
        QApplication.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)  # pyright: ignore
        palette = QApplication.palette()
        area: QRect = option.rect.adjusted(SIDE_PX, 8, -SIDE_PX, -8)  # pyright: ignore
        painter.save()
        name_font = QFont(option.font)  # pyright: ignore
        name_font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(name_font)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        name = QFontMetrics(name_font).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignTop, name)
        painter.setFont(option.font)  # pyright: ignore
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(area, Qt.AlignmentFlag.AlignBottom, str(index.data(ROLE.UserRole)))
        painter.restore()

    def updateEditorGeometry(self, editor: object, option: QStyleOptionViewItem, index: Index) -> None:
        """Edit the name over the whole row."""
        editor.setGeometry(option.rect.adjusted(4, 8, -4, -8))  # pyright: ignore


def about(row: ConversationRow) -> str:
    """Return how many questions a conversation has and when it was last used."""
    questions = counted(
        row.turns, translate("conversations", "1 question"), translate("conversations", "{n} questions")
    )
    return f"{questions} · {moment_words(row.used_ns)}"
