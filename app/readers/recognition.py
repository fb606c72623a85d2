"""Recognise the text in the picture of a page, with the box of every word. Runs in the recogniser's process.

MuPDF draws the page, Tesseract (which is built into it) reads it, and what it reads goes the way of every page of a
PDF: the same lines, paragraphs and reading order.
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pymupdf

from app.core.pages import Page, Rect
from app.core.types import Reason
from app.core.word_boxes import WordBox
from app.readers.page_text import Piece, page_text
from app.readers.pdf import opened, page_of, refusing
from app.readers.pdf_headings import blocks_of
from app.readers.pdf_lines import Box, lines_of, union
from app.readers.pdf_notes import notes_of, with_notes
from app.readers.pdf_page import found_with_boxes
from app.readers.refusal import Refusal

DPI = 300
"""Measured on scans of 150 dpi (tests/quality/README.md): 200 takes a tenth less time and misses some more words."""
PIXEL_LIMIT = 16_000_000
"""A page of A3 at 300 dpi has 17 million; a larger one is drawn more coarsely."""
_LEAST_DPI = 40
_WORD = re.compile(r"\S+")
# What Tesseract sees in dirt and drawings is single letters and marks.
_LIKE_A_WORD = re.compile(r"\w\w|[\u3040-\u9fff\uac00-\ud7af]")


def recognise(
    file: BinaryIO, number: int, languages: str, tessdata: str, password: str = ""
) -> tuple[Page, tuple[WordBox, ...]]:
    """Return a page with the text that is seen on it, "" where none is, and its words; `languages` as in "eng+deu".

    Raises:
        Refusal: the file cannot be read, has no such page, or the page is too large to be drawn readably.
    """
    with opened(file, password) as document, refusing():
        page = page_of(document, number)
        dpi = _dpi(page.rect.width, page.rect.height)
        # In colour: of a grey picture Tesseract gets nothing.
        picture = page.get_pixmap(matrix=pymupdf.Matrix(dpi / 72, dpi / 72), colorspace=pymupdf.csRGB, alpha=False)
        width = page.rect.width
        notes = notes_of(page, ())
        read = picture.pdfocr_tobytes(compress=False, language=languages, tessdata=tessdata)
    with refusing(), pymupdf.open(stream=read, filetype="pdf") as layer:
        found, boxes = found_with_boxes(layer[0])
        scale = width / layer[0].rect.width
    text = page_text(lines_of(found))
    if not _LIKE_A_WORD.search(text.text):
        return Page(number, "", ()), ()
    recognised = Page(number, text.text, blocks_of([text], [])[0])
    return with_notes(recognised, notes), tuple(_words(text.text, text.pieces, boxes, scale))


def _dpi(width_pt: float, height_pt: float) -> float:
    """Return how finely a page of this size is drawn."""
    area = max(width_pt * height_pt, 1.0) / 72**2
    dpi = min(DPI, (PIXEL_LIMIT / area) ** 0.5)
    if dpi < _LEAST_DPI:
        raise Refusal(Reason.TOO_LARGE, f"{width_pt:.0f} x {height_pt:.0f} points")
    return dpi


def _words(text: str, pieces: Sequence[Piece], boxes: Sequence[Box | None], scale: float) -> Iterator[WordBox]:
    """Yield the words of the text, one that is broken between lines in parts."""
    for piece in pieces:
        for word in _WORD.finditer(text, piece.start, piece.start + piece.chars):
            first, end = word.start() - piece.start, word.end() - piece.start
            seen = [box for offset in range(first, end) if (box := boxes[piece.line.place(offset)])]
            if seen:
                yield WordBox(word.start(), word.end(), Rect(*(side * scale for side in union(seen))))
