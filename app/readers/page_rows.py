"""Rows of a page grouped into paragraphs, list items and tables by how they stand. Pure; reader's process."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from msgspec import Struct

from app.core.pages import BlockKind
from app.readers.pdf_lines import Line
from app.readers.reading_order import Region, Row

# Cells stand at least this many type sizes apart; the spaces of justified text are narrower.
CELL_GAP = 1.0
# and before a currency sign, which begins a cell, so many.
CURRENCY_GAP = 0.4
# Edges within so many points are the same column of a table.
EDGE_TOLERANCE_PT = 3.0
# Between rows of a table so many others may stand: labels, wrapped cells.
LOOSE_ROWS = 2
LOOSE_CHARS = 90
# A distance this much over the usual one between rows, or a size this much another, begins a paragraph.
PARAGRAPH_GAP = 1.3
SIZE_CHANGE = 1.08
INDENT = 0.8
# A row that leaves this share of the width free ends a paragraph, if it also ends a sentence.
SHORT_SHARE = 0.2

_MARK = re.compile(
    r"(?P<bullet>[•▪■□◦‣●○▶►➢✓✔❖·*](?:\s|\w|$))"
    r"|(?:[–—-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,4}[.)])(?:\s+\S|$)"
)
_LONE_MARK = re.compile(r"(?:[•▪■□◦‣●○▶►➢✓✔❖·*–—-]|\(?\w{1,3}[.)])$")
_CURRENCY = frozenset(("$", "€", "£", "¥", "(", "$(", "€(", "£("))
_CLOSING = frozenset((")", "%", ")%"))
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "”", '"', ")", "。", "！", "？")


class Group(Struct, frozen=True, gc=False):
    """Rows that make one block."""

    kind: BlockKind
    rows: tuple[Row, ...]


def groups_of(region: Region) -> Iterator[Group]:
    """Yield the blocks of a region in order."""
    done = 0
    for start, end in _tables(region):
        yield from _paragraphs(region[done:start])
        yield Group(BlockKind.TABLE, tuple(region[start:end]))
        done = end
    yield from _paragraphs(region[done:])


def cells_of(row: Row) -> list[Row]:
    """Return the row's lines in cells, which wide gaps part; a list's mark or a currency sign begins one."""
    cells: list[Row] = [[row[0]]]
    for previous, line in pairwise(row):
        gap = line.x0 - previous.x1
        joins = (
            gap < (CURRENCY_GAP if line.text in _CURRENCY else CELL_GAP) * min(line.size, previous.size)
            or previous.text in _CURRENCY
            or line.text in _CLOSING
            or (previous is row[0] and _LONE_MARK.match(previous.text))
        )
        if joins:
            cells[-1].append(line)
        else:
            cells.append([line])
    return cells


def _tables(region: Region) -> Iterator[tuple[int, int]]:
    """Yield where tables begin and end: rows of several cells, those of one row above those of the next."""
    grid = [(index, cells) for index, row in enumerate(region) if len(row) > 1 and len(cells := cells_of(row)) > 1]
    if len(grid) < 2:
        return
    run: list[int] = []
    for (index, cells), (next_index, next_cells) in zip(grid, [*grid[1:], (-1, [])], strict=False):
        run.append(index)
        goes_on = (
            next_index > 0
            and next_index - index - 1 <= LOOSE_ROWS
            and all(_is_loose(row) for row in region[index + 1 : next_index])
            and region[next_index][0].y0 - region[index][0].y1 < 3.5 * (next_index - index) * region[index][0].size
            and _share_column(cells, next_cells)
        )
        if not goes_on:
            if len(run) > 1:
                yield run[0], run[-1] + 1
            run = []


def _is_loose(row: Row) -> bool:
    return sum(len(line.text) for line in row) <= LOOSE_CHARS


def _share_column(above: Sequence[Row], below: Sequence[Row]) -> bool:
    """Whether any cell but the first has an edge or its middle under one of the row above."""
    places = [(cell[0].x0, cell[-1].x1) for cell in above[1:]]
    return any(
        abs(left - cell[0].x0) < EDGE_TOLERANCE_PT
        or abs(right - cell[-1].x1) < EDGE_TOLERANCE_PT
        or abs(left + right - cell[0].x0 - cell[-1].x1) < 2 * EDGE_TOLERANCE_PT
        for left, right in places
        for cell in below[1:]
    )


class _Frame(Struct, frozen=True, gc=False):
    """The edges of a run of rows and the usual distance between them."""

    left: float
    right: float
    leading: float


def _paragraphs(rows: Sequence[Row]) -> Iterator[Group]:
    if not rows:
        return
    frame = _frame(rows)
    held: list[Row] = []
    kind = BlockKind.PARAGRAPH
    size = size_above = 0.0
    for row in rows:
        size_above, size = size, row[0].size if len(row) == 1 else max(row, key=_chars).size
        is_item = _begins_item(row, held, kind, frame)
        if held and (
            is_item
            or size > SIZE_CHANGE * size_above
            or size_above > SIZE_CHANGE * size
            or _is_break(held[-1], row, size, kind, frame)
        ):
            yield Group(kind, tuple(held))
            held = []
        if not held:
            kind = BlockKind.LIST_ITEM if is_item else BlockKind.PARAGRAPH
        held.append(row)
    yield Group(kind, tuple(held))


def _frame(rows: Sequence[Row]) -> _Frame:
    steps = [below[0].y1 - above[0].y1 for above, below in pairwise(rows)]
    near = [step for step, row in zip(steps, rows, strict=False) if 0 < step < 2.2 * row[0].size]
    leading = median(near) if near else 1.2 * rows[0][0].size
    return _Frame(min([row[0].x0 for row in rows]), max([row[-1].x1 for row in rows]), leading)


def _begins_item(row: Row, held: Sequence[Row], kind: BlockKind, frame: _Frame) -> bool:
    """Whether a list item begins here; a number or dash may also just happen to begin a row of running text."""
    text = row[0].text if len(row) == 1 else f"{row[0].text} {row[1].text}"
    mark = _MARK.match(text)
    if mark is None:
        return False
    return (
        mark["bullet"] is not None
        or not held
        or kind is BlockKind.LIST_ITEM
        or _ends_sentence(held[-1])
        or _is_short(held[-1], frame)
    )


def _is_break(above: Row, row: Row, size: float, kind: BlockKind, frame: _Frame) -> bool:
    """Whether a paragraph begins between a row and the one above it in type of much the same size."""
    step = row[0].y1 - above[0].y1
    if step > PARAGRAPH_GAP * frame.leading or step < -size:
        return True
    if above[-1].ends_bold != row[0].begins_bold and _is_bold(above) != _is_bold(row):
        return True
    if not _ends_sentence(above):
        return False
    is_indented = row[0].x0 - above[0].x0 > INDENT * size and above[0].x0 - frame.left < INDENT * size
    return (is_indented and kind is BlockKind.PARAGRAPH) or _is_short(above, frame)


def _chars(line: Line) -> int:
    return len(line.text)


def _is_bold(row: Row) -> bool:
    return all(line.is_bold for line in row)


def _ends_sentence(row: Row) -> bool:
    return row[-1].text.endswith(_SENTENCE_ENDS)


def _is_short(row: Row, frame: _Frame) -> bool:
    return frame.right - row[-1].x1 > SHORT_SHARE * (frame.right - frame.left)
