"""What the window and the engine say to each other about evidence that a person chooses. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias

from app.core.pages import Rect, Span
from app.core.types import Hit

# Window -> engine


@dataclass(frozen=True, slots=True)
class FindPassages:
    """Ends with `PassagesFound`: the passages of a page, or those that touch `span`.

    With `drawn`, each comes with its rectangles on the page.
    """

    document_id: int
    page: int
    span: Span | None = None
    drawn: bool = False


EvidenceRequest: TypeAlias = FindPassages

# Engine -> window


@dataclass(frozen=True, slots=True)
class PlacedPassage:
    """A passage without scores, and its rectangles in points on the page as it is drawn."""

    hit: Hit
    rects: tuple[Rect, ...] = ()


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """The passages in reading order."""

    passages: tuple[PlacedPassage, ...]


EVIDENCE_FINAL_EVENTS = (PassagesFound,)
