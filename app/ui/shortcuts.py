"""What can be done by key: declared once, for the shortcuts, the palette and the list of keys. Window process."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QShortcut,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

translate = QCoreApplication.translate

PALETTE_PX = QSize(520, 380)


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a person can do; `keys` is "" where only the palette offers it."""

    words: str
    keys: str
    run: Callable[[], None]
    in_palette: bool = True


def bind(
    owner: QWidget,
    commands: tuple[Command, ...],
    context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
) -> None:
    """Let the keys of commands work anywhere in a window, or where else the context says."""
    for command in commands:
        if command.keys:
            shortcut = QShortcut(QKeySequence(command.keys), owner)
            shortcut.setContext(context)
            shortcut.activated.connect(command.run)


def key_words(keys: str) -> str:
    """Return keys as the platform writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def key_rows(commands: tuple[Command, ...]) -> tuple[tuple[str, str], ...]:
    """Return pairs of keys and what they do, for everything that has a key."""
    listed = tuple((key_words(command.keys), command.words) for command in commands if len(command.keys) != 1)
    asking = (
        (translate("keys", "Enter"), translate("keys", "Ask")),
        (translate("keys", "Shift+Enter"), translate("keys", "New line in the question")),
        ("@", translate("keys", "A file or folder by its name, to search only there")),
    )
    others = (("1-9", translate("keys", "Open source 1 to 9")), ("?", translate("keys", "All keys")))
    return (*asking, *(row for row in listed if row[0]), *others)


class KeysOverlay(QFrame):
    """Lists all keys, over the window."""

    def __init__(self, rows: tuple[tuple[str, str], ...], parent: QWidget) -> None:
        """Take pairs of keys and what they do."""
        super().__init__(parent)
        self._window = parent
        self.setObjectName("floating")
        title = QLabel(self.tr("Keys"))
        title.setObjectName("heading")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._rows = [(QLabel(keys), QLabel(words)) for keys, words in rows]
        for key, _words in self._rows:
            key.setObjectName("key")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(title)
        column.addLayout(self._grid)
        self.hide()

    @Slot()
    def toggle(self) -> None:
        """Appear, or go away."""
        if self.isVisible():
            self.hide()
        else:
            self.open()

    def open(self) -> None:
        """Appear in the middle of the window, in two columns where one would be too high."""
        room = self._window.size()
        row_px = max(key.sizeHint().height() for key, _words in self._rows) + self._grid.verticalSpacing()
        self._arrange(2 if (len(self._rows) + 3) * row_px > room.height() else 1)
        self.adjustSize()
        self.move((room.width() - self.width()) // 2, max((room.height() - self.height()) // 2, 0))
        self.show()
        self.raise_()

    def _arrange(self, columns: int) -> None:
        high = -(-len(self._rows) // columns)
        for i, (key, words) in enumerate(self._rows):
            self._grid.addWidget(key, i % high, 2 * (i // high), Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(words, i % high, 2 * (i // high) + 1)
        self._grid.invalidate()
        self._grid.activate()


class _PaletteRows(QStyledItemDelegate):
    """Draws a command with its keys at the far end."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the words by the style, the keys beside them."""
        super().paint(painter, option, index)
        command: Command = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setPen(QApplication.palette().color(QPalette.ColorRole.PlaceholderText))
        place = option.rect.adjusted(0, 0, -12, 0)  # pyright: ignore
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, key_words(command.keys))
        painter.restore()


class CommandPalette(QFrame):
    """Finds a command by some letters of its words; Enter runs it.

    Signals:
        command_chosen: the `Command`.
    """

    command_chosen = Signal(object)

    def __init__(self, commands: tuple[Command, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("floating")
        self._commands = tuple(command for command in commands if command.in_palette)
        self._field = QLineEdit()
        self._field.setPlaceholderText(self.tr("What do you want to do?"))
        self._field.setAccessibleName(self.tr("Command"))
        self._field.textChanged.connect(self._on_text_changed)
        self._model = QStandardItemModel(self)
        self._list = QListView()
        self._list.setAccessibleName(self.tr("Commands"))
        self._list.setModel(self._model)
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setItemDelegate(_PaletteRows(self._list))
        self._list.clicked.connect(self._on_entered)
        self._field.returnPressed.connect(self._on_entered)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self.hide()

    def open(self) -> None:
        """Appear near the top of the window with the keyboard."""
        self._field.clear()
        self._on_text_changed("")
        room = self._window.size()
        width = min(PALETTE_PX.width(), room.width() - 48)
        self.setGeometry((room.width() - width) // 2, 72, width, min(PALETTE_PX.height(), room.height() - 96))
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the list from the field."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            row = min(max(self._list.currentIndex().row() + step, 0), self._model.rowCount() - 1)
            self._list.setCurrentIndex(self._model.index(row, 0))
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        words = text.casefold().split()
        self._model.clear()
        for command in self._commands:
            if all(word in command.words.casefold() for word in words):
                item = QStandardItem(command.words)
                item.setData(command, Qt.ItemDataRole.UserRole)
                item.setSizeHint(QSize(0, 32))
                item.setFont(QFont(self.font()))
                self._model.appendRow(item)
        self._list.setCurrentIndex(self._model.index(0, 0))

    @Slot()
    def _on_entered(self) -> None:
        command = self._list.currentIndex().data(Qt.ItemDataRole.UserRole)
        if command is not None:
            self.hide()
            self.command_chosen.emit(command)
