"""Measures whether the pages that hold the answers are found, in real documents. Runs in the command.

A file of questions has a line each: `question`, and `evidence` (any of its places will do) or `evidence_pools` (of
each pool any place will do). A place is `doc`, a file's name or the end of its path, and `page`, counted from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import msgspec

from app.core.errors import QuestionsInvalid
from app.core.types import Hit
from app.library.evaluation import records

LAST_RANK = 10


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a document; `page` counts from 1."""

    document: PurePath
    page: int


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question, and its pools of places: it is answered once a place of every pool is found."""

    text: str
    pools: tuple[tuple[Place, ...], ...]


@dataclass(frozen=True, slots=True)
class PageMetrics:
    """The shares of questions whose pages were all among the first 1, 5 and 10 pages that were found."""

    hit_at_1: float
    hit_at_5: float
    hit_at_10: float
    questions: int


class _Evidence(msgspec.Struct, frozen=True):
    doc: str
    page: int


class _Line(msgspec.Struct, frozen=True):
    question: str
    evidence: list[_Evidence] = []
    evidence_pools: list[list[_Evidence]] = []


def read_page_questions(path: Path) -> tuple[PageQuestion, ...]:
    """Read the questions that name pages; those that no page answers are left out.

    Raises: PathMissing, PathUnreadable, QuestionsInvalid.
    """
    questions: list[PageQuestion] = []
    for line in records(path, _Line):
        pools = line.evidence_pools or [line.evidence]
        if all(pools):
            places = (tuple(Place(PurePath(one.doc), one.page + 1) for one in pool) for pool in pools)
            questions.append(PageQuestion(line.question, tuple(places)))
    if not questions:
        raise QuestionsInvalid(path=str(path), detail="none names a page")
    return tuple(questions)


def rank_needed(question: PageQuestion, hits: Sequence[Hit]) -> int | None:
    """Return after how many different pages every pool has one that was found; None if it never has."""
    pages = list(dict.fromkeys(Place(PurePath(hit.path.decode("utf-8", "replace")), hit.page) for hit in hits))
    ranks = [_first_rank(pool, pages) for pool in question.pools]
    found = [rank for rank in ranks if rank is not None]
    return max(found) if len(found) == len(ranks) else None


def page_metrics(ranks: Sequence[int | None]) -> PageMetrics:
    """Return the metrics of one or more questions by what `rank_needed` said of each."""

    def share(last: int) -> float:
        return sum(rank is not None and rank <= last for rank in ranks) / len(ranks)

    return PageMetrics(share(1), share(5), share(LAST_RANK), len(ranks))


def is_at_end(name: PurePath, path: PurePath) -> bool:
    """Return whether a path ends with a document's name, which may have folders before it."""
    return path.parts[-len(name.parts) :] == name.parts


def _first_rank(pool: Sequence[Place], pages: Sequence[Place]) -> int | None:
    matching = (
        rank
        for rank, page in enumerate(pages, start=1)
        if any(page.page == place.page and is_at_end(place.document, page.document) for place in pool)
    )
    return next(matching, None)
