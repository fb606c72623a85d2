"""How long a search takes in libraries of 10,000 and 100,000 passages, and how much memory the engine has.

The passages' words are as frequent as words are (Zipf): those of the embedder's vocabulary, so that a passage has about
as many tokens as a real one, then invented ones; the first of a document has the document's code. The vectors lie about
as bge's do, in clusters. The questions are embedded and the passages judged by the installed models. At last the larger
library is opened as a command does, and asked.
"""

import itertools
import os
import random
import statistics
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from app.config.cores import usable_cores
from app.config.paths import DataPaths
from app.core.messages import Ask, EvidenceFound
from app.core.pages import Block, BlockKind, DocumentText, Page, Passage
from app.library import documents, reading_queue, texts
from app.library.catalog import Catalog
from app.library.judging_pace import MOST
from app.library.reranker import Reranker
from app.library.scanner import FileStamp, FoundFile
from app.library.search import Searcher
from app.library.spaces import space_folder
from app.library.texts import Vector
from app.library.vectors import Vectors
from app.library.writing import text_steps
from tests.benchmarks.figures import RERANKER, Figure, library
from tests.models import EMBEDDER, english_embedder

SIZES = (10_000, 100_000)
FUSED_BOUND_MS, RERANKED_BOUND_MS, SHOWN_BOUND_MS, MEMORY_BOUND_MB = 60.0, 450.0, 400.0, 900.0
QUESTIONS = 100
_PASSAGES_A_DOCUMENT = 50
_WORDS_A_PASSAGE = 140
_WORDS_A_QUESTION = 9
_VOCABULARY = 60_000
_CLUSTERS = 400
_DIMENSIONS = 384

Put = Callable[[list[bytes], list[Vector]], None]
"""Puts vectors into a store, by the hashes of their texts."""


async def measure(folder: Path) -> list[Figure]:
    """Fill a library, ask it, and go on filling it."""
    paths, papers = DataPaths(folder / "data"), folder / "papers"
    embedder, reranker = english_embedder(paths.models), Reranker(paths.models / RERANKER, usable_cores())
    reranker.keep_pace()
    catalog = Catalog.open(paths.catalog)
    vectors = Vectors(space_folder(paths.vectors, embedder.name))
    vectors.clear(embedder.name)
    fused = Searcher(catalog, vectors, embedder, None)
    reranked = Searcher(catalog, vectors, embedder, reranker)
    words, figures, done = Words(known_words(paths.models / EMBEDDER)), list[Figure](), 0
    questions, coded = list[str](), list[str]()
    catalog.add_folder(os.fsencode(papers))
    catalog.set_meta("embedder", embedder.name)

    def path_of(number: int) -> bytes:
        return os.fsencode(papers / f"{number}.txt")

    for size in SIZES:
        numbers = range(done, size, _PASSAGES_A_DOCUMENT)
        make_files(numbers, path_of)
        fill(catalog, vectors.embedder, vectors.upsert, words, numbers, path_of)
        done = size
        questions = [words.text(_WORDS_A_QUESTION) for _ in range(QUESTIONS)]
        coded = [f"{question} {code_of(number)}" for question, number in zip(questions, numbers, strict=False)]
        named = f"{size:,} passages"
        figures += timed(f"fused, {named}", fused, questions, FUSED_BOUND_MS)
        figures += timed(f"fused, a code named, {named}", fused, coded, FUSED_BOUND_MS)
        figures += timed(f"reranked, {named}", reranked, questions[::4], RERANKED_BOUND_MS)
        figures.append(Figure(f"memory, {named}", resident_mb(), MEMORY_BOUND_MB, "MB"))
    vectors.close()
    catalog.close()
    for what, asked in (("passages shown after Enter", questions[1::4]), ("    a code named", coded[1::4])):
        shown = await _shown_ms(folder, asked)
        figures.append(Figure(f"{what}, p95", statistics.quantiles(shown, n=20)[-1], SHOWN_BOUND_MS, "ms"))
        figures.append(Figure(f"{what}, median", statistics.median(shown), SHOWN_BOUND_MS, "ms"))
    return figures


async def _shown_ms(folder: Path, questions: Sequence[str]) -> list[float]:
    """Return how long the passages of each question take to be shown, after a first one."""
    times: list[float] = []
    async with library(folder) as session:
        for question in questions:
            started_s = time.perf_counter()
            async for event in session.request(Ask(question, no_model=True)):
                if isinstance(event, EvidenceFound):
                    times.append((time.perf_counter() - started_s) * 1000)
    return times[1:]


class Words:
    """Texts of known words and, for the rarer ones, invented ones: the same at each run."""

    def __init__(self, known: list[str]) -> None:
        self._chance = random.Random(4)
        self._chance.shuffle(known)
        syllables = [a + b for a, b in itertools.product("bdfgklmnprstvz", ("a", "e", "i", "o", "u", "an", "er"))]
        invented = ["".join(self._chance.choices(syllables, k=2 + n % 3)) for n in range(_VOCABULARY - len(known))]
        self._words = known + invented
        self._weights = list(itertools.accumulate(1.0 / (n + 30.0) for n in range(_VOCABULARY)))

    def text(self, count: int) -> str:
        """Return so many words; the most frequent is in a tenth of all passages, as content words are at most."""
        return " ".join(self._chance.choices(self._words, cum_weights=self._weights, k=count))


def known_words(embedder: Path) -> list[str]:
    """Return the words of three letters and more that are one token each."""
    vocabulary = Tokenizer.from_file(str(embedder / "tokenizer.json")).get_vocab()
    return sorted(word for word in vocabulary if word.isascii() and word.isalpha() and len(word) > 2)


def fill(
    catalog: Catalog,
    embedder: str,
    put: Put,
    words: Words,
    numbers: range,
    path_of: Callable[[int], bytes],
) -> None:
    """Put documents into the library as the indexer does, each with as many passages as `numbers` has for a step.

    Their vectors are invented, and `put` into the store. A document's file, at `path_of` its number, has that number
    of bytes and nanoseconds.
    """
    invented = clustered(np.random.default_rng(numbers.start))
    (folder,) = catalog.folders()
    for number in numbers:
        first, *others = [words.text(_WORDS_A_PASSAGE) for _ in range(numbers.step)]
        document = document_of([f"{first} {code_of(number)}", *others])
        stamp = FileStamp(number, number)
        file = FoundFile(path_of(number), stamp)
        (document_id,) = documents.add(catalog.database, folder.id, [file])
        reading_queue.begin_reading(catalog.database, document_id)
        hashes = list(run(text_steps(catalog, document_id, number.to_bytes(32), stamp, document)))
        embedded = list(zip(hashes, invented, strict=False))
        texts.save_embeddings(catalog.database, embedder, embedded)
        put([hashed for hashed, _ in embedded], [vector for _, vector in embedded])


def make_files(numbers: Iterable[int], path_of: Callable[[int], bytes]) -> None:
    """Make the files of documents, empty, with the sizes and times that `fill` says they have."""
    for number in numbers:
        path = Path(os.fsdecode(path_of(number)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.truncate(path, number)
        os.utime(path, ns=(number, number))


def code_of(number: int) -> str:
    """Return a code that only one document holds."""
    return f"KX{number:06}Q"


def document_of(passages: list[str]) -> DocumentText:
    """Return a document of one page."""
    ends = list(itertools.accumulate(len(passage) + 2 for passage in passages))
    spans = [(end - len(passage) - 2, end - 2) for end, passage in zip(ends, passages, strict=True)]
    text = "\n\n".join(passages)
    page = Page(1, text, tuple(Block(BlockKind.PARAGRAPH, start, end) for start, end in spans))
    return DocumentText("", (page,), tuple(Passage(1, start, end, ()) for start, end in spans))


def clustered(chance: np.random.Generator) -> Iterator[Vector]:
    """Yield vectors of unit length around some hundred centres."""
    centres = chance.standard_normal((_CLUSTERS, _DIMENSIONS), np.float32)
    while True:
        vector = centres[chance.integers(_CLUSTERS)] + 0.8 * chance.standard_normal(_DIMENSIONS, np.float32)
        yield vector / np.linalg.norm(vector)


def run(steps: Generator[None, None, dict[bytes, str]]) -> dict[bytes, str]:
    """Take all steps and return what they return."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def timed(what: str, searcher: Searcher, questions: list[str], bound_ms: float) -> list[Figure]:
    """Return the 95th percentile and the median of how long the questions take, after a first one, and each step's."""
    searcher.search(questions[0])
    results = [searcher.search(question, MOST) for question in questions]
    steps = [result.ms for result in results]
    judged = statistics.median(sum(hit.scores.rerank is not None for hit in result.hits) for result in results)
    totals = sorted(one["total"] for one in steps)
    figures = [
        Figure(f"{what}, p95", statistics.quantiles(totals, n=20)[-1], bound_ms, "ms"),
        Figure(f"{what}, median", statistics.median(totals), bound_ms, "ms"),
    ]
    for step in sorted({step for one in steps for step in one} - {"total"}):
        median_ms = statistics.median(one.get(step, 0.0) for one in steps)
        figures.append(Figure(f"    of which {step}, median", median_ms, bound_ms, "ms"))
    return [*figures, *([Figure("    passages judged, median", judged, MOST, "")] if judged else [])]


def resident_mb(pid: int | str = "self") -> float:
    """Return the memory of a process; this one is the engine's with its two models."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))
