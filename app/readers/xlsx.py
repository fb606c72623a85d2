"""Read Excel workbooks: every sheet's cells as displayed, and the comments on them. Runs in the reader's process.

Sheets are streamed, because a library that keeps a grid for them dies of one cell in the last row and column.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import BinaryIO

from app.core.pages import Page
from app.core.types import Reason
from app.readers.drawings import relation_of, text_of
from app.readers.merged import MERGED_LIMIT_BYTES, Merged, repeated_down
from app.readers.number_format import BUILT_IN, CODE_LIMIT_CHARS, GENERAL, displayed
from app.readers.package import Package, Relation
from app.readers.refusal import Refusal
from app.readers.sections import clean
from app.readers.tables import CELL_LIMIT_CHARS, Row, Sheet, spaced
from app.readers.workbooks import pages_of_workbook
from app.readers.xml_tree import (
    Xml,
    attribute,
    child,
    children,
    descendants,
    integer,
    local,
)

_LETTERS = re.compile(r"[A-Z]{1,3}")
_MERGED = tuple("mergeCell".encode(codec) for codec in ("ascii", "utf-16-le", "utf-16-be"))
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})")


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a workbook, or raise `Refusal`."""
    package = Package(file)
    workbook_name = package.main("xl/workbook.xml")
    workbook = package.xml(workbook_name)
    if workbook is None:
        raise Refusal(Reason.DAMAGED, f"{workbook_name} cannot be read")
    title, found = pages_of_workbook(package, name, _sheets(package, workbook_name, workbook))
    return title, package.read_pages(found)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    strings: list[str]
    formats: list[str]
    is_1904: bool

    def rows(self, sheet: Iterable[Xml], merged: Iterable[Merged]) -> Iterator[Row]:
        """Yield a sheet's rows, and an empty one for each gap."""
        numbered = ((integer(attribute(element, "r")), self._cells(element)) for element in sheet)
        return spaced(repeated_down(numbered, merged))

    def _cells(self, row: Xml) -> Row:
        cells: dict[int, str] = {}
        column = -1
        for cell in children(row, "c"):
            reference = _LETTERS.match(cell.get("r") or "")
            column = _column(reference.group()) if reference else column + 1
            text = " ".join(self._text(cell).split())
            if text:
                cells[column] = text
        return cells

    def _text(self, cell: Xml) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            return string_text(child(cell, "is"))
        raw = next((below.text for below in cell if local(below) == "v"), None) or ""
        match kind:
            case "n":
                return self._number(raw, integer(cell.get("s")))
            case "s":
                place = integer(raw, -1)
                return self.strings[place] if 0 <= place < len(self.strings) else ""
            case "b":
                return "TRUE" if raw.strip() == "1" else "FALSE" if raw else ""
            case _:
                return clean(raw)

    def _number(self, raw: str, style: int) -> str:
        try:
            number = float(raw)
        except ValueError:
            return clean(raw)
        code = self.formats[style] if style < len(self.formats) else GENERAL
        return displayed(number, code, is_1904=self.is_1904)


def _sheets(package: Package, workbook_name: str, workbook: Xml) -> Iterator[Sheet]:
    relations = package.relations(workbook_name)
    targets = {relation.kind: relation.target for relation in relations.values()}
    properties = child(workbook, "workbookPr")
    book = _Book(
        [string_text(element) for element in package.elements(targets.get("sharedStrings", ""), "si")],
        _formats(package.xml(targets.get("styles", ""))),
        properties is not None and attribute(properties, "date1904") in ("1", "true"),
    )
    for name, place in _places(package, relations, workbook):
        notes = chain(_comments(package, place), _boxes(package, place))
        yield Sheet(name, book.rows(package.elements(place, "row"), _merged(package, place)), notes)


def _places(package: Package, relations: Mapping[str, Relation], workbook: Xml) -> list[tuple[str, str]]:
    """Return the name of each sheet with that of its part; where relations are lost, the parts as they are numbered."""
    told = [
        (attribute(element, "name"), relations[relation].target)
        for element in children(child(workbook, "sheets"), "sheet")
        if (relation := relation_of(element)) in relations
    ]
    return told or [("", place) for place in package.numbered("xl/worksheets/sheet")]


def string_text(element: Xml | None) -> str:
    """Return the text of a shared or inline string without its pronunciation."""
    if element is None:
        return ""
    texts = (below.text or "" for part in element for below in _texts(part))
    return clean("".join(texts))[:CELL_LIMIT_CHARS]


def _texts(element: Xml) -> Iterator[Xml]:
    if local(element) == "t":
        yield element
    elif local(element) == "r":
        yield from children(element, "t")


def _formats(styles: Xml | None) -> list[str]:
    """Return the format code of every cell style."""
    codes = dict(BUILT_IN)
    for element in children(child(styles, "numFmts"), "numFmt"):
        code = attribute(element, "formatCode")
        codes[integer(attribute(element, "numFmtId"))] = code if len(code) <= CODE_LIMIT_CHARS else GENERAL
    return [
        codes.get(integer(attribute(element, "numFmtId")), GENERAL)
        for element in children(child(styles, "cellXfs"), "xf")
    ]


def _merged(package: Package, sheet: str) -> Iterator[Merged]:
    """Yield a sheet's merged cells, which are told behind its rows; none of a large one: it would take too long."""
    if package.size(sheet) > MERGED_LIMIT_BYTES or not package.holds(sheet, *_MERGED):
        return
    for element in package.elements(sheet, "mergeCell"):
        if reference := _RANGE.fullmatch(attribute(element, "ref")):
            column, first, last = reference.groups()
            yield Merged(_column(column), int(first), int(last))


def _comments(package: Package, sheet: str) -> Iterator[str]:
    """Yield the comments on a sheet's cells, old and threaded, each with its cell."""
    for name in package.related(sheet, "comments", "threadedComment"):
        for comment in (*descendants(root := package.xml(name), "comment"), *descendants(root, "threadedComment")):
            texts = (below.text or "" for below in descendants(comment, "t"))
            own = child(comment, "text")
            text = "".join(texts) or ((own.text if own is not None else None) or "")
            if not text.startswith("[Threaded comment]"):
                yield f"{attribute(comment, 'ref')}: {' '.join(clean(text).split())}"


def _boxes(package: Package, sheet: str) -> Iterator[str]:
    """Yield the text of the boxes and shapes on a sheet."""
    for name in package.related(sheet, "drawing"):
        for box in descendants(package.xml(name), "txBody"):
            yield " ".join(text_of(box).split())


@cache
def _column(letters: str) -> int:
    """Return a column counted from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
