"""The library's tree as a Qt model: kept up to date row by row, in steps too short to be felt. Window process."""

from collections import deque
from enum import IntEnum
from typing import TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Slot

from app.core.types import DocumentRow, FolderRow
from app.ui.document_words import describe
from app.ui.library_tree import LibraryFilter, LibraryTree, Node
from app.ui.sentences import short_state

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
ROWS_A_STEP = 150


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
        self._waiting: deque[DocumentRow] = deque()
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
        """Return the index of a folder, invalid if it is not shown."""
        node = self._tree.folder_node(path)
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
        """Take all documents at once."""
        self._waiting.clear()
        self._rows = {row.id: row for row in rows}
        self._rebuild()

    def apply(self, changed: tuple[DocumentRow, ...], removed: tuple[int, ...]) -> None:
        """Take rows that are new or changed, and forget others; shown within a few turns of the event loop."""
        for document_id in removed:
            self._rows.pop(document_id, None)
            self._take_out(document_id)
        self._rows.update({row.id: row for row in changed})
        self._waiting.extend(changed)
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
        self.beginResetModel()
        tree = LibraryTree()
        single_files = {row.path for row in self._rows.values() if row.path == row.folder}
        for folder in self.folder_rows:
            if folder.path not in single_files:
                tree.insert(tree.root, tree.new_folder(folder))
        known = {folder.path for folder in self.folder_rows}
        for row in self._rows.values():
            if row.folder in known and self._filter.admits(row):
                for parent in tree.missing_parents(row):
                    above = tree.parent_of(parent.path, row.folder)
                    tree.insert(above or tree.root, parent)
                tree.insert(tree.parent_of(row.path, row.folder) or tree.root, tree.new_document(row))
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
        for _ in range(min(ROWS_A_STEP, len(self._waiting))):
            self._take_in(self._waiting.popleft())
        if not self._waiting:
            self._step.stop()

    def _take_in(self, row: DocumentRow) -> None:
        if self._rows.get(row.id) is not row:
            return  # a newer row of the same document waits, or it is gone
        node = self._tree.document_node(row.id)
        if node is not None and node.path == row.path and self._filter.admits(row):
            node.document = row
            self._announce(node)
            return
        if node is not None:
            self._take_out(row.id)
        if not self._filter.admits(row) or row.folder not in {folder.path for folder in self.folder_rows}:
            return
        placeholder = self._tree.folder_node(row.path)
        if placeholder is not None:
            self._drop(placeholder)  # a file that was added by itself stood as a folder until its row came
        for parent in self._tree.missing_parents(row):
            self._put_in(parent, self._tree.parent_of(parent.path, row.folder))
        self._put_in(self._tree.new_document(row), self._tree.parent_of(row.path, row.folder))

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
            node = above if above and not above.children and above.folder is None else None

    def _drop(self, node: Node) -> None:
        self.beginRemoveRows(self._index(node.parent or self._tree.root), node.position, node.position)
        self._tree.remove(node)
        self.endRemoveRows()
