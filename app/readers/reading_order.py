"""The order in which a page's lines are read: columns, then rows. Pure; runs in the reader's process.

MuPDF gives lines in the order in which the file prints them, which in two columns often goes to and fro. Here a page is
cut where a gutter runs between two columns of running text (after the XY-cut of Nagy and Seth, ICPR 1984); lines that
cross the gutter, such as titles, part it into bands. Columns of a table are not cut: they are read row by row.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from operator import attrgetter

from app.readers.pdf_lines import ACROSS, Line

Row = list[Line]
Region = list[Row]

# A column of running text has at least so many lines, of at least so many characters on average, and its middling line
# fills at least this share of its width.
COLUMN_LINES = 4
COLUMN_CHARS = 14.0
FILLED_SHARE = 0.6
# Where more than this share of the lines stand in rows it may be a table instead, whose cells are shorter than this.
ALIGNED_SHARE = 0.5
ALIGNED_COLUMN_CHARS = 25.0
# Of the lines beside a gutter this share may be met by one that crosses it.
CONFLICT_SHARE = 0.1
CANDIDATES = 6
_DEPTH_LIMIT = 5
_by_middle = attrgetter("middle")
_by_left = attrgetter("x0")


def regions_of(lines: Sequence[Line]) -> list[Region]:
    """Return the lines as regions (a column, a band across columns) of rows, each row from left to right.

    Lines that do not run as most do, such as a stamp along the margin, come last.
    """
    turned = [line for line in lines if line.direction is not ACROSS]
    upright = [line for line in lines if line.direction is ACROSS] if turned else lines
    return [*_cut(upright, 0), *([[line] for line in group] for group in _stacks(turned))]


def _stacks(turned: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield lines in MuPDF's order in runs of one size."""
    for _size, group in groupby(turned, key=lambda line: round(line.size)):
        yield list(group)


def _cut(lines: Sequence[Line], depth: int) -> Iterator[Region]:
    if not lines:
        return
    gutter = _gutter(lines) if depth < _DEPTH_LIMIT else None
    if gutter is None:
        yield _rows(lines)
        return
    for band, crosses in _bands(lines, gutter):
        if crosses:
            yield _rows(band)
        else:
            yield from _cut([line for line in band if line.x1 <= gutter], depth + 1)
            yield from _cut([line for line in band if line.x1 > gutter], depth + 1)


def _bands(lines: Sequence[Line], gutter: float) -> Iterator[tuple[list[Line], bool]]:
    """Yield from top to bottom the runs of lines that cross the gutter, and of those beside it."""
    crossing = sorted([line for line in lines if line.x0 < gutter < line.x1], key=_by_middle)
    beside = sorted([line for line in lines if not line.x0 < gutter < line.x1], key=_by_middle)
    taken = 0
    held: list[Line] = []
    for line in crossing:
        above = taken
        while above < len(beside) and beside[above].middle < line.middle:
            above += 1
        if above > taken:
            if held:
                yield held, True
            yield beside[taken:above], False
            held, taken = [], above
        held.append(line)
    if held:
        yield held, True
    if taken < len(beside):
        yield beside[taken:], False


@dataclass(frozen=True, slots=True)
class _Side:
    lines: list[Line]
    chars: int

    @property
    def mean_chars(self) -> float:
        return self.chars / len(self.lines)

    def filled(self) -> float:
        """Return the share of the side's width that its middling line fills."""
        left, right = min([line.x0 for line in self.lines]), max([line.x1 for line in self.lines])
        widths = sorted([line.x1 - line.x0 for line in self.lines])
        return widths[len(widths) // 2] / max(right - left, 1.0)


def _gutter(lines: Sequence[Line], has_more: bool = True) -> float | None:
    """Return the x of the best gutter between two columns of running text, or None; `has_more`: either may be two."""
    if len(lines) < 2 * COLUMN_LINES:
        return None
    left_edge = min([line.x0 for line in lines])
    least = left_edge + 0.12 * (max([line.x1 for line in lines]) - left_edge)
    starts = Counter([round(line.x0 / 2) for line in lines if line.x0 > least])
    best, best_chars = None, 0
    for start, count in starts.most_common(CANDIDATES):
        if count < COLUMN_LINES - 1:
            break
        gutter = start * 2 - 2.0
        chars = _column_chars(lines, gutter, has_more)
        if chars > best_chars:
            best, best_chars = gutter, chars
    return best


def _column_chars(lines: Sequence[Line], gutter: float, has_more: bool) -> int:
    """Return the characters of the smaller side if both sides are columns of running text, or two of them, else 0."""
    left = [line for line in lines if line.x1 <= gutter]
    right = [line for line in lines if line.x0 >= gutter]
    if min(len(left), len(right)) < COLUMN_LINES:
        return 0
    left, right = _beside_each_other(left, right)
    if min(len(left.lines), len(right.lines)) < COLUMN_LINES:
        return 0
    if min(left.mean_chars, right.mean_chars) < COLUMN_CHARS:
        return 0
    middles = sorted([line.middle for line in (*left.lines, *right.lines)])
    crossing = [line for line in lines if line.x0 < gutter < line.x1]
    if sum([_meets(line, middles) for line in crossing]) > CONFLICT_SHARE * len(middles):
        return 0
    if _aligned_share(left, right) > ALIGNED_SHARE and min(left.mean_chars, right.mean_chars) < ALIGNED_COLUMN_CHARS:
        return 0
    if not all(side.filled() >= FILLED_SHARE or (has_more and _gutter(side.lines, False)) for side in (left, right)):
        return 0
    return min(left.chars, right.chars)


def _beside_each_other(left: Sequence[Line], right: Sequence[Line]) -> tuple[_Side, _Side]:
    """Return those lines of both sides that stand at a height where both have some."""
    top = max([min([line.y0 for line in side]) for side in (left, right)])
    foot = min([max([line.y1 for line in side]) for side in (left, right)])
    return _side(left, top, foot), _side(right, top, foot)


def _side(lines: Sequence[Line], top: float, foot: float) -> _Side:
    kept = [line for line in lines if top <= line.middle <= foot]
    return _Side(kept, sum([len(line.text) for line in kept]))


def _meets(line: Line, middles: Sequence[float]) -> bool:
    """Whether a line is in one row with any of those whose sorted middles are given."""
    reach = 0.3 * (line.y1 - line.y0)
    return bisect_left(middles, line.middle - reach) < bisect_right(middles, line.middle + reach)


def _aligned_share(left: _Side, right: _Side) -> float:
    """Return the share of the shorter side's lines that are in one row with a line of the other."""
    fewer, more = sorted((left, right), key=lambda side: len(side.lines))
    middles = sorted([line.middle for line in more.lines])
    return sum([_meets(line, middles) for line in fewer.lines]) / len(fewer.lines)


def _rows(lines: Sequence[Line]) -> Region:
    """Return the rows from top to bottom."""
    rows: Region = []
    first, foot = lines[0], -inf
    for line in sorted(lines, key=_by_middle):
        if line.y0 < foot and _is_same_row(first, line):
            rows[-1].append(line)
        else:
            rows.append([line])
            first, foot = line, line.y1
    for row in rows:
        if len(row) > 1:
            row.sort(key=_by_left)
    return rows


def _is_same_row(one: Line, other: Line) -> bool:
    """Whether two lines stand on one height: a small one, such as a superscript, within the large one's middle."""
    top, foot, other_top, other_foot = one.y0, one.y1, other.y0, other.y1
    low, high = foot - top, other_foot - other_top
    if low > high:
        low, high = high, low
    if high > 2 * low:
        return abs(one.middle - other.middle) < 0.5 * low
    shared = (foot if foot < other_foot else other_foot) - (top if top > other_top else other_top)
    return shared > 0.55 * low
