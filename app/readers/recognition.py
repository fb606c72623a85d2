"""Recognise the text in the picture of a page, with the box of every word. Runs in the recogniser's process.

MuPDF draws the page, Tesseract (which is built into it) reads it, and what it reads goes the way of every page of a
PDF: the same lines, paragraphs and reading order.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import pymupdf

from app.core.pages import Page, Rect
from app.core.types import Reason
from app.core.word_boxes import WordBox
from app.readers.page_text import page_text
from app.readers.pdf import opened, page_of, refusing
from app.readers.pdf_headings import blocks_of
from app.readers.pdf_lines import lines_of, union
from app.readers.pdf_notes import notes_of, with_notes
from app.readers.pdf_page import found_with_boxes
from app.readers.refusal import Refusal

DPI = 300
"""Measured on scans of 150 dpi (tests/quality/README.md): 200 takes a tenth less time and misses some more words."""
PIXEL_LIMIT = 16_000_000
"""A page of A3 at 300 dpi has 17 million; a larger one is drawn more coarsely."""
_LEAST_DPI = 40
UPRIGHT_SHARE = 0.45
"""On a page that lies on its side or its head less of what is seen is like a word (tests/quality/README.md)."""
TURNED_DPI = 100
"""Enough to tell which way a page lies."""
_TURNED_SHARE = 0.3
"""More than a page gives that is turned the wrong way by 90 degrees: .23 at most; some full of figures give no more."""
_TURNED_WORDS = 8
_MARGIN = 1.5
_WORD = re.compile(r"\S+")
# Letters of scripts without capitals, Hebrew to Hangul, with their marks.
_CASELESS = re.compile(r"[\u0590-\u109f\u1200-\u139f\u1400-\u1c7f\u3040-\ua4cf\uac00-\ud7af]")
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
        notes = notes_of(page, ())
        seen = _Seen(page, _dpi(page.rect.width, page.rect.height), languages, tessdata)
        if seen.plain_share < UPRIGHT_SHARE:
            coarse = [_Seen(page, min(TURNED_DPI, seen.dpi), languages, tessdata, turn) for turn in (90, 180, 270)]
            best = max(coarse, key=lambda one: one.words)
            if _is_clearly_more(best, seen):
                seen = _Seen(page, seen.dpi, languages, tessdata, best.turn)
    if not _LIKE_A_WORD.search(seen.text.text):
        return Page(number, "", ()), ()
    recognised = Page(number, seen.text.text, blocks_of([seen.text], [])[0])
    return with_notes(recognised, notes), tuple(seen.word_boxes())


def like_words(text: str) -> tuple[int, float, float]:
    """Return how much of what is seen is like a word: its number, its share, and its share without words in capitals.

    Capitals are told apart: what Tesseract sees of them upside down are capitals again.
    """
    seen = _WORD.findall(text)
    plain = sum(_is_plain_word(word) for word in seen)
    words = plain + sum(len(word) > 2 and word.isalpha() and word.isupper() for word in seen)
    return words, words / max(len(seen), 1), plain / max(len(seen), 1)


def _is_plain_word(word: str) -> bool:
    caseless = len(_CASELESS.findall(word))
    return caseless * 2 > len(word) or (len(word) > 2 and word.isalpha() and (word.islower() or word.istitle()))


def _is_clearly_more(turned: "_Seen", upright: "_Seen") -> bool:
    """Return whether a turned page is so much more like words that it is the one that lies right."""
    return turned.words >= max(_TURNED_WORDS, _MARGIN * upright.words) and turned.words_share >= max(
        _TURNED_SHARE, _MARGIN * upright.words_share
    )


class _Seen:
    """What Tesseract sees on a page that is turned by so many degrees first."""

    def __init__(self, page: pymupdf.Page, dpi: float, languages: str, tessdata: str, turn: int = 0) -> None:
        self.dpi = dpi
        self.turn = turn
        matrix = pymupdf.Matrix(dpi / 72, dpi / 72).prerotate(turn)
        # In colour: of a grey picture Tesseract gets nothing.
        picture = page.get_pixmap(matrix=matrix, colorspace=pymupdf.csRGB, alpha=False)
        read = picture.pdfocr_tobytes(compress=False, language=languages, tessdata=tessdata)
        with pymupdf.open(stream=read, filetype="pdf") as layer:
            found, self._boxes = found_with_boxes(layer[0])
            scale = picture.width / layer[0].rect.width
        self._to_page = pymupdf.Matrix(scale, 0, 0, scale, picture.x, picture.y) * ~matrix
        self.text = page_text(lines_of(found))
        self.words, self.words_share, self.plain_share = like_words(self.text.text)

    def word_boxes(self) -> Iterator[WordBox]:
        """Yield the words of the text, one that is broken between lines in parts, where they stand on the page."""
        for piece in self.text.pieces:
            for word in _WORD.finditer(self.text.text, piece.start, piece.start + piece.chars):
                first, end = word.start() - piece.start, word.end() - piece.start
                seen = [box for offset in range(first, end) if (box := self._boxes[piece.line.place(offset)])]
                if seen:
                    box = pymupdf.Rect(union(seen)) * self._to_page
                    yield WordBox(word.start(), word.end(), Rect(box.x0, box.y0, box.x1, box.y1))


def _dpi(width_pt: float, height_pt: float) -> float:
    """Return how finely a page of this size is drawn."""
    area = max(width_pt * height_pt, 1.0) / 72**2
    dpi = min(DPI, (PIXEL_LIMIT / area) ** 0.5)
    if dpi < _LEAST_DPI:
        raise Refusal(Reason.TOO_LARGE, f"{width_pt:.0f} x {height_pt:.0f} points")
    return dpi
