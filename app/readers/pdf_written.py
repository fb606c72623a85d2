"""What is written on a PDF page: its own text, what its fields say, and notes. Runs in the reader's process."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pymupdf

from app.readers.page_text import PageText, page_text
from app.readers.pdf_errors import LIBRARY_ERRORS
from app.readers.pdf_fields import lines_of_fields
from app.readers.pdf_lines import Box, Found, lines_of
from app.readers.pdf_notes import Note, notes_of
from app.readers.pdf_page import found_on, found_with_boxes


@dataclass(frozen=True, slots=True)
class Written:
    """A page's own text, a box for each character that its fields wrote into it, and the notes on it.

    The places of these characters follow those of all that MuPDF finds on the page.
    """

    text: PageText
    field_boxes: tuple[Box, ...]
    notes: tuple[Note, ...]


NOTHING = Written(PageText("", (), ()), (), ())


def written_on(page: pymupdf.Page) -> Written:
    """Return what is written on a page; raises what MuPDF and its binding do."""
    return _written(page, found_on(page))


def written_with_boxes(page: pymupdf.Page) -> tuple[Written, list[Box | None]]:
    """Return what is written on a page, and by its place the box of each character, None for one beside the page."""
    found, boxes = found_with_boxes(page)
    written = _written(page, found)
    return written, [*boxes, *written.field_boxes]


def _written(page: pymupdf.Page, found: Sequence[Found]) -> Written:
    """Return what is written on a page with these lines; damaged fields and notes are left out."""
    try:
        of_fields = lines_of_fields(page, found)
    except LIBRARY_ERRORS:
        of_fields = {}
    try:
        notes = notes_of(page, found)
    except LIBRARY_ERRORS:
        notes = ()
    lines = list(found)
    place = sum([len(one.text) for one in found])
    boxes: list[Box] = []
    for index, line in sorted(of_fields.items()):
        lines[index : index + 1] = [msgspec.structs.replace(line, first=place + len(boxes))]
        boxes += [line.box] * len(line.text)
    return Written(page_text(lines_of(lines)), tuple(boxes), notes)
