"""Read PowerPoint presentations: a page a slide, with tables, charts, diagrams, notes and comments. Reader's process.

The parts are walked as they are in the file, because that shows diagrams, charts and comments, and a lost part loses
its own text only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.drawings import chart_parts, diagram_parts, paragraph_text, relation_of, text_of
from app.readers.package import Package, Relation
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean
from app.readers.slides import Slide, pages_of_slides
from app.readers.tables import Cell, laid_out, table_parts
from app.readers.xml_tree import Xml, attribute, child, children, descendants, local

_TITLES = frozenset(("title", "ctrTitle"))
_FEET = frozenset(("dt", "ftr", "hdr"))
_UNSEEN_PLACES = _FEET | {"sldNum"}
_ITEM_PLACES = frozenset(("body", "obj", ""))
_BULLETS = frozenset(("buChar", "buAutoNum", "buBlip"))


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a presentation, or raise `Refusal`."""
    package = Package(file)
    presentation_name = package.main("ppt/presentation.xml")
    presentation = package.xml(presentation_name)
    if presentation is None:
        raise Refusal(Reason.DAMAGED, f"{presentation_name} cannot be read")
    relations = package.relations(presentation_name)
    ids = [relation_of(element) for element in children(child(presentation, "sldIdLst"), "sldId")]
    names = [relations[one].target for one in ids if one in relations]
    found = pages_of_slides(_slide(package, one) for one in names or package.numbered("ppt/slides/slide"))
    if not any(page.text for page in found):
        raise package.refusal(Refusal(Reason.NO_TEXT))
    return package.title() or PurePath(name).stem, package.read_pages(found)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Walks a slide's shapes; what stands in parts of their own is found by its relation."""

    package: Package
    relations: dict[str, Relation]

    def parts(self, shapes: Xml) -> Iterator[Part]:
        """Yield the parts of a tree of shapes, without its title."""
        for shape in shapes:
            match local(shape):
                case "sp" if _place(shape) not in _TITLES | _UNSEEN_PLACES:
                    yield from _paragraphs(shape, _place(shape))
                case "grpSp":
                    yield from self.parts(shape)
                case "graphicFrame":
                    yield from self._graphic(shape)
                case "AlternateContent":
                    forms = (child(shape, "Choice"), child(shape, "Fallback"))
                    read = (list(self.parts(form)) for form in forms if form is not None)
                    yield from next(filter(None, read), ())
                case _:
                    pass

    def _graphic(self, frame: Xml) -> Iterator[Part]:
        for table in descendants(frame, "tbl"):
            yield from table_parts(laid_out(map(_cell, children(row, "tc")) for row in children(table, "tr")))
        for reference in descendants(frame, "chart"):
            chart = self._part(relation_of(reference))
            yield from chart_parts(chart) if chart is not None else ()
        for reference in descendants(frame, "relIds"):
            drawn = self._part(attribute(reference, "dm"))
            yield from diagram_parts(drawn) if drawn is not None else ()

    def _part(self, relation: str) -> Xml | None:
        found = self.relations.get(relation)
        return self.package.xml(found.target) if found is not None else None


def _slide(package: Package, name: str) -> Slide:
    shapes = child(package.xml(name), "cSld", "spTree")
    if shapes is None:
        return Slide("", ())
    walk = _Walk(package, package.relations(name))
    titles = (text_of(shape) for shape in descendants(shapes, "sp") if _place(shape) in _TITLES)
    comments = (
        _comment(one) for one in package.related(name, "comments") for one in descendants(package.xml(one), "cm")
    )
    notes = [part for one in package.related(name, "notesSlide") for part in _notes(package.xml(one))]
    beside = [Part(BlockKind.PARAGRAPH, text) for text in comments if text]
    feet = [
        text_of(shape) for shape in descendants(shapes, "sp") if _place(shape) in _FEET and not _is_filled_in(shape)
    ]
    return Slide(next(titles, ""), list(walk.parts(shapes)), [*notes, *beside], feet)


def _is_filled_in(shape: Xml) -> bool:
    """Return whether the program fills in a text when it shows it, as the day of today."""
    return next(descendants(shape, "fld"), None) is not None


def _cell(cell: Xml) -> Cell:
    text = text_of(cell)
    return Cell(None if attribute(cell, "vMerge") in ("1", "true") and not text.strip() else text)


def _notes(notes: Xml | None) -> Iterator[Part]:
    for shape in descendants(child(notes, "cSld", "spTree"), "sp"):
        if _place(shape) == "body":
            yield from (Part(BlockKind.PARAGRAPH, part.text.removeprefix("• ")) for part in _paragraphs(shape, ""))


def _comment(comment: Xml) -> str:
    texts = [element.text or "" for element in (*descendants(comment, "text"), *descendants(comment, "t"))]
    return " ".join(clean("".join(texts)).split())


def _place(shape: Xml) -> str | None:
    """Return the kind of place in the layout that a shape fills, "" for one without a kind, None for a free shape."""
    place = child(shape, "nvSpPr", "nvPr", "ph")
    return None if place is None else attribute(place, "type")


def _paragraphs(shape: Xml, place: str | None) -> Iterator[Part]:
    for paragraph in children(child(shape, "txBody"), "p"):
        text = paragraph_text(paragraph).strip()
        properties = child(paragraph, "pPr")
        marks = {local(one) for one in properties} if properties is not None else set[str]()
        is_item = bool(marks & _BULLETS) or (place in _ITEM_PLACES and "buNone" not in marks)
        if text:
            yield Part(BlockKind.LIST_ITEM, f"• {text}") if is_item else Part(BlockKind.PARAGRAPH, text)
