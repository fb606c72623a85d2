"""Read OpenDocument files: texts, presentations and spreadsheets. Runs in the reader's process."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.odf_objects import fill_in
from app.readers.odf_text import beside, parts_of, rows_of
from app.readers.package import Package
from app.readers.refusal import UNOPENABLE, Refusal
from app.readers.sections import Part, clean, pages_of
from app.readers.slides import Slide, pages_of_slides
from app.readers.tables import Sheet, pages_of_sheets
from app.readers.xml_tree import Xml, attribute, child, children, descendants, local

_MARGINS = frozenset(("header", "footer", "header-left", "footer-left", "header-first", "footer-first"))
_MACROS = ("Basic/", "Dialogs/")
_FEET = ("header", "date-time", "footer")
_EMPTY_PLACES = frozenset(("page-number", *_FEET))


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages (sections, slides, parts of sheets) of a file, or raise `Refusal`."""
    package = Package(file)
    if _is_locked(package):
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE)
    root = package.xml("content.xml")
    body = child(root, "body")
    if root is None or body is None:
        raise Refusal(Reason.DAMAGED, "content.xml cannot be read")
    fill_in(package, body)
    found = _pages(package, root, body)
    if not any(page.text for page in found):
        raise package.refusal(Refusal(Reason.NO_TEXT))
    headings = (page.text[one.start : one.end] for page in found for one in page.blocks if one.level == 1)
    is_text = child(body, "text") is not None
    return _title(package) or (next(headings, "") if is_text else "") or PurePath(name).stem, package.read_pages(found)


def _is_locked(package: Package) -> bool:
    """Return whether more than the macros is encrypted."""
    entries = descendants(package.xml("META-INF/manifest.xml"), "file-entry")
    locked = (attribute(entry, "full-path") for entry in entries if child(entry, "encryption-data") is not None)
    return any(not name.startswith(_MACROS) for name in locked)


def _pages(package: Package, root: Xml, body: Xml) -> tuple[Page, ...]:
    before_2005 = attribute(root, "class")  # then the body had no element for its kind
    slides, drawn = (body if before_2005 == kind else child(body, kind) for kind in ("presentation", "drawing"))
    slides = drawn if slides is None else slides
    sheets = body if before_2005 == "spreadsheet" else child(body, "spreadsheet")
    if slides is not None:
        feet = _feet(slides)
        return pages_of_slides(_slide(page, feet) for page in children(slides, "page"))
    if sheets is not None:
        return pages_of_sheets(_sheet(table) for table in children(sheets, "table"))
    return pages_of([*parts_of(body), *_margins(package.xml("styles.xml"))])


def _margins(styles: Xml | None) -> Iterator[Part]:
    """Yield the text of headers and footers, each once."""
    found: dict[str, None] = {}
    for master in children(child(styles, "master-styles"), "master-page"):
        for margin in master:
            if local(margin) in _MARGINS:
                found |= {part.text: None for part in parts_of(margin)}
    return (Part(BlockKind.PARAGRAPH, text) for text in found)


def _sheet(table: Xml) -> Sheet:
    shown = (*beside(table), *children(table, "shapes"))
    notes = (" ".join(part.text for part in parts_of([one])) for one in shown)
    return Sheet(" ".join(clean(attribute(table, "name")).split()), rows_of(table), notes)


def _feet(slides: Xml) -> dict[tuple[str, str], str]:
    """Return what slides may say at their heads and feet, by its kind and name; not the day of today."""
    return {
        (kind, attribute(told, "name")): clean(told.text or "")
        for kind in _FEET
        for told in children(slides, f"{kind}-decl")
        if attribute(told, "source") != "current-date"
    }


def _slide(page: Xml, feet: Mapping[tuple[str, str], str]) -> Slide:
    title: list[Part] = []
    body: list[Part] = []
    notes: list[Part] = []
    for shape in page:
        kind = attribute(shape, "class")
        if local(shape) == "notes":
            notes += (part for below in shape for part in parts_of(below) if attribute(below, "class") == "notes")
        elif kind == "title" and not title:
            title = list(parts_of(shape))
        elif kind not in _EMPTY_PLACES:
            body += parts_of(shape)
    named = [(kind, attribute(page, f"use-{kind}-name")) for kind in _FEET]
    at_foot = [feet[name] for name in named if name in feet]
    return Slide(" ".join(part.text for part in title), body, notes, at_foot)


def _title(package: Package) -> str:
    title = next(descendants(package.xml("meta.xml"), "title"), None)
    return " ".join(clean((title.text if title is not None else None) or "").split())
