"""Read office documents that are one XML file: Office 2003's, Office's packages, OpenDocument's. Reader's process."""

import base64
import binascii
import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import Page
from app.core.types import Reason
from app.readers import docx, odf, pptx, xlsx
from app.readers.package import READ_LIMIT_BYTES
from app.readers.refusal import Refusal
from app.readers.sections import clean
from app.readers.tables import Row, Sheet, pages_of_sheets, spaced
from app.readers.xml_tree import (
    Xml,
    XmlInvalid,
    attribute,
    child,
    children,
    descendants,
    integer,
    local,
    parse,
    recovered,
    written,
)

_READERS = {"word/document.xml": docx, "ppt/presentation.xml": pptx, "xl/workbook.xml": xlsx}
_MIDNIGHT = "T00:00:00"


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a document, or raise `Refusal`."""
    content = file.read(READ_LIMIT_BYTES + 1)
    if len(content) > READ_LIMIT_BYTES:
        raise Refusal(Reason.TOO_LARGE, f"over {READ_LIMIT_BYTES} bytes")
    root = _root(content)
    match local(root):
        case "package":
            return _of_package(dict(_parts(root)), name)
        case "wordDocument":
            return docx.pages(_zipped({"word/document.xml": content}), name)
        case "document":
            return odf.pages(_zipped(dict.fromkeys(("content.xml", "styles.xml", "meta.xml"), content)), name)
        case "Workbook":
            return _of_workbook(root, name)
        case _:
            raise Refusal(Reason.UNSUPPORTED, "another XML file of an office")


def _root(content: bytes) -> Xml:
    try:
        return parse(content)
    except (XmlInvalid, ValueError) as error:
        root = recovered(content)
        if root is None:
            raise Refusal(Reason.DAMAGED, str(error)) from error
        return root


def _of_package(parts: dict[str, bytes], name: str) -> tuple[str, tuple[Page, ...]]:
    reader = next((_READERS[part] for part in _READERS if part in parts), docx)
    return reader.pages(_zipped(parts), name)


def _parts(package: Xml) -> Iterator[tuple[str, bytes]]:
    for part in children(package, "part"):
        told, packed = child(part, "xmlData"), child(part, "binaryData")
        root = next(iter(told), None) if told is not None else None
        name = attribute(part, "name").lstrip("/")
        if root is not None:
            yield name, written(root)
        elif packed is not None:
            try:
                yield name, base64.b64decode(packed.text or "")
            except binascii.Error:
                continue


def _zipped(parts: dict[str, bytes]) -> BinaryIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file


def _of_workbook(workbook: Xml, name: str) -> tuple[str, tuple[Page, ...]]:
    found = pages_of_sheets(_sheet(sheet) for sheet in children(workbook, "Worksheet"))
    if not found:
        raise Refusal(Reason.NO_TEXT)
    title = child(workbook, "DocumentProperties", "Title")
    return " ".join(clean((title.text if title is not None else None) or "").split()) or PurePath(name).stem, found


def _sheet(sheet: Xml) -> Sheet:
    notes = (f"Comment: {' '.join(_text(one).split())}" for one in descendants(sheet, "Comment"))
    return Sheet(" ".join(clean(attribute(sheet, "Name")).split()), _rows(child(sheet, "Table")), notes)


def _rows(table: Xml | None) -> Iterator[Row]:
    """Yield a table's rows, an empty one for each gap."""
    return spaced((integer(attribute(row, "Index")), _cells(row)) for row in children(table, "Row"))


def _cells(row: Xml) -> Row:
    cells: dict[int, str] = {}
    column = 0
    for cell in children(row, "Cell"):
        column = integer(attribute(cell, "Index"), column + 1)
        told = child(cell, "Data")
        text = " ".join(_text(told).split()) if told is not None else ""
        if text:
            is_moment = told is not None and attribute(told, "Type") == "DateTime"
            cells[column] = _moment(text) if is_moment else text
        column += max(0, integer(attribute(cell, "MergeAcross")))
    return cells


def _moment(text: str) -> str:
    day, separator, _rest = text.partition(_MIDNIGHT)
    return day if separator else text.replace("T", " ").removesuffix(".000")


def _text(element: Xml) -> str:
    pieces = (f"{one.text or ''}{(one.tail or '') if one is not element else ''}" for one in element.iter())
    return clean("".join(pieces))
