"""Tables of HTML: which show values, and their cells in their rows and columns. Runs in the reader's process."""

from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode

from app.core.pages import BlockKind
from app.readers.sections import Part
from app.readers.tables import Cell, laid_out, table_parts

# A longer cell is a column of the page, not a value.
CELL_LIMIT_CHARS = 500
# More rows than this a cell can take only if it takes all that there are.
_ROW_LIMIT = 10_000


def is_grid(table: LexborNode) -> bool:
    """Return whether a table shows values in rows and columns, and is not the page's layout."""
    if len(table.css("table")) > 1 or table.css_first("h1, h2, h3, ul, ol") is not None:
        return False
    rows = [row.css("td, th") for row in table.css("tr")]
    if any(len(cell.text()) > CELL_LIMIT_CHARS for row in rows for cell in row):
        return False
    return sum(len(row) > 1 for row in rows) > 1


def grid_parts(table: LexborNode, words_of: Callable[[LexborNode], str]) -> Iterator[Part]:
    """Yield a table's caption and its rows; `words_of` returns what a node shows."""
    caption = table.css_first("caption")
    words = words_of(caption) if caption is not None else ""
    if words:
        yield Part(BlockKind.PARAGRAPH, words)
    yield from table_parts(laid_out((_cell(cell, words_of) for cell in row.css("td, th")) for row in table.css("tr")))


def _cell(cell: LexborNode, words_of: Callable[[LexborNode], str]) -> Cell:
    rows = _count(cell, "rowspan")
    return Cell(words_of(cell), _count(cell, "colspan"), rows or _ROW_LIMIT)  # 0: to the end of the table


def _count(cell: LexborNode, attribute: str) -> int:
    told = cell.attributes.get(attribute) or ""
    return min(int(told), _ROW_LIMIT) if told.isdecimal() and len(told) < 9 else 1
