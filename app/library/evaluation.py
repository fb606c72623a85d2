"""Measures retrieval on sets with known answers by the library's own writing and search. Runs in the engine's process.

A set is a folder with `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and `qrels.tsv` or
`qrels/<split>.tsv` (`query-id`, `corpus-id`, `score`, with a line of headings), as BEIR's are. Questions of
conversations have `turns` (`role`, `text`) in `queries.jsonl`, or in a `tasks.jsonl` beside it under the same `id`.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from app.core.errors import PathMissing, PathUnreadable, QuestionsInvalid
from app.core.followup import standalone
from app.core.pages import Block, BlockKind, DocumentText, Page
from app.core.passages import passages_of
from app.core.types import Turn
from app.library import documents, reading_queue
from app.library.catalog import Catalog
from app.library.embedder import Embedder
from app.library.language import language_of
from app.library.reranker import Reranker
from app.library.scanner import FileStamp, FoundFile
from app.library.search import Searcher
from app.library.vectors import Vectors
from app.library.writing import Library, write_steps
from app.readers.sentences import sentences

PASSAGES = 30
"""How many passages are asked for, so that they are of ten documents or more."""

_FOLDER = b"/corpus"

Relevance = Mapping[str, float]
Progress = Callable[[str, int, int], None]
Record = TypeVar("Record", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class RetrievalMetrics:
    """Means over the questions: nDCG with linear gain, recall, reciprocal rank, and whether any relevant came first."""

    ndcg_at_10: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float
    hit_at_1: float
    hit_at_5: float
    queries: int
    ms_per_query: float


class _Entry(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="_id")
    text: str
    title: str = ""


class _Said(msgspec.Struct, frozen=True):
    role: str
    text: str


class _Question(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="_id")
    text: str
    turns: list[_Said] = []


class _Conversation(msgspec.Struct, frozen=True):
    id: str
    turns: list[_Said] = []


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, the conversation before it, and which entries of the corpus are relevant to it."""

    text: str
    turns: tuple[Turn, ...]
    relevant: Relevance


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A corpus and its questions."""

    corpus: tuple[DocumentText, ...]
    ids: tuple[str, ...]
    questions: tuple[JudgedQuestion, ...]


def read_retrieval_set(folder: Path, split: str = "test") -> RetrievalSet:
    """Read a set; questions without a relevant entry in the corpus are left out.

    Raises: PathMissing, PathUnreadable, QuestionsInvalid.
    """
    corpus = records(folder / "corpus.jsonl", _Entry)
    known = {entry.id for entry in corpus}
    qrels = folder / "qrels.tsv"
    relevant = _relevant(qrels if qrels.exists() else folder / "qrels" / f"{split}.tsv", known)
    questions = [one for one in records(folder / "queries.jsonl", _Question) if one.id in relevant]
    tasks = folder / "tasks.jsonl"
    said = {task.id: task.turns for task in records(tasks, _Conversation)} if tasks.exists() else {}
    if not questions:
        raise QuestionsInvalid(path=str(folder), detail="none has a relevant entry in the corpus")
    return RetrievalSet(
        corpus=tuple(_document(entry) for entry in corpus),
        ids=tuple(entry.id for entry in corpus),
        questions=tuple(
            JudgedQuestion(one.text, _turns_before(one.text, one.turns or said.get(one.id, [])), relevant[one.id])
            for one in questions
        ),
    )


def evaluate_retrieval(
    retrieval_set: RetrievalSet, data: Path, embedder: Embedder, reranker: Reranker | None, progress: Progress
) -> RetrievalMetrics:
    """Index the set in the empty folder `data`, ask its questions, and rank documents by their best passage.

    `progress` is told "index" or "search", how many are done, and how many there are.
    """
    with indexed(retrieval_set, data, embedder, progress) as corpus:
        searcher = Searcher(corpus.library.catalog, corpus.library.vectors, embedder, reranker)
        return measured(searcher, corpus, retrieval_set, progress)


@dataclass(frozen=True, slots=True)
class IndexedCorpus:
    """A library that holds a set's corpus, and of each document in it the id in the corpus."""

    library: Library
    ids: Mapping[int, str]


@contextmanager
def indexed(
    retrieval_set: RetrievalSet, data: Path, embedder: Embedder, progress: Progress
) -> Generator[IndexedCorpus, None, None]:
    """Write the corpus to a library in the empty folder `data`, as the indexer writes documents."""
    catalog = Catalog.open(data / "catalog.sqlite")
    vectors = Vectors(data / "chroma")
    try:
        vectors.clear(embedder.name)
        library = Library(catalog, vectors, embedder)
        yield IndexedCorpus(library, _written(library, retrieval_set, progress))
    finally:
        vectors.close()
        catalog.close()


def measured(
    searcher: Searcher, corpus: IndexedCorpus, retrieval_set: RetrievalSet, progress: Progress
) -> RetrievalMetrics:
    """Ask the set's questions, and rank documents by their best passage."""
    outcomes: list[_Outcome] = []
    for number, question in enumerate(retrieval_set.questions, start=1):
        started = time.perf_counter()
        hits = searcher.search(standalone(question.text, question.turns, language_of(question.text)), PASSAGES).hits
        ms = (time.perf_counter() - started) * 1000
        ranked = list(dict.fromkeys(corpus.ids[hit.document_id] for hit in hits))
        outcomes.append(_Outcome(ranked, question.relevant, ms))
        progress("search", number, len(retrieval_set.questions))
    return _metrics(outcomes)


@dataclass(frozen=True, slots=True)
class _Outcome:
    ranked: Sequence[str]
    relevant: Relevance
    ms: float


def ndcg(ranked: Sequence[str], relevant: Relevance, k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k`, with linear gain."""
    gained = sum(relevant.get(name, 0.0) / math.log2(rank + 1) for rank, name in enumerate(ranked[:k], start=1))
    best = sorted(relevant.values(), reverse=True)[:k]
    return gained / sum(gain / math.log2(rank + 1) for rank, gain in enumerate(best, start=1))


def recall(ranked: Sequence[str], relevant: Relevance, k: int) -> float:
    """Return the share of the relevant that is among the first `k`."""
    return len(set(ranked[:k]) & set(relevant)) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], relevant: Relevance, k: int) -> float:
    """Return 1 / the rank of the first relevant one, 0 if there is none among the first `k`."""
    return next((1.0 / rank for rank, name in enumerate(ranked[:k], start=1) if name in relevant), 0.0)


def _metrics(outcomes: Sequence[_Outcome]) -> RetrievalMetrics:
    def mean(of: Callable[[_Outcome], float]) -> float:
        return sum(of(outcome) for outcome in outcomes) / len(outcomes)

    return RetrievalMetrics(
        ndcg_at_10=mean(lambda one: ndcg(one.ranked, one.relevant, 10)),
        recall_at_5=mean(lambda one: recall(one.ranked, one.relevant, 5)),
        recall_at_10=mean(lambda one: recall(one.ranked, one.relevant, 10)),
        mrr_at_10=mean(lambda one: reciprocal_rank(one.ranked, one.relevant, 10)),
        hit_at_1=mean(lambda one: float(any(name in one.relevant for name in one.ranked[:1]))),
        hit_at_5=mean(lambda one: float(any(name in one.relevant for name in one.ranked[:5]))),
        queries=len(outcomes),
        ms_per_query=mean(lambda one: one.ms),
    )


def _written(library: Library, retrieval_set: RetrievalSet, progress: Progress) -> dict[int, str]:
    """Write the corpus and return each document's id in the corpus."""
    database = library.catalog.database
    library.catalog.add_folder(_FOLDER)
    (folder,) = library.catalog.folders()
    stamp = FileStamp(0, 0)
    files = [FoundFile(_FOLDER + b"/%d.txt" % number, stamp) for number in range(len(retrieval_set.corpus))]
    numbers = documents.add(database, folder.id, files)
    for done, (number, document) in enumerate(zip(numbers, retrieval_set.corpus, strict=True), start=1):
        reading_queue.begin_reading(database, number)
        for _ in write_steps(library, number, hashlib.sha256(b"%d" % number).digest(), stamp, document):
            pass
        progress("index", done, len(numbers))
    return dict(zip(numbers, retrieval_set.ids, strict=True))


def _turns_before(question: str, said: Sequence[_Said]) -> tuple[Turn, ...]:
    """Return what was asked and answered before `question`, which may itself be the last thing that was said."""
    turns: list[Turn] = []
    for one in said[:-1] if said and said[-1].text == question else said:
        if one.role == "user":
            turns.append(Turn(one.text, ""))
        elif turns:
            turns[-1] = Turn(turns[-1].question, f"{turns[-1].answer}\n{one.text}".strip())
    return tuple(turns)


def _document(entry: _Entry) -> DocumentText:
    page = Page(1, entry.text, (Block(BlockKind.PARAGRAPH, 0, len(entry.text)),))
    return DocumentText(entry.title, (page,), passages_of((page,), sentences))


def records(path: Path, kind: type[Record]) -> list[Record]:
    """Return the lines of a file of JSON objects as `kind`; fields that it does not have are passed over.

    Raises: PathMissing, PathUnreadable, QuestionsInvalid.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError as error:
        raise PathMissing(path=str(path)) from error
    except OSError as error:
        raise PathUnreadable(path=str(path), detail=error.strerror or "") from error
    found: list[Record] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                # The standard library's parser, because published sets have NaN in fields that nobody reads.
                found.append(msgspec.convert(json.loads(line), kind))
            except (ValueError, msgspec.ValidationError) as error:
                raise QuestionsInvalid(path=str(path), detail=f"line {number}: {error}") from error
    return found


def _relevant(path: Path, known: set[str]) -> dict[str, dict[str, float]]:
    relevant: dict[str, dict[str, float]] = {}
    try:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:] if line.strip()]
        for question, entry, score in rows:
            if float(score) > 0 and entry in known:
                relevant.setdefault(question, {})[entry] = float(score)
    except FileNotFoundError as error:
        raise PathMissing(path=str(path)) from error
    except ValueError as error:
        raise QuestionsInvalid(path=str(path), detail=str(error)) from error
    return relevant
