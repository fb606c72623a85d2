"""Read Word documents in reading order, with what python-docx does not show. Runs in the reader's process.

The parts are taken from the zip by name, because a document with a lost part is still a document. Text boxes, notes,
comments, headers, footers and documents put in whole are included, deleted text is not.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers import equations, html, mail, rtf, text
from app.readers.drawings import chart_parts, diagram_parts, relation_of
from app.readers.encoding import text_of
from app.readers.package import Package
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, pages_of
from app.readers.tables import Cell, laid_out, table_parts
from app.readers.word_styles import Numbering, Styles
from app.readers.xml_tree import Xml, attribute, child, children, descendants, integer, local, value

# A bold line of its own up to this length is a heading that its writer made by hand.
BOLD_HEADING_LIMIT_CHARS = 100
_BOLD_HEADING_LEVEL = 4
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes", "commentReference": "comments"}
_CHUNKS = frozenset(("aFChunk", "subDocument"))
_CHUNKS_DEPTH = 3
_DRAWINGS = {"chart": chart_parts, "diagramData": diagram_parts}
# Deleted text, field codes, pronunciation aids, properties.
_UNSEEN = frozenset(
    (
        "del moveFrom instrText delText delInstrText rt binData pPr rPr sectPr tblPr tblGrid trPr tcPr sdtPr sdtEndPr"
    ).split()
)


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages (sections) of a Word document, or raise `Refusal`."""
    package = Package(file)
    document = package.main("word/document.xml")
    root = package.xml(document)
    if root is None:
        raise Refusal(Reason.DAMAGED, f"{document} cannot be read")
    body = child(root, "body")
    if body is None:
        raise package.refusal(Refusal(Reason.UNSUPPORTED, f"{document} is no Word text"))
    parts = _parts(package, document, body, 0) or _building_blocks(package, document)
    if not parts:
        raise package.refusal(Refusal(Reason.NO_TEXT))
    return _title(package, parts) or PurePath(name).stem, package.read_pages(pages_of(parts))


def _parts(package: Package, document: str, body: Xml, depth: int) -> list[Part]:
    """Return the parts of a document that stands in so many others."""
    walk = _Walk(
        Styles(_first(package, document, "styles")),
        Numbering.of(_first(package, document, "numbering")),
        {kind: _notes(_first(package, document, kind)) for kind in _NOTES.values()},
        _chunks(package, document, depth),
        _drawings(package, document),
    )
    parts = [part for part in walk.parts(body) if part.text.strip()]
    return parts + _margins(package, document, walk)


@dataclass(slots=True)
class _Line:
    """A paragraph's words, and what hangs on them: text boxes, tables in runs, notes."""

    words: list[str] = field(default_factory=list[str])
    hanging: list[Xml] = field(default_factory=list[Xml])
    notes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    is_bold: bool = True


@dataclass(frozen=True, slots=True)
class _Walk:
    """Walks the document's tree.

    `notes` holds the notes by kind and id, `chunks` the documents put in whole, `drawings` charts and diagrams.
    """

    styles: Styles
    numbering: Numbering
    notes: dict[str, dict[str, Xml]]
    chunks: dict[str, list[Part]]
    drawings: dict[str, list[Part]]

    def parts(self, container: Xml) -> Iterator[Part]:
        """Yield the parts of a body, cell, text box or note."""
        for element in container:
            match local(element):
                case "p":
                    yield from self._paragraph(element)
                case "tbl":
                    yield from self._table(element)
                case "altChunk" | "subDoc":
                    yield from self.chunks.get(attribute(element, "id"), ())
                case "AlternateContent":
                    yield from self.parts(_alternative(element))
                case name if name not in _UNSEEN:
                    yield from self.parts(element)
                case _:
                    pass

    def _paragraph(self, paragraph: Xml) -> Iterator[Part]:
        line = _Line()
        self._gather(paragraph, line)
        text = clean("".join(line.words)).lstrip().rstrip("\n")
        look = self.styles.look(child(paragraph, "pPr"))
        if text.strip():
            mark = self.numbering.mark(look.number_id, look.number_level) if look.number_id else ""
            if look.level:
                yield Part(BlockKind.HEADING, " ".join((mark + text).split()), look.level)
            elif look.number_id:
                yield Part(BlockKind.LIST_ITEM, mark + text)
            elif line.is_bold and len(text) <= BOLD_HEADING_LIMIT_CHARS and text.rstrip()[-1] not in ".,;:!?":
                yield Part(BlockKind.HEADING, " ".join(text.split()), _BOLD_HEADING_LEVEL)
            else:
                yield Part(BlockKind.PARAGRAPH, text)
        for hanging in line.hanging:
            yield from self._hanging(hanging)
        for kind, note_id in line.notes:
            note = self.notes[kind].get(note_id)
            if note is not None:
                yield from self.parts(note)

    def _hanging(self, element: Xml) -> Iterator[Part]:
        match local(element):
            case "tbl":
                yield from self._table(element)
            case "chart":
                yield from self.drawings.get(relation_of(element), ())
            case "relIds":
                yield from self.drawings.get(attribute(element, "dm"), ())
            case "subDoc":
                yield from self.chunks.get(attribute(element, "id"), ())
            case _:
                yield from self.parts(element)

    def _gather(self, element: Xml, line: _Line) -> None:
        for below in element:
            match local(below):
                case "t":
                    line.words.append(below.text or "")
                case "r":
                    if child(below, "t") is not None:
                        line.is_bold &= value(below, "rPr", "b") not in (None, "0", "false")
                    self._gather(below, line)
                case "tab" | "ptab":
                    line.words.append(" ")
                case "br" | "cr":
                    line.words.append("\n")
                case "noBreakHyphen":
                    line.words.append("-")
                case "oMath":
                    line.words.append(equations.written(below))
                    line.is_bold = False
                case "ddList":
                    line.words.append(_chosen(below))
                case "textpath":
                    line.words.append(attribute(below, "string"))
                case "txbxContent" | "tbl" | "chart" | "relIds" | "subDoc":
                    line.hanging.append(below)
                case "footnoteReference" | "endnoteReference" | "commentReference":
                    line.notes.append((_NOTES[local(below)], attribute(below, "id")))
                case "AlternateContent":
                    self._gather(_alternative(below), line)
                case name if name not in _UNSEEN:
                    self._gather(below, line)
                case _:
                    pass

    def _table(self, table: Xml) -> Iterator[Part]:
        rows = [[(cell, list(self.parts(cell))) for cell in _cells(row)] for row in _rows(table)]
        if sum(len(row) > 1 for row in rows) == 0:  # a frame around text, not a table
            yield from (part for row in rows for _, cell in row for part in cell)
            return
        yield from table_parts(laid_out([_cell(*cell) for cell in row] for row in rows))


def _chosen(choices: Xml) -> str:
    """Return what is chosen in a field that drops down."""
    entries = [attribute(entry, "val") for entry in children(choices, "listEntry")]
    place = integer(value(choices, "result") or value(choices, "default"))
    return entries[place] if 0 <= place < len(entries) else ""


def _alternative(element: Xml) -> Xml:
    """Return the newest form of content that is there in several."""
    choice = child(element, "Choice")
    fallback = child(element, "Fallback")
    return choice if choice is not None else fallback if fallback is not None else element


def _rows(table: Xml) -> Iterator[Xml]:
    for element in table:
        match local(element):
            case "tr" if child(element, "trPr", "del") is None:
                yield element
            case "sdt" | "sdtContent" | "customXml" | "ins":
                yield from _rows(element)
            case _:
                pass


def _cells(row: Xml) -> Iterator[Xml]:
    for element in row:
        match local(element):
            case "tc":
                yield element
            case "sdt" | "sdtContent" | "customXml":
                yield from _cells(element)
            case _:
                pass


def _cell(cell: Xml, parts: list[Part]) -> Cell:
    """Return a cell of a table with how many columns it takes, and whether it goes on from the one above."""
    merged = value(cell, "tcPr", "vMerge")
    goes_on = merged is not None and merged != "restart"
    text = " ".join(part.text for part in parts)
    return Cell(None if goes_on and not text.strip() else text, integer(value(cell, "tcPr", "gridSpan"), 1))


def _first(package: Package, document: str, kind: str) -> Xml | None:
    names = package.related(document, kind)
    return package.xml(names[0]) if names else None


def _notes(root: Xml | None) -> dict[str, Xml]:
    """Return the notes by id, without the separators that Word keeps among them."""
    if root is None:
        return {}
    return {attribute(note, "id"): note for note in root if not attribute(note, "type").lower().endswith("eparator")}


def _chunks(package: Package, document: str, depth: int) -> dict[str, list[Part]]:
    """Return the parts of documents that stand in this one, by their relation."""
    chunks: dict[str, list[Part]] = {}
    for relation_id, relation in package.relations(document).items():
        content = package.read(relation.target) if relation.kind in _CHUNKS and depth < _CHUNKS_DEPTH else None
        if content:
            chunks[relation_id] = _chunk(content, PurePath(relation.target).suffix.lower(), depth + 1)
    return chunks


def _chunk(content: bytes, suffix: str, depth: int) -> list[Part]:
    match suffix:
        case ".html" | ".htm" | ".xhtml":
            return html.parts_in(content)
        case ".mht" | ".mhtml":
            return list(mail.message_of(content).parts)
        case ".rtf":
            return rtf.text_of(content)[1]
        case ".txt":
            return list(text.parts_of(text_of(content)))
        case ".docx" | ".docm" | ".dotx" | ".dotm":
            return _document_within(content, depth)
        case _:
            return []


def _document_within(content: bytes, depth: int) -> list[Part]:
    try:
        package = Package(io.BytesIO(content))
    except Refusal:
        return []
    document = package.main("word/document.xml")
    body = child(package.xml(document), "body")
    return _parts(package, document, body, depth) if body is not None else []


def _drawings(package: Package, document: str) -> dict[str, list[Part]]:
    """Return the parts of charts and diagrams by their relation."""
    found: dict[str, list[Part]] = {}
    for relation_id, relation in package.relations(document).items():
        if relation.kind in _DRAWINGS:
            root = package.xml(relation.target)
            found[relation_id] = list(_DRAWINGS[relation.kind](root)) if root is not None else []
    return found


def _building_blocks(package: Package, document: str) -> list[Part]:
    """Return the parts of texts that a template keeps ready, for one that has no text of its own."""
    found: list[Part] = []
    for name in package.related(document, "glossaryDocument"):
        for body in descendants(package.xml(name), "docPartBody"):
            found += _parts(package, name, body, 0)
    return found


def _margins(package: Package, document: str, walk: _Walk) -> list[Part]:
    """Return the text of headers and footers, each once."""
    found: dict[str, None] = {}
    for name in package.related(document, "header", "footer"):
        root = package.xml(name)
        for part in walk.parts(root) if root is not None else ():
            if part.text.strip():
                found.setdefault(part.text)
    return [Part(BlockKind.PARAGRAPH, text) for text in found]


def _title(package: Package, parts: list[Part]) -> str:
    headings = (part.text for part in parts if part.kind is BlockKind.HEADING and part.level == 1)
    return package.title() or next(headings, "")
