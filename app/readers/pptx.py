"""Read PowerPoint presentations: a page a slide, with tables, charts, diagrams, notes and comments. Reader's process.

The parts are walked as they are in the file, because that shows diagrams, charts and comments, and a lost part loses
its own text only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers import equations
from app.readers.package import Package, Relation
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean
from app.readers.slides import Slide, pages_of_slides
from app.readers.tables import rows_of, table_parts
from app.readers.xml_tree import Xml, attribute, child, children, descendants, integer, local

_TITLES = frozenset(("title", "ctrTitle"))
_UNSEEN_PLACES = frozenset(("dt", "sldNum", "ftr", "hdr"))
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
    ids = [attribute_of_relation(element) for element in children(child(presentation, "sldIdLst"), "sldId")]
    found = pages_of_slides(_slide(package, relations[one].target) for one in ids if one in relations)
    if not any(page.text for page in found):
        raise Refusal(Reason.NO_TEXT)
    return package.title() or PurePath(name).stem, found


def attribute_of_relation(element: Xml) -> str:
    """Return the relation's id among an element's attributes, of which another may be called `id` too."""
    return next((value for key, value in element.items() if key.startswith("{") and key.endswith("}id")), "")


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
                    chosen = child(shape, "Choice") if child(shape, "Choice") is not None else child(shape, "Fallback")
                    yield from self.parts(chosen) if chosen is not None else ()
                case _:
                    pass

    def _graphic(self, frame: Xml) -> Iterator[Part]:
        for table in descendants(frame, "tbl"):
            rows = ([_text(cell) for cell in children(row, "tc")] for row in children(table, "tr"))
            yield from table_parts(rows_of(rows))
        for reference in descendants(frame, "chart"):
            chart = self._part(attribute_of_relation(reference))
            yield from _chart(chart) if chart is not None else ()
        for reference in descendants(frame, "relIds"):
            drawn = self._part(attribute(reference, "dm"))
            for point in descendants(drawn, "pt"):
                text = _text(point)
                if text.strip():
                    yield Part(BlockKind.LIST_ITEM, f"• {' '.join(text.split())}")

    def _part(self, relation: str) -> Xml | None:
        found = self.relations.get(relation)
        return self.package.xml(found.target) if found is not None else None


def _slide(package: Package, name: str) -> Slide:
    shapes = child(package.xml(name), "cSld", "spTree")
    if shapes is None:
        return Slide("", ())
    walk = _Walk(package, package.relations(name))
    titles = (_text(shape) for shape in descendants(shapes, "sp") if _place(shape) in _TITLES)
    comments = (
        _comment(one) for one in package.related(name, "comments") for one in descendants(package.xml(one), "cm")
    )
    notes = [part for one in package.related(name, "notesSlide") for part in _notes(package.xml(one))]
    beside = [Part(BlockKind.PARAGRAPH, text) for text in comments if text]
    return Slide(next(titles, ""), list(walk.parts(shapes)), [*notes, *beside])


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
        text = _paragraph_text(paragraph).strip()
        properties = child(paragraph, "pPr")
        marks = {local(one) for one in properties} if properties is not None else set[str]()
        is_item = bool(marks & _BULLETS) or (place in _ITEM_PLACES and "buNone" not in marks)
        if text:
            yield Part(BlockKind.LIST_ITEM, f"• {text}") if is_item else Part(BlockKind.PARAGRAPH, text)


def _text(element: Xml) -> str:
    return "\n".join(filter(None, (_paragraph_text(paragraph) for paragraph in descendants(element, "p"))))


def _paragraph_text(paragraph: Xml) -> str:
    words: list[str] = []
    for run in paragraph:
        if local(run) in ("r", "fld"):
            found = child(run, "t")
            words.append((found.text if found is not None else None) or "")
        elif local(run) == "br":
            words.append("\n")
        else:
            words += map(equations.written, islice(descendants(run, "oMath"), 1))
    return clean("".join(words))


def _chart(chart: Xml) -> Iterator[Part]:
    """Yield a chart's title and its values as a table: a column for each series."""
    title = next(descendants(chart, "title"), None)
    if title is not None and _text(title).strip():
        yield Part(BlockKind.PARAGRAPH, _text(title))
    series = list(descendants(chart, "ser"))
    if not series:
        return
    names = [" ".join(_points(child(one, "tx")).values()) for one in series]
    labels = _points(_either(series[0], "cat", "xVal"))
    values = [_points(_either(one, "val", "yVal")) for one in series]
    places = sorted(set(labels).union(*values))
    rows = ([labels.get(place, ""), *(one.get(place, "") for one in values)] for place in places)
    yield from table_parts(rows_of([["", *names], *rows]))


def _either(element: Xml, *names: str) -> Xml | None:
    return next((below for below in element if local(below) in names), None)


def _points(element: Xml | None) -> dict[int, str]:
    """Return the kept values of a chart's reference by their place."""
    points: dict[int, str] = {}
    for point in descendants(element, "pt"):
        shown = child(point, "v")
        points[integer(attribute(point, "idx"))] = (shown.text if shown is not None else None) or ""
    return points
