"""The lines that MuPDF finds on a page, cleaned and turned upright. Pure; runs in the reader's process.

MuPDF breaks a line at every wide gap, so a line here is a piece of a printed one: a table's cell, one column's share.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

BOLD = 1 << 4  # of a span's font flags
UNSEEN = 1 << 1 | 1 << 5  # of an annotation's flags: hidden, and not shown on a screen
# Smaller type is not seen: marks that programs leave for each other, and words hidden from the reader.
SEEN_SIZE_PT = 1.5
# Some programs embolden by printing twice, this share of the size apart at most.
REPRINT_SHARE = 0.15
Box = tuple[float, float, float, float]
Direction = tuple[float, float]


class SpanDict(TypedDict):
    """A run of characters in one font, as `extractDICT` gives it."""

    text: str
    size: float
    flags: int


class LineDict(TypedDict):
    """A line as `extractDICT` gives it."""

    bbox: Box
    dir: Direction
    spans: list[SpanDict]


class BlockDict(TypedDict):
    """A block as `extractDICT` gives it; without `lines` it is a picture."""

    lines: list[LineDict]


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a printed line, in coordinates in which the page's main writing runs from left to right.

    `places` says which of MuPDF's characters of the line each character of `text` is, and is None where `text` is a run
    of them that begins at `first`. `index` is the line's number on the page.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    is_bold: bool
    begins_bold: bool
    ends_bold: bool
    is_upright: bool
    index: int
    first: int
    places: tuple[int, ...] | None

    def place(self, offset: int) -> int:
        """Return which of MuPDF's characters of the line this character of `text` is."""
        return self.first + offset if self.places is None else self.places[offset]


# Characters with one better form, and those that are no text at all.
_REPLACED = {
    **dict.fromkeys((*range(32), 0x7F, 0xA0, 0x2007, 0x202F, 0xFEFF, *range(0x2000, 0x200B), 0x3000), " "),
    **dict.fromkeys((0xF0B7, 0xF0A7, 0xF076, 0xF0D8, 0xF0A8, 0xF06E, 0x25CF), "•"),
}
_DROPPED = re.compile("[\xad\u200b-\u200f\u2060-\u2064\ud800-\udfff]")
_ODD = re.compile("[\x00-\x1f\x7f\xa0\xad\u2000-\u200f\u202f\u2060-\u2064\u25cf\u3000\ud800-\uf8ff\ufeff]")
# A hyphen that was put there to break the word; a line that ends in it keeps it, so that the words are joined.
SOFT_HYPHEN = "\xad"


def lines_of(blocks: Iterable[BlockDict]) -> list[Line]:
    """Return the lines with visible text in MuPDF's order, each once."""
    found = [line for block in blocks for line in block.get("lines", ())]
    main = _main_direction(found)
    lines: list[Line] = []
    seen: dict[str, list[Line]] = {}
    for index, source in enumerate(found):
        line = _line(source, index, main)
        if line is None:
            continue
        same = seen.setdefault(line.text, [])
        if not any(_is_reprint(line, other) for other in same):
            same.append(line)
            lines.append(line)
    return lines


def _is_reprint(line: Line, other: Line) -> bool:
    """Whether a line of the same text stands as good as on top of another."""
    near = REPRINT_SHARE * line.size
    return abs(line.x0 - other.x0) < near and abs(line.y0 - other.y0) < near


def _main_direction(found: Sequence[LineDict]) -> Direction:
    """Return the direction of most characters: a table may be printed sideways."""
    counts: Counter[Direction] = Counter()
    for line in found:
        counts[_compass(line["dir"])] += sum(len(span["text"]) for span in line["spans"])
    return counts.most_common(1)[0][0] if counts else (1, 0)


def _compass(direction: Direction) -> Direction:
    """Return the nearest of right, down, left and up."""
    x, y = direction
    return (1 if x >= 0 else -1, 0) if abs(x) >= abs(y) else (0, 1 if y >= 0 else -1)


def _line(source: LineDict, index: int, main: Direction) -> Line | None:
    spans = source["spans"]
    raw = spans[0]["text"] if len(spans) == 1 else "".join([span["text"] for span in spans])
    text = raw.strip()
    if not text or max(span["size"] for span in spans) < SEEN_SIZE_PT:
        return None
    first = raw.index(text)
    places: tuple[int, ...] | None = None
    if (not text.isascii() and _ODD.search(raw)) or not text.isprintable():
        kept = list(_kept(raw))
        if not kept:
            return None
        text = "".join(character for _place, character in kept)
        places = tuple(place for place, _character in kept)
    visible = [span for span in spans if not span["text"].isspace()] or spans
    widest = visible[0] if len(visible) == 1 else max(visible, key=lambda span: len(span["text"]))
    bold = [bool(span["flags"] & BOLD) for span in visible]
    x0, y0, x1, y1 = _turned(source["bbox"], main)
    is_upright = _compass(source["dir"]) == main
    return Line(text, x0, y0, x1, y1, widest["size"], all(bold), bold[0], bold[-1], is_upright, index, first, places)


def _kept(raw: str) -> Iterator[tuple[int, str]]:
    """Yield the characters to keep with their places, without the space around them."""
    cleaned = raw.translate(_REPLACED)
    stripped = cleaned.rstrip()
    ends_soft = stripped.endswith(SOFT_HYPHEN)
    start = len(cleaned) - len(cleaned.lstrip())
    for place in range(start, len(stripped)):
        is_last_soft = ends_soft and place == len(stripped) - 1
        if is_last_soft or not _DROPPED.match(stripped, place):
            yield place, stripped[place]


def _turned(box: Box, main: Direction) -> Box:
    """Return the box in coordinates in which `main` runs from left to right."""
    x0, y0, x1, y1 = box
    match main:
        case (0, -1):
            return -y1, x0, -y0, x1
        case (0, 1):
            return y0, -x1, y1, -x0
        case (-1, 0):
            return -x1, -y1, -x0, -y0
        case _:
            return box
