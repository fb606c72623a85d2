"""The lines that MuPDF finds on a page, cleaned and turned upright. Pure; runs in the reader's process.

MuPDF breaks a line at every wide gap, so a line here is a piece of a printed one: a table's cell, one column's share.
A report has tens of thousands, so they are structs of msgspec's, which are made four times as fast as dataclasses.
"""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

UNSEEN = 1 << 1 | 1 << 5  # of an annotation's flags: hidden, and not shown on a screen
# Smaller type is not seen: marks that programs leave for each other, and words hidden from the reader.
SEEN_SIZE_PT = 1.5
# A line so many times as high as its type is in a font that is drawn larger than it says (Type 3 fonts of scanners).
_DRAWN_LARGER = 4.0
_HEIGHT_OF_TYPE = 1.2
_ASLANT = 0.01
# Some programs embolden by printing twice, this share of the size apart at most.
REPRINT_SHARE = 0.15
Box = tuple[float, float, float, float]
Direction = tuple[float, float]
ACROSS: Direction = (1.0, 0.0)
DOWN: Direction = (0.0, 1.0)


class Run(msgspec.Struct, frozen=True, gc=False):
    """A run of characters in one type."""

    text: str
    size: float
    is_bold: bool


class Line(msgspec.Struct, frozen=True, gc=False):
    """A line as MuPDF finds it; `lines_of` has it in coordinates in which the page's main writing runs across.

    `raw` is what MuPDF finds, from the character `first` of all on the page, and `text` the same cleaned; `places` says
    which of `raw` each character of `text` is, and is None where only the space around it was taken away. `size` is
    that of its longest run, and it is bold if all of them are; one that is not seen is blank or in tiny type.
    """

    raw: str
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    middle: float
    size: float
    is_bold: bool
    begins_bold: bool
    ends_bold: bool
    is_seen: bool
    direction: Direction
    first: int
    places: tuple[int, ...] | None

    @property
    def box(self) -> Box:
        """Where it stands."""
        return self.x0, self.y0, self.x1, self.y1

    @property
    def begins_apart(self) -> bool:
        """Whether a space stands before it."""
        return self.raw[0].isspace()

    @property
    def ends_apart(self) -> bool:
        """Whether a space stands after it."""
        return self.raw[-1].isspace()

    def place(self, offset: int) -> int:
        """Return which of the characters that MuPDF finds on the page this character of `text` is."""
        return self.first + (self.raw.index(self.text) + offset if self.places is None else self.places[offset])


# Characters with one better form, and those that are no text at all.
_REPLACED = {
    **dict.fromkeys((*range(32), 0x7F, 0xA0, 0x2007, 0x202F, 0xFEFF, *range(0x2000, 0x200B), 0x3000), " "),
    **dict.fromkeys((0xF0B7, 0xF0A7, 0xF076, 0xF0D8, 0xF0A8, 0xF06E, 0x25CF), "•"),
}
_DROPPED = frozenset(map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), *range(0xD800, 0xE000))))
_ODD = re.compile("[\x00-\x1f\x7f\xa0\xad\u2000-\u200f\u202f\u2060-\u2064\u25cf\u3000\ud800-\uf8ff\ufeff]")
# A hyphen that was put there to break the word; a line that ends in it keeps it, so that the words are joined.
SOFT_HYPHEN = "\xad"


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around some."""
    lefts, tops, rights, feet = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(feet)


def line_of(run: Run, box: Box, direction: Direction, first: int) -> Line:
    """Return the line that is this run."""
    is_bold = run.is_bold
    return _line(run.text, run.size, (is_bold, is_bold, is_bold), run.size, box, direction, first)


def line_in(runs: Sequence[Run], box: Box, direction: Direction, first: int) -> Line:
    """Return the line that these runs make."""
    visible = [run for run in runs if not run.text.isspace()] or runs
    bold = [run.is_bold for run in visible]
    look = (False not in bold, bold[0], bold[-1])
    raw, largest = "".join([run.text for run in runs]), max([run.size for run in runs])
    return _line(raw, max(visible, key=_chars).size, look, largest, box, direction, first)


def _line(
    raw: str, size: float, bold: tuple[bool, bool, bool], largest: float, box: Box, direction: Direction, first: int
) -> Line:
    text, places = raw.strip(), None
    if not text.isascii() or not text.isprintable():
        text, places = _cleaned(raw, text)
    is_bold, begins_bold, ends_bold = bold
    x0, y0, x1, y1 = box
    is_seen = text != ""
    if largest < SEEN_SIZE_PT:
        across = y1 - y0 if direction[0] else x1 - x0
        is_upright = min(abs(direction[0]), abs(direction[1])) < _ASLANT  # of others the box says nothing of the type
        if is_upright and across > _DRAWN_LARGER * largest:
            size = largest = across / _HEIGHT_OF_TYPE
        is_seen = is_seen and largest >= SEEN_SIZE_PT
    middle = (y0 + y1) / 2
    return Line(
        raw, text, x0, y0, x1, y1, middle, size, is_bold, begins_bold, ends_bold, is_seen, direction, first, places
    )


def _chars(run: Run) -> int:
    return len(run.text)


def lines_of(found: Sequence[Line]) -> list[Line]:
    """Return the lines that are seen in MuPDF's order, each once, upright ones as running `ACROSS`."""
    lines: list[Line] = []
    seen: dict[str, list[Line]] = {}
    for line in _upright(found):
        if not line.is_seen:
            continue
        same = seen.get(line.text)
        if same is None:
            seen[line.text] = [line]
        elif _is_reprint(line, same):
            continue
        else:
            same.append(line)
        lines.append(line)
    return lines


def _is_reprint(line: Line, same: Sequence[Line]) -> bool:
    """Whether a line stands as good as on top of one of those of the same text."""
    x0, y0, near = line.x0, line.y0, REPRINT_SHARE * line.size
    return any(-near < x0 - other.x0 < near and -near < y0 - other.y0 < near for other in same)


def _upright(found: Sequence[Line]) -> Sequence[Line]:
    """Return the lines as they are when the page is turned so that most characters run across: tables are sideways."""
    if all(line.direction is ACROSS for line in found):
        return found
    counts: Counter[Direction] = Counter()
    for line in found:
        counts[_compass(line.direction)] += len(line.raw)
    main = counts.most_common(1)[0][0]
    upright: list[Line] = []
    for line in found:
        x0, y0, x1, y1 = _turned(line.box, main)
        direction = ACROSS if _compass(line.direction) == main else DOWN
        upright.append(replace(line, x0=x0, y0=y0, x1=x1, y1=y1, middle=(y0 + y1) / 2, direction=direction))
    return upright


def _compass(direction: Direction) -> Direction:
    """Return the nearest of right, down, left and up."""
    x, y = direction
    return (1 if x >= 0 else -1, 0) if abs(x) >= abs(y) else (0, 1 if y >= 0 else -1)


def _cleaned(raw: str, text: str) -> tuple[str, tuple[int, ...] | None]:
    """Return what is kept of a line that without the space around it is `text`, with the places if some is left out."""
    if text.isprintable() and not _ODD.search(raw):
        return text, None
    cleaned = raw.translate(_REPLACED)
    stripped = cleaned.rstrip()
    start = len(cleaned) - len(cleaned.lstrip())
    places = [place for place in range(start, len(stripped)) if stripped[place] not in _DROPPED]
    if stripped.endswith(SOFT_HYPHEN):
        places.append(len(stripped) - 1)
    return "".join([stripped[place] for place in places]), tuple(places)


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
