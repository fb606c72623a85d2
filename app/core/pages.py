"""What a reader makes of a file: pages, blocks, spans, passages, and pictures of pages. Used in every process.

Spans are zero-based, half-open character offsets into a page's text; pages count from 1.
"""

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a run of a page's text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"


class PageForm(StrEnum):
    """As what a page is looked at: as its file prints it, as a page of a book, as a slide, as a table, or as text."""

    PRINTED = "printed"
    BOOK = "book"
    SLIDE = "slide"
    SHEET = "sheet"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Span:
    """Zero-based, half-open character offsets into a page's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A structural unit of a page; `level` is 1 to 6 for headings, else 0."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page's text as every span refers to it, with its blocks in reading order.

    `is_scan` marks a page that shows something and has no text, as a reader gives it.
    Of the headings on the pages before, those of the first `carried_levels` levels hold on it too: none on a slide.
    """

    number: int
    text: str
    blocks: tuple[Block, ...]
    is_scan: bool = False
    carried_levels: int = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is retrieved and cited: a span of one page under a path of headings, outermost first."""

    page: int
    start: int
    end: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentText:
    """All that a reader found in a file."""

    title: str
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in points from the top left of the page as it is drawn."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page: `rgb` is `uint8[height_px, width_px, 3]`, rows without padding."""

    width_px: int
    height_px: int
    rgb: bytes
