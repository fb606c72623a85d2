"""What became of a page's passages when a question was asked. Runs in the engine's process."""

import os
from dataclasses import replace

from app.answering.ask import HITS_WANTED
from app.core.child_messages import PageDrawn
from app.core.errors import PathNotInLibrary, UsageWrong
from app.core.explanation import Explanation
from app.core.followup import standalone
from app.core.messages import Explain, Explained
from app.core.pages import Span
from app.core.types import DocumentRow
from app.engine.readers import Reader
from app.engine.search_thread import SearchThread
from app.library.catalog import Catalog
from app.library.explain import Asked
from app.readers.formats import is_drawn

_SMALL_SCALE = 0.1  # pixels per point: for the rectangles alone the page need not be seen


async def explain_page(
    request: Explain, search: SearchThread, catalog: Catalog, evidence_tokens: int, reader: Reader
) -> Explained:
    """Return what became of the passages of a page, none of a page that holds no text.

    Raises:
        PathNotInLibrary: no such document.
        UsageWrong: the question is empty.
        FilterMatchesNothing: the filters leave no document to search.
    """
    row = catalog.document(request.document_id)
    if row is None:
        raise PathNotInLibrary(path="")
    if not request.question.strip():
        raise UsageWrong(detail="empty question")
    asked = Asked(
        query=standalone(request.question, request.turns),
        filters=request.filters,
        limit=request.limit or HITS_WANTED,
        evidence_tokens=None if request.limit else evidence_tokens,
        given=frozenset(request.given),
    )
    wanted = [key for key, span in catalog.passages_on(row.id, request.page) if _touches(span, request.span)]
    explanations = await search.explain(asked, wanted)
    if request.drawn and is_drawn(os.fsdecode(row.path)):
        explanations = tuple([await _placed(explanation, row, reader) for explanation in explanations])
    return Explained(asked.query, explanations)


async def _placed(explanation: Explanation, row: DocumentRow, reader: Reader) -> Explanation:
    """Return the explanation with the passage's rectangles; without, where the page cannot be drawn."""
    hit = explanation.hit
    drawn = await reader.draw(row.path, hit.page, Span(hit.start, hit.end), _SMALL_SCALE)
    return replace(explanation, rects=drawn.rects) if isinstance(drawn, PageDrawn) else explanation


def _touches(span: Span, wanted: Span | None) -> bool:
    return wanted is None or (span.start < max(wanted.end, wanted.start + 1) and wanted.start < span.end)
