"""Cells of a sheet that are merged over several rows: what stands in them belongs to each of these rows. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from app.readers.tables import Row

# More than these are no names that stand beside rows, but a sheet made to be slow.
MERGED_LIMIT = 20_000
# Excel's sheets tell them behind their rows, so that such a sheet is gone through twice.
MERGED_LIMIT_BYTES = 32 * 1024 * 1024
ROWS_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged cells: their first column, counted from 0, and their first and last row, counted from 1."""

    column: int
    first: int
    last: int


def repeated_down(numbered: Iterable[tuple[int, Row]], merged: Iterable[Merged]) -> Iterator[tuple[int, Row]]:
    """Yield rows, told by their numbers (0 for the next one), each with the merged cells that reach into it."""
    starts: dict[int, list[Merged]] = {}
    for one in islice((one for one in merged if 0 < one.last - one.first < ROWS_LIMIT), MERGED_LIMIT):
        starts.setdefault(one.first, []).append(one)
    if not starts:
        yield from numbered
        return
    reaching: dict[int, tuple[str, int]] = {}
    last = 0
    for number, cells in numbered:
        last = number or last + 1
        reaching = {column: (text, end) for column, (text, end) in reaching.items() if last <= end}
        yield number, {column: text for column, (text, _end) in reaching.items()} | dict(cells) if cells else cells
        reaching |= {one.column: (cells[one.column], one.last) for one in starts.get(last, ()) if one.column in cells}
