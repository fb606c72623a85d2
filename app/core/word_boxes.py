"""Where the words of a recognised page stand, kept small, and the rectangles of a span. Pure; used in every process."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.pages import Rect, Span

# Start, length, and the box in quarters of a point: 16,383 points are more than any page that is drawn.
_STORED = struct.Struct("<IHHHHH")
_PER_POINT = 4
_MOST = 0xFFFF
# Words of a row are marked as one up to this gap, in heights of the row.
_JOINED_GAP = 2.0


@dataclass(frozen=True, slots=True)
class WordBox:
    """A word, or the part of one that stands in one line, and its box in points from the drawn page's top left."""

    start: int
    end: int
    box: Rect


def packed(words: Iterable[WordBox]) -> bytes:
    """Return the boxes as bytes, 14 for each."""
    return b"".join(
        _STORED.pack(word.start, min(word.end - word.start, _MOST), *map(_quarters, _sides(word.box))) for word in words
    )


def unpacked(stored: bytes) -> tuple[WordBox, ...]:
    """Return the boxes that `packed` made bytes of."""
    return tuple(
        WordBox(start, start + length, Rect(*(side / _PER_POINT for side in sides)))
        for start, length, *sides in _STORED.iter_unpack(stored)
    )


def rects_of(words: Sequence[WordBox], span: Span) -> tuple[Rect, ...]:
    """Return where a span stands, one rectangle for the words of a row, whole words only."""
    rects: list[Rect] = []
    for word in words:
        if word.start < span.end and span.start < word.end:
            if rects and _is_beside(rects[-1], word.box):
                rects[-1] = _union(rects[-1], word.box)
            else:
                rects.append(word.box)
    return tuple(rects)


def _is_beside(before: Rect, box: Rect) -> bool:
    height = min(before.y1 - before.y0, box.y1 - box.y0)
    shared = min(before.y1, box.y1) - max(before.y0, box.y0)
    return shared > 0.5 * height and -height < box.x0 - before.x1 < _JOINED_GAP * height


def _union(one: Rect, other: Rect) -> Rect:
    return Rect(min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1))


def _sides(box: Rect) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _quarters(side: float) -> int:
    return min(max(round(side * _PER_POINT), 0), _MOST)
