"""The library: folders, their documents with state and reason, and how far indexing is. Window process."""

import os
from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.messages import StatusChanged
from app.core.types import DocumentState
from app.ui.battery_note import BatteryNote
from app.ui.document_words import (
    absence_words,
    foreign_words,
    progress_of,
    progress_words,
    wants_password,
)
from app.ui.documents_model import DocumentsModel
from app.ui.fields import let_clear
from app.ui.files_model import Group
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel
from app.ui.library_tree import LibraryFilter
from app.ui.library_tree_view import LibraryTreeView
from app.ui.row_detail import RowDetail
from app.ui.rows import row_of
from app.ui.sentences import counted
from app.ui.theme import Look


class LibraryPanel(QWidget):
    """Shows the library it is given.

    Signals:
        folder_chosen: the path of a folder or file to add, bytes.
        folder_removed: the path of an added folder to take out, bytes.
        document_opened: the id of a document whose first page is wanted.
        password_offered: the `DocumentRow` of a locked file whose password the person wants to give.
        only_wanted: the path of a file or folder that questions are to be kept to, bytes.
        rules_wanted: the path of an added folder whose rules the person wants to see, bytes.
        fold_pressed: the person wants the room.
        files_wanted: the `Group` of files that the person wants a list of.
        pause_wanted: whether indexing is to pause, or to go on.
    """

    folder_chosen = Signal(object)
    folder_removed = Signal(object)
    document_opened = Signal(int)
    password_offered = Signal(object)
    only_wanted = Signal(object)
    rules_wanted = Signal(object)
    fold_pressed = Signal()
    files_wanted = Signal(object)
    pause_wanted = Signal(bool)

    def __init__(self, look: Look, icons: Icons, model: DocumentsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.view = LibraryTreeView(look, icons, model)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText(self.tr("Filter"))
        self._filter.setAccessibleName(self.tr("Filter the documents by name"))
        let_clear(self._filter, self.tr("Clear the filter"))
        self._filter.textChanged.connect(self._on_filter_changed)
        self._detail = RowDetail()
        self._progress = PlainLabel("", "quiet", wraps=True)
        self._absent = PlainLabel("", "quiet", wraps=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Indexing"))
        self._unread = self._link(lambda: self.files_wanted.emit(Group.NOT_READ))
        self.battery = BatteryNote()
        self._files = self._link(lambda: self.files_wanted.emit(Group.ALL))
        self._files.setText(self.tr("All files"))
        self._pause = self._link(lambda: self.pause_wanted.emit(not self._is_paused))
        self._is_paused = False
        self._foreign = PlainLabel("", "quiet", wraps=True)
        self._stack = QStackedWidget()
        self._empty = PlainLabel("", "quiet", wraps=True)
        self._empty.setText(self.tr("Drop a folder here.\n\nNothing leaves this computer."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out(icons)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu_asked)
        self.view.activated.connect(self._on_activated)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.left_upwards.connect(self.take_filter_focus)
        model.dataChanged.connect(self._on_rows_changed)
        model.modelReset.connect(self._on_model_reset)
        self._filter.installEventFilter(self)
        removal = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.view)
        removal.setContext(Qt.ShortcutContext.WidgetShortcut)
        removal.activated.connect(self._on_removal_pressed)
        self._stack.setCurrentIndex(1)

    @property
    def progress_words(self) -> str:
        """Return the progress line."""
        return self._progress.text()

    @property
    def absence_words(self) -> str:
        """Return what is said of folders that are not there, "" if all are."""
        return self._absent.text()

    @property
    def detail_words(self) -> str:
        """Return what is said of the chosen row."""
        return self._detail.words

    @property
    def filter_words(self) -> str:
        """Return what the documents are filtered by."""
        return self._filter.text().strip()

    @property
    def filter_has_focus(self) -> bool:
        """Return whether the keyboard writes into the filter box."""
        return self._filter.hasFocus()

    def show_status(self, changed: StatusChanged) -> None:
        """Show how far indexing is: a number, a rate, and an honest end."""
        status = changed.status
        done, total = progress_of(status)
        self._bar.setVisible(changed.indexing and not changed.waiting_for and total > 0)
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        self._progress.show_text(progress_words(changed))
        self.battery.show_status(changed)
        self._absent.show_text(absence_words(status.folders))
        self._foreign.show_text("" if status.queued else foreign_words(status.foreign))
        self._unread.setText(counted(status.failed, self.tr("1 not readable"), self.tr("{n} not readable")))
        self._unread.setVisible(status.failed > 0)
        self._is_paused = status.paused
        self._pause.setText(self.tr("Go on") if status.paused else self.tr("Pause"))
        self._pause.setVisible(status.paused or (changed.indexing and not changed.waiting_for))

    def show_folders_present(self, present: bool) -> None:
        """Show the tree, or the place to drop a first folder on."""
        self._stack.setCurrentIndex(1 if present else 0)
        self._filter_row.setVisible(present)
        self._footer.setVisible(present)

    def show_document(self, document_id: int) -> None:
        """Choose a document's row, so that what can be said of it is said below."""
        if not self._model.index_of_document(document_id).isValid():
            self._filter.clear()
        self.view.setCurrentIndex(self._model.index_of_document(document_id))
        self.take_focus()

    def set_drop_hot(self, hot: bool) -> None:
        """Show that a drop will be taken."""
        self._target.setProperty("hot", hot)
        self._target.style().unpolish(self._target)
        self._target.style().polish(self._target)

    def take_focus(self) -> None:
        """Give the keyboard to the tree: to the row it had, else the first, or the first that a filter found."""
        if not self.view.currentIndex().isValid() and self._model.rowCount():  # before the focus, which takes any row
            row = self._model.index(0, 0)
            while self._model.filter.is_on and self._model.hasChildren(row):
                row = self._model.index(0, 0, row)
            self.view.setCurrentIndex(row)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def take_filter_focus(self) -> None:
        """Give the keyboard to the filter box."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    def escape(self) -> bool:
        """Go from the tree back to the filter box, or empty the box; return whether there was anything to do."""
        if self.view.hasFocus():
            self.take_filter_focus()
        elif self._filter.hasFocus() and self._filter.text():
            self._filter.clear()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move from the filter box into the tree by the down key or Enter."""
        pressed = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if watched is self._filter and pressed in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take_focus()
            return True
        return super().eventFilter(watched, event)

    def choose_folder(self) -> None:
        """Let the person choose a folder to add."""
        self._open_dialog(QFileDialog.FileMode.Directory, self.tr("Add a folder"))

    def choose_file(self) -> None:
        """Let the person choose a file to add."""
        self._open_dialog(QFileDialog.FileMode.ExistingFiles, self.tr("Add files"))

    def _open_dialog(self, mode: QFileDialog.FileMode, title: str) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._on_files_selected)
        dialog.open()

    @Slot()
    def _on_filter_changed(self) -> None:
        self._model.set_filter(LibraryFilter(self._filter.text()))

    @Slot(QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        self._describe(current)

    @Slot(QModelIndex, QModelIndex)
    def _on_rows_changed(self, first: QModelIndex, _last: QModelIndex) -> None:
        if first == self.view.currentIndex():
            self._describe(first)

    @Slot()
    def _on_model_reset(self) -> None:
        self._describe(self.view.currentIndex())

    def _describe(self, index: QModelIndex) -> None:
        """Say in the detail line what can be said of a row."""
        self._detail.show_row(self._model.node(index) if index.isValid() else None)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        row = self._model.node(index).document
        if row is not None and row.state is DocumentState.READY:
            self.document_opened.emit(row.id)
        elif row is not None and wants_password(row):
            self.password_offered.emit(row)

    @Slot()
    def _on_removal_pressed(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            node = self._model.node(index)
            if not index.parent().isValid():
                self.folder_removed.emit(node.path)

    @Slot(QPoint)
    def _on_menu_asked(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        node = self._model.node(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Ask about this only"), lambda: self.only_wanted.emit(node.path))
        if not index.parent().isValid():
            menu.addSeparator()
            if node.document is None:
                menu.addAction(self.tr("What is read of it…"), lambda: self.rules_wanted.emit(node.path))
            menu.addAction(self.tr("Remove from the library"), self._on_removal_pressed)
        menu.popup(self.view.viewport().mapToGlobal(place))

    @Slot("QStringList")
    def _on_files_selected(self, names: list[str]) -> None:
        for name in names:
            self.folder_chosen.emit(os.fsencode(name))

    def _lay_out(self, icons: Icons) -> None:
        self._detail.password_pressed.connect(lambda: self._on_activated(self.view.currentIndex()))
        self._stack.addWidget(self._drop_place())
        self._stack.addWidget(self.view)
        self._filter_row = QWidget()
        filter_row = QVBoxLayout(self._filter_row)
        filter_row.setContentsMargins(12, 8, 12, 8)
        filter_row.addWidget(self._filter)
        self._footer = QFrame()
        self._footer.setObjectName("footer")
        foot = QVBoxLayout(self._footer)
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(4)
        for part in (self._absent, self._progress, self._bar, self.battery, self._foreign):
            foot.addWidget(part)
        foot.addLayout(row_of(self._unread, self._files, self._pause, spacing_px=16))
        for part in (self._absent, self._bar, self._foreign, self._unread, self._pause):
            part.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header(icons))
        outer.addWidget(self._filter_row)
        outer.addWidget(self._stack, 1)
        outer.addWidget(self._detail)
        outer.addWidget(self._footer)
        self._filter_row.hide()
        self._footer.hide()

    def _link(self, pressed: Callable[[], None]) -> QPushButton:
        link = QPushButton()
        link.setObjectName("quietLink")
        link.clicked.connect(pressed)
        return link

    def _header(self, icons: Icons) -> QFrame:
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(16, 0, 8, 0)
        title = PlainLabel(self.tr("Library"), "title")
        add = IconButton(icons, "plus", self.tr("Add a folder (Ctrl+O)"))
        add.clicked.connect(self.choose_folder)
        fold = IconButton(icons, "sidebar-simple", self.tr("Fold the library"))
        fold.clicked.connect(self.fold_pressed)
        row.setSpacing(4)
        row.addWidget(title, 1)
        row.addWidget(add)
        row.addWidget(fold)
        return header

    def _drop_place(self) -> QWidget:
        self._target = QFrame()
        self._target.setObjectName("dropTarget")
        inside = QVBoxLayout(self._target)
        inside.addStretch(1)
        inside.addWidget(self._empty)
        inside.addStretch(1)
        place = QWidget()
        around = QVBoxLayout(place)
        around.setContentsMargins(12, 12, 12, 12)
        around.addWidget(self._target)
        return place
