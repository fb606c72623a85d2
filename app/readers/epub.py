"""Read EPUB books: a chapter begins a page. Runs in the reader's process."""

from collections.abc import Iterator
from pathlib import PurePath, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.encoding import text_of
from app.readers.html import parts_in
from app.readers.html_tags import shortened
from app.readers.package import Package, resolved
from app.readers.refusal import UNOPENABLE, Refusal
from app.readers.sections import Part, clean, paged
from app.readers.xml_tree import Xml, attribute, child, children, descendants

_PAGE_SUFFIXES = frozenset((".xhtml", ".html", ".htm"))
_PAGE_KINDS = ("html", "x-oeb1-document", "svg")
_CONTAINER = "META-INF/container.xml"
# Fonts may be scrambled in a book that everyone may read.
_FONT_SCRAMBLERS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a book, or raise `Refusal`."""
    package = Package(file)
    if any(attribute(one, "Algorithm") not in _FONT_SCRAMBLERS for one in _encryptions(package)):
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE)
    rootfile = next(descendants(package.xml(_CONTAINER), "rootfile"), None)
    contents_name = unquote(attribute(rootfile, "full-path")) if rootfile is not None else _first_of(package, ".opf")
    contents = package.xml(contents_name)
    listed = _chapters(package, PurePosixPath(contents_name).parent, contents) if contents is not None else ()
    found = paged(listed) or paged(parts_in(package.read(name) or b"") for name in _pages_within(package))
    if not found and contents is None:
        raise Refusal(Reason.DAMAGED, f"{contents_name or _CONTAINER} cannot be read")
    if not found:
        raise package.refusal(Refusal(Reason.NO_TEXT))
    title = child(contents, "metadata", "title")
    written = _one_line((title.text if title is not None else None) or "")
    return written or PurePath(name).stem, package.read_pages(found)


def _encryptions(package: Package) -> Iterator[Xml]:
    for encrypted in descendants(package.xml("META-INF/encryption.xml"), "EncryptedData"):
        yield from children(encrypted, "EncryptionMethod")


def _first_of(package: Package, suffix: str) -> str:
    return next((name for name in package.names if name.lower().endswith(suffix)), "")


def _pages_within(package: Package) -> list[str]:
    """Return the names of all files that are pages, for a book that does not list them."""
    return [name for name in package.names if PurePosixPath(name).suffix.lower() in _PAGE_SUFFIXES]


def _is_page(item: Xml) -> bool:
    kind, name = attribute(item, "media-type"), attribute(item, "href").partition("#")[0]
    if "nav" in attribute(item, "properties").split():
        return False
    return any(one in kind for one in _PAGE_KINDS) or PurePosixPath(name).suffix.lower() in _PAGE_SUFFIXES


def _chapters(package: Package, folder: PurePosixPath, contents: Xml) -> Iterator[list[Part]]:
    """Yield the parts of the book's files in reading order; one without a heading has its name in the contents."""
    items = {attribute(item, "id"): item for item in children(child(contents, "manifest"), "item")}
    names = _names(package, folder, items)
    order = (attribute(entry, "idref") for entry in children(child(contents, "spine"), "itemref"))
    spine = [items[one] for one in order if one in items]
    for item in spine or items.values():
        if not _is_page(item):
            continue
        place = resolved(folder, unquote(attribute(item, "href")))
        content = package.read(place)
        parts = parts_in(content) if content else []
        if parts and names.get(place) and all(part.kind is not BlockKind.HEADING for part in parts):
            parts.insert(0, Part(BlockKind.HEADING, names[place], 1))
        yield parts


def _names(package: Package, folder: PurePosixPath, items: dict[str, Xml]) -> dict[str, str]:
    """Return what the table of contents (EPUB 2 or 3) calls each file."""
    names: dict[str, str] = {}
    for item in items.values():
        place = resolved(folder, unquote(attribute(item, "href")))
        if attribute(item, "media-type") == "application/x-dtbncx+xml":
            for point in descendants(package.xml(place), "navPoint"):
                label, target = child(point, "navLabel", "text"), child(point, "content")
                if label is not None and target is not None:
                    _name(names, PurePosixPath(place).parent, attribute(target, "src"), label.text or "")
        elif "nav" in attribute(item, "properties").split():
            for link in LexborHTMLParser(shortened(text_of(package.read(place) or b""))).css("nav a"):
                _name(names, PurePosixPath(place).parent, link.attributes.get("href") or "", link.text())
    return names


def _name(names: dict[str, str], folder: PurePosixPath, target: str, name: str) -> None:
    names.setdefault(resolved(folder, unquote(target.partition("#")[0])), _one_line(name))


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
