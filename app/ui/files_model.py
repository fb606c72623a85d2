"""All files of the library as a Qt table: searched, sorted, counted in short steps. Window process."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from itertools import islice
from pathlib import PurePath

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from app.core.types import DocumentRow, DocumentState
from app.ui.document_words import describe_document
from app.ui.indexes import NO_INDEX, Index
from app.ui.moments import day_words
from app.ui.sentences import inside_words, shown_name, shown_path, size, state_words

ROWS_A_STEP = 800
GATHERED_MS = 250


class Column(IntEnum):
    """What stands beside what."""

    NAME = 0
    STATE = 1
    WHY = 2
    SIZE = 3
    CHANGED = 4
    PLACE = 5


class Group(StrEnum):
    """What a person may want to see alone."""

    ALL = "all"
    READ = "read"
    WAITING = "waiting"
    NOT_READ = "not read"
    LEFT_OUT = "left out"
    AWAY = "away"
    WITHOUT_TEXT = "without text"


_ON_THE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_GROUPS = {
    DocumentState.READY: Group.READ,
    DocumentState.QUEUED: Group.WAITING,
    DocumentState.READING: Group.WAITING,
    DocumentState.FAILED: Group.NOT_READ,
    DocumentState.IGNORED: Group.LEFT_OUT,
    DocumentState.ABSENT: Group.AWAY,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are shown, and in which order."""

    words: tuple[str, ...] = ()
    group: Group = Group.ALL
    column: Column = Column.NAME
    descending: bool = False

    def admits(self, row: DocumentRow) -> bool:
        """Return whether a file is shown."""
        if self.group not in _groups_of(row):
            return False
        if not self.words:
            return True
        folded = f"{shown_path(row.path)} {state_words(row)} {describe_document(row)}".casefold()
        return all(word in folded for word in self.words)


def _groups_of(row: DocumentRow) -> tuple[Group, ...]:
    """Return what a file is among; one that was read may have pages without text."""
    without_text = (Group.WITHOUT_TEXT,) if row.pages_without_text else ()
    return (Group.ALL, Group.WAITING if row.waits_for_file else _GROUPS[row.state], *without_text)


class FilesModel(QAbstractTableModel):
    """Shows the rows that it is given.

    Signals:
        counted: how many files of each group there are, a `Counter`, whenever that may have changed.
    """

    counted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[int, DocumentRow] = {}
        self._shown: list[int] = []
        self._place: dict[int, int] = {}
        self._wanted = Wanted()
        self._leaving: frozenset[bytes] = frozenset()
        self._ordering: Iterator[list[int] | None] | None = None
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(GATHERED_MS)
        self._gathering.timeout.connect(self._order_anew)
        self._step = QTimer(self)
        self._step.setInterval(0)
        self._step.timeout.connect(self._on_step)

    @property
    def wanted(self) -> Wanted:
        """Return which files are shown."""
        return self._wanted

    def row_at(self, index: Index) -> DocumentRow | None:
        """Return the file behind an index."""
        return self._rows.get(self._shown[index.row()]) if index.isValid() else None

    def index_of(self, document_id: int) -> QModelIndex:
        """Return where a file is shown, invalid if it is not."""
        place = self._place.get(document_id)
        return QModelIndex() if place is None else self.index(place, Column.NAME)

    def set_documents(self, rows: tuple[DocumentRow, ...]) -> None:
        """Take all files."""
        self._rows = {row.id: row for row in rows}
        self._order_anew()

    def apply(self, changed: tuple[DocumentRow, ...], removed: tuple[int, ...]) -> None:
        """Take rows that are new or changed, and forget others: shown at once where they stand, put in order soon."""
        self._rows |= {row.id: row for row in changed}
        places = [self._place[row.id] for row in changed if row.id in self._place]
        if places:
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), len(Column) - 1))
        for document_id in removed:
            self._rows.pop(document_id, None)
        if (changed or removed) and not self._gathering.isActive():
            self._gathering.start()

    def leave_out(self, folders: tuple[bytes, ...]) -> None:
        """Show none of the files of some folders, which are on their way out of the library."""
        if frozenset(folders) != self._leaving:
            self._leaving = frozenset(folders)
            self._order_anew()

    def want(self, wanted: Wanted) -> None:
        """Show other files, or in another order."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._order_anew()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many files are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """Return a column's name, and that of sizes stands where the sizes do."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _ON_THE_RIGHT if section == Column.SIZE else None
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            Column.NAME: self.tr("Name"),
            Column.STATE: self.tr("State"),
            Column.WHY: self.tr("Why, and what to do"),
            Column.SIZE: self.tr("Size"),
            Column.CHANGED: self.tr("Changed"),
            Column.PLACE: self.tr("Folder"),
        }
        return names[Column(section)]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the files in the order of a column."""
        descending = order is Qt.SortOrder.DescendingOrder
        self.want(replace(self._wanted, column=Column(max(0, column)), descending=descending))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what stands in a cell, and for screen readers all that is known of the file."""
        row = self.row_at(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(row, Column(index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                return f"{shown_path(row.path)}\n{describe_document(row)}"
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == Column.SIZE:
                return _ON_THE_RIGHT
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == Column.NAME:
                return f"{shown_name(row.path)}, {state_words(row)}"
            case _:
                return None

    @Slot()
    def _order_anew(self) -> None:
        """Begin to put the files in order; what is shown stays until that is done."""
        self._ordering = self._ordered()
        self._step.start()
        self._on_step()

    def _ordered(self) -> Iterator[list[int] | None]:
        """Yield None after each step, at last the ids of the files to show."""
        wanted, leaving = self._wanted, self._leaving
        rows = (row for row in tuple(self._rows.values()) if row.folder not in leaving)
        key = _KEYS[wanted.column]
        counts: Counter[Group] = Counter()
        runs: list[list[tuple[object, bytes, int]]] = []
        while some := list(islice(rows, ROWS_A_STEP)):
            counts.update(group for row in some for group in _groups_of(row))
            run = [(key(row), row.path, row.id) for row in some if wanted.admits(row)]
            runs.append(sorted(run, reverse=wanted.descending))
            yield None
        self.counted.emit(counts)
        merged = heapq.merge(*runs, reverse=wanted.descending)
        ids: list[int] = []
        while some_ids := [document_id for _, _, document_id in islice(merged, ROWS_A_STEP)]:
            ids += some_ids
            yield None
        yield ids

    @Slot()
    def _on_step(self) -> None:
        ids = next(self._ordering, None) if self._ordering else None
        if ids is None:
            return
        self._ordering = None
        self._step.stop()
        if ids == self._shown:
            return
        self.beginResetModel()
        self._shown = ids
        self._place = {document_id: place for place, document_id in enumerate(ids)}
        self.endResetModel()


def _cell(row: DocumentRow, column: Column) -> str:
    match column:
        case Column.NAME:
            return shown_name(row.path)
        case Column.STATE:
            return state_words(row)
        case Column.WHY:
            return describe_document(row)
        case Column.SIZE:
            return size(row.size_bytes) if row.size_bytes else ""
        case Column.CHANGED:
            return _day(row.modified_ns)
        case Column.PLACE:
            return _place_of(row)


def _day(modified_ns: int) -> str:
    if not modified_ns:
        return ""
    try:
        return day_words(datetime.fromtimestamp(modified_ns / 1e9))
    except (OverflowError, ValueError, OSError):  # a stamp that no calendar has
        return ""


def _place_of(row: DocumentRow) -> str:
    """Return the folder of a file, or in which file a document is."""
    return inside_words(row.path, row.file) or str(PurePath(shown_path(row.path)).parent)


_KEYS: dict[Column, Callable[[DocumentRow], object]] = {
    Column.NAME: lambda row: shown_name(row.path).casefold(),
    Column.STATE: state_words,
    Column.WHY: describe_document,
    Column.SIZE: lambda row: row.size_bytes,
    Column.CHANGED: lambda row: row.modified_ns,
    Column.PLACE: lambda row: _place_of(row).casefold(),
}
