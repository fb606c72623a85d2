"""Read old Excel workbooks (.xls), cells as displayed. Runs in the reader's process."""

import io
import struct
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.formula import FormulaError
from xlrd.sheet import Cell
from xlrd.sheet import Sheet as XlsSheet

from app.core.pages import Page
from app.core.types import Reason
from app.readers.merged import Merged, repeated_down
from app.readers.number_format import GENERAL, displayed
from app.readers.ole import Ole
from app.readers.refusal import Refusal
from app.readers.sections import clean
from app.readers.tables import Row, Sheet, pages_of_sheets

# What xlrd raises where records contradict each other.
_CONFUSED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    FormulaError,
    LookupError,
    TypeError,
    ValueError,
    struct.error,
)
# Records that say nothing of cells ([MS-XLS]); a damaged one of them is no reason to lose the sheets.
_NAMES = frozenset((0x0018, 0x0218))
_NOTES = frozenset((0x001C, 0x005D, 0x01B6))
_PASSED_OVER = 0xFFFF


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a workbook, or raise `Refusal`."""
    ole = Ole(file)
    content = ole.read("Workbook") or ole.read("Book")
    if not content:
        raise Refusal(Reason.DAMAGED, "its sheets are lost")
    book, is_whole = _opened(content)
    found = pages_of_sheets(Sheet(sheet.name, _rows(book, sheet), _notes(sheet)) for sheet in book.sheets())
    if not found:
        raise Refusal(Reason.NO_TEXT)
    # Where the notes are lost, that counts as a page without text.
    return PurePath(name).stem, found if is_whole else (*found, Page(len(found) + 1, "", ()))


def _opened(content: bytes) -> tuple[Book, bool]:
    """Return a workbook, and whether its notes are in it, if need be without them."""
    refusal = Refusal(Reason.DAMAGED)
    for without, is_whole in ((frozenset[int](), True), (_NAMES, True), (_NAMES | _NOTES, False)):
        kept = _without(content, without) if without else content
        try:
            return xlrd.open_workbook(
                file_contents=kept, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
            ), is_whole
        except XLRDError as error:
            if "encrypted" in str(error).lower():
                raise Refusal(Reason.ENCRYPTED) from error
            refusal = Refusal(Reason.DAMAGED, str(error))
        except _CONFUSED as error:
            refusal = Refusal(Reason.DAMAGED, str(error))
    raise refusal


def _without(content: bytes, kinds: frozenset[int]) -> bytes:
    """Return a workbook's records, those of some kinds as ones that nobody knows: the rest stays at its place."""
    changed = bytearray(content)
    place = 0
    while place + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, place)
        if kind in kinds:
            struct.pack_into("<H", changed, place, _PASSED_OVER)
        place += 4 + size
    return bytes(changed)


def _rows(book: Book, sheet: XlsSheet) -> Iterator[Row]:
    merged = (Merged(column, first + 1, after) for first, after, column, _after in sheet.merged_cells)
    cells = (enumerate(sheet.row(number)) for number in range(sheet.nrows))
    texts = (((column, _text(book, cell)) for column, cell in row) for row in cells)
    rows = ({column: text for column, text in row if text} for row in texts)
    return (row for _number, row in repeated_down(enumerate(rows, start=1), merged))


def _text(book: Book, cell: Cell) -> str:
    match cell.ctype, cell.value:
        case xlrd.XL_CELL_TEXT, str(text):
            return " ".join(clean(text).split())
        case ((xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE), (int() | float()) as number):
            return displayed(number, _format(book, cell), is_1904=book.datemode == 1)
        case xlrd.XL_CELL_BOOLEAN, found:
            return "TRUE" if found else "FALSE"
        case xlrd.XL_CELL_ERROR, int(code):
            return xlrd.error_text_from_code.get(code, "")
        case _:
            return ""


def _format(book: Book, cell: Cell) -> str:
    if cell.xf_index is None or cell.xf_index >= len(book.xf_list):
        return GENERAL
    found = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return found.format_str if found is not None else GENERAL


def _notes(sheet: XlsSheet) -> Iterator[str]:
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        text = " ".join(clean(note.text).split())
        if text:
            yield f"{xlrd.formula.colname(column)}{row + 1}: {text}"
