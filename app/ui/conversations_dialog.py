"""The kept conversations in a window of their own: searched, opened, renamed, deleted. Window process."""

from PySide6.QtCore import QModelIndex, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, Qt
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.conversation_messages import ConversationRow
from app.ui.bars import UndoBar
from app.ui.conversations_model import ConversationRows, ConversationsModel
from app.ui.fields import let_clear
from app.ui.icons import Icons
from app.ui.labels import PlainLabel
from app.ui.pressing import presses_button
from app.ui.rows import row_of
from app.ui.sizing import size_within_screen

SEARCH_PAUSE_MS = 150


class ConversationsDialog(QDialog):
    """Lists conversations; everything else goes on meanwhile.

    Signals:
        wanted: the words that the listed conversations should hold.
        opened: the `ConversationRow` to go on with.
        leaving: the id of a conversation that is deleted; for a while it can be undone.
        stayed: the `ConversationRow` whose deletion was undone.
        deleted: the id of a conversation whose deletion can no longer be undone.
    """

    wanted = Signal(str)
    opened = Signal(object)
    leaving = Signal(str)
    stayed = Signal(object)
    deleted = Signal(str)

    def __init__(self, icons: Icons, bar_behind: UndoBar, parent: QWidget | None = None) -> None:
        """Take the bar of the window behind, where a deletion can be undone once the dialog is gone."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Conversations"))
        self.setModal(False)
        size_within_screen(self, 560, 560)
        self._leaving = ""
        self.model = ConversationsModel(self)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Search names, questions and answers"))
        self.field.setAccessibleName(self.tr("Search the conversations"))
        let_clear(self.field, self.tr("Clear the search"))
        self.list = QListView()
        self.list.setObjectName("rows")
        self.list.setAccessibleName(self.tr("Conversations"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(ConversationRows(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.empty = PlainLabel("", "quiet", wraps=True)
        self.undo_bar = UndoBar(icons)
        self._bar_behind = bar_behind
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.setObjectName("primary")
        self.rename_button = QPushButton(self.tr("Rename (F2)"))
        self.delete_button = QPushButton(self.tr("Delete"))
        for button in (self.open_button, self.rename_button, self.delete_button):
            button.setAutoDefault(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self.field.textChanged.connect(self._on_text_changed)
        self.field.returnPressed.connect(self._open_current)
        self.list.activated.connect(self._open)
        self.list.selectionModel().currentChanged.connect(self._show_buttons)
        self.open_button.clicked.connect(self._open_current)
        self.rename_button.clicked.connect(self._rename_current)
        self.delete_button.clicked.connect(self._delete_current)
        for bar in (self.undo_bar, bar_behind):
            bar.undone.connect(self._bring_back)
            bar.expired.connect(self._let_go)
        self._lay_out()

    def appear(self) -> None:
        """Appear with all conversations and the keyboard in the search field."""
        self.field.clear()
        self.refresh()
        self.show()
        self.activateWindow()
        self.field.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Ask for what the field's words find."""
        self._pause.stop()
        self.wanted.emit(self.field.text())

    def show_rows(self, rows: tuple[ConversationRow, ...], words: str) -> None:
        """List what the words found, unless others are in the field by now."""
        if words != self.field.text():
            return
        current = self.model.row_at(self.list.currentIndex())
        self.model.set_rows(rows)
        self.list.setCurrentIndex(self.model.index(self.model.place_of(current.id if current else ""), 0))
        self._show_state()

    def settle(self) -> None:
        """Let a deletion that could still be undone be final."""
        self.undo_bar.expire()
        self._bar_behind.expire()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the list from the field, delete, and press the button in focus."""
        if presses_button(event, self):
            return
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.field.hasFocus():
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            row = min(max(self.list.currentIndex().row() + step, 0), self.model.rowCount() - 1)
            self.list.setCurrentIndex(self.model.index(row, 0))
        elif event.key() == Qt.Key.Key_F2:
            self._rename_current()
        elif event.matches(QKeySequence.StandardKey.Delete) and self.list.hasFocus():
            self._delete_current()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What could be undone here can be in the window behind when the dialog is gone."""
        super().hideEvent(event)
        self.undo_bar.hand_over(self._bar_behind)

    @Slot()
    def _on_text_changed(self) -> None:
        self._pause.start()

    @Slot()
    def _open_current(self) -> None:
        self._open(self.list.currentIndex())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        row = self.model.row_at(index)
        if row is not None:
            self.hide()
            self.opened.emit(row)

    @Slot()
    def _rename_current(self) -> None:
        if self.list.currentIndex().isValid():
            self.list.setFocus()
            self.list.edit(self.list.currentIndex())

    @Slot()
    def _delete_current(self) -> None:
        row = self.model.row_at(self.list.currentIndex())
        if row is None:
            return
        self.settle()
        place = self.list.currentIndex().row()
        self._leaving = row.id
        self.model.hide(row.id)
        self.list.setCurrentIndex(self.model.index(min(place, self.model.rowCount() - 1), 0))
        self.undo_bar.offer(self.tr("“{name}” and its answers are deleted.").replace("{name}", row.name))
        self._show_state()
        self.leaving.emit(row.id)

    @Slot()
    def _bring_back(self) -> None:
        back, self._leaving = self._leaving, ""
        self.model.hide("")
        self.list.setCurrentIndex(self.model.index(self.model.place_of(back), 0))
        self._show_state()
        self.list.setFocus()
        if row := self.model.row_at(self.list.currentIndex()):
            self.stayed.emit(row)

    @Slot()
    def _let_go(self) -> None:
        leaving, self._leaving = self._leaving, ""
        if leaving:
            self.deleted.emit(leaving)

    def _show_state(self) -> None:
        """Say why the list is empty where it is, and offer what can be done."""
        is_empty = not self.model.rows
        nothing_found = self.tr("No conversation holds these words.")
        nothing_kept = self.tr("What you ask is kept here, with its answers and their passages.")
        self.empty.show_text((nothing_found if self.field.text() else nothing_kept) if is_empty else "")
        self.list.setVisible(not is_empty)
        self._show_buttons()

    @Slot()
    def _show_buttons(self) -> None:
        has_one = self.model.row_at(self.list.currentIndex()) is not None
        for button in (self.open_button, self.rename_button, self.delete_button):
            button.setEnabled(has_one)

    def _lay_out(self) -> None:
        buttons = row_of(self.delete_button, self.rename_button)
        buttons.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(PlainLabel(self.tr("Conversations"), "heading"))
        column.addWidget(self.field)
        column.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.list, 1)
        column.addWidget(self.undo_bar)
        column.addLayout(buttons)
        self._show_state()
