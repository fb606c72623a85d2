"""The library as a tree: folders that were added, their subfolders, their documents. Pure, window process."""

from bisect import bisect_left
from dataclasses import dataclass, field

from app.core.types import DocumentRow, DocumentState, FolderRow, Reason

SortKey = tuple[bool, str, bytes]


@dataclass(slots=True, eq=False)
class Node:
    """A row of the tree; exactly one of `folder` (added by the person), `document` and neither (a subfolder) is there.

    `children` are sorted by `key`, folders first; `documents` counts the documents below. A document that holds others,
    a mail say, has them as children.
    """

    id: int
    path: bytes
    key: SortKey
    parent: "Node | None" = None
    folder: FolderRow | None = None
    document: DocumentRow | None = None
    children: list["Node"] = field(default_factory=list["Node"])
    keys: list[SortKey] = field(default_factory=list[SortKey])
    documents: int = 0

    @property
    def name(self) -> str:
        """Return the last part of the path for the eye."""
        return _last_part(self.path)

    @property
    def position(self) -> int:
        """Return the row among its siblings."""
        return bisect_left(self.parent.keys, self.key) if self.parent else 0

    @property
    def is_file(self) -> bool:
        """Return whether this is a document rather than a folder."""
        return self.document is not None


class LibraryTree:
    """Nodes by id and path; the root is not shown."""

    def __init__(self) -> None:
        self.root = Node(0, b"", (False, "", b""))
        self._next_id = 1
        self.by_id: dict[int, Node] = {0: self.root}
        self._folders: dict[bytes, Node] = {}
        self._documents: dict[int, Node] = {}
        self._files: dict[bytes, Node] = {}

    def document_node(self, document_id: int) -> Node | None:
        """Return the node of a document, None if it is not in the tree."""
        return self._documents.get(document_id)

    def folder_node(self, path: bytes) -> Node | None:
        """Return the node of a folder or subfolder, None if it is not in the tree."""
        return self._folders.get(path)

    def node_at(self, path: bytes) -> Node | None:
        """Return the node that things can be below: of a folder, or of a document that holds others."""
        return self._folders.get(path) or self._files.get(path)

    def new_folder(self, row: FolderRow) -> Node:
        """Make the node of a folder that the person added; the caller puts it in."""
        return self._new(row.path, _key(row.path, is_file=False), folder=row)

    def new_document(self, row: DocumentRow) -> Node:
        """Make the node of a document; the caller puts it in."""
        return self._new(row.path, _key(row.path, is_file=True), document=row)

    def missing_parents(self, row: DocumentRow) -> list[Node]:
        """Return new nodes for the subfolders above a document that the tree lacks, outermost first."""
        missing: list[Node] = []
        for path in _parents(row.path, row.folder):
            if self.node_at(path) is None and path != row.folder:
                missing.append(self._new(path, _key(path, is_file=False)))
        return missing

    def parent_of(self, path: bytes, folder: bytes) -> Node | None:
        """Return the node under which a path belongs; the root for a file that was added by itself."""
        if path == folder:
            return self.root
        return self.node_at(path[: path.rfind(_separator(path))]) or self._folders.get(folder)

    def position_for(self, parent: Node, node: Node) -> int:
        """Return the position that a new node will have under a parent."""
        return bisect_left(parent.keys, node.key)

    def insert(self, parent: Node, node: Node) -> int:
        """Put a node under its parent, in order, and return its position."""
        position = self.position_for(parent, node)
        parent.keys.insert(position, node.key)
        parent.children.insert(position, node)
        node.parent = parent
        self.by_id[node.id] = node
        if node.document is not None:
            self._documents[node.document.id] = self._files[node.path] = node
            _count(parent, 1)
        else:
            self._folders[node.path] = node
        return position

    def remove(self, node: Node) -> None:
        """Take a node out with all that is below it."""
        if node.parent is not None:
            position = node.position
            del node.parent.children[position], node.parent.keys[position]
            _count(node.parent, -(node.documents + (1 if node.document else 0)))
        waiting = [node]
        while waiting:
            gone = waiting.pop()
            waiting += gone.children
            self.by_id.pop(gone.id, None)
            if gone.document is not None:
                self._documents.pop(gone.document.id, None)
                self._files.pop(gone.path, None)
            elif self._folders.get(gone.path) is gone:
                del self._folders[gone.path]

    def _new(
        self, path: bytes, key: SortKey, folder: FolderRow | None = None, document: DocumentRow | None = None
    ) -> Node:
        node = Node(self._next_id, path, key, folder=folder, document=document)
        self._next_id += 1
        return node


@dataclass(frozen=True, slots=True)
class LibraryFilter:
    """Which documents are shown: those with all words of `text` in their path."""

    text: str = ""

    @property
    def is_on(self) -> bool:
        """Return whether anything is left out."""
        return bool(self.text.strip())

    def admits(self, row: DocumentRow) -> bool:
        """Return whether a document is shown."""
        if row.state is DocumentState.IGNORED and row.reason is Reason.IGNORED_BY_RULE:
            return False
        words = self.text.casefold().split()
        if not words:
            return True
        path = row.path[len(row.folder) :] or _last_part(row.path).encode()
        folded = path.decode("utf-8", "replace").casefold()
        return all(word in folded for word in words)


def documents_in(node: Node) -> list[int]:
    """Return the ids of all documents below a node."""
    found: list[int] = []
    for child in node.children:
        found += ([child.document.id] if child.document else []) + documents_in(child)
    return found


def _key(path: bytes, *, is_file: bool) -> SortKey:
    return is_file, _last_part(path).casefold(), path


def _last_part(path: bytes) -> str:
    separator = _separator(path)
    return path.rstrip(separator).rpartition(separator)[2].decode("utf-8", "replace") or path.decode("utf-8", "replace")


def _separator(path: bytes) -> bytes:
    return b"/" if b"/" in path else b"\\"


def _parents(path: bytes, folder: bytes) -> list[bytes]:
    """Return the folders between an added folder and a document, outermost first."""
    separator = _separator(path)
    below = path[len(folder) :].strip(separator).split(separator)[:-1]
    base = folder.rstrip(separator)
    return [base + separator + separator.join(below[: i + 1]) for i in range(len(below))]


def _count(node: Node | None, change: int) -> None:
    while node is not None:
        node.documents += change
        node = node.parent
