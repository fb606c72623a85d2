"""Tables and sheets as parts, so that each row stands under its header wherever it is cited. Reader's process.

A table that is longer than a passage is given as several, each beginning with the header; one that is wider than a
passage, as bands of columns, each beginning with the first. Where a table is cut, its rows say (content-defined
chunking), so that a new row moves only the cuts near it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, paged

# A block of rows is one passage, and so shorter than the longest that one may be.
LEAST_CHARS = 500
MOST_CHARS = 1100
# A sheet's columns are looked at in so many rows at a time; a sheet of a million has no other place to stand.
WINDOW_ROWS = 400
# As long as Excel lets the text of a cell be.
CELL_LIMIT_CHARS = 32_767
# One string may stand in a million cells.
SHEET_LIMIT_CHARS = 200_000_000
# Rows above a table that may say what it is about before the header comes.
_TITLE_ROWS = 12
# No more columns are between one cell and the next.
_SPAN_LIMIT = 1000
# More cells than these no table takes from the rows above: with one in each row that reaches to the end they would be
# as many as the square of its rows (3,000 took 2 s).
_REACHING_LIMIT = 200_000
_CUT_SHARE = 4
_NUMBER = re.compile(r"[-+(]?[^\w\s]?\s?\d[\d\s.,:/%'-]*\)?(?:[eE][-+]?\d+)?\s?[%A-Za-z\u20ac$\u00a3]{0,3}\)?$")
_NUMBER_LIMIT_CHARS = 40
_YEAR = re.compile(r"(?:19|20)\d\d$")

Row = Mapping[int, str]
"""A row's filled cells by their column, counted from 0: a sheet may have one in column 16,384 and no other."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name, its rows in order (an empty row stands for any number of them), and what is noted beside."""

    name: str
    rows: Iterable[Row]
    notes: Iterable[str] = ()


def pages_of_sheets(sheets: Iterable[Sheet]) -> tuple[Page, ...]:
    """Return the pages of sheets, each of which begins a page.

    Raises:
        Refusal: a sheet has more text than a person's sheet has.
    """
    return paged(sheet_parts(sheet) for sheet in sheets)


def sheet_parts(sheet: Sheet) -> list[Part]:
    """Return a sheet's parts under its name, none if it is empty."""
    parts: list[Part] = []
    header: Row = {}
    for window in _windows(sheet.rows):
        region = _region(window.rows, header) if window.is_start else _Region((), header, window.rows)
        header = region.header
        parts += (Part(BlockKind.PARAGRAPH, " ".join(_cells(row))) for row in region.titles)
        parts += _blocks(header, region.body)
    parts += (Part(BlockKind.PARAGRAPH, note) for note in sheet.notes if note.strip())
    return [Part(BlockKind.HEADING, sheet.name, 1), *parts] if parts and sheet.name.strip() else parts


def table_parts(rows: Iterable[Row]) -> list[Part]:
    """Return a text's table: whole if it fits a passage, else in blocks under its header."""
    kept = [row for row in rows if row]
    lines = _lines(kept, sorted({column for row in kept for column in row}))
    if sum(map(len, lines)) + len(lines) <= MOST_CHARS:
        return [Part(BlockKind.TABLE, "\n".join(lines))] if lines else []
    if grouped := _grouped(kept[0], kept[1]) if len(kept) > 2 else {}:
        return [Part(BlockKind.PARAGRAPH, " ".join(_cells(kept[0]))), *_blocks(grouped, kept[2:])]
    header = kept[0] if is_header(kept[0]) else {}
    return list(_blocks(header, kept[1:] if header else kept))


def rows_of(rows: Iterable[Iterable[str]]) -> list[Row]:
    """Return rows of cells with what is empty left out."""
    return [filled(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and how many columns and rows it takes; its `text` is None where it goes on from the row above."""

    text: str | None
    columns: int = 1
    rows: int = 1


def spaced(numbered: Iterable[tuple[int, Row]]) -> Iterator[Row]:
    """Yield a sheet's rows, told by their numbers (0 for the next one), and an empty one for each gap."""
    last = 0
    for number, cells in numbered:
        if number > last + 1 and cells:
            yield {}
        yield cells
        last = (number or last + 1) if cells else last


def laid_out(rows: Iterable[Iterable[Cell]]) -> Iterator[Row]:
    """Yield rows with each cell in its column; one that takes several rows belongs to each of them."""
    above: Row = {}
    reached = 0
    reaching: dict[int, tuple[str, int]] = {}  # cells that reach into the next row, with how many rows are left
    for cells in rows:
        reached += len(reaching)
        reaching = reaching if reached < _REACHING_LIMIT else {}
        row = {column: text for column, (text, _left) in reaching.items()}
        after = {column: (text, left - 1) for column, (text, left) in reaching.items() if left > 1}
        column = 0
        for cell in cells:
            while column in reaching:
                column += 1
            text = above.get(column, "") if cell.text is None else " ".join(clean(cell.text).split())
            columns = min(max(cell.columns, 1), _SPAN_LIMIT)
            row[column] = text
            if cell.rows > 1:
                after |= {column + n: ("" if n else text, cell.rows - 1) for n in range(columns)}
            column += columns
        above, reaching = {column: text for column, text in row.items() if text}, after
        yield above


def filled(cells: Iterable[str]) -> Row:
    """Return a row of cells, each on one line, with what is empty left out."""
    named = ((column, " ".join(clean(cell).split())) for column, cell in enumerate(cells))
    return {column: cell for column, cell in named if cell}


@dataclass(frozen=True, slots=True)
class _Window:
    """Rows that stand together; `is_start` unless they go on from the window before."""

    rows: Sequence[Row]
    is_start: bool


@dataclass(frozen=True, slots=True)
class _Region:
    """The rows above a header, the header, {} if there is none, and the rows under it."""

    titles: Sequence[Row]
    header: Row
    body: Sequence[Row]


def _windows(rows: Iterable[Row]) -> Iterator[_Window]:
    held: list[Row] = []
    is_start = True
    chars = 0
    for row in rows:
        chars += sum(map(len, row.values()))
        if chars > SHEET_LIMIT_CHARS:
            raise Refusal(Reason.TOO_LARGE, f"a sheet of more than {SHEET_LIMIT_CHARS} characters")
        if row:
            held.append(row)
        if len(held) >= WINDOW_ROWS or (held and not row):
            yield _Window(held, is_start)
            held, is_start = [], not row
        elif not row:
            is_start = True
    if held:
        yield _Window(held, is_start)


def _region(rows: Sequence[Row], header: Row) -> _Region:
    """Tell a region's header from its title and its rows; without one it goes on under the header before."""
    half = max(2, (max(len(row) for row in rows[: 2 * _TITLE_ROWS]) + 1) // 2)
    place = next((place for place, row in enumerate(rows[:_TITLE_ROWS]) if len(row) >= half), None)
    if place is None:  # a list, not a table
        return _Region((), {}, rows)
    for below in (place, place + 1):
        if 0 < below < len(rows) - 1 and (grouped := _grouped(rows[below - 1], rows[below])):
            return _Region(rows[:below], grouped, rows[below + 1 :])
    found, body = rows[place], rows[place + 1 :]
    is_same = found.keys() == header.keys() and not any(_is_number(cell) for row in body[:9] for cell in row.values())
    if body and is_header(found) and not is_same:
        return _Region(rows[:place], found, body)
    return _Region(rows[:place], header if found.keys() <= header.keys() else {}, rows[place:])


def _grouped(groups: Row, names: Row) -> Row:
    """Return a header of two rows, `2023` over `Q1` and `Q2` and `2024` over the same; {} if these are no such rows."""
    again = {name for name, count in Counter(names.values()).items() if count > 1}
    starts = {column for column, group in groups.items() if group != names.get(column)}
    if not starts or not (is_header(names) and is_header(groups)) or {names.get(column) for column in starts} - again:
        return {}
    header: dict[int, str] = {}
    group = ""
    for column, name in sorted(names.items()):
        group = groups.get(column, group)
        header[column] = f"{group} {name}" if name in again and group else name
    return header if len({*header.values()}) == len(header) else {}


def is_header(row: Row) -> bool:
    """Whether a row names columns: there is no number among its cells but years."""
    return len(row) > 1 and not any(_is_number(cell) and not _YEAR.match(cell) for cell in row.values())


def _is_number(cell: str) -> bool:
    return len(cell) <= _NUMBER_LIMIT_CHARS and _NUMBER.match(cell) is not None


def _blocks(header: Row, rows: Sequence[Row]) -> Iterator[Part]:
    for band in _bands(header, rows):
        yield from _band_blocks(header, rows, band)


def _bands(header: Row, rows: Sequence[Row]) -> list[list[int]]:
    """Return the columns in bands that leave room for a row under its header; the first column is in each."""
    widths: dict[int, int] = {column: 2 * len(cell) + 2 for column, cell in header.items()}
    for row in rows:
        for column, cell in row.items():
            under = len(header.get(column, "")) + len(cell) + 2
            if under > widths.get(column, 0):
                widths[column] = under
    columns = sorted(widths)
    bands: list[list[int]] = [[]]
    for column in columns:
        if len(bands[-1]) > 1 and sum(widths[other] for other in bands[-1]) + widths[column] > MOST_CHARS:
            bands.append([columns[0]])
        bands[-1].append(column)
    return bands if columns else []


def _band_blocks(header: Row, rows: Sequence[Row], band: Sequence[int]) -> Iterator[Part]:
    first = _lines([header], band)[0] if any(column in header for column in band) else ""
    room = MOST_CHARS - len(first)
    held: list[str] = []
    chars = 0
    for row, line in zip(rows, _lines(rows, band), strict=True):
        if not line.strip() or (len(row) > 1 and row.keys().isdisjoint(band[1:])):  # its cells are in other bands
            continue
        if len(line) > room:
            yield from _block(first, held)
            held, chars = [], 0
            yield _record(header, row, band)
            continue
        if chars + len(line) > room:
            yield from _block(first, held)
            held, chars = [], 0
        held.append(line)
        chars += len(line) + 1
        if chars >= LEAST_CHARS and crc32(line.encode()) % _CUT_SHARE == 0:
            yield from _block(first, held)
            held, chars = [], 0
    yield from _block(first, held)


def _block(first: str, lines: Sequence[str]) -> Iterator[Part]:
    if lines:
        yield Part(BlockKind.TABLE, "\n".join((first, *lines) if first else lines))


def _record(header: Row, row: Row, band: Sequence[int]) -> Part:
    """Return a row with a text in a cell, which is too long to stand in a table, as lines of name and value."""
    cells = ((header.get(column, ""), row[column]) for column in band if column in row)
    return Part(BlockKind.PARAGRAPH, "\n".join(f"{name}: {cell}" if name else cell for name, cell in cells))


def _lines(rows: Sequence[Row], columns: Sequence[int]) -> list[str]:
    return ["\t".join(row.get(column, "") for column in columns).rstrip() for row in rows]


def _cells(row: Row) -> Iterator[str]:
    return (row[column] for column in sorted(row))
