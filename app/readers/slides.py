"""Slides as pages: one page a slide, so that its number is the slide's. Runs in the reader's process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.core.pages import BlockKind, Page
from app.readers.sections import Part, page_of

HEADING_LIMIT_CHARS = 120
NOTES_HEADING = "Notes"


@dataclass(frozen=True, slots=True)
class Slide:
    """What stands on a slide, and what its speaker notes."""

    title: str
    parts: Sequence[Part]
    notes: Sequence[Part] = ()


def pages_of_slides(slides: Iterable[Slide]) -> tuple[Page, ...]:
    """Return a page for each slide, empty where a slide has no text."""
    return tuple(replace(page_of(number, _parts(slide)), carried_levels=0) for number, slide in enumerate(slides, 1))


def _parts(slide: Slide) -> list[Part]:
    title = " ".join(slide.title.split())
    parts = [part for part in slide.parts if part.text.strip()]
    if not title and parts and len(parts[0].text) <= HEADING_LIMIT_CHARS and parts[0].kind is BlockKind.PARAGRAPH:
        title, parts = " ".join(parts[0].text.split()), parts[1:]  # a title in a text box of its own
    headed = [Part(BlockKind.HEADING, title, 1), *parts] if title else parts
    notes = [part for part in slide.notes if part.text.strip()]
    return [*headed, Part(BlockKind.HEADING, NOTES_HEADING, 2), *notes] if notes else headed
