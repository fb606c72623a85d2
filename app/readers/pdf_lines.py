"""The lines that MuPDF finds on a page, cleaned and turned upright. Pure; runs in the reader's process.

MuPDF breaks a line at every wide gap, so a line here is a piece of a printed one: a table's cell, one column's share.
A report has tens of thousands, so they are structs of msgspec's, which are made four times as fast as dataclasses.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

UNSEEN = 1 << 1 | 1 << 5  # of an annotation's flags: hidden, and not shown on a screen
# Smaller type is not seen: marks that programs leave for each other, and words hidden from the reader.
SEEN_SIZE_PT = 1.5
# Some programs embolden by printing twice, this share of the size apart at most.
REPRINT_SHARE = 0.15
Box = tuple[float, float, float, float]
Direction = tuple[float, float]
ACROSS: Direction = (1.0, 0.0)


class Run(msgspec.Struct, frozen=True, gc=False):
    """A run of characters in one type."""

    text: str
    size: float
    is_bold: bool


class Found(msgspec.Struct, frozen=True, gc=False):
    """A line as MuPDF finds it; `first` is the place of its first character among all that MuPDF finds on the page.

    `size` is that of its longest run, and it is bold if all of them are; one that is not seen is in tiny type.
    """

    text: str
    size: float
    is_bold: bool
    begins_bold: bool
    ends_bold: bool
    is_seen: bool
    box: Box
    direction: Direction
    first: int


class Line(msgspec.Struct, frozen=True, gc=False):
    """A piece of a printed line, in coordinates in which the page's main writing runs from left to right.

    `places` says which of the characters that MuPDF finds on the page each character of `text` is, and is None where
    `text` is a run of them that begins at `first`. `begins_apart` and `ends_apart` say that a space stood there.
    """

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
    is_upright: bool
    begins_apart: bool
    ends_apart: bool
    first: int
    places: tuple[int, ...] | None

    def place(self, offset: int) -> int:
        """Return which of the characters that MuPDF finds on the page this character of `text` is."""
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


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around some."""
    return (
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
    )


def found_in(runs: Sequence[Run], box: Box, direction: Direction, first: int) -> Found:
    """Return the line that these runs make."""
    visible = [run for run in runs if not run.text.isspace()] or runs
    return Found(
        "".join([run.text for run in runs]),
        max(visible, key=_chars).size,
        all(run.is_bold for run in visible),
        visible[0].is_bold,
        visible[-1].is_bold,
        max([run.size for run in runs]) >= SEEN_SIZE_PT,
        box,
        direction,
        first,
    )


def _chars(run: Run) -> int:
    return len(run.text)


def lines_of(found: Sequence[Found]) -> list[Line]:
    """Return the lines with visible text in MuPDF's order, each once."""
    main = _main_direction(found)
    lines: list[Line] = []
    seen: dict[str, list[Line]] = {}
    for one in found:
        line = _line(one, main)
        if line is None:
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


def _main_direction(found: Sequence[Found]) -> Direction:
    """Return the direction of most characters: a table may be printed sideways."""
    if all(one.direction is ACROSS for one in found):
        return ACROSS
    counts: Counter[Direction] = Counter()
    for one in found:
        counts[_compass(one.direction)] += len(one.text)
    return counts.most_common(1)[0][0]


def _compass(direction: Direction) -> Direction:
    """Return the nearest of right, down, left and up."""
    x, y = direction
    return (1 if x >= 0 else -1, 0) if abs(x) >= abs(y) else (0, 1 if y >= 0 else -1)


def _line(found: Found, main: Direction) -> Line | None:
    raw = found.text
    text = raw.strip()
    if not text or not found.is_seen:
        return None
    first = found.first if text is raw else found.first + raw.index(text)
    places: tuple[int, ...] | None = None
    if not text.isprintable() or (not text.isascii() and _ODD.search(raw)):
        kept = list(_kept(raw))
        if not kept:
            return None
        text = "".join([character for _place, character in kept])
        places = tuple([found.first + place for place, _character in kept])
    x0, y0, x1, y1 = found.box if main is ACROSS else _turned(found.box, main)
    return Line(
        text,
        x0,
        y0,
        x1,
        y1,
        (y0 + y1) / 2,
        found.size,
        found.is_bold,
        found.begins_bold,
        found.ends_bold,
        found.direction is main or _compass(found.direction) == main,
        raw[0].isspace(),
        raw[-1].isspace(),
        first,
        places,
    )


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
