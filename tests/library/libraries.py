"""Real libraries for tests: SQLite, Chroma, the product's readers, and an embedder that needs no model."""

import asyncio
import hashlib
import os
import subprocess
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from app.core.child_messages import FileRead, FileRefused
from app.core.pages import Block, BlockKind, DocumentText, Page, Passage
from app.core.passages import passages_of
from app.core.terms import match_query
from app.core.types import DocumentRow, DocumentState, Reason
from app.library import documents, reading_queue, texts
from app.library.catalog import Catalog
from app.library.documents import known_files
from app.library.indexer import Indexer
from app.library.locations import Location
from app.library.onnx import Pieces
from app.library.reading import ReadFunction
from app.library.reports import IndexerCallbacks
from app.library.scanner import FileStamp, FoundFile
from app.library.spaces import Spaces
from app.library.texts import Content
from app.library.vectors import Vectors
from app.readers.formats import SUPPORTED_SUFFIXES
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from app.readers.taking_out import TakingOut

SUFFIXES = frozenset(suffix.removeprefix(".") for suffix in SUPPORTED_SUFFIXES)
DIMENSIONS = 64
WAIT_S = 60.0


class WordsEmbedder:
    """Of the embedder's shape: texts that share words are near each other. Keeps what it embeds.

    `may_embed`, while cleared, holds back all but questions: a model that is slow.
    """

    def __init__(self, name: str = "words", dimensions: int = DIMENSIONS) -> None:
        self.name = name
        self.dimensions = dimensions
        self.embedded: list[str] = []
        self.may_embed = threading.Event()
        self.may_embed.set()

    def embed(self, text: str) -> npt.NDArray[np.float32]:
        """Return float32[dimensions] of unit length."""
        self.may_embed.wait()
        self.embedded.append(text)
        return self.embed_query(text)

    def embed_query(self, question: str) -> npt.NDArray[np.float32]:
        """Return float32[dimensions] of unit length."""
        vector = np.zeros(self.dimensions, np.float32)
        for word in question.lower().split():
            vector += np.random.default_rng(int.from_bytes(hashlib.md5(word.encode()).digest()[:4])).standard_normal(
                self.dimensions, np.float32
            )
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def pieces(self, text: str) -> Pieces:
        """Return as many pieces as there are words, all known."""
        words = len(text.split())
        return Pieces(words, words)


async def read_here(path: bytes, at: Location | None = None) -> FileRead | FileRefused:
    """Read a document as a reader process would."""
    try:
        with open(at.file if at else path, "rb") as file:
            document = TakingOut().member(file, at.inside) if at else file
            title, pages, members, kind = read(document, Path(os.fsdecode(path)).name)
    except Refusal as refusal:
        return FileRefused(refusal.reason, refusal.detail)
    except OSError as error:
        return FileRefused(Reason.UNREADABLE, error.strerror or "")
    return FileRead(DocumentText(title, pages, passages_of(pages, sentences)), members, kind or "")


@dataclass(slots=True)
class OpenLibrary:
    """A library whose indexer runs."""

    catalog: Catalog
    spaces: Spaces
    embedder: WordsEmbedder
    indexer: Indexer
    rows: list[DocumentRow] = field(default_factory=list[DocumentRow])
    removed: list[int] = field(default_factory=list[int])
    is_busy: bool = False
    told: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def vectors(self) -> Vectors:
        """Return the vectors that answer."""
        assert self.spaces.answering is not None
        return self.spaces.answering.vectors

    async def until(self, is_so: Callable[[], bool], within_s: float = WAIT_S) -> None:
        """Wait until something is so, asking whenever the indexer tells of progress."""
        async with asyncio.timeout(within_s):
            while not is_so():
                self.told.clear()
                await self.told.wait()

    async def settle(self) -> None:
        """Wait until nothing is left to do."""
        async with asyncio.timeout(WAIT_S):
            await self.indexer.until_idle()

    async def add(self, path: Path) -> None:
        """Add a folder and index it."""
        await self.indexer.add_folder(str(path).encode())
        await self.settle()

    async def look_again(self) -> None:
        """Rescan everything and index what changed."""
        await self.indexer.rescan()
        await self.settle()

    def paths_with(self, words: str) -> set[str]:
        """Return the names of the documents that a search for words finds."""
        found = self.catalog.bm25(match_query(words), 10_000)  # more than there are: which of equals come first differs
        hits = self.catalog.hits([passage_id for passage_id, _ in found])
        return {Path(os.fsdecode(hit.path)).name for hit in hits.values()}

    def states(self) -> dict[str, tuple[DocumentState, Reason]]:
        """Return every document's name, state and reason."""
        return {Path(os.fsdecode(row.path)).name: (row.state, row.reason) for row in self.catalog.document_rows()}


@asynccontextmanager
async def open_library(
    data: Path,
    *,
    watch: bool = False,
    read: ReadFunction = read_here,
    embedder: WordsEmbedder | None = None,
    before: WordsEmbedder | None = None,
) -> AsyncGenerator[OpenLibrary, None]:
    """Open the library in a data folder and let its indexer run."""
    data.mkdir(exist_ok=True)
    catalog = Catalog.open(data / "catalog.sqlite")
    spaces = Spaces(data / "chroma", catalog)

    def on_rows(rows: Sequence[DocumentRow], removed: Sequence[int]) -> None:
        library.rows.extend(rows)
        library.removed.extend(removed)
        library.told.set()

    callbacks = IndexerCallbacks(on_rows, lambda: library.told.set(), lambda: library.is_busy)
    indexer = Indexer(catalog, spaces, read, SUFFIXES, callbacks)
    library = OpenLibrary(catalog, spaces, embedder or WordsEmbedder(), indexer)
    indexer.use_embedder(library.embedder, before)
    running = asyncio.create_task(indexer.run(watch=watch))
    try:
        yield library
    finally:
        library.embedder.may_embed.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        spaces.close()
        catalog.close()


@contextmanager
def mounted(place: Path, size: str) -> Generator[None, None, None]:
    """Have a small drive in a folder, as long as nobody takes it away; only the administrator can."""
    small = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", place]
    if subprocess.run(small, check=False, capture_output=True).returncode != 0:
        pytest.skip("only the administrator may mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=False, capture_output=True)


def flaws(catalog: Catalog, vectors: Vectors, embedder: str) -> list[str]:
    """Return what is not as a library at rest must be: nothing missing, nothing left over, nothing stale."""
    database = catalog.database
    found: list[str] = []
    counts = {
        "retired texts": "SELECT count(*) FROM retired",
        "loose hashes": "SELECT count(*) FROM loose",
        "texts of no document": "SELECT count(*) FROM texts WHERE id NOT IN (SELECT text_id FROM documents"
        " WHERE text_id IS NOT NULL)",
        "READY documents without a text": "SELECT count(*) FROM documents WHERE state = 'ready' AND text_id IS NULL",
        "passages of no text": "SELECT count(*) FROM passages WHERE text_id NOT IN (SELECT id FROM texts)",
        "texts with too few passages": "SELECT count(*) FROM texts t WHERE passages <>"
        " (SELECT count(*) FROM passages p WHERE p.text_id = t.id)",
        "embeddings of no passage": "SELECT count(*) FROM embeddings WHERE text_hash NOT IN"
        " (SELECT text_hash FROM passages)",
    }
    found += [f"{number} {what}" for what, sql in counts.items() if (number := database.value(sql))]
    hashes = {row[0] for row in database.read("SELECT text_hash FROM passages")}
    embedded = {row[0] for row in database.read("SELECT text_hash FROM embeddings WHERE embedder = ?", (embedder,))}
    stored = {hashed for batch in vectors.hashes() for hashed in batch}
    found += [f"{len(hashes - embedded)} passages without embedding"] if hashes - embedded else []
    found += [f"{len(hashes - stored)} passages without vector"] if hashes - stored else []
    found += [f"{len(stored - hashes)} vectors of no passage"] if stored - hashes else []
    rows = database.value("SELECT count(*) FROM passages_fts")
    if rows != database.value("SELECT count(*) FROM passages"):
        found.append(f"{rows} FTS rows")
    return found


def known_names(catalog: Catalog, folder: Path) -> set[str]:
    """Return the names that the catalog knows under a folder."""
    scope = str(folder).encode()
    batches = (batch for one in catalog.folders() for batch in known_files(catalog.database, one.id, (scope,)))
    return {Path(os.fsdecode(file.path)).name for batch in batches for file in batch}


def make_text(*paragraphs: str, title: str = "", headings: tuple[str, ...] = ()) -> DocumentText:
    """Return a document with a page a paragraph, each one passage."""
    pages = tuple(
        Page(number, text, (Block(BlockKind.PARAGRAPH, 0, len(text)),)) for number, text in enumerate(paragraphs, 1)
    )
    return DocumentText(title, pages, tuple(Passage(page.number, 0, len(page.text), headings) for page in pages))


def store(catalog: Catalog, path: bytes, document: DocumentText, mtime_ns: int = 5) -> int:
    """Make a document READY and return its id."""
    row = catalog.document_at(path)
    stamp = FileStamp(len(path), mtime_ns)
    if row is None:
        folder = next(folder for folder in catalog.folders() if path.startswith(folder.path))
        (number,) = documents.add(catalog.database, folder.id, [FoundFile(path, stamp)])
    else:
        number = row.id
        documents.relist(catalog.database, number, FoundFile(path, stamp))
    assert reading_queue.begin_reading(catalog.database, number)
    document = texts.storable(document)
    hashes = tuple(map(texts.text_hash, texts.embedded_texts(document)))
    content = Content(path[:1] * 32, stamp, document, hashes)
    for _ in catalog.database.in_slices(texts.store_steps(catalog.database, number, content)):
        pass
    return number


def store_common(catalog: Catalog) -> None:
    """Store apples in too many passages for all of them to be scored for two hits, and two quinces in long passages.

    Scored by both words, `apples.md` comes before the passages of `rare.txt`.
    """
    apples, pears = (f"apple {n}" for n in range(120)), (f"pear {n}" for n in range(480))
    store(catalog, b"/papers/many.txt", make_text(*apples, *pears))
    store(catalog, b"/papers/apples.md", make_text("apple apple apple apple"))
    long = "without the other fruit, " * 100
    store(catalog, b"/papers/rare.txt", make_text(f"A quince {long}", f"One more quince {long}"))
