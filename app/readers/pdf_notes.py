"""What people wrote onto a PDF's pages: comments, and notes on words that they marked. Runs in the reader's process.

Notes stand after their page's own text. Text that is typed onto the page itself is among its lines already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import cast

import pymupdf

from app.core.pages import Block, BlockKind, Page, Span
from app.readers.pdf_lines import UNSEEN, Box, Line
from app.readers.sections import clean

# A page that people read has some dozens.
NOTE_LIMIT = 1000
NOTE_LIMIT_CHARS = 20_000
QUOTED_LIMIT_CHARS = 200
# Kinds of annotations: those that mark words, and these with others that may hold a note (PDF_ANNOT_…).
_MARKS = frozenset((8, 9, 10, 11))  # highlight, underline, squiggly, strike out
NOTED = _MARKS | {0, 3, 4, 5, 6, 7, 13, 14, 15}  # text, line, square, circle, polygon, polyline, stamp, caret, ink


@dataclass(frozen=True, slots=True)
class Note:
    """A note and where its mark is on the page before it is turned."""

    text: str
    box: Box


def notes_of(page: pymupdf.Page, lines: Sequence[Line]) -> tuple[Note, ...]:
    """Return the notes on a page with these lines."""
    if page.first_annot is None:
        return ()
    return tuple(_notes(page, lines))


def with_notes(page: Page, notes: Sequence[Note]) -> Page:
    """Return a page with its notes after its text."""
    placed = _placed(len(page.text), notes)
    text = "\n\n".join(filter(None, (page.text, *(note.text for note in notes))))
    added = (Block(BlockKind.PARAGRAPH, one.start, one.end) for one in placed)
    return replace(page, text=text, blocks=(*page.blocks, *added))


def note_boxes(chars: int, notes: Sequence[Note], span: Span) -> list[Box]:
    """Return the boxes of the notes that a span touches on a page whose own text has so many characters."""
    placed = zip(_placed(chars, notes), notes, strict=True)
    return [note.box for one, note in placed if one.start < span.end and span.start < one.end]


def _placed(chars: int, notes: Sequence[Note]) -> list[Span]:
    spans: list[Span] = []
    for note in notes:
        start = chars + 2 if chars else 0
        chars = start + len(note.text)
        spans.append(Span(start, chars))
    return spans


def _notes(page: pymupdf.Page, lines: Sequence[Line]) -> Iterator[Note]:
    for annotation in islice(page.annots(), NOTE_LIMIT):
        told = cast(dict[str, str], annotation.info)
        words = _one_line(told.get("content") or "")[:NOTE_LIMIT_CHARS]
        kind = int(annotation.type[0])
        if not words or kind not in NOTED or annotation.flags & UNSEEN:
            continue
        turned = pymupdf.Rect(annotation.rect) * page.derotation_matrix
        box = (turned.x0, turned.y0, turned.x1, turned.y1)
        under = _one_line(" ".join(_words_under(lines, box)))
        if words.casefold() in under.casefold():  # a stamp's words, or a copy of those that are marked
            continue
        author = _one_line(told.get("title") or "")
        marked = _marked(page, annotation) if kind in _MARKS else ""
        by = f" by {author}" if author else ""
        on = f" on “{marked}”" if marked else ""
        yield Note(f"Comment{by}{on}: {words}", box)


def _marked(page: pymupdf.Page, annotation: pymupdf.Annot) -> str:
    """Return the beginning of the words that an annotation marks."""
    corners = [pymupdf.Point(corner) * page.derotation_matrix for corner in annotation.vertices or ()]
    text_page = page.get_textpage()
    words: list[str] = []
    for place in range(0, len(corners) - 3, 4):
        words.append(text_page.extractTextbox(pymupdf.Quad(corners[place : place + 4]).rect))
    marked = _one_line(" ".join(words))
    return marked if len(marked) <= QUOTED_LIMIT_CHARS else f"{marked[:QUOTED_LIMIT_CHARS]}…"


def _words_under(lines: Sequence[Line], box: Box) -> Iterator[str]:
    for line in lines:
        x0, y0, x1, y1 = line.box
        if x0 < box[2] and box[0] < x1 and y0 < box[3] and box[1] < y1:
            yield line.raw


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
