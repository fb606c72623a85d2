"""The text of OpenDocument's XML: paragraphs, lists, notes and tables as parts. Runs in the reader's process."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from app.core.pages import BlockKind
from app.core.types import Reason
from app.readers import mathml
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean
from app.readers.tables import Row, table_parts
from app.readers.xml_tree import Xml, attribute, child, children, descendants, integer, local

# Cells and rows may say that they stand for many; filled ones are written out no more often than this.
REPEAT_LIMIT = 1000
CELL_LIMIT = 5_000_000
_SPACE_LIMIT = 200
_DEEPEST = 6
_UNSEEN = frozenset(
    (
        "tracked-changes sequence-decls variable-decls user-field-decls forms scripts desc event-listeners creator "
        "date creator-initials sender-initials date-string ruby-text table-of-content-source alphabetical-index-source "
        "index-title-template bibliography-source change-start change-end change bookmark-start binary-data settings"
    ).split()
)
_HANGING = frozenset(("note", "footnote", "endnote", "annotation", "text-box", "table", "object"))
_LISTS = frozenset(("list", "ordered-list", "unordered-list"))
# What stands in a cell of a sheet beside its own text.
_BESIDE = tuple(
    "annotation frame custom-shape g rect ellipse circle line polyline polygon path connector caption object".split()
)
_CELLS = frozenset(("table-cell", "covered-table-cell"))
_NO_NUMBER = frozenset(("NaN", "1.#NAN"))


@dataclass(slots=True)
class Line:
    """A paragraph's words, and what hangs on them: notes, comments, text boxes, tables."""

    words: list[str] = field(default_factory=list[str])
    hanging: list[Xml] = field(default_factory=list[Xml])


def parts_of(
    container: Iterable[Xml], is_item: bool = False, mark: str = "• ", passed_over: Collection[str] = ()
) -> Iterator[Part]:
    """Yield the parts of a body, cell, text box or note in reading order, without the elements that are passed over."""
    for element in container:
        match local(element):
            case "h":
                yield from _paragraph(
                    element, integer(attribute(element, "outline-level") or attribute(element, "level"), 1)
                )
            case "p":
                yield from _paragraph(element, 0, mark if is_item else "")
                mark = ""
            case name if name in _LISTS:
                for item in element:
                    yield from parts_of(item, is_item=local(item) != "list-header")
            case "table":
                yield from _table(element)
            case "object":
                yield from _object(element)
            case name if name and name not in _UNSEEN and name not in passed_over:
                yield from parts_of(element, is_item, mark)
            case _:
                pass


def words_of(cell: Xml) -> str:
    """Return a cell's words without what stands beside them."""
    return _joined(parts_of(cell, passed_over=_BESIDE))


def rows_of(table: Xml, words: Callable[[Xml], str] = words_of) -> Iterator[Row]:
    """Yield a table's rows, an empty one for any number of them; `words` says what is in a cell.

    Raises:
        Refusal: the table says that it has more cells than a table has.
    """
    cells = 0
    reaching: dict[int, tuple[str, int]] = {}  # cells that reach into the next row, with how many rows are left
    for element in _rows(table):
        row = _row(element, reaching, words)
        repeated = min(integer(attribute(element, "number-rows-repeated"), 1), REPEAT_LIMIT) if row else 1
        cells += len(row) * repeated
        if cells > CELL_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"more than {CELL_LIMIT} cells")
        for _ in range(repeated):
            yield row


def line_of(paragraph: Xml) -> Line:
    """Return a paragraph's words."""
    line = Line()
    _gather(paragraph, line)
    return line


def _paragraph(element: Xml, level: int, mark: str = "") -> Iterator[Part]:
    line = line_of(element)
    text = clean("".join(line.words)).strip()
    if text and level:
        yield Part(BlockKind.HEADING, " ".join(text.split()), min(level, _DEEPEST))
    elif text:
        yield Part(BlockKind.LIST_ITEM if mark else BlockKind.PARAGRAPH, mark + text)
    for hanging in line.hanging:
        yield from parts_of([hanging])


def _gather(element: Xml, line: Line) -> None:
    line.words.append(_inline(element.text))
    for below in element:
        match local(below):
            case "s":
                line.words.append(" " * min(integer(attribute(below, "c"), 1), _SPACE_LIMIT))
            case "tab":
                line.words.append(" ")
            case "line-break":
                line.words.append("\n")
            case "object" if (formula := child(below, "math")) is not None:
                line.words.append(mathml.written(formula))
            case name if name in _HANGING:
                line.hanging.append(below)
            case name if name and name not in _UNSEEN:
                _gather(below, line)
            case _:
                pass
        line.words.append(_inline(below.tail))


def _inline(text: str | None) -> str:
    """Return a run of text with its line ends and indents as single spaces, as the format defines it."""
    if not text:
        return ""
    words = " ".join(text.split())
    before, after = " " if text[0].isspace() else "", " " if text[-1].isspace() and words else ""
    return before + words + after


def _table(table: Xml) -> Iterator[Part]:
    # Without reading what is in it: tables stand in tables, and each would be read twice as often as the one around it.
    if all(len(row) < 2 for row in rows_of(table, _filled)):  # a frame around text, not a table
        for element in _rows(table):
            for cell in element:
                yield from parts_of(cell)
        return
    yield from table_parts(list(rows_of(table, _all_words)))
    for cell, found in groupby(beside(table), lambda one: one.getparent()):
        yield from parts_of(found) if _is_filled(cell, _BESIDE) else ()


def _joined(parts: Iterable[Part]) -> str:
    return " ".join(" ".join(part.text for part in parts).split())


def _all_words(cell: Xml) -> str:
    """Return a cell's words, those of a box in it where it has none of its own."""
    return words_of(cell) if _is_filled(cell, _BESIDE) else _joined(parts_of(cell))


def _filled(cell: Xml) -> str:
    """Return a mark for a cell with words, "" for one without."""
    return "x" if _is_filled(cell) else ""


def _is_filled(cell: Xml | None, passed_over: Collection[str] = ()) -> bool:
    """Return whether there are words in a cell, without the elements right in it that are passed over."""
    waiting = [one for one in cell if local(one) not in passed_over] if cell is not None else []
    while waiting:
        element = waiting.pop()
        if not (name := local(element)) or name in _UNSEEN:
            continue
        below = list(element)
        if (element.text or "").strip() or any((one.tail or "").strip() for one in below):
            return True
        waiting += below
    return False


def beside(table: Xml) -> Iterator[Xml]:
    """Yield the comments and the drawings that stand in a table's cells beside their own text."""
    return (one for one in descendants(table, *_BESIDE) if _is_beside(one, table))


def _is_beside(element: Xml, table: Xml) -> bool:
    """Return whether an element stands in a cell of a table, and not of one within it."""
    above = element.getparent()
    if above is None or local(above) not in _CELLS:
        return False
    while above is not None and local(above) != "table":
        above = above.getparent()
    return above is table


def _object(element: Xml) -> Iterator[Part]:
    """Yield the parts of what is put into a document: a formula, a chart, another document."""
    for root in element:
        if local(root) == "math":
            formula = clean(mathml.written(root)).strip()
            yield from [Part(BlockKind.PARAGRAPH, formula)] if formula else ()
        elif (chart := child(root, "body", "chart", "chart")) is not None:
            yield from _chart(chart)
        else:
            yield from parts_of(children(root, "body"))


def _chart(chart: Xml) -> Iterator[Part]:
    """Yield what is written on a chart, and its values as a table."""
    for name in ("title", "subtitle"):
        yield from parts_of(descendants(chart, name))
    for table in children(chart, "table"):
        rows = ({place: text for place, text in row.items() if text not in _NO_NUMBER} for row in rows_of(table))
        yield from table_parts(rows)


def _rows(table: Xml) -> Iterator[Xml]:
    for element in table:
        match local(element):
            case "table-row":
                yield element
            case "table-header-rows" | "table-row-group" | "table-rows":
                yield from _rows(element)
            case _:
                pass


def _row(element: Xml, reaching: dict[int, tuple[str, int]], words: Callable[[Xml], str]) -> Row:
    """Return a row, and note in `reaching` which of its cells belong to the next ones, too."""
    cells = {column: text for column, (text, _left) in reaching.items()}
    for column, (text, left) in list(reaching.items()):
        reaching[column] = (text, left - 1)
        if left == 1:
            del reaching[column]
    column = 0
    for cell in element:
        if local(cell) not in _CELLS:
            continue
        text = words(cell) or _value(cell)
        repeated = integer(attribute(cell, "number-columns-repeated"), 1)
        if text:
            cells |= {column + n: text for n in range(min(repeated, REPEAT_LIMIT))}
            rows = integer(attribute(cell, "number-rows-spanned"), 1)
            reaching |= {column: (text, min(rows, REPEAT_LIMIT) - 1)} if rows > 1 else {}
        column += repeated
    return cells


def _value(cell: Xml) -> str:
    """Return the value of a cell that does not say how it is displayed, "" if it has none."""
    kind = attribute(cell, "value-type")
    return clean(attribute(cell, f"{kind}-value" if kind in ("date", "time", "boolean", "string") else "value"))
