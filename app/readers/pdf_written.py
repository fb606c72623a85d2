"""What is written on a PDF page: its own text, what its fields say, and notes. Runs in the reader's process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import pymupdf
from msgspec import Struct
from msgspec.structs import replace

from app.readers.page_text import PageText, page_text
from app.readers.pdf_errors import LIBRARY_ERRORS
from app.readers.pdf_fields import FIELD, lines_of_fields
from app.readers.pdf_lines import Box, Line, lines_of
from app.readers.pdf_notes import NOTED, Note, notes_of
from app.readers.pdf_page import found_with_boxes, lines_as_json, lines_from_dicts, lines_from_json

# Some twenty pages; more of them at a time are no faster.
DRAFTS_BYTES = 1 << 19
_TELLING = NOTED | {FIELD}


@dataclass(frozen=True, slots=True)
class Written:
    """A page's own text, a box for each character that its fields wrote into it, and the notes on it.

    The places of these characters follow those of all that MuPDF finds on the page.
    """

    text: PageText
    field_boxes: tuple[Box, ...]
    notes: tuple[Note, ...]


NOTHING = Written(PageText("", (), (), ()), (), ())


class _Draft(Struct, frozen=True, gc=False):
    """What MuPDF writes of a page's lines, and the kinds of the page's annotations."""

    index: int
    lines: bytes
    annotations: frozenset[int]


def written_in(document: pymupdf.Document) -> list[Written]:
    """Return what is written on each page of a document, `NOTHING` of one that cannot be read.

    Some pages are drafted by MuPDF before Python finishes them: in turns, each would put the code of the other out of
    the processor's caches.
    """
    written = [NOTHING] * document.page_count
    drafts: list[_Draft] = []
    drafted_bytes = 0
    for index in range(len(written)):
        try:
            drafts.append(_draft(document, index))
            drafted_bytes += len(drafts[-1].lines)
        except LIBRARY_ERRORS:
            pass  # one bad page does not lose the others; it is counted among those without text
        if index + 1 == len(written) or drafted_bytes > DRAFTS_BYTES:
            for draft in drafts:
                written[draft.index] = _finished(document, draft)
            drafts.clear()
            drafted_bytes = 0
    return written


def _draft(document: pymupdf.Document, index: int) -> _Draft:
    page = document[index]
    return _Draft(index, lines_as_json(page), _annotations(page))


def _finished(document: pymupdf.Document, draft: _Draft) -> Written:
    try:
        found = lines_from_json(draft.lines)
        if found is not None and draft.annotations.isdisjoint(_TELLING):
            return Written(page_text(lines_of(found)), (), ())
        page = document[draft.index]
        return _written(page, lines_from_dicts(page) if found is None else found, draft.annotations)
    except LIBRARY_ERRORS:
        return NOTHING


def written_with_boxes(page: pymupdf.Page) -> tuple[Written, list[Box | None]]:
    """Return what is written on a page, and by its place the box of each character, None for one beside the page."""
    found, boxes = found_with_boxes(page)
    written = _written(page, found, _annotations(page))
    return written, [*boxes, *written.field_boxes]


def _annotations(page: pymupdf.Page) -> frozenset[int]:
    """Return the kinds of a page's annotations, none if they are damaged."""
    try:
        return frozenset([kind for _xref, kind, _name in cast(list[tuple[int, int, str]], page.annot_xrefs())])
    except LIBRARY_ERRORS:
        return frozenset()


def _written(page: pymupdf.Page, found: Sequence[Line], annotations: frozenset[int]) -> Written:
    """Return what is written on a page with these lines; damaged fields and notes are left out."""
    try:
        of_fields = lines_of_fields(page, found) if FIELD in annotations else {}
    except LIBRARY_ERRORS:
        of_fields = {}
    try:
        notes = () if annotations.isdisjoint(NOTED) else notes_of(page, found)
    except LIBRARY_ERRORS:
        notes = ()
    if not of_fields:
        return Written(page_text(lines_of(found)), (), notes)
    lines = list(found)
    place = sum([len(line.raw) for line in found])
    boxes: list[Box] = []
    for index, line in sorted(of_fields.items()):
        lines[index : index + 1] = [replace(line, first=place + len(boxes))]
        boxes += [line.box] * len(line.raw)
    return Written(page_text(lines_of(lines)), tuple(boxes), notes)
