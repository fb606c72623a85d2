"""Completes file and folder names after an @ in the question box. Window process."""

import re

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QObject,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPalette, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.ui.indexes import NO_INDEX, Index
from app.ui.name_matching import Named
from app.ui.names import Names

ROW_PX, ROWS_SHOWN, WIDTH_PX = 28, 8, 520
BESIDE_PX = 62  # the frame of the question box, and its button
NAME_SHARE = 0.55
_TYPED = re.compile(r"(?:^|(?<=\s))@([^@\n]{0,80})$")


class NameList(QAbstractListModel):
    """Shows names that it is given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[Named, ...] = ()

    def set_names(self, names: tuple[Named, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self._names = names
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many names there are."""
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a name, or what it names."""
        if not index.isValid():
            return None
        one = self._names[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{one.name}, {one.above}"
            case Qt.ItemDataRole.UserRole:
                return one
            case _:
                return None


class _NameRows(QStyledItemDelegate):
    """Draws a name, and where it stands in a quiet colour at the far end."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row's ground by the style, both texts cut in their middles."""
        one: Named = index.data(Qt.ItemDataRole.UserRole)
        style_option = QStyleOptionViewItem(option)
        self.initStyleOption(style_option, index)
        style_option.text = ""  # pyright: ignore
        style = self._view.style()  # the sheet's, which knows the ground of the row that is chosen
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, style_option, painter, self._view)
        place = option.rect.adjusted(12, 0, -12, 0)  # pyright: ignore
        metrics = QFontMetrics(option.font)  # pyright: ignore
        middle, vertical = Qt.TextElideMode.ElideMiddle, Qt.AlignmentFlag.AlignVCenter
        palette = QApplication.palette()
        painter.save()
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        name = metrics.elidedText(
            f"{one.name}/" if one.is_folder else one.name, middle, int(place.width() * NAME_SHARE)
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | vertical, name)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        room = place.width() - metrics.horizontalAdvance(name) - 24
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | vertical, metrics.elidedText(one.above, middle, room))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return one height for all rows."""
        return QSize(0, ROW_PX)


class NameCompletion(QFrame):
    """Lies above the text while an @ and some letters stand before the cursor.

    Signals:
        chosen: the path of what was chosen; the @ and the letters are gone from the text.
    """

    chosen = Signal(object)

    def __init__(self, text: QTextEdit, names: Names, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("floating")
        self._text = text
        self._window = window
        self._names = names
        self._given_up_at = -1
        self._begun = ""  # what was written for the person
        self._listed_for: tuple[int, str] | None = None
        self._model = NameList(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_NameRows(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName(self.tr("Files and folders"))
        self._list.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self._list)
        self.hide()
        text.textChanged.connect(self._follow)
        text.cursorPositionChanged.connect(self._follow)
        text.installEventFilter(self)
        names.found.connect(self._on_found)

    @property
    def offered(self) -> tuple[str, ...]:
        """Return the names that are offered, best first."""
        rows = range(self._model.rowCount())
        return tuple(self._model.index(row).data() for row in rows) if not self.isHidden() else ()

    @property
    def current(self) -> str:
        """Return the name that Enter would choose, "" without one."""
        return self._list.currentIndex().data() or ""

    def begin(self) -> None:
        """Write an @ for the person, who goes on with a name."""
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        before = _before(self._text.textCursor())
        self._begun = "@" if not before or before[-1].isspace() else " @"
        self._text.insertPlainText(self._begun)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move through the list, choose from it or close it."""
        if event.type() == QEvent.Type.FocusOut:
            self._names.give_up()
            self.hide()
        elif not self.isHidden() and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()  # else the window's own Esc would come first
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        row = self._list.currentIndex().row()
        match event.key():
            case Qt.Key.Key_Down:
                self._go_to((row + 1) % self._model.rowCount())
            case Qt.Key.Key_Up:
                self._go_to((row - 1) % self._model.rowCount())
            case Qt.Key.Key_PageDown:
                self._go_to(min(row + ROWS_SHOWN, self._model.rowCount() - 1))
            case Qt.Key.Key_PageUp:
                self._go_to(max(row - ROWS_SHOWN, 0))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Tab:
                self._choose()
            case Qt.Key.Key_Escape:
                typed = self._typed()
                self._given_up_at = typed[0] if typed else -1
                self._names.give_up()
                self.hide()
                if typed and not typed[1]:
                    self._take_back()
            case _:
                return False
        return True

    def _take_back(self) -> None:
        """Take back the @ that was written for the person, who wants none after all."""
        cursor = self._text.textCursor()
        if self._begun and _before(cursor).endswith(self._begun):
            for _ in self._begun:
                cursor.deletePreviousChar()
        self._begun = ""

    def _typed(self) -> tuple[int, str] | None:
        """Return where the @ before the cursor stands and what is typed after it, None without one."""
        cursor = self._text.textCursor()
        found = None if cursor.hasSelection() else _TYPED.search(_before(cursor))
        return (cursor.position() - _qt_length(found[0]), found[1]) if found else None

    @Slot()
    def _follow(self) -> None:
        typed = self._typed()
        if typed is None or self._window.focusWidget() is not self._text:
            self._given_up_at = -1 if typed is None else self._given_up_at
            self._begun = self._begun if typed else ""
            self._names.give_up()
            self.hide()
        elif typed[0] != self._given_up_at:
            self._names.search(typed[1])

    @Slot(object)
    def _on_found(self, names: tuple[Named, ...]) -> None:
        one: Named | None = self._list.currentIndex().data(Qt.ItemDataRole.UserRole)
        typed = self._typed()
        stays = typed == self._listed_for and one in names and not self.isHidden()
        self._listed_for = typed
        self._model.set_names(names)
        if not names or typed is None:
            self.hide()
            return
        self._go_to(names.index(one) if stays and one is not None else 0)
        width = min(self._text.width() + BESIDE_PX, WIDTH_PX)
        height = ROW_PX * min(len(names), ROWS_SHOWN) + 10
        corner = self._text.mapTo(self._window, QPoint(-12, -height - 16))
        self.setGeometry(corner.x(), max(corner.y(), 8), width, height)
        self.show()
        self.raise_()

    def _go_to(self, row: int) -> None:
        self._list.setCurrentIndex(self._model.index(row))

    @Slot()
    def _on_clicked(self) -> None:
        self._choose()

    def _choose(self) -> None:
        self._names.finish()
        one: Named | None = self._list.currentIndex().data(Qt.ItemDataRole.UserRole)
        typed = self._typed()
        if one is None or typed is None:
            return
        cursor = self._text.textCursor()
        cursor.setPosition(typed[0], QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._names.give_up()
        self.hide()
        self.chosen.emit(one.path)


def _before(cursor: QTextCursor) -> str:
    """Return the text of the cursor's line before it."""
    units = cursor.block().text().encode("utf-16-le", "surrogatepass")[: 2 * cursor.positionInBlock()]
    return units.decode("utf-16-le", "replace")


def _qt_length(text: str) -> int:
    """Return how many positions a text takes in Qt, which counts UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
