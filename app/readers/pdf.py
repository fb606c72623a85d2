"""Read and draw PDF files with MuPDF. Runs in the reader's process.

A page's text is built from MuPDF's lines (`page_text`), and `rects` builds it again with the box of every character.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import PurePath
from typing import BinaryIO, cast

import pymupdf

from app.core.pages import Page, PageImage, Rect, Span
from app.core.types import Reason
from app.readers.page_text import Piece, page_text
from app.readers.pdf_headings import OutlineEntry, blocks_of, largest_line
from app.readers.pdf_lines import Box, Line, lines_of
from app.readers.pdf_page import found_on, found_with_boxes
from app.readers.refusal import Refusal
from app.readers.sections import clean

# A page of A0 at two pixels a point has 32 million.
PIXEL_LIMIT = 64_000_000
FILE_LIMIT_BYTES = 1 << 30
# Pieces of a row are marked as one up to this gap, in type sizes.
JOINED_GAP = 2.0
# What MuPDF and its binding raise on damaged files; the binding's own slips are among them.
LIBRARY_ERRORS = (
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    OSError,
    pymupdf.mupdf.FzErrorBase,  # pyright: ignore[reportPrivateImportUsage] - its only name
)
# Titles that programs write and people do not.
_JUNK_TITLES = ("untitled", "microsoft word", "microsoft powerpoint", "slide 1", "document1", "powerpoint presentation")


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a PDF file.

    A page that cannot be read, or is a picture, is empty.

    Raises:
        Refusal: the file is encrypted, damaged, or has no text at all.
    """
    with _opened(file) as document:
        texts = [page_text(_lines(document, index)) for index in range(document.page_count)]
        if not any(text.text for text in texts):
            raise Refusal(Reason.NO_TEXT, str(len(texts)))
        blocks = blocks_of(texts, _outline(document))
        title = _title(document) or largest_line(texts[0]) or PurePath(name).stem
        numbered = enumerate(zip(texts, blocks, strict=True), 1)
        return title, tuple(Page(number, text.text, page_blocks) for number, (text, page_blocks) in numbered)


def render(file: BinaryIO, page: int, scale: float) -> PageImage:
    """Return a drawn page, `scale` pixels a point; `page` counts from 1.

    Raises:
        Refusal: the file cannot be read, has no such page, or the picture would be too large.
    """
    with _opened(file) as document, _refusing():
        drawn = _page(document, page)
        width, height = drawn.rect.width * scale, drawn.rect.height * scale
        if width * height > PIXEL_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"{width:.0f} x {height:.0f} pixels")
        pixmap = drawn.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
        return PageImage(pixmap.width, pixmap.height, bytes(pixmap.samples))


def rects(file: BinaryIO, page: int, span: Span) -> tuple[Rect, ...]:
    """Return where a span stands on the drawn page, one rectangle a line; raises `Refusal`."""
    with _opened(file) as document, _refusing():
        drawn = _page(document, page)
        found, boxes = found_with_boxes(drawn)
        matrix = drawn.rotation_matrix
    return tuple(_as_drawn(matrix, box) for box in _boxes(page_text(lines_of(found)).pieces, boxes, span))


def silence() -> None:
    """Have MuPDF print nothing about what it meets."""
    for tell in (pymupdf.TOOLS.mupdf_display_errors, pymupdf.TOOLS.mupdf_display_warnings):
        cast(Callable[[bool], object], tell)(False)


def page_count(file: BinaryIO) -> int:
    """Return the number of pages; raises `Refusal`."""
    with _opened(file) as document:
        return document.page_count


@contextmanager
def _opened(file: BinaryIO) -> Generator[pymupdf.Document]:
    """Give the open document."""
    file.seek(0)
    content = file.read(FILE_LIMIT_BYTES + 1)
    if not content:
        raise Refusal(Reason.EMPTY)
    if len(content) > FILE_LIMIT_BYTES:
        raise Refusal(Reason.TOO_LARGE, f"over {FILE_LIMIT_BYTES} bytes")
    with _refusing():
        document = pymupdf.open(stream=content, filetype="pdf")
    with closing(document):
        with _refusing():
            if document.needs_pass:
                raise Refusal(Reason.ENCRYPTED)
            if not document.page_count:
                raise Refusal(Reason.DAMAGED, "no pages")
        yield document


@contextmanager
def _refusing() -> Generator[None]:
    """Turn what MuPDF and its binding raise into a refusal."""
    try:
        yield
    except MemoryError as error:
        raise Refusal(Reason.TOO_LARGE, "out of memory") from error
    except LIBRARY_ERRORS as error:
        raise Refusal(Reason.DAMAGED, str(error)) from error


def _lines(document: pymupdf.Document, index: int) -> list[Line]:
    try:
        return lines_of(found_on(document[index]))
    except LIBRARY_ERRORS:
        return []  # one bad page does not lose the others; it is counted among those without text


def _page(document: pymupdf.Document, number: int) -> pymupdf.Page:
    if not 1 <= number <= document.page_count:
        raise Refusal(Reason.DAMAGED, f"no page {number} of {document.page_count}")
    return document[number - 1]


def _boxes(pieces: Sequence[Piece], of_chars: Sequence[Box | None], span: Span) -> list[Box]:
    """Return the boxes of a span's characters, those of one row joined."""
    boxes: list[Box] = []
    previous: Piece | None = None
    for piece in pieces:
        first, end = max(span.start - piece.start, 0), min(span.end - piece.start, piece.chars)
        if first >= end:
            continue
        marked = [box for offset in range(first, end) if (box := of_chars[piece.line.place(offset)])]
        if not marked:
            continue
        box = _union(marked)
        if previous is not None and _is_beside(previous, piece):
            box = _union([boxes.pop(), box])
        boxes.append(box)
        previous = piece
    return _apart(boxes)


def _is_beside(previous: Piece, piece: Piece) -> bool:
    """Whether a piece goes on in the row of the previous one, with no room for another column between them."""
    one, other = previous.line, piece.line
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    gap = other.x0 - one.x1
    return shared > 0.5 * min(one.y1 - one.y0, other.y1 - other.y0) and -one.size < gap < JOINED_GAP * one.size


def _union(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _apart(boxes: list[Box]) -> list[Box]:
    """Return the boxes without the little that the boxes of close lines overlap, which would be marked twice."""
    for place in range(1, len(boxes)):
        above, below = boxes[place - 1], boxes[place]
        overlap = above[3] - below[1]
        beside = above[2] <= below[0] or below[2] <= above[0]
        if not beside and above[1] < below[1] and 0 < overlap < 0.4 * min(above[3] - above[1], below[3] - below[1]):
            middle = below[1] + overlap / 2
            boxes[place - 1] = (above[0], above[1], above[2], middle)
            boxes[place] = (below[0], middle, below[2], below[3])
    return boxes


def _as_drawn(matrix: pymupdf.Matrix, box: Box) -> Rect:
    turned = pymupdf.Rect(box) * matrix
    return Rect(turned.x0, turned.y0, turned.x1, turned.y1)


def _outline(document: pymupdf.Document) -> list[OutlineEntry]:
    try:
        entries = cast(list[tuple[int, str, int]], document.get_toc(simple=True))
    except LIBRARY_ERRORS:
        return []  # a broken outline is no loss that a reader would notice
    return [OutlineEntry(level, title, page) for level, title, page in entries]


def _title(document: pymupdf.Document) -> str:
    """Return the title that the file names itself, unless a program made it up."""
    metadata = cast(dict[str, str | None], document.metadata or {})
    title = " ".join(clean(metadata.get("title") or "").split())
    is_junk = (
        title.lower().startswith(_JUNK_TITLES) or " " not in title or title.lower().endswith((".pdf", ".doc", ".docx"))
    )
    return "" if is_junk else title
