"""What became of a page's passages when a question was asked. Runs in the engine's process."""

from dataclasses import replace

from app.answering.ask import HITS_WANTED
from app.core.errors import PathNotInLibrary, UsageWrong
from app.core.followup import standalone
from app.core.messages import Explain, Explained
from app.engine.placing import rects_of, touches
from app.engine.readers import Reader
from app.engine.search_thread import SearchThread
from app.library.catalog import Catalog
from app.library.explain import Asked


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
    wanted = [key for key, span in catalog.passages_on(row.id, request.page) if touches(span, request.span)]
    explanations = await search.explain(asked, wanted)
    if request.drawn:
        explanations = tuple([replace(one, rects=await rects_of(one.hit, row, reader)) for one in explanations])
    return Explained(asked.query, explanations)
