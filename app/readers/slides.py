"""Slides as pages: one page a slide, so that its number is the slide's. Runs in the reader's process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.core.pages import BlockKind, Page
from app.readers.sections import Part, page_of

HEADING_LIMIT_CHARS = 120
NOTES_HEADING = "Notes"


@dataclass(frozen=True, slots=True)
class Slide:
    """What stands on a slide, what its speaker notes, and what its foot says."""

    title: str
    parts: Sequence[Part]
    notes: Sequence[Part] = ()
    feet: Sequence[str] = ()


def pages_of_slides(slides: Iterable[Slide]) -> tuple[Page, ...]:
    """Return a page for each slide, empty where a slide has no text; what many feet say stands on the first of them."""
    told: set[str] = set()
    pages: list[Page] = []
    for number, slide in enumerate(slides, 1):
        feet = [text for text in dict.fromkeys(" ".join(foot.split()) for foot in slide.feet) if text not in told]
        told.update(feet)
        pages.append(replace(page_of(number, _parts(slide, feet)), carried_levels=0))
    return tuple(pages)


def _parts(slide: Slide, feet: Sequence[str]) -> list[Part]:
    title = " ".join(slide.title.split())
    parts = [part for part in slide.parts if part.text.strip()]
    if not title and parts and len(parts[0].text) <= HEADING_LIMIT_CHARS and parts[0].kind is BlockKind.PARAGRAPH:
        title, parts = " ".join(parts[0].text.split()), parts[1:]  # a title in a text box of its own
    headed = [Part(BlockKind.HEADING, title, 1), *parts] if title else parts
    headed += [Part(BlockKind.PARAGRAPH, text) for text in feet if text]
    notes = [part for part in slide.notes if part.text.strip()]
    return [*headed, Part(BlockKind.HEADING, NOTES_HEADING, 2), *notes] if notes else headed
