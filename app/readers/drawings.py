"""What is written in drawings: paragraphs, the values of charts, the points of diagrams. Reader's process."""

from collections.abc import Iterator
from itertools import islice

from app.core.pages import BlockKind
from app.readers import equations
from app.readers.sections import Part, clean
from app.readers.tables import rows_of, table_parts
from app.readers.xml_tree import Xml, attribute, child, descendants, integer, local


def relation_of(element: Xml) -> str:
    """Return the relation's id among an element's attributes, of which another may be called `id` too."""
    return next((value for key, value in element.items() if key.startswith("{") and key.endswith("}id")), "")


def text_of(element: Xml) -> str:
    """Return the paragraphs of a drawing, each on a line."""
    return "\n".join(filter(None, (paragraph_text(paragraph) for paragraph in descendants(element, "p"))))


def paragraph_text(paragraph: Xml) -> str:
    """Return what a paragraph says."""
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


def chart_parts(chart: Xml) -> Iterator[Part]:
    """Yield a chart's title and its values as a table: a column for each series."""
    title = next(descendants(chart, "title"), None)
    if title is not None and text_of(title).strip():
        yield Part(BlockKind.PARAGRAPH, text_of(title))
    series = list(descendants(chart, "ser"))
    if not series:
        return
    names = [" ".join(_points(child(one, "tx")).values()) for one in series]
    labels = _points(_either(series[0], "cat", "xVal"))
    values = [_points(_either(one, "val", "yVal")) for one in series]
    places = sorted(set(labels).union(*values))
    rows = ([labels.get(place, ""), *(one.get(place, "") for one in values)] for place in places)
    yield from table_parts(rows_of([["", *names], *rows]))


def diagram_parts(diagram: Xml) -> Iterator[Part]:
    """Yield the points of a diagram."""
    for point in descendants(diagram, "pt"):
        text = text_of(point)
        if text.strip():
            yield Part(BlockKind.LIST_ITEM, f"• {' '.join(text.split())}")


def _either(element: Xml, *names: str) -> Xml | None:
    return next((below for below in element if local(below) in names), None)


def _points(element: Xml | None) -> dict[int, str]:
    """Return the kept values of a chart's reference by their place."""
    points: dict[int, str] = {}
    for point in descendants(element, "pt"):
        shown = child(point, "v")
        points[integer(attribute(point, "idx"))] = (shown.text if shown is not None else None) or ""
    return points
