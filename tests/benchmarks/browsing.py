"""The window on a library of 10,000 documents: what its thread has to do at once in all that a person does with lists.

That is processor time from one beat to the next, which the load of the computer does not change; the longest gap, which
it does, is told beside that of an idle process.

`MARGENT_BENCH_PASSAGES` says how many passages the documents have together: 500,000 is what Margent promises to bear,
and to make so many takes half an hour. The files are there, empty, with the sizes and times that the catalog has.
"""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import Queue
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLineEdit

from app.client.engine_client import Event
from app.config.paths import DataPaths
from app.config.settings import Settings, save_settings
from app.core.messages import Search, Searched, StatusChanged
from app.library.catalog import Catalog
from app.library.search import Searcher
from app.library.spaces import space_folder
from app.library.texts import Vector
from app.library.vectors import Vectors
from app.ui.application import run
from app.ui.files_model import Column
from app.ui.main_window import MainWindow
from tests.benchmarks.figures import Figure
from tests.benchmarks.heartbeat import BEAT_MS, IDLE, LIMIT_MS
from tests.benchmarks.searching import FUSED_BOUND_MS, Put, Words, fill, known_words, make_files, resident_mb, timed
from tests.faults.processes import children_of
from tests.models import EMBEDDER, english_embedder

DOCUMENTS = 10_000
PASSAGES = int(os.environ.get("MARGENT_BENCH_PASSAGES", "50000"))
FOLDERS = 100
QUESTIONS = 40
LIMIT_S = 900
SCROLLS = 150
_AT_ONCE = 2000
MEMORY_BOUND_MB = {"engine": 900.0 + PASSAGES * 384 * 4 / 1e6, "window": 400.0}
"""What the engine needs without a library, twice, and each vector once."""

Act = tuple[str, Callable[[], bool]]
"""What is done, and what tells that it is done."""


async def measure(folder: Path) -> list[Figure]:
    """Fill a library, search it, open the window on it, and do what a person does."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    paths = DataPaths(folder / "data")
    save_settings(paths.settings, Settings())
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as elsewhere:  # the window's process stays small
        figures = elsewhere.submit(filled_and_searched, paths, folder / "papers").result()
    tours: list[_Tour] = []

    def begin(window: MainWindow) -> None:
        tours.append(_Tour(window, folder / "papers"))

    with subprocess.Popen([sys.executable, "-c", IDLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as idle:
        run(paths, Settings(), on_window=begin)
        idle.kill()
        assert idle.stdout is not None
        idle_ms = float(idle.stdout.read().split()[-1])
    (tour,) = tours
    return [*figures, *tour.figures(), Figure("    longest gap of an idle process", idle_ms, LIMIT_MS, "ms")]


def filled_and_searched(paths: DataPaths, papers: Path) -> list[Figure]:
    """Make the files and a catalog that knows them, and return how long searches take in it."""
    each = PASSAGES // DOCUMENTS

    def path_of(number: int) -> bytes:
        return os.fsencode(papers / f"part {number // each % FOLDERS}" / f"paper {number // each}.txt")

    make_files(range(0, PASSAGES, each), path_of)
    embedder = english_embedder(paths.models)
    catalog = Catalog.open(paths.catalog)
    catalog.add_folder(os.fsencode(papers))
    catalog.set_meta("embedder", embedder.name)
    words = Words(known_words(paths.models / EMBEDDER))
    with another_process_that_puts(paths, embedder.name) as put:
        fill(catalog, embedder.name, put, words, range(0, PASSAGES, each), path_of)
    vectors = Vectors(space_folder(paths.vectors, embedder.name))
    named = f"fused, {PASSAGES:,} passages"
    questions = [words.text(9) for _ in range(QUESTIONS)]
    figures = timed(named, Searcher(catalog, vectors, embedder, None), questions, FUSED_BOUND_MS)
    vectors.close()
    catalog.close()
    return figures


@contextmanager
def another_process_that_puts(paths: DataPaths, embedder: str) -> Generator[Put]:
    """Yield what puts vectors into a new store, in another process and many at a time: else they take longest."""
    process_kind = multiprocessing.get_context("spawn")
    waiting: Queue[list[tuple[bytes, Vector]] | None] = process_kind.Queue(4)
    gathered: list[tuple[bytes, Vector]] = []
    process = process_kind.Process(target=_put_all, args=(space_folder(paths.vectors, embedder), embedder, waiting))
    process.start()

    def put(hashes: list[bytes], vectors: list[Vector]) -> None:
        gathered.extend(zip(hashes, vectors, strict=True))
        if len(gathered) >= _AT_ONCE:
            waiting.put(gathered.copy())
            gathered.clear()

    yield put
    waiting.put(gathered)
    waiting.put(None)
    process.join()
    assert process.exitcode == 0


def _put_all(folder: Path, embedder: str, waiting: "Queue[list[tuple[bytes, Vector]] | None]") -> None:
    store = Vectors(folder)
    store.clear(embedder)
    while (some := waiting.get()) is not None:
        store.upsert([hashed for hashed, _ in some], [vector for _, vector in some])
    store.close()


class _Tour(QObject):
    """Beats on the window's thread, and goes from act to act."""

    def __init__(self, window: MainWindow, papers: Path) -> None:
        super().__init__(window)
        self._window, self._papers = window, papers
        self._work_ms: dict[str, float] = {}
        self._gap_ms = 0.0
        self._seconds: dict[str, float] = {}
        self._memory_mb: dict[str, float] = {}
        self._status: StatusChanged | None = None
        self._answers = 0
        self._acts = self._all_acts()
        self._act, self._is_done = next(self._acts)
        self._began_s = self._last_s = time.perf_counter()
        self._worked_s = time.thread_time()
        window.client.status_changed.connect(self._on_status)
        window.client.searched.connect(self._on_searched)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)
        QTimer.singleShot(LIMIT_S * 1000, self, window.close)

    def figures(self) -> list[Figure]:
        """Return what was seen."""
        work = [Figure(f"at once: {act}", most, LIMIT_MS, "ms") for act, most in self._work_ms.items()]
        slow = [Figure(f"    until {act}", seconds, 60.0, "s") for act, seconds in self._seconds.items() if seconds > 1]
        memory = [Figure(f"memory of the {who}", mb, MEMORY_BOUND_MB[who], "MB") for who, mb in self._memory_mb.items()]
        return [*work, *slow, *memory, Figure("    longest gap", self._gap_ms, LIMIT_MS, "ms")]

    def _all_acts(self) -> Iterator[Act]:
        window, dialog = self._window, self._window.files.dialog
        yield "all documents are listed", lambda: window.files.model.rowCount() == DOCUMENTS
        yield "nothing is left to check", self._is_at_rest
        yield from self._searches()
        view = window.library.view
        view.setCurrentIndex(view.model().index(0, 0))
        QTest.keyClick(view, Qt.Key.Key_Asterisk)
        yield from self._scrolled("the tree", view)
        yield from self._typed("the tree", window.library.take_filter_focus, window.library._filter, "paper 77")
        window.files.show_files()
        yield "the list of files is open", dialog.isVisible
        yield from self._scrolled("the list of files", dialog.table)
        for column in (*Column, *Column):
            header = dialog.table.horizontalHeader()
            ascending = header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            dialog.table.sortByColumn(
                column, Qt.SortOrder.DescendingOrder if ascending else Qt.SortOrder.AscendingOrder
            )
            yield from self._beats("sorting the list of files", 40)
        yield from self._typed("the list of files", dialog.search.setFocus, dialog.search, "part 7 paper 99")
        for button in dialog.groups.values():
            button.click()
            yield from self._beats("choosing groups of files", 40)
        dialog.groups[next(iter(dialog.groups))].click()
        self._papers.rename(self._papers.with_name("away"))
        window.keeping.look_again()
        yield "10,000 documents are told to be away", lambda: self._ready() == 0
        self._papers.with_name("away").rename(self._papers)
        window.keeping.look_again()
        yield "10,000 documents are back", lambda: self._ready() == DOCUMENTS
        dialog.close()
        yield from self._beats("closing the list of files", 40)

    def _searches(self) -> Iterator[Act]:
        for number in range(10):
            self._window.client.request(Search(f"harbour paper {number} of the year"))
            yield "ten searches in the engine's process", lambda number=number: self._answers > number

    def _scrolled(self, what: str, view: QAbstractItemView) -> Iterator[Act]:
        yield from self._beats(f"unfolding {what}", 40)
        bar = view.verticalScrollBar()
        for step in range(SCROLLS):
            bar.setValue(bar.maximum() * step // SCROLLS)
            yield from self._beats(f"scrolling {what}", 1)

    def _typed(self, what: str, focus: Callable[[], None], box: QLineEdit, words: str) -> Iterator[Act]:
        focus()
        for n in range(1, len(words) + 1):
            box.setText(words[:n])
            yield from self._beats(f"searching {what}", 20)
        box.clear()
        yield from self._beats(f"searching {what}", 80)

    def _beats(self, act: str, count: int) -> Iterator[Act]:
        for _ in range(count):
            yield act, lambda: True

    def _is_at_rest(self) -> bool:
        return self._ready() == DOCUMENTS and self._status is not None and not self._status.indexing

    def _ready(self) -> int:
        return self._status.status.ready if self._status is not None else -1

    @Slot()
    def _beat(self) -> None:
        now, worked_s = time.perf_counter(), time.thread_time()
        self._gap_ms = max(self._gap_ms, (now - self._last_s) * 1000 - BEAT_MS)
        self._work_ms[self._act] = max(self._work_ms.get(self._act, 0.0), (worked_s - self._worked_s) * 1000)
        self._last_s, self._worked_s = now, worked_s
        if not self._is_done():
            return
        self._seconds[self._act] = self._seconds.get(self._act, 0.0) + now - self._began_s
        self._began_s = now
        following = next(self._acts, None)
        if following is None:
            self._timer.stop()
            self._memory_mb["window"] = resident_mb()
            self._memory_mb["engine"] = sum(map(resident_mb, children_of(os.getpid(), "engine")))
            self._window.close()
        else:
            self._act, self._is_done = following

    @Slot(object)
    def _on_status(self, event: Event) -> None:
        assert isinstance(event.message, StatusChanged)
        self._status = event.message

    @Slot(object)
    def _on_searched(self, event: Event) -> None:
        assert isinstance(event.message, Searched)
        self._answers += 1
