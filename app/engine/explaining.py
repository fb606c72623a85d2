"""What became of a page's passages when a question was asked. Runs in the engine's process."""

import os
from dataclasses import replace

from app.answering.ask import HITS_WANTED
from app.core.errors import DocumentUnreadable, PathNotInLibrary, UsageWrong
from app.core.explanation import Explanation
from app.core.followup import standalone
from app.core.letters import LetterPlaces
from app.core.messages import Explain, Explained
from app.core.page_messages import LayOutPage
from app.core.pages import Span
from app.engine.pages import lay_out_page
from app.engine.placing import touches
from app.engine.readers import Reader
from app.engine.search_thread import SearchThread
from app.library.catalog import Catalog
from app.library.explain import Asked
from app.readers.formats import is_drawn


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
    (language,) = await search.languages((request.question,))
    asked = Asked(
        query=standalone(request.question, request.turns, language),
        filters=request.filters,
        limit=request.limit or HITS_WANTED,
        evidence_tokens=None if request.limit else evidence_tokens,
        given=frozenset(request.given),
    )
    wanted = [key for key, span in catalog.passages_on(row.id, request.page) if touches(span, request.span)]
    explanations = await search.explain(asked, wanted)
    if request.drawn:
        explanations = await _placed(
            explanations, LayOutPage(row.id, request.page, not is_drawn(os.fsdecode(row.path))), catalog, reader
        )
    return Explained(asked.query, explanations)


async def _placed(
    explanations: tuple[Explanation, ...], page: LayOutPage, catalog: Catalog, reader: Reader
) -> tuple[Explanation, ...]:
    """Return explanations with the passages' rectangles; without, where the page cannot be laid out."""
    try:
        laid_out = await lay_out_page(page, catalog, reader)
    except DocumentUnreadable:
        return explanations
    places = LetterPlaces(laid_out.letters)
    spans = (Span(one.hit.start, one.hit.end) for one in explanations)
    return tuple(replace(one, rects=places.rects(span)) for one, span in zip(explanations, spans, strict=True))
