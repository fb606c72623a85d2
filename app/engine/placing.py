"""Where the passages of a page stand on it. Runs in the engine's process."""

import os

from app.core.child_messages import PageDrawn
from app.core.errors import PathNotInLibrary
from app.core.evidence_messages import FindPassages, PassagesFound, PlacedPassage
from app.core.pages import Rect, Span
from app.core.types import DocumentRow, Hit
from app.engine.readers import Reader
from app.library.catalog import Catalog
from app.readers.formats import is_drawn

_SMALL_SCALE = 0.1  # pixels per point: for the rectangles alone the page need not be seen


async def find_passages(request: FindPassages, catalog: Catalog, reader: Reader) -> PassagesFound:
    """Return the passages of a page that the request wants, none of a page that holds no text.

    Raises:
        PathNotInLibrary: no such document.
    """
    row = catalog.document(request.document_id)
    if row is None:
        raise PathNotInLibrary(path="")
    on_page = catalog.passages_on(row.id, request.page)
    hits = catalog.hits([number for number, span in on_page if touches(span, request.span)])
    return PassagesFound(
        tuple(
            [
                PlacedPassage(hits[number], await rects_of(hits[number], row, reader) if request.drawn else ())
                for number, _ in on_page
                if number in hits
            ]
        )
    )


async def rects_of(hit: Hit, row: DocumentRow, reader: Reader) -> tuple[Rect, ...]:
    """Return a passage's rectangles on its page, none where the page cannot be drawn."""
    if not is_drawn(os.fsdecode(row.path)):
        return ()
    drawn = await reader.draw(row.path, hit.page, Span(hit.start, hit.end), _SMALL_SCALE)
    return drawn.rects if isinstance(drawn, PageDrawn) else ()


def touches(span: Span, wanted: Span | None) -> bool:
    """Return whether a passage and a marked span have a character in common, or nothing is marked."""
    return wanted is None or (span.start < max(wanted.end, wanted.start + 1) and wanted.start < span.end)
