"""What the window and the engine say to each other about evidence that a person chooses. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias

from app.core.pages import Span
from app.core.types import Hit

# Window -> engine


@dataclass(frozen=True, slots=True)
class FindPassages:
    """Ends with `PassagesFound`: the passages of a page that touch `span`."""

    document_id: int
    page: int
    span: Span


EvidenceRequest: TypeAlias = FindPassages

# Engine -> window


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """The passages in reading order, without scores."""

    passages: tuple[Hit, ...]


EVIDENCE_FINAL_EVENTS = (PassagesFound,)
