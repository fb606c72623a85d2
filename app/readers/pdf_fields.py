"""What a form's fields say, as lines of their page: values, ticks, and labels that are not printed. In the reader.

MuPDF's text has what a field shows, ticks as characters of their symbol font; what a field only holds it has not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, takewhile
from typing import Protocol, cast

import pymupdf

from app.readers.pdf_lines import ACROSS, SEEN_SIZE_PT, UNSEEN, Box, Line, Run, line_of

# A page of a real form has some hundreds.
FIELD_LIMIT = 1000
TICKED, UNTICKED = "☑", "☐"
FIELD = 21  # PDF_ANNOT_WIDGET, the kind of annotation that a field is
_CHECKBOX, _COMBOBOX, _LISTBOX, _RADIO, _TEXT = 2, 3, 4, 5, 7  # PDF_WIDGET_TYPE_…, which the binding does not declare
_IS_PASSWORD = 1 << 13
_NOT_TICKED = ("", "Off", "null", "/Off")
# So far from a field its printed label stands at most, beside it or above it.
_BESIDE_PT, _ABOVE_PT = 150.0, 14.0
_SIZE_PT = 10.0
# A field of which so many characters do not show is read as what it holds; of less, a font may lack some.
_CUT_CHARS = 20


class _Widget(Protocol):
    """A field as the binding gives it, and does not declare it."""

    xref: int
    rect: Box
    field_type: int
    field_flags: int
    field_label: str | None
    field_value: object


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that says something. What is shown of a replaced one, a tick say, gives way to the value."""

    box: Box
    value: str
    label: str
    is_replaced: bool = False


def lines_of_fields(page: pymupdf.Page, found: Sequence[Line]) -> dict[int, Line]:
    """Return by number the lines to be put in the place of those found on the page, or after them."""
    fields = list(_fields(page))
    if not fields:
        return {}
    words = _letters(" ".join(line.text for line in found))
    within: dict[int, list[int]] = {n: [] for n in range(len(fields))}
    printed: list[Box] = []
    for index, line in enumerate(found):
        inside = next((n for n, field in enumerate(fields) if _is_inside(line.box, field.box)), None)
        if inside is None:
            printed.append(line.box)
        else:
            within[inside].append(index)
    changed: dict[int, Line] = {}
    following = len(found)
    for n, field in enumerate(fields):
        is_labelled = _letters(field.label) in words or any(_labels(box, field) for box in printed)
        label = "" if is_labelled else field.label
        shown = within[n]
        said = [_letters(found[index].text) for index in shown]
        is_cut = _is_cut(field, said)
        kept = _following(field, said) if is_cut else 0
        if kept:
            last = found[shown[kept - 1]]
            run = Run(_from(field, sum(map(len, said[: kept - 1]))), last.size, last.is_bold)
            changed[shown[kept - 1]] = line_of(run, last.box, last.direction, 0)
            changed |= {place: _line(found[place].box, "") for place in shown[kept:]}
            is_cut = False
        places = iter(shown if field.is_replaced or is_cut else ())
        for line in _lines(field, label, is_shown=bool(shown) and not is_cut):
            place = next(places, following)
            changed[place] = line
            following += place == following
        changed |= {place: _line(found[place].box, "") for place in places}
    return changed


def _fields(page: pymupdf.Page) -> Iterator[_Field]:
    """Yield the fields of a page that say something, in coordinates of the page before it is turned."""
    document = cast(pymupdf.Document, page.parent)
    for widget in islice(cast(Iterable[_Widget], page.widgets()), FIELD_LIMIT):
        kind, flags = document.xref_get_key(widget.xref, "F")
        if kind == "int" and int(flags) & UNSEEN:
            continue
        turned = pymupdf.Rect(widget.rect) * page.derotation_matrix
        box = (turned.x0, turned.y0, turned.x1, turned.y1)
        label = " ".join((widget.field_label or "").split())
        if widget.field_type in (_CHECKBOX, _RADIO):
            kind, state = document.xref_get_key(widget.xref, "AS")
            value = str(state if kind == "name" else widget.field_value or "")
            yield _Field(box, TICKED if value not in _NOT_TICKED else UNTICKED, label, is_replaced=True)
        elif widget.field_type in (_TEXT, _COMBOBOX, _LISTBOX):
            value = widget.field_value or ""
            value = "\n".join(map(str, cast(list[object], value))) if isinstance(value, list) else str(value)
            if widget.field_flags & _IS_PASSWORD:
                yield _Field(box, "", "", is_replaced=True)
            elif value.strip():
                yield _Field(box, value, label)


def _lines(field: _Field, label: str, *, is_shown: bool) -> Iterator[Line]:
    x0, y0, x1, y1 = field.box
    if field.is_replaced:
        yield _line(field.box, f"{field.value} {label}".strip())
    elif is_shown:
        if label:
            yield _line((x0 - 5, y0, x0 - 4, y1), f"{label}:")
    else:
        rows = [row for row in field.value.splitlines() if row.strip()]
        if y1 - y0 < len(rows) * SEEN_SIZE_PT:
            rows = [" ".join(rows)]
        height = (y1 - y0) / max(len(rows), 1)
        for number, row in enumerate(rows):
            words = f"{label}: {row}" if label and not number else row
            yield _line((x0, y0 + number * height, x1, y0 + (number + 1) * height), words)


def _line(box: Box, text: str) -> Line:
    size = max(min(box[3] - box[1], _SIZE_PT), SEEN_SIZE_PT)
    return line_of(Run(text, size, is_bold=False), box, ACROSS, 0)


def _is_inside(line: Box, box: Box) -> bool:
    """Return whether a line is what a field shows: its middle within the sides, and much of it at the same height."""
    shared = min(box[3], line[3]) - max(box[1], line[1])
    return box[0] <= (line[0] + line[2]) / 2 <= box[2] and shared > 0.3 * min(box[3] - box[1], line[3] - line[1])


def _is_cut(field: _Field, shown: Sequence[str]) -> bool:
    """Return whether a field holds more than there is room for: a person reads on in it by scrolling."""
    held = _letters(field.value)
    return bool(shown and shown[0]) and shown[0] in held and sum(map(len, shown)) + _CUT_CHARS <= len(held)


def _following(field: _Field, shown: Sequence[str]) -> int:
    """Return how many of the lines that are shown are what the value begins with: one may be cut in its height."""
    return len(list(takewhile(_letters(field.value).startswith, accumulate(shown))))


def _from(field: _Field, letters: int) -> str:
    """Return what a field holds behind so many letters."""
    place = 0
    while letters > 0:
        letters -= len(_letters(field.value[place]))
        place += 1
    return " ".join(field.value[place:].split())


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _labels(line: Box, field: _Field) -> bool:
    """Return whether a printed line stands where a field's label does: beside it, or above it; ticks before it."""
    x0, y0, x1, y1 = field.box
    shared = min(y1, line[3]) - max(y0, line[1])
    if shared > 0.5 * min(y1 - y0, line[3] - line[1]):
        is_left = x0 - _BESIDE_PT < line[2] <= x0 + 2
        return is_left or (field.is_replaced and x1 - 2 <= line[0] < x1 + _BESIDE_PT)
    return not field.is_replaced and y0 - _ABOVE_PT < line[3] <= y0 + 2 and line[0] < x1 and line[2] > x0
