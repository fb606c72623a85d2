"""What the window and the engine say to each other about letters of pages and what is found there. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias

from app.core.letters import PageLetters

# Window -> engine


@dataclass(frozen=True, slots=True)
class FindInDocument:
    """Find words in a document's indexed text, case and accents aside; ends with `DocumentSearched`."""

    document_id: int
    wanted: str
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class LayOutPage:
    """Ask where a page's characters stand; ends with `PageLaidOut`.

    `is_typeset` repeats what `PageOpened` said of the picture.
    """

    document_id: int
    page: int
    is_typeset: bool


PageRequest: TypeAlias = FindInDocument | LayOutPage

# Engine -> window


@dataclass(frozen=True, slots=True)
class Place:
    """Zero-based, half-open character offsets into the text of a page, which counts from 1."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentSearched:
    """Places in reading order; `has_more` where there are more than were asked for."""

    document_id: int
    wanted: str
    places: tuple[Place, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class PageLaidOut:
    """The letters of a page as drawn; `is_as_indexed` is whether offsets into its indexed text hold for them."""

    document_id: int
    page: int
    letters: PageLetters
    is_as_indexed: bool


PAGE_FINAL_EVENTS = (DocumentSearched, PageLaidOut)
