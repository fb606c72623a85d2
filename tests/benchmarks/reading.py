"""How fast PDF pages are read and drawn, beside MuPDF alone, and what the jail and many files cost."""

import asyncio
import io
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import pymupdf

from app.core.child_messages import FileRead, PageDrawn
from app.core.pages import Span
from app.engine.reader_process import MEMORY_BYTES
from app.engine.readers import Reader
from app.readers import pdf
from app.readers.pdf_page import TEXT_FLAGS, found_with_boxes
from app.readers.reading import read
from tests.benchmarks.figures import Figure, write_documents

SETS = Path(__file__).resolve().parents[3] / "shared" / "evaluation" / "pdf"
FILES_PER_SET = 4
ROUNDS = 3
DRAWN_PAGES = 30
MANY_FILES = int(os.environ.get("MARGENT_READ_FILES", "1000"))


async def measure(folder: Path) -> list[Figure]:
    """Measure each; the open PDF files are taken where they are, else the samples."""
    pdf.silence()
    paths = [path for one in sorted(SETS.glob("*")) for path in sorted(one.glob("docs/*.pdf"))[:FILES_PER_SET]]
    paths = paths or sorted(Path("resources/samples").glob("*.pdf"))
    contents = [path.read_bytes() for path in paths]
    return [
        *parsing(contents),
        *await jail(paths),
        *await several_readers(paths),
        *await drawing(paths),
        *await many_files(folder),
    ]


def parsing(contents: Sequence[bytes]) -> list[Figure]:
    """Read the files and have MuPDF's binding extract their text, in turns; the least of each is kept."""
    ways: dict[str, Callable[[bytes], object]] = {
        "ours": lambda content: pdf.pages(io.BytesIO(content), "a.pdf"),
        "text": lambda content: _extracted(content, "text"),
        "dict": lambda content: _extracted(content, "dict"),
    }
    spent_s = dict.fromkeys(ways, 0.0)
    for content in contents:
        least = dict.fromkeys(ways, float("inf"))
        for _ in range(ROUNDS):
            for name, extract in ways.items():
                began = time.process_time()
                extract(content)
                least[name] = min(least[name], time.process_time() - began)
        for name, seconds in least.items():
            spent_s[name] += seconds
    return [
        Figure("parsing PDF, bound: get_text('text') alone", 1 / spent_s["ours"], 1 / spent_s["text"], "sets/s"),
        Figure("parsing PDF, bound: get_text('dict') alone", 1 / spent_s["ours"], 1 / spent_s["dict"], "sets/s"),
    ]


def _extracted(content: bytes, how: str) -> None:
    with pymupdf.open(stream=content, filetype="pdf") as document:
        for page in document:
            page.get_text(how, flags=TEXT_FLAGS)


async def jail(paths: Sequence[Path]) -> list[Figure]:
    """Read the files in a jailed reader, and here; the jail's start is a figure of its own."""
    reader = Reader()
    began = time.perf_counter()
    await reader.start()
    start_ms = (time.perf_counter() - began) * 1000
    jailed_s = here_s = 0.0
    for path in paths:
        began = time.perf_counter()
        assert isinstance(await reader.read(os.fsencode(path)), FileRead)
        jailed_s += time.perf_counter() - began
        began = time.perf_counter()
        with path.open("rb") as file:
            read(file, path.name)
        here_s += time.perf_counter() - began
    reader.end()
    return [
        Figure(
            "a document in the jail, with its passages", jailed_s / len(paths) * 1000, here_s / len(paths) * 1000, "ms"
        ),
        Figure("start of a jailed reader, once", start_ms, 60_000, "ms"),
    ]


async def several_readers(paths: Sequence[Path]) -> list[Figure]:
    """Read the files by as many readers as there are cores, beside one."""

    async def read_all(count: int) -> float:
        readers = [Reader() for _ in range(count)]
        for reader in readers:
            await reader.start()
        began = time.perf_counter()
        waiting = list(paths)

        async def work(reader: Reader) -> None:
            while waiting:
                await reader.read(os.fsencode(waiting.pop()))

        await asyncio.gather(*map(work, readers))
        seconds = time.perf_counter() - began
        for reader in readers:
            reader.end()
        return seconds

    cores = os.cpu_count() or 1
    return [
        Figure(
            f"documents a second, {cores} readers beside 1",
            len(paths) / await read_all(cores),
            len(paths) / await read_all(1),
            "/s",
        )
    ]


async def drawing(paths: Sequence[Path]) -> list[Figure]:
    """Draw pages with a highlight, from the request to the pixels, and the stages of it here."""
    chance = random.Random(3)
    reader = Reader()
    await reader.start()
    taken: dict[float, list[float]] = {1.0: [], 2.0: []}
    stages: dict[str, list[float]] = {"open": [], "draw": [], "mark": []}
    for path in chance.choices(paths, k=DRAWN_PAGES):
        with pymupdf.open(path) as document:
            number = chance.randrange(document.page_count) + 1
        for scale, times in taken.items():
            began = time.perf_counter()
            assert isinstance(await reader.draw(os.fsencode(path), number, Span(0, 300), scale), PageDrawn)
            times.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        with pymupdf.open(stream=path.read_bytes(), filetype="pdf") as document:
            page = document[number - 1]
            opened = time.perf_counter()
            page.get_pixmap(matrix=pymupdf.Matrix(2, 2), alpha=False)
            drawn = time.perf_counter()
            found_with_boxes(page)
            marked = time.perf_counter()
        for name, seconds in (("open", opened - began), ("draw", drawn - opened), ("mark", marked - drawn)):
            stages[name].append(seconds * 1000)
    reader.end()
    return [
        Figure("a page at 100 %, request to pixels, median", median(taken[1.0]), 30, "ms"),
        Figure("a page at 200 %, request to pixels, median", median(taken[2.0]), 80, "ms"),
        Figure("a page at 200 %, the slowest of 20", sorted(taken[2.0])[int(0.95 * DRAWN_PAGES)], 80, "ms"),
        *(Figure(f"  of it {name}, at 200 %, median", median(times), 80, "ms") for name, times in stages.items()),
    ]


async def many_files(folder: Path) -> list[Figure]:
    """Read many files with one reader: its memory after all of them beside that after the first tenth."""
    write_documents(folder / "many", MANY_FILES)
    reader = Reader()
    await reader.start()
    (pid,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    sizes: list[float] = []
    for number, path in enumerate(sorted((folder / "many").iterdir()), 1):
        await reader.read(os.fsencode(path))
        if number in (MANY_FILES // 10, MANY_FILES):
            sizes.append(int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024)
    reader.end()
    assert sizes[-1] < MEMORY_BYTES
    return [Figure(f"reader's memory after {MANY_FILES} files", sizes[-1], sizes[0], "MiB")]
