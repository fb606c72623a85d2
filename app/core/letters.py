"""Where every character of a page stands, and so a span, a word, or the place under a pointer. Pure, every process."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from struct import iter_unpack, pack

from app.core.pages import Rect, Span
from app.core.word_boxes import WordBox

BOX_BYTES = 16
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class LetterRow:
    """Characters that stand side by side, from `start` on in the page's text.

    `boxes` is float32[n, 4], little-endian: x0, y0, x1, y1 in points of the page as it is drawn.
    """

    start: int
    boxes: bytes


@dataclass(frozen=True, slots=True)
class PageLetters:
    """A page's text, and the rows of its characters in the text's order; white space between rows has no place."""

    text: str
    rows: tuple[LetterRow, ...]

    @property
    def is_coherent(self) -> bool:
        """Return whether the rows follow each other in the text and every box is a real one."""
        ends = [(row.start, row.start + len(row.boxes) // BOX_BYTES) for row in self.rows]
        return (
            all(len(row.boxes) % BOX_BYTES == 0 < len(row.boxes) for row in self.rows)
            and all(end <= start for (_, end), (start, _) in pairwise(ends))
            and (not ends or (ends[0][0] >= 0 and ends[-1][1] <= len(self.text)))
            and all(all(map(math.isfinite, box)) for row in self.rows for box in iter_unpack("<4f", row.boxes))
        )


def letter_row(start: int, boxes: Sequence[Rect]) -> LetterRow:
    """Return characters that stand side by side, from `start` on in the page's text."""
    edges = (edge for box in boxes for edge in (box.x0, box.y0, box.x1, box.y1))
    return LetterRow(start, pack(f"<{4 * len(boxes)}f", *edges))


def letters_of_words(text: str, words: Iterable[WordBox]) -> PageLetters:
    """Return the letters of a recognised page, each word's box shared out evenly among its characters."""
    return PageLetters(text, tuple(letter_row(word.start, _shares(word)) for word in words))


def _shares(word: WordBox) -> list[Rect]:
    count, box = word.end - word.start, word.box
    width = (box.x1 - box.x0) / count
    return [Rect(box.x0 + n * width, box.y0, box.x0 + (n + 1) * width, box.y1) for n in range(count)]


class LetterPlaces:
    """The letters of one page, unpacked to be asked again and again."""

    def __init__(self, letters: PageLetters) -> None:
        self.text = letters.text
        self._rows = [[Rect(*box) for box in iter_unpack("<4f", row.boxes)] for row in letters.rows]
        self._starts = [row.start for row in letters.rows]
        self._whole = [_union(boxes) for boxes in self._rows]

    @property
    def whole(self) -> Span:
        """Return the span of all that stands on the page."""
        return Span(self._starts[0], self._starts[-1] + len(self._rows[-1])) if self._rows else Span(0, 0)

    def rects(self, span: Span) -> tuple[Rect, ...]:
        """Return where a span stands, a rectangle for each row that it touches."""
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        last = bisect_left(self._starts, span.end)
        parts = (self._part(n, span) for n in range(first, last))
        return tuple(_union(boxes) for boxes in parts if boxes)

    def offset_at(self, x: float, y: float) -> int:
        """Return the place between two characters, or at an end of a row, that is nearest to a point of the page."""
        if not self._rows:
            return 0
        n = self._row_at(x, y)
        boxes = self._rows[n]
        nearest = min(range(len(boxes)), key=lambda i: _distance(boxes[i], x, y))
        return self._starts[n] + nearest + _is_behind(boxes, nearest, x, y)

    def is_on_text(self, x: float, y: float) -> bool:
        """Return whether a point lies on a row, or as near as a pointer is held to it."""
        return any(_distance(row, x, y) <= 2.0 for row in self._whole)

    def word_at(self, offset: int) -> Span:
        """Return the word that a place stands in or at, else the one character behind it."""
        return next(
            (Span(*word.span()) for word in self._words() if word.start() <= offset <= word.end()),
            Span(min(offset, len(self.text)), min(offset + 1, len(self.text))),
        )

    def word_end(self, offset: int, step: int) -> int:
        """Return the end of the next word behind a place, or with a `step` below 0 the start of the one before it."""
        if step > 0:
            return next((word.end() for word in self._words() if word.end() > offset), len(self.text))
        return max((word.start() for word in self._words() if word.start() < offset), default=0)

    def row_beside(self, offset: int, step: int) -> int:
        """Return the place under an offset in the next row, or with a `step` below 0 over it in the one before."""
        n = max(bisect_right(self._starts, offset) - 1, 0)
        if not 0 <= n + step < len(self._rows):
            return self.whole.end if step > 0 else self.whole.start
        boxes = self._rows[n]
        x = boxes[min(max(offset - self._starts[n], 0), len(boxes) - 1)].x0
        beside = self._rows[n + step]
        nearest = min(range(len(beside)), key=lambda i: abs(beside[i].x0 - x))
        return self._starts[n + step] + nearest

    def _row_at(self, x: float, y: float) -> int:
        """Return the nearest row, of one column the one that is level with the point, however short it is."""

        def distance(n: int) -> float:
            return _distance(self._whole[n], x, y)

        nearest = min(range(len(self._rows)), key=distance)
        column = self._whole[nearest]
        level = [
            n
            for n, row in enumerate(self._whole)
            if row.y0 <= y <= row.y1 and row.x0 < column.x1 and column.x0 < row.x1
        ]
        return min(level, key=distance, default=nearest)

    def _words(self) -> Iterator[re.Match[str]]:
        return _WORD.finditer(self.text)

    def _part(self, n: int, span: Span) -> list[Rect]:
        start = self._starts[n]
        return self._rows[n][max(span.start - start, 0) : max(span.end - start, 0)]


def _union(boxes: list[Rect]) -> Rect:
    return Rect(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def _distance(box: Rect, x: float, y: float) -> float:
    """Return how far a point is from a box."""
    return math.hypot(max(box.x0 - x, x - box.x1, 0.0), max(box.y0 - y, y - box.y1, 0.0))


def _is_behind(boxes: list[Rect], n: int, x: float, y: float) -> bool:
    """Whether a point lies past the middle of a character, in the direction in which its row is read."""
    first, last = boxes[max(n - 1, 0)], boxes[min(n + 1, len(boxes) - 1)]
    right, down = last.x0 + last.x1 - first.x0 - first.x1, last.y0 + last.y1 - first.y0 - first.y1
    if abs(down) > abs(right):
        return (2 * y > boxes[n].y0 + boxes[n].y1) == (down > 0)
    return (2 * x > boxes[n].x0 + boxes[n].x1) == (right >= 0)
