"""The rows of a sheet's page: which are headers, which stand alone, and where their cells are. Pure, window process."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from app.core.pages import Block, BlockKind, Page, Span
from app.readers.tables import filled, is_header
from app.ui.page_tables import table_rows


class RowKind(Enum):
    """What a row of a sheet is: its name, a line that stands alone, the names of columns, or cells under them."""

    HEADING = auto()
    LINE = auto()
    HEADER = auto()
    CELLS = auto()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row; `cells` are spans of the page's text, and `header` is the number of the row that names its columns."""

    kind: RowKind
    cells: tuple[Span, ...]
    header: int | None = None


def sheet_rows(page: Page) -> tuple[SheetRow, ...]:
    """Return a page's rows; a header that a table repeats because it goes on is left out."""
    rows: list[SheetRow] = []
    header: int | None = None
    header_text = ""
    for block in page.blocks or (Block(BlockKind.PARAGRAPH, 0, len(page.text)),):
        if block.kind is not BlockKind.TABLE:
            kind = RowKind.HEADING if block.kind is BlockKind.HEADING else RowKind.LINE
            rows.append(SheetRow(kind, (Span(block.start, block.end),)))
            continue
        first, *others = table_rows(page.text, Span(block.start, block.end))
        text = page.text[first[0].start : first[-1].end]
        if header is not None and text == header_text:
            rows += (SheetRow(RowKind.CELLS, cells, header) for cells in others)
            continue
        header, header_text = None, ""
        if others and is_header(filled(page.text[cell.start : cell.end] for cell in first)):
            header, header_text = len(rows), text
            rows.append(SheetRow(RowKind.HEADER, first))
            first = None
        body = others if first is None else (first, *others)
        rows += (SheetRow(RowKind.CELLS, cells, header) for cells in body)
    return tuple(rows)


def rows_in(rows: tuple[SheetRow, ...], span: Span) -> Iterator[tuple[int, int]]:
    """Yield row and column of every cell that a span touches."""
    for r, row in enumerate(rows):
        for c, cell in enumerate(row.cells):
            if cell.start < span.end and span.start < cell.end:
                yield r, c
