"""The library: folders, their documents with state and reason, and how far indexing is. Window process."""

import os

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
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
from app.ui.documents_model import DocumentsModel
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel
from app.ui.library_tree import LibraryFilter, Node
from app.ui.library_tree_view import LibraryTreeView
from app.ui.sentences import explain_reason, foreign_words, shown_path, span_of_time
from app.ui.theme import Look


class LibraryPanel(QWidget):
    """Shows the library it is given.

    Signals:
        folder_chosen: the path of a folder or file to add, bytes.
        folder_removed: the path of an added folder to take out, bytes.
        document_opened: the id of a document whose first page is wanted.
    """

    folder_chosen = Signal(object)
    folder_removed = Signal(object)
    document_opened = Signal(int)

    def __init__(self, look: Look, icons: Icons, model: DocumentsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.view = LibraryTreeView(look, icons, model)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText(self.tr("Filter"))
        self._filter.setAccessibleName(self.tr("Filter the documents by name"))
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._on_filter_changed)
        self._detail = PlainLabel("", "quiet", wraps=True)
        self._progress = PlainLabel("", "quiet", wraps=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._unread = QPushButton()
        self._unread.setObjectName("quietLink")
        self._unread.setCheckable(True)
        self._unread.toggled.connect(self._on_filter_changed)
        self._failed = 0
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
        removal = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.view)
        removal.setContext(Qt.ShortcutContext.WidgetShortcut)
        removal.activated.connect(self._on_removal_pressed)
        self._stack.setCurrentIndex(1)
        self._filter_row.hide()
        self._footer.hide()

    @property
    def progress_words(self) -> str:
        """Return the progress line."""
        return self._progress.text()

    @property
    def detail_words(self) -> str:
        """Return what is said of the chosen row."""
        return self._detail.text()

    def show_status(self, changed: StatusChanged) -> None:
        """Show how far indexing is: a number, a rate, and an honest end."""
        status = changed.status
        total = status.ready + status.queued + status.failed
        self._bar.setVisible(changed.indexing and not changed.waiting_for and total > 0)
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(total - status.queued)
        if changed.indexing and not status.queued:
            self._bar.setRange(0, max(status.passages, 1))
            self._bar.setValue(status.passages - status.unembedded)
        self._progress.setText(self._progress_sentence(changed, total))
        self._foreign.show_text(foreign_words(status.foreign))
        self._failed = status.failed
        one = self.tr("1 could not be read")
        self._unread.setText(one if status.failed == 1 else self.tr("{n} could not be read").format(n=status.failed))
        self._unread.setVisible(status.failed > 0 or self._unread.isChecked())

    def show_folders_present(self, present: bool) -> None:
        """Show the tree, or the place to drop a first folder on."""
        self._stack.setCurrentIndex(1 if present else 0)
        self._filter_row.setVisible(present)
        self._footer.setVisible(present)

    def set_drop_hot(self, hot: bool) -> None:
        """Show that a drop will be taken."""
        self._target.setProperty("hot", hot)
        self._target.style().unpolish(self._target)
        self._target.style().polish(self._target)

    def take_focus(self) -> None:
        """Give the keyboard to the tree."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid() and self._model.rowCount():
            self.view.setCurrentIndex(self._model.index(0, 0))

    def take_filter_focus(self) -> None:
        """Give the keyboard to the filter box."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

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

    def _progress_sentence(self, changed: StatusChanged, total: int) -> str:
        status = changed.status
        if changed.waiting_for:
            return self.tr("Found by words only: get the model that finds passages by meaning")
        if not changed.indexing:
            if total == 0:
                return self.tr("No documents yet")
            if status.ready == 1:
                return self.tr("1 document, up to date")
            return self.tr("{n} documents, up to date").format(n=f"{status.ready:,}")
        if not status.queued:
            words = self.tr("{n} passages still to be found by meaning").format(n=f"{status.unembedded:,}")
            if changed.seconds_left is not None:
                words += self.tr(" · {time} left").format(time=span_of_time(changed.seconds_left))
            return words
        words = self.tr("{done} of {total}").format(done=f"{total - status.queued:,}", total=f"{total:,}")
        if changed.documents_per_s > 0:
            rate = changed.documents_per_s
            speed = f"{rate:.0f}" if rate >= 2 else f"{rate:.1f}"
            words += self.tr(" · {speed}/s").format(speed=speed)
        if changed.seconds_left is not None:
            words += self.tr(" · {time} left").format(time=span_of_time(changed.seconds_left))
        return words

    def _describe(self, node: Node) -> str:
        row = node.document
        if row is None:
            return "" if node.folder is None else shown_path(node.path)
        match row.state:
            case DocumentState.READY:
                pages = self.tr("1 page") if row.pages == 1 else self.tr("{n} pages").format(n=row.pages)
                words = self.tr("{pages}, {passages} passages").format(pages=pages, passages=row.passages)
                if row.pages_without_text:
                    words += self.tr("; {n} without text").format(n=row.pages_without_text)
                return words
            case DocumentState.QUEUED:
                return self.tr("Waits to be read.")
            case DocumentState.READING:
                return self.tr("Is being read.")
            case DocumentState.FAILED | DocumentState.IGNORED | DocumentState.ABSENT:
                return explain_reason(row.reason, row.detail).text or self.tr("Not there at the moment.")

    @Slot()
    def _on_filter_changed(self) -> None:
        self._model.set_filter(LibraryFilter(self._filter.text(), self._unread.isChecked()))

    @Slot(QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        words = self._describe(self._model.node(current)) if current.isValid() else ""
        self._detail.show_text(words)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        row = self._model.node(index).document
        if row is not None and row.state is DocumentState.READY:
            self.document_opened.emit(row.id)

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
        if not index.isValid() or index.parent().isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Remove from the library"), self._on_removal_pressed)
        menu.popup(self.view.viewport().mapToGlobal(place))

    @Slot("QStringList")
    def _on_files_selected(self, names: list[str]) -> None:
        for name in names:
            self.folder_chosen.emit(os.fsencode(name))

    def _lay_out(self, icons: Icons) -> None:
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
        for part in (self._detail, self._progress, self._bar, self._foreign):
            foot.addWidget(part)
        foot.addWidget(self._unread, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._detail, self._bar, self._foreign, self._unread):
            part.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header(icons))
        outer.addWidget(self._filter_row)
        outer.addWidget(self._stack, 1)
        outer.addWidget(self._footer)

    def _header(self, icons: Icons) -> QFrame:
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(16, 0, 8, 0)
        title = PlainLabel(self.tr("Library"), "title")
        add = IconButton(icons, "plus", self.tr("Add a folder (Ctrl+O)"))
        add.clicked.connect(self.choose_folder)
        row.addWidget(title, 1)
        row.addWidget(add)
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
