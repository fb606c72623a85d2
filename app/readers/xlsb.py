"""Read binary Excel workbooks (XLSB): every sheet's cells as displayed, and the comments on them. Reader's process.

The parts are streams of numbered records (MS-XLSB, 2.1.4). Own code, because the libraries for them give numbers
without their formats, and keep a grid that one cell in the last row and column fills the memory with.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from app.core.pages import Page
from app.core.types import Reason
from app.readers.merged import MERGED_LIMIT_BYTES, Merged, repeated_down
from app.readers.number_format import BUILT_IN, CODE_LIMIT_CHARS, GENERAL, displayed
from app.readers.package import Package
from app.readers.refusal import Refusal
from app.readers.sections import clean
from app.readers.tables import CELL_LIMIT_CHARS, Row, Sheet, spaced
from app.readers.workbooks import pages_of_workbook

# Of a record that is longer, such as a picture's, nothing is wanted.
_RECORD_LIMIT_BYTES = 1 << 20
_BEGIN_MERGED = bytes((0xB1, 0x01, 4))  # record 177 with its size
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


class _Kind(IntEnum):
    """The records that are read, by their numbers."""

    ROW = 0
    RK = 2
    ERROR = 3
    BOOLEAN = 4
    REAL = 5
    STRING = 6
    SHARED = 7
    FORMULA_STRING = 8
    FORMULA_REAL = 9
    FORMULA_BOOLEAN = 10
    FORMULA_ERROR = 11
    SHARED_STRING = 19
    NUMBER_FORMAT = 44
    CELL_FORMAT = 47
    RICH_STRING = 62
    BOOK_PROPERTIES = 153
    SHEET = 156
    MERGED = 176
    BEGIN_CELL_FORMATS = 617
    END_CELL_FORMATS = 618
    BEGIN_COMMENT = 635
    COMMENT_TEXT = 637


_CELLS = frozenset((*range(_Kind.RK, _Kind.FORMULA_ERROR + 1), _Kind.RICH_STRING))


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a workbook, or raise `Refusal`."""
    package = Package(file)
    workbook_name = package.main("xl/workbook.bin")
    if package.open(workbook_name) is None:
        raise Refusal(Reason.DAMAGED, f"{workbook_name} cannot be read")
    return pages_of_workbook(package, name, _sheets(package, workbook_name))


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    strings: list[str]
    formats: list[str]
    is_1904: bool

    def rows(self, package: Package, part: str) -> Iterator[Row]:
        """Yield a sheet's rows, and an empty one for each gap."""
        return spaced(repeated_down(self._numbered(package, part), _merged(package, part)))

    def _numbered(self, package: Package, part: str) -> Iterator[tuple[int, Row]]:
        """Yield the rows in which something stands, by their numbers, counted from 1."""
        number = 0
        cells: dict[int, str] = {}
        for kind, content in _records(package, part):
            if kind == _Kind.ROW:
                if cells:
                    yield number, cells
                    cells = {}
                number = struct.unpack_from("<I", content)[0] + 1
            elif kind in _CELLS:
                column, style = struct.unpack_from("<II", content)
                text = " ".join(self._text(kind, content[8:], style & 0xFFFFFF).split())
                if text:
                    cells[column] = text
        if cells:
            yield number, cells

    def _text(self, kind: int, value: bytes, style: int) -> str:
        match kind:
            case _Kind.RK:
                return self._number(_rk(value), style)
            case _Kind.REAL | _Kind.FORMULA_REAL:
                return self._number(struct.unpack_from("<d", value)[0], style)
            case _Kind.SHARED:
                (place,) = struct.unpack_from("<I", value)
                return self.strings[place] if place < len(self.strings) else ""
            case _Kind.STRING | _Kind.FORMULA_STRING:
                return _string(value, 0)
            case _Kind.RICH_STRING:
                return _string(value, 1)
            case _Kind.BOOLEAN | _Kind.FORMULA_BOOLEAN:
                return "TRUE" if value[:1] == b"\1" else "FALSE"
            case _:
                return _ERRORS.get(value[0] if value else 0, "#N/A")

    def _number(self, number: float, style: int) -> str:
        code = self.formats[style] if style < len(self.formats) else GENERAL
        return displayed(number, code, is_1904=self.is_1904)


def _merged(package: Package, part: str) -> Iterator[Merged]:
    """Yield a sheet's merged cells, which are told behind its rows; none of a large one: it would take too long."""
    if package.size(part) > MERGED_LIMIT_BYTES or not package.holds(part, _BEGIN_MERGED):
        return
    for kind, content in _records(package, part):
        if kind == _Kind.MERGED:
            first, last, column = struct.unpack_from("<III", content)
            yield Merged(column, first + 1, last + 1)


def _sheets(package: Package, workbook_name: str) -> Iterator[Sheet]:
    relations = package.relations(workbook_name)
    targets = {relation.kind: relation.target for relation in relations.values()}
    records = list(_records(package, workbook_name))
    properties = next((content for kind, content in records if kind == _Kind.BOOK_PROPERTIES), b"")
    book = _Book(
        [
            _string(item, 1)
            for kind, item in _records(package, targets.get("sharedStrings", ""))
            if kind == _Kind.SHARED_STRING
        ],
        _formats(package, targets.get("styles", "")),
        bool(properties and properties[0] & 1),
    )
    for kind, content in records:
        if kind == _Kind.SHEET:
            relation = relations.get(_string(content, 8))
            (relation_chars,) = struct.unpack_from("<I", content, 8)
            name = _string(content, 12 + 2 * relation_chars) if relation is not None else ""
            if relation is not None:
                yield Sheet(name, book.rows(package, relation.target), _comments(package, relation.target))


def _formats(package: Package, part: str) -> list[str]:
    """Return the format code of every cell style."""
    codes = dict(BUILT_IN)
    numbers: list[int] = []
    is_of_cells = False
    for kind, content in _records(package, part):
        match kind:
            case _Kind.NUMBER_FORMAT:
                code = _string(content, 2)
                codes[struct.unpack_from("<H", content)[0]] = code if len(code) <= CODE_LIMIT_CHARS else GENERAL
            case _Kind.BEGIN_CELL_FORMATS | _Kind.END_CELL_FORMATS:
                is_of_cells = kind == _Kind.BEGIN_CELL_FORMATS
            case _Kind.CELL_FORMAT if is_of_cells:
                numbers.append(struct.unpack_from("<H", content, 2)[0])
            case _:
                pass
    return [codes.get(number, GENERAL) for number in numbers]


def _comments(package: Package, sheet: str) -> Iterator[str]:
    """Yield the comments on a sheet's cells, each with its cell."""
    for part in package.related(sheet, "comments"):
        place = ""
        for kind, content in _records(package, part):
            if kind == _Kind.BEGIN_COMMENT:
                row, _last, column = struct.unpack_from("<III", content, 4)
                place = f"{_letters(column)}{row + 1}"
            elif kind == _Kind.COMMENT_TEXT:
                yield f"{place}: {' '.join(_string(content, 1).split())}"


def _records(package: Package, part: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the content of each record of a part, none if there is no such part."""
    opened = package.open(part)
    if opened is None:
        return
    stream = io.BufferedReader(opened)  # pyright: ignore[reportArgumentType] - a zip gives no raw stream, but one with readinto
    while first := stream.read(1):
        kind = first[0] & 0x7F
        if first[0] & 0x80:
            kind |= (_byte(stream) & 0x7F) << 7
        size = _size(stream)
        if size <= _RECORD_LIMIT_BYTES:
            content = stream.read(size)
            if len(content) < size:
                raise EOFError("a record is cut off")
            yield kind, content
        else:
            _skip(stream, size)


def _size(stream: io.BufferedReader) -> int:
    """Return a number of at most four groups of seven bits, the lowest first."""
    size = 0
    for place in range(4):
        byte = _byte(stream)
        size |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            break
    return size


def _byte(stream: io.BufferedReader) -> int:
    found = stream.read(1)
    if not found:
        raise EOFError("a record is cut off")
    return found[0]


def _skip(stream: io.BufferedReader, size: int) -> None:
    while size > 0 and (found := stream.read(min(size, _RECORD_LIMIT_BYTES))):
        size -= len(found)


def _string(content: bytes, start: int) -> str:
    """Return a string that its length stands before; that of one that is not there is all ones."""
    (chars,) = struct.unpack_from("<I", content, start)
    if chars == 0xFFFFFFFF:
        return ""
    text = content[start + 4 : start + 4 + 2 * min(chars, CELL_LIMIT_CHARS)]
    return clean(text.decode("utf-16-le", "replace"))


def _rk(value: bytes) -> float:
    """Return a number of 30 bits: the upper ones of a double, or a whole number; a hundredth of it if so marked."""
    (bits,) = struct.unpack_from("<i", value)
    number = float(bits >> 2) if bits & 2 else struct.unpack("<d", struct.pack("<Q", (bits & 0xFFFFFFFC) << 32))[0]
    return number / 100 if bits & 1 else number


def _letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
