"""Read old Word documents (.doc, Word 97 and later): text and tables. Runs in the reader's process.

The text stands in pieces that a table of pieces puts in order ([MS-DOC]); control characters end paragraphs and cells.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.ole import Ole
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, pages_of
from app.readers.tables import rows_of, table_parts

_MAGIC, _OLD_MAGICS = 0xA5EC, (0xA5DC, 0xA5DB, 0xA59B, 0xA59C)
_IS_ENCRYPTED, _USES_TABLE_1, _IS_OBFUSCATED = 0x0100, 0x0200, 0x8000
_FIRST_LENGTH, _TEXTS = 0x4C, 8  # where the file says how many characters each of its texts has
_PIECES_PLACE = 0x01A2
_COMPRESSED = 1 << 30
_CELL_END, _FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x07", "\x13", "\x14", "\x15"
_HEADERS = 2  # of the texts, the one with headers and footers
_SIGNS = str.maketrans({"\x0b": "\n", "\x0c": "\r", "\x0e": "\r", "\x1e": "-", "\x1f": None, "\xad": None, "\t": " "})
_UNSEEN = re.compile("[\x01-\x06\x08]")


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages (sections) of a document, or raise `Refusal`."""
    parts: list[Part] = []
    for number, text in enumerate(_texts(Ole(file))):
        found = [part for part in _parts(text) if part.text.strip()]
        parts += _each_once(found) if number == _HEADERS else found
    if not parts:
        raise Refusal(Reason.NO_TEXT)
    return PurePath(name).stem, pages_of(parts)


def _texts(ole: Ole) -> Iterator[str]:
    """Yield the document's texts: body, footnotes, headers, macros, comments, endnotes, two kinds of boxes."""
    stream = ole.read("WordDocument")
    if len(stream) < _PIECES_PLACE + 8:
        raise Refusal(Reason.DAMAGED, "no Word document")
    magic, flags = struct.unpack_from("<H", stream)[0], struct.unpack_from("<H", stream, 10)[0]
    if magic in _OLD_MAGICS:
        raise Refusal(Reason.UNSUPPORTED, "a Word document from before 1997")
    if magic != _MAGIC:
        raise Refusal(Reason.DAMAGED, "no Word document")
    if flags & (_IS_ENCRYPTED | _IS_OBFUSCATED):
        raise Refusal(Reason.ENCRYPTED)
    table = ole.read("1Table" if flags & _USES_TABLE_1 else "0Table")
    whole = "".join(_pieces(stream, table, *struct.unpack_from("<II", stream, _PIECES_PLACE)))
    start = 0
    for chars in struct.unpack_from(f"<{_TEXTS}i", stream, _FIRST_LENGTH):
        yield whole[start : start + max(chars, 0)]
        start += max(chars, 0)


def _pieces(stream: bytes, table: bytes, place: int, size: int) -> Iterator[str]:
    end = min(place + size, len(table))
    while place + 5 <= end and table[place] == 1:  # properties, which come before the table of pieces
        place += 3 + struct.unpack_from("<H", table, place + 1)[0]
    if place + 5 > end or table[place] != 2:
        raise Refusal(Reason.DAMAGED, "its table of pieces is lost")
    length = min(struct.unpack_from("<I", table, place + 1)[0], end - place - 5)
    count = (length - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", table, place + 5)
    for n in range(count):
        offset = struct.unpack_from("<I", table, place + 5 + 4 * (count + 1) + 8 * n + 2)[0]
        chars = max(places[n + 1] - places[n], 0)
        if offset & _COMPRESSED:
            first = (offset & ~_COMPRESSED) // 2
            yield stream[first : first + chars].decode("cp1252", "replace")
        else:
            yield stream[offset : offset + 2 * chars].decode("utf-16-le", "replace")


@dataclass(slots=True)
class _Table:
    rows: list[list[str]]
    cells: list[str]


def _parts(text: str) -> Iterator[Part]:
    table = _Table([], [])
    held: list[str] = []  # paragraphs of a cell that is not yet over
    for paragraph, end in _paragraphs(_without_field_codes(text)):
        words = clean(_UNSEEN.sub("", paragraph)).strip()
        if end == _CELL_END:
            if not words and not held and table.cells:  # a second mark after the last cell ends the row
                table.rows.append(table.cells)
                table.cells = []
            else:
                table.cells.append(" ".join([*held, words]))
            held = []
            continue
        if table.cells:
            held.append(words)
            continue
        if table.rows:
            yield from table_parts(rows_of(table.rows))
            table.rows = []
        if words:
            yield Part(BlockKind.PARAGRAPH, words)
    yield from table_parts(rows_of([*table.rows, table.cells, held]))


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    pieces = re.split("([\r\x07])", text.translate(_SIGNS))
    return zip(pieces[::2], [*pieces[1::2], "\r"], strict=False)


def _without_field_codes(text: str) -> str:
    """Return the text with what fields show and without what they say."""
    kept: list[str] = []
    fields: list[bool] = []  # whether each open field has come to its result
    for piece in re.split("([\x13\x14\x15])", text):
        match piece:
            case "\x13":
                fields.append(False)
            case "\x14" if fields:
                fields[-1] = True
            case "\x15" if fields:
                fields.pop()
            case _ if all(fields):
                kept.append(piece)
            case _:
                pass
    return "".join(kept)


def _each_once(parts: list[Part]) -> list[Part]:
    return list({part.text: part for part in parts}.values())
