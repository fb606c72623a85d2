"""Read and draw PDF files and images with MuPDF. Runs in the reader's process.

A page's text is built from MuPDF's lines (`page_text`) and what fields say, with notes after it; `rects` builds it anew
with the box of every character.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import PurePath
from typing import BinaryIO, cast

import pymupdf

from app.core.letters import PageLetters, letter_row
from app.core.pages import Page, PageImage, Rect, Span
from app.core.types import Reason
from app.readers.clipping import clip_on
from app.readers.formats import SNIFFED_BYTES, image_kind
from app.readers.messages import Attachment
from app.readers.page_text import Piece
from app.readers.pdf_errors import LIBRARY_ERRORS
from app.readers.pdf_files import files_in
from app.readers.pdf_headings import OutlineEntry, blocks_of, largest_line
from app.readers.pdf_lines import Box, union
from app.readers.pdf_mending import has_pages, mended
from app.readers.pdf_notes import note_boxes, with_notes
from app.readers.pdf_written import Written, written_in, written_with_boxes
from app.readers.refusal import UNOPENABLE, Refusal
from app.readers.sections import clean

# A page of A0 at two pixels a point has 32 million.
PIXEL_LIMIT = 64_000_000
FILE_LIMIT_BYTES = 1 << 30
# Pieces of a row are marked as one up to this gap, in type sizes.
JOINED_GAP = 2.0
# Titles that programs write and people do not.
_JUNK_TITLES = ("untitled", "microsoft word", "microsoft powerpoint", "slide 1", "document1", "powerpoint presentation")


def pages(file: BinaryIO, name: str, password: str = "") -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a PDF file, or of an image.

    A page that cannot be read, or is a picture, is empty.

    Raises:
        Refusal: the file is encrypted, damaged, or has nothing at all to be read or recognised.
    """
    with opened(file, password) as document:
        written = written_in(document)
        texts = [page.text for page in written]
        scans = {index for index, page in enumerate(written) if _is_scan(document, index, page)}
        if not scans and not any(page.text.text or page.notes for page in written):
            raise Refusal(Reason.NO_TEXT, str(len(texts)))
        blocks = blocks_of(texts, _outline(document))
        title = _title(document) or largest_line(texts[0]) or PurePath(name).stem
        numbered = enumerate(zip(written, blocks, strict=True))
        return title, tuple(
            Page(index + 1, "", (), is_scan=True)  # its notes come with the text that is recognised
            if index in scans
            else with_notes(Page(index + 1, page.text.text, page_blocks), page.notes)
            for index, (page, page_blocks) in numbered
        )


def render(file: BinaryIO, page: int, scale: float, clip: Rect | None = None, password: str = "") -> PageImage:
    """Return a drawn page, `scale` pixels a point, or what of it lies in `clip`; `page` counts from 1.

    Raises:
        Refusal: the file cannot be read, has no such page, or the picture would be too large.
    """
    with opened(file, password) as document, refusing():
        drawn = page_of(document, page)
        shown = clip_on(drawn.rect, clip)
        width, height = shown.width * scale, shown.height * scale
        if width * height > PIXEL_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"{width:.0f} x {height:.0f} pixels")
        matrix = pymupdf.Matrix(scale, scale)
        pixmap = drawn.get_pixmap(matrix=matrix, colorspace=pymupdf.csRGB, alpha=False, clip=shown)
        return PageImage(pixmap.width, pixmap.height, bytes(pixmap.samples))


def rects(file: BinaryIO, page: int, span: Span, password: str = "") -> tuple[Rect, ...]:
    """Return where a span stands on the drawn page, one rectangle a line; raises `Refusal`."""
    with opened(file, password) as document, refusing():
        drawn = page_of(document, page)
        written, chars = written_with_boxes(drawn)
        marked = _boxes(written.text.pieces, chars, span) + note_boxes(len(written.text.text), written.notes, span)
        return tuple(_as_drawn(drawn.rotation_matrix, box) for box in marked)


def letters(file: BinaryIO, page: int, password: str = "") -> PageLetters:
    """Return where every character of a page stands as it is drawn, but for those of notes; raises `Refusal`."""
    with opened(file, password) as document, refusing():
        drawn = page_of(document, page)
        written, chars = written_with_boxes(drawn)
        matrix = drawn.rotation_matrix
    pieces = ((piece, [chars[piece.line.place(n)] for n in range(piece.chars)]) for piece in written.text.pieces)
    return PageLetters(
        with_notes(Page(page, written.text.text, ()), written.notes).text,
        tuple(
            letter_row(piece.start, [_as_drawn(matrix, box) for box in _all_there(boxes)])
            for piece, boxes in pieces
            if any(boxes)
        ),
    )


def files(file: BinaryIO, password: str = "") -> tuple[Attachment, ...]:
    """Return the files within a PDF; raises `Refusal`."""
    with opened(file, password) as document, refusing():
        return files_in(document)


def silence() -> None:
    """Have MuPDF print nothing about what it meets."""
    for tell in (pymupdf.TOOLS.mupdf_display_errors, pymupdf.TOOLS.mupdf_display_warnings):
        cast(Callable[[bool], object], tell)(False)


def page_count(file: BinaryIO, password: str = "") -> int:
    """Return the number of pages; raises `Refusal`."""
    with opened(file, password) as document:
        return document.page_count


def needs_password(file: BinaryIO, password: str) -> bool:
    """Return whether a file is locked, and by this password; raises `Refusal`."""
    with opened(file, password) as document:
        return bool(document.needs_pass)


# Locks that no password of a person's opens: a company's server, certificates.
_OTHER_LOCK = re.compile(rb"/Encrypt\b.{0,2000}?/Filter\s*/(?!Standard\b|[A-Za-z0-9]+Decode\b)\w+", re.DOTALL)


@contextmanager
def opened(file: BinaryIO, password: str = "") -> Generator[pymupdf.Document]:
    """Give the open document; raises `Refusal`."""
    file.seek(0)
    content = file.read(FILE_LIMIT_BYTES + 1)
    if not content:
        raise Refusal(Reason.EMPTY)
    if len(content) > FILE_LIMIT_BYTES:
        raise Refusal(Reason.TOO_LARGE, f"over {FILE_LIMIT_BYTES} bytes")
    kind = image_kind(content[:SNIFFED_BYTES]) or "pdf"
    try:
        with refusing():
            document = pymupdf.open(stream=content, filetype=kind)
    except Refusal as refusal:
        is_locked = refusal.reason is Reason.DAMAGED and _OTHER_LOCK.search(content) is not None
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE) if is_locked else refusal from refusal
    with closing(document), ExitStack() as stack:
        with refusing():
            if document.needs_pass and not (password and document.authenticate(password)):
                raise Refusal(Reason.ENCRYPTED)
            whole = document if kind != "pdf" or has_pages(document) else mended(document)
            if whole is None or not whole.page_count:
                raise Refusal(Reason.DAMAGED, "no pages")
        if whole is not document:
            stack.enter_context(closing(whole))
        yield whole


@contextmanager
def refusing() -> Generator[None]:
    """Turn what MuPDF and its binding raise into a refusal."""
    try:
        yield
    except MemoryError as error:
        raise Refusal(Reason.TOO_LARGE, "out of memory") from error
    except LIBRARY_ERRORS as error:
        raise Refusal(Reason.DAMAGED, str(error)) from error


def _is_scan(document: pymupdf.Document, index: int, page: Written) -> bool:
    """Return whether a page shows something that is no text of its own; what notes show is no scan."""
    if page.text.text:
        return False
    try:
        shown = cast(list[tuple[str, Box]], document[index].get_bboxlog())
    except LIBRARY_ERRORS:
        return False
    return any("image" in kind for kind, _box in shown) if page.notes else bool(shown)


def page_of(document: pymupdf.Document, number: int) -> pymupdf.Page:
    """Return a page, which counts from 1; raises `Refusal`."""
    if not 1 <= number <= document.page_count:
        raise Refusal(Reason.NO_TEXT, f"no page {number} of {document.page_count}")
    return document[number - 1]


def _boxes(pieces: Iterable[Piece], of_chars: Sequence[Box | None], span: Span) -> list[Box]:
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
        box = union(marked)
        if previous is not None and _is_beside(previous, piece):
            box = union([boxes.pop(), box])
        boxes.append(box)
        previous = piece
    return _apart(boxes)


def _all_there(boxes: Sequence[Box | None]) -> Iterator[Box]:
    """Yield the boxes, for a character that has none the end of the one before it; at least one must be there."""
    last = next(box for box in boxes if box)
    for box in boxes:
        last = box or (last[2], last[1], last[2], last[3])
        yield last


def _is_beside(previous: Piece, piece: Piece) -> bool:
    """Whether a piece goes on in the row of the previous one, with no room for another column between them."""
    one, other = previous.line, piece.line
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    gap = other.x0 - one.x1
    return shared > 0.5 * min(one.y1 - one.y0, other.y1 - other.y0) and -one.size < gap < JOINED_GAP * one.size


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
