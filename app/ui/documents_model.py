"""The library's tree as a Qt model: kept up to date row by row, in steps too short to be felt. Window process."""

from collections import deque
from collections.abc import Iterator
from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, QTimer, Slot

from app.core.types import DocumentRow, FolderRow
from app.ui.document_words import describe
from app.ui.indexes import NO_INDEX, Index
from app.ui.library_tree import LibraryFilter, LibraryTree, Node, documents_in
from app.ui.sentences import short_state

ROWS_A_STEP = 150  # put into the tree that is shown
ROWS_BUILT_A_STEP = 600  # put into a tree that is not shown yet


class Role(IntEnum):
    """What a row can be asked for besides its name."""

    STATE = Qt.ItemDataRole.UserRole + 1
    NODE = Qt.ItemDataRole.UserRole + 2


class DocumentsModel(QAbstractItemModel):
    """Shows folders and documents that it is given, less those filtered or hidden."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tree = LibraryTree()
        self._rows: dict[int, DocumentRow] = {}
        self._folder_rows: tuple[FolderRow, ...] = ()
        self._hidden: frozenset[bytes] = frozenset()
        self._filter = LibraryFilter()
        self._building: Iterator[None] | None = None
        self._waiting: deque[int] = deque()  # documents whose row came, changed or went
        self._step = QTimer(self)
        self._step.setInterval(0)
        self._step.timeout.connect(self._on_step)

    @property
    def filter(self) -> LibraryFilter:
        """Return which documents are shown."""
        return self._filter

    @property
    def folder_rows(self) -> tuple[FolderRow, ...]:
        """Return the folders that are shown or could be, less hidden ones."""
        return tuple(row for row in self._folder_rows if row.path not in self._hidden)

    def node(self, index: Index) -> Node:
        """Return the node behind an index."""
        return self._tree.by_id[index.internalId()] if index.isValid() else self._tree.root

    def index_of_path(self, path: bytes) -> QModelIndex:
        """Return the index of a folder or a document, invalid if it is not shown."""
        node = self._tree.node_at(path)
        return self._index(node) if node else NO_INDEX

    def index_of_document(self, document_id: int) -> QModelIndex:
        """Return the index of a document, invalid if it is not shown."""
        node = self._tree.document_node(document_id)
        return self._index(node) if node else NO_INDEX

    def set_folders(self, rows: tuple[FolderRow, ...]) -> None:
        """Take the folders that the person added, with their counts."""
        if rows == self._folder_rows:
            return
        same_paths = [row.path for row in rows] == [row.path for row in self._folder_rows]
        self._folder_rows = rows
        if not same_paths:
            self._rebuild()
            return
        for row in rows:
            node = self._tree.folder_node(row.path)
            if node is not None:
                node.folder = row
                self._announce(node)

    def set_documents(self, rows: tuple[DocumentRow, ...]) -> None:
        """Take all documents; shown at once, or within a few turns of the event loop if they are many."""
        self._waiting.clear()
        self._rows = {row.id: row for row in rows}
        self._rebuild()

    def apply(self, changed: tuple[DocumentRow, ...], removed: tuple[int, ...]) -> None:
        """Take rows that are new or changed, and forget others; shown within a few turns of the event loop."""
        for document_id in removed:
            self._rows.pop(document_id, None)
        self._rows.update({row.id: row for row in changed})
        self._waiting.extend((*removed, *(row.id for row in changed)))
        if self._waiting:
            self._step.start()

    def set_filter(self, chosen: LibraryFilter) -> None:
        """Show only the documents that a filter admits."""
        if chosen != self._filter:
            self._filter = chosen
            self._rebuild()

    def hide_folder(self, path: bytes, *, hidden: bool) -> None:
        """Leave a folder out, or show it again."""
        self._hidden = self._hidden | {path} if hidden else self._hidden - {path}
        self._rebuild()

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        """Return the index of a child."""
        children = self.node(parent).children
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row].id)

    def parent(self, child: Index = NO_INDEX) -> QModelIndex:  # pyright: ignore
        """Return the index of the folder above."""
        node = self._tree.by_id.get(child.internalId()) if child.isValid() else None
        return self._index(node.parent) if node and node.parent else QModelIndex()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many rows are below."""
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Return 1."""
        return 1

    def hasChildren(self, parent: Index = NO_INDEX) -> bool:
        """Return whether there are rows below."""
        return bool(self.node(parent).children)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's name, its state in words, or its node."""
        if not index.isValid():
            return None
        node = self.node(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (node.name, self._state(node)) if part)
            case Qt.ItemDataRole.AccessibleDescriptionRole | Qt.ItemDataRole.ToolTipRole:
                return describe(node)
            case Role.STATE:
                return self._state(node)
            case Role.NODE:
                return node
            case _:
                return None

    def _state(self, node: Node) -> str:
        if node.document is not None:
            return short_state(node.document)
        if node.folder is not None and not node.folder.present:
            return self.tr("not there")
        return f"{node.documents:,}"

    def _index(self, node: Node) -> QModelIndex:
        return QModelIndex() if node is self._tree.root else self.createIndex(node.position, 0, node.id)

    def _announce(self, node: Node) -> None:
        index = self._index(node)
        self.dataChanged.emit(index, index)

    def _rebuild(self) -> None:
        """Show another tree: at once if it is small, else when it is built; the one that is there stays until then."""
        self._building = self._built()
        if not self._step.isActive():
            self._on_step()
        if self._has_more():
            self._step.start()

    def _has_more(self) -> bool:
        return self._building is not None or bool(self._waiting)

    def _built(self) -> Iterator[None]:
        """Build a tree of all rows, some at a time, and show it."""
        tree = LibraryTree()
        single_files = {row.path for row in self._rows.values() if row.path == row.folder}
        for folder in self.folder_rows:
            if folder.path not in single_files:
                tree.insert(tree.root, tree.new_folder(folder))
        known = {folder.path for folder in self.folder_rows}
        for i, row in enumerate(tuple(self._rows.values()), start=1):
            if row.folder in known and self._filter.admits(row):
                for parent in tree.missing_parents(row):
                    above = tree.parent_of(parent.path, row.folder)
                    tree.insert(above or tree.root, parent)
                tree.insert(tree.parent_of(row.path, row.folder) or tree.root, tree.new_document(row))
            if i % ROWS_BUILT_A_STEP == 0:
                yield
        for folder in self.folder_rows:
            node = tree.folder_node(folder.path)
            if node is not None:
                node.folder = folder
        self.beginResetModel()
        self._tree = tree
        if self._filter.is_on:
            self._prune()
        self.endResetModel()

    def _prune(self) -> None:
        """Leave out folders in which the filter left nothing."""
        for node in list(self._tree.root.children):
            if not node.is_file and not node.documents:
                self._tree.remove(node)

    @Slot()
    def _on_step(self) -> None:
        if self._building is not None:
            if next(self._building, self) is not self:
                return
            self._building = None
        for _ in range(min(ROWS_A_STEP, len(self._waiting))):
            self._take_in(self._waiting.popleft())
        if not self._waiting:
            self._step.stop()

    def _take_in(self, document_id: int) -> None:
        """Show a document's row as it is now."""
        row = self._shown_row(document_id)
        node = self._tree.document_node(document_id)
        if node is not None and row is not None and node.path == row.path:
            node.document = row
            self._announce(node)
            return
        if node is not None:
            self._take_out(document_id)
        if row is None:
            return
        placeholder = self._tree.folder_node(row.path)
        if placeholder is not None:
            # A file that was added by itself stood as a folder until its row came, as did one that holds others.
            self._waiting.extend(documents_in(placeholder))
            self._drop(placeholder)
        for parent in self._tree.missing_parents(row):
            self._put_in(parent, self._tree.parent_of(parent.path, row.folder))
        self._put_in(self._tree.new_document(row), self._tree.parent_of(row.path, row.folder))

    def _shown_row(self, document_id: int) -> DocumentRow | None:
        """Return a document's row if the filter and its folder let it be shown."""
        row = self._rows.get(document_id)
        if row is None or not self._filter.admits(row):
            return None
        return row if any(folder.path == row.folder for folder in self.folder_rows) else None

    def _put_in(self, node: Node, parent: Node | None) -> None:
        above = parent or self._tree.root
        position = self._tree.position_for(above, node)
        self.beginInsertRows(self._index(above), position, position)
        self._tree.insert(above, node)
        self.endInsertRows()

    def _take_out(self, document_id: int) -> None:
        """Remove a document's row, and the subfolders that it leaves empty."""
        node = self._tree.document_node(document_id)
        while node is not None and node is not self._tree.root:
            above = node.parent
            self._drop(node)
            is_empty = above is not None and not above.children and above.folder is None and above.document is None
            node = above if is_empty else None

    def _drop(self, node: Node) -> None:
        self.beginRemoveRows(self._index(node.parent or self._tree.root), node.position, node.position)
        self._tree.remove(node)
        self.endRemoveRows()
