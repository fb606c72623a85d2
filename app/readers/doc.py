"""Read old Word documents (.doc, Word 2 to 2003): text and tables. Runs in the reader's process.

Control characters end the paragraphs and the cells of a text ([MS-DOC]).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.doc_texts import texts
from app.readers.formats import OLD_WORD_MARKS
from app.readers.ole import READ_LIMIT_BYTES, Ole
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, pages_of
from app.readers.tables import rows_of, table_parts

_CELL_END, _FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x07", "\x13", "\x14", "\x15"
_HEADERS = 2  # of the texts, the one with headers and footers
_SIGNS = str.maketrans({"\x0b": "\n", "\x0c": "\r", "\x0e": "\r", "\x1e": "-", "\x1f": None, "\xad": None, "\t": " "})
_UNSEEN = re.compile("[\x01-\x06\x08]")


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages (sections) of a document, or raise `Refusal`."""
    parts: list[Part] = []
    for number, text in enumerate(_texts(file)):
        found = [part for part in _parts(text) if part.text.strip()]
        parts += _each_once(found) if number == _HEADERS else found
    if not parts:
        raise Refusal(Reason.NO_TEXT)
    return PurePath(name).stem, pages_of(parts)


def _texts(file: BinaryIO) -> Iterator[str]:
    file.seek(0)
    if file.read(len(OLD_WORD_MARKS[0])) in OLD_WORD_MARKS:  # Word put no container around a document at first
        file.seek(0)
        return texts(file.read(READ_LIMIT_BYTES), (b"", b""))
    ole = Ole(file)
    return texts(ole.read("WordDocument"), (ole.read("0Table"), ole.read("1Table")))


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
    pieces = re.split("([\r\x07])", text.replace("\r\n", "\r").translate(_SIGNS))
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
