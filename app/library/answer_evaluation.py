"""Questions with known answers, and the places where these stand in the documents. Runs in the command.

A file of questions has a line each: `question`, `answerable` (else it is), `answers` (any is right), and where the
answer stands: `evidence` (any of its places will do), `evidence_pools` (places in pools; any place of any will do), or
`gold_docs` (the names of documents). A place is `doc`, a file's name or the end of its path, and one of `page`, `para`
(paragraphs of a document, headings not counted), or `char_start` and `char_end` in its text; all count from 0.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import msgspec

from app.core.errors import PathMissing, QuestionsInvalid
from app.core.pages import BlockKind, Page, Span
from app.core.types import Citation
from app.library.evaluation import records
from app.library.page_evaluation import is_at_end

DOCUMENTS = "docs"


class AnswerPlace(msgspec.Struct, frozen=True):
    """A place as a file of questions names it: the narrowest of its fields counts, a document alone is all of it."""

    doc: str
    page: int | None = None
    para: int | None = None
    char_start: int | None = None
    char_end: int | None = None

    @property
    def needs_text(self) -> bool:
        """Return whether the document's pages have to be known to find it."""
        return self.page is None and (self.para is not None or self.char_start is not None)


class AnswerQuestion(msgspec.Struct, frozen=True):
    """A question with its answers, none if the documents do not have any."""

    question: str
    id: str = ""
    answerable: bool = True
    answers: list[str] = []
    evidence: list[AnswerPlace] = []
    evidence_pools: list[list[AnswerPlace]] = []
    gold_docs: list[str] = []

    @property
    def places(self) -> tuple[AnswerPlace, ...]:
        """Return every place where the answer stands."""
        pooled = [place for pool in self.evidence_pools for place in pool]
        return (*self.evidence, *pooled, *(AnswerPlace(name) for name in self.gold_docs))


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """The folder of the documents, and the questions about them in the order in which they are asked."""

    documents: Path
    questions: tuple[AnswerQuestion, ...]


def read_answer_set(path: Path, sample: int | None = None, seed: int = 0) -> AnswerSet:
    """Read the questions, or as many as `sample` of them, drawn and in an order that depend on `seed` alone.

    Raises: PathMissing (also for no folder `docs` beside the file), PathUnreadable, QuestionsInvalid.
    """
    questions = records(path, AnswerQuestion)
    if not questions:
        raise QuestionsInvalid(path=str(path), detail="it is empty")
    documents = path.parent / DOCUMENTS
    if not documents.is_dir():
        raise PathMissing(path=str(documents))
    if sample is not None:
        questions = random.Random(seed).sample(questions, min(sample, len(questions)))
    return AnswerSet(documents, tuple(questions))


def may_stand_in(place: AnswerPlace, path: str) -> bool:
    """Return whether a file is the document of a place."""
    return is_at_end(PurePath(place.doc), PurePath(path))


def stands_on(citation: Citation, place: AnswerPlace, pages: Sequence[Page], written: str) -> bool:
    """Return whether a citation of the place's document stands on the place.

    `pages` are the document's as they were indexed, `written` is the file's text; both only where the place needs them.
    By paragraphs the quotation counts, by characters the passage around it.
    """
    if place.page is not None:
        return citation.page == place.page + 1
    if place.para is not None:
        span = _paragraph(place.para, pages)
        return span is not None and span[0] == citation.page and _meet(span[1], _quotation(citation))
    if place.char_start is None:
        return True
    first = _inked(written[: place.char_start])
    last = first + max(1, _inked(written[place.char_start : place.char_end or place.char_start + 1]))
    start = sum(_inked(page.text) for page in pages if page.number < citation.page)
    text = next((page.text for page in pages if page.number == citation.page), "")
    begun, ended = start + _inked(text[: citation.start]), start + _inked(text[: citation.end])
    return begun < last and first < ended


def _paragraph(number: int, pages: Sequence[Page]) -> tuple[int, Span] | None:
    paragraphs = [
        (page.number, Span(block.start, block.end))
        for page in pages
        for block in page.blocks
        if block.kind is not BlockKind.HEADING
    ]
    return paragraphs[number] if number < len(paragraphs) else None


def _quotation(citation: Citation) -> Span:
    return Span(citation.quote_start, citation.quote_end)


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _inked(text: str) -> int:
    """Return how many characters are no space: a reader changes nothing else of a plain text."""
    return sum(not character.isspace() for character in text)
