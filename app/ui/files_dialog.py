"""One list of every file in the followed folders: in or out, why, and what can be done about it. Window process."""

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QButtonGroup,
    QDialog,
    QFrame,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.core.types import DocumentRow, DocumentState, Reason
from app.ui.bars import UndoBar
from app.ui.document_words import describe_document, wants_password
from app.ui.fields import let_clear
from app.ui.files_model import Column, FilesModel, Group, Wanted
from app.ui.flow_layout import FlowLayout
from app.ui.icons import Icons
from app.ui.labels import PlainLabel
from app.ui.pressing import presses_button
from app.ui.rows import row_of
from app.ui.sentences import counted, shown_path
from app.ui.sizing import size_within_screen

ROW_PX = 28
_WIDTHS_PX = {Column.NAME: 260, Column.STATE: 112, Column.WHY: 400, Column.SIZE: 92, Column.CHANGED: 96}
_BY_RULE = (Reason.IGNORED_BY_RULE, Reason.OTHER_TYPE, Reason.OVER_SIZE)


class FilesTable(QTableView):
    """The table, whose rows are opened by Enter as by a double click, whatever a single click does on this desktop.

    Signals:
        entered_by_key: Enter was pressed.
    """

    entered_by_key = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter before the dialog does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_by_key.emit()
        else:
            super().keyPressEvent(event)


class FilesDialog(QDialog):
    """Shows the files that its model holds; everything else goes on meanwhile.

    Signals:
        document_opened: the id of a file that is read and wanted.
        again_wanted: the ids of files to be tried once more.
        password_offered: the `DocumentRow` of a locked file whose password the person wants to give.
        place_wanted: the path of a file to be shown among others, bytes.
        rules_wanted: the path of the folder whose rules are wanted, bytes.
    """

    document_opened = Signal(int)
    again_wanted = Signal(object)
    password_offered = Signal(object)
    place_wanted = Signal(object)
    rules_wanted = Signal(object)

    def __init__(self, model: FilesModel, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._current: int = 0
        self._counts: Counter[Group] = Counter()
        self.undo_bar = UndoBar(icons)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search by name, folder, state or reason"))
        self.search.setAccessibleName(self.tr("Search the files"))
        let_clear(self.search, self.tr("Clear the search"))
        self.search.textChanged.connect(self._on_wanted_changed)
        self.groups = {group: self._group_button(group) for group in Group}
        self._choice = QButtonGroup(self)
        for button in self.groups.values():
            self._choice.addButton(button)
        self.groups[Group.ALL].setChecked(True)
        self._choice.buttonToggled.connect(self._on_wanted_changed)
        self.table = self._table()
        self._detail = PlainLabel("", "detail", wraps=True, selectable=True)
        self.open_button = self._action(self.tr("Open"), self._open)
        self.again_button = self._action(self.tr("Read again"), self._read_again)
        self.password_button = self._action(self.tr("Give the password…"), self._offer_password)
        self.place_button = self._action(self.tr("Show in folder"), self._show_place)
        self.rules_button = self._action(self.tr("Rules of its folder…"), self._show_rules)
        self._actions = (
            self.open_button,
            self.again_button,
            self.password_button,
            self.place_button,
            self.rules_button,
        )
        self._lay_out()
        model.modelReset.connect(self._on_model_reset)
        model.dataChanged.connect(self._describe)
        model.counted.connect(self._on_counted)
        self._describe()

    @property
    def detail_words(self) -> str:
        """Return what is said of the chosen file."""
        return self._detail.text()

    def open_at(self, group: Group) -> None:
        """Appear with the files of a group."""
        self.search.clear()
        self.groups[group].setChecked(True)
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()

    def chosen(self) -> list[DocumentRow]:
        """Return the chosen files."""
        indexes = self.table.selectionModel().selectedRows()
        return [row for row in map(self._model.row_at, indexes) if row is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button in focus on Enter, and go from the search down into the list."""
        if event.key() == Qt.Key.Key_Down and self.focusWidget() is self.search:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.table.selectionModel().hasSelection():
                self.table.selectRow(0)
        elif not presses_button(event, self):
            super().keyPressEvent(event)

    @Slot()
    def _on_wanted_changed(self) -> None:
        group = next(group for group, button in self.groups.items() if button.isChecked())
        words = tuple(self.search.text().casefold().split())
        wanted = self._model.wanted
        self._model.want(Wanted(words, group, wanted.column, wanted.descending))

    @Slot(object)
    def _on_counted(self, counts: "Counter[Group]") -> None:
        self._counts = counts
        for group, button in self.groups.items():
            button.setText(self._group_words(group))

    @Slot()
    def _on_model_reset(self) -> None:
        """Choose again what was chosen, where it is shown still."""
        index = self._model.index_of(self._current)
        if index.isValid():
            self.table.setCurrentIndex(index)
        self._describe()

    @Slot(QModelIndex)
    def _on_current_changed(self, index: QModelIndex) -> None:
        row = self._model.row_at(index)
        if row is not None:
            self._current = row.id

    @Slot()
    def _describe(self) -> None:
        """Say what there is to say of the chosen files, and offer what can be done about them."""
        rows = self.chosen()
        words = f"{shown_path(rows[0].path)}\n{describe_document(rows[0])}" if len(rows) == 1 else ""
        if len(rows) > 1:
            words = counted(len(rows), "", self.tr("{n} files chosen"))
        self._detail.setText(words or self.tr("Choose a file to see why it is read or not."))
        self.open_button.setEnabled(len(rows) == 1 and rows[0].state is DocumentState.READY)
        self.again_button.setEnabled(any(map(_may_be_read_again, rows)))
        self.password_button.setVisible(len(rows) == 1 and wants_password(rows[0]))
        self.place_button.setEnabled(len(rows) == 1 and rows[0].state is not DocumentState.ABSENT)
        self.rules_button.setEnabled(len({row.folder for row in rows}) == 1)

    @Slot()
    def _open(self) -> None:
        rows = self.chosen()
        if len(rows) == 1 and rows[0].state is DocumentState.READY:
            self.document_opened.emit(rows[0].id)

    @Slot()
    def _read_again(self) -> None:
        ids = tuple(row.id for row in self.chosen() if _may_be_read_again(row))
        if ids:
            self.again_wanted.emit(ids)

    @Slot()
    def _offer_password(self) -> None:
        self.password_offered.emit(self.chosen()[0])

    @Slot()
    def _show_place(self) -> None:
        self.place_wanted.emit(self.chosen()[0].file_path)

    @Slot()
    def _show_rules(self) -> None:
        self.rules_wanted.emit(self.chosen()[0].folder)

    @Slot()
    def _on_activated(self) -> None:
        """Do the first thing that can be done about the file."""
        rows = self.chosen()
        if len(rows) == 1 and rows[0].state is DocumentState.IGNORED and rows[0].reason in _BY_RULE:
            self._show_rules()
        elif len(rows) == 1 and wants_password(rows[0]):
            self._offer_password()
        elif rows and rows[0].state is DocumentState.FAILED:
            self._read_again()
        else:
            self._open()

    @Slot(QPoint)
    def _on_menu_asked(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self._actions:
            action = menu.addAction(button.text(), button.click)
            action.setEnabled(button.isEnabled())
            action.setVisible(not button.isHidden())
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _group_words(self, group: Group) -> str:
        names = {
            Group.ALL: self.tr("All"),
            Group.READ: self.tr("Read"),
            Group.WAITING: self.tr("Waiting"),
            Group.NOT_READ: self.tr("Not readable"),
            Group.LEFT_OUT: self.tr("Left out"),
            Group.AWAY: self.tr("Not there"),
            Group.WITHOUT_TEXT: self.tr("Pages without text"),
        }
        return f"{names[group]} {self._counts[group]:,}"

    def _group_button(self, group: Group) -> QPushButton:
        button = QPushButton(self._group_words(group))
        button.setObjectName("chip")
        button.setCheckable(True)
        button.setAutoDefault(False)
        return button

    def _action(self, words: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _table(self) -> FilesTable:
        table = FilesTable()
        table.setObjectName("files")
        table.setModel(self._model)
        table.setAccessibleName(self.tr("Files"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        for corner in table.findChildren(QAbstractButton):
            corner.setAccessibleName(self.tr("Choose all"))
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setStretchLastSection(True)
        for column, width in _WIDTHS_PX.items():
            table.setColumnWidth(column, width)
        table.horizontalHeader().setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._on_menu_asked)
        table.doubleClicked.connect(self._on_activated)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.entered_by_key.connect(self._on_activated)
        table.selectionModel().currentChanged.connect(self._on_current_changed)
        table.selectionModel().selectionChanged.connect(self._describe)
        return table

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("Files"))
        self.setModal(False)
        size_within_screen(self, 1160, 680)
        groups = QWidget()
        flow = FlowLayout(8, groups)
        for button in self.groups.values():
            flow.addWidget(button)
        top = QVBoxLayout()
        top.setContentsMargins(16, 16, 16, 12)
        top.setSpacing(12)
        top.addWidget(self.search)
        top.addWidget(groups)
        footer = QFrame()
        footer.setObjectName("footer")
        foot = QVBoxLayout(footer)
        foot.setContentsMargins(16, 12, 16, 12)
        foot.setSpacing(12)
        foot.addWidget(self.undo_bar)
        foot.addWidget(self._detail)
        foot.addLayout(row_of(*self._actions))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(self.table, 1)
        outer.addWidget(footer)


def _may_be_read_again(row: DocumentRow) -> bool:
    """Return whether a file could not be read, or text recognition gave up some of its pages."""
    return row.state is DocumentState.FAILED or row.pages_given_up > 0
