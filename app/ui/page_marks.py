"""What is marked on an opened page: a passage, and in it the sentences that carry an answer. Pure, window process."""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from app.core.pages import Span


class Strength(IntEnum):
    """How much a stretch of a page stands out."""

    NONE = 0
    AROUND = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Marks:
    """A passage, None for none, and its quoted sentences, in offsets of the page's text.

    The quotations have the full tint and the rest of the passage less of it; without any, all of the passage has it.
    """

    passage: Span | None = None
    quotes: tuple[Span, ...] = ()

    def strength(self, place: int) -> Strength:
        """Return how much the character at an offset stands out."""
        if any(quote.start <= place < quote.end for quote in self.quotes):
            return Strength.FULL
        if self.passage is None or not self.passage.start <= place < self.passage.end:
            return Strength.NONE
        return Strength.AROUND if self.quotes else Strength.FULL


def cut(whole: Span, marks: Marks) -> list[tuple[int, int, Strength]]:
    """Cut a stretch of text, not empty, where what is marked begins and ends; tell how much each piece stands out."""
    spans = (*marks.quotes, *((marks.passage,) if marks.passage else ()))
    edges = {edge for span in spans for edge in (span.start, span.end) if whole.start < edge < whole.end}
    places = sorted({whole.start, whole.end, *edges})
    return [(start, end, marks.strength(start)) for start, end in pairwise(places)]
