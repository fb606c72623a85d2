"""The names of the library's files and folders, gathered and searched in steps too short to be felt. Window process."""

import heapq
import os
from collections import Counter, deque
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.client.engine_client import EngineClient, Event
from app.core.messages import DocumentsChanged, DocumentsListed
from app.core.types import DocumentRow, DocumentState
from app.ui.name_matching import Named, likeness, named

ROWS_A_STEP = 500
NAMES_A_STEP = 2000
MOST_FOUND = 50
_SEARCHABLE = (DocumentState.READY, DocumentState.QUEUED, DocumentState.READING)


class Names(QObject):
    """Knows every file that is or will be searched, and the folders above it.

    Signals:
        found: the `tuple[Named, ...]` that `search` asked for, best first.
    """

    found = Signal(object)

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[int, DocumentRow] = {}
        self._names: dict[bytes, Named] = {}
        self._below: Counter[bytes] = Counter()
        self._suffixes: Counter[str] = Counter()
        self._waiting: deque[tuple[int, DocumentRow | None]] = deque()
        self._gathering = self._timer(self._gather)
        self._searching = self._timer(self._search_on)
        self._parts: Iterator[list[tuple[int, Named]]] = iter(())
        self._best: list[tuple[int, Named]] = []
        self._typed: str | None = None
        client.documents_listed.connect(self._on_documents_listed)
        client.documents_changed.connect(self._on_documents_changed)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Return the kinds of files that there are, the most frequent first."""
        return tuple(suffix for suffix, count in self._suffixes.most_common() if count > 0)

    def search(self, typed: str) -> None:
        """Look for names until `give_up`, again when there are others; what was looked for before is given up."""
        self._typed = typed
        self._best = []
        self._parts = self._matches(typed.casefold().strip())
        self._searching.start()

    def finish(self) -> None:
        """Tell at once what a search in hand finds: some milliseconds, for a person who does not wait for the list."""
        while self._searching.isActive():
            self._search_on()

    def give_up(self) -> None:
        """Look for nothing any more."""
        self._typed = None
        self._searching.stop()

    @Slot(object)
    def _on_documents_listed(self, event: Event) -> None:
        if isinstance(event.message, DocumentsListed):
            self._rows, self._names = {}, {}
            self._below.clear()
            self._suffixes.clear()
            self._waiting = deque((row.id, row) for row in event.message.documents)
            self._gathering.start()

    @Slot(object)
    def _on_documents_changed(self, event: Event) -> None:
        if isinstance(event.message, DocumentsChanged):
            self._waiting.extend((row.id, row) for row in event.message.changed)
            self._waiting.extend((document_id, None) for document_id in event.message.removed)
            self._gathering.start()

    @Slot()
    def _gather(self) -> None:
        for _ in range(min(ROWS_A_STEP, len(self._waiting))):
            document_id, row = self._waiting.popleft()
            self._put(document_id, row if row is not None and row.state in _SEARCHABLE else None)
        if not self._waiting:
            self._gathering.stop()
            if self._typed is not None:
                self.search(self._typed)

    def _put(self, document_id: int, row: DocumentRow | None) -> None:
        before = self._rows.pop(document_id, None)
        if row is not None:
            self._rows[document_id] = row
        if before is not None and row is not None and before.path == row.path:
            return
        if before is not None:
            self._names.pop(before.path, None)
            self._count(before, -1)
        if row is not None:
            self._names[row.path] = named(row.path, is_folder=False)
            self._count(row, 1)

    def _count(self, row: DocumentRow, change: int) -> None:
        self._suffixes[os.path.splitext(row.path)[1][1:].decode(errors="replace").lower()] += change
        folder = row.file_path
        while len(folder) > len(row.folder):
            folder = os.path.dirname(folder)
            self._below[folder] += change
            if self._below[folder] <= 0:
                self._names.pop(folder, None)
                del self._below[folder]
            elif folder not in self._names:
                self._names[folder] = named(folder, is_folder=True)

    def _matches(self, typed: str) -> Iterator[list[tuple[int, Named]]]:
        """Yield, part by part, the names that match with how well they do; folders come before files like them."""
        everything = list(self._names.values())
        for at in range(0, len(everything), NAMES_A_STEP):
            some = everything[at : at + NAMES_A_STEP]
            scored = ((likeness(typed, one.folded), one) for one in some)
            yield [(score + one.is_folder, one) for score, one in scored if score is not None]

    @Slot()
    def _search_on(self) -> None:
        part = next(self._parts, None)
        if part is not None:
            self._best = heapq.nlargest(MOST_FOUND, [*self._best, *part], key=lambda scored: scored[0])
            return
        self._searching.stop()
        self.found.emit(tuple(one for _, one in self._best))

    def _timer(self, step: object) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(0)
        timer.timeout.connect(step)  # pyright: ignore[reportArgumentType]
        return timer
