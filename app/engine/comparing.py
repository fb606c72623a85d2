"""A passage of a receipt beside what stands in its place now. Runs in the engine's process."""

import json
from collections.abc import Iterable

from app.answering.history import History
from app.answering.records import path_of
from app.core.differences import likeness
from app.core.errors import AppError, ReceiptErased
from app.core.receipt_messages import CompareSource, SourceCompared
from app.core.receipts import SourceCheck, SourceState
from app.core.types import DocumentState, Filters, Hit
from app.engine.search_thread import SearchThread
from app.library.catalog import Catalog

ALIKE = 0.5
"""From here on a passage of the same page is taken for the old one changed; below, the whole document is searched."""
SEARCHED_CHARACTERS = 1000
SEARCHED_LIMIT = 5


async def compare_source(
    request: CompareSource, history: History, catalog: Catalog, search: SearchThread
) -> SourceCompared:
    """Return a passage as a receipt has it, and the nearest one that its file holds now.

    Raises:
        ReceiptUnknown: no such receipt.
        ReceiptErased: the passage was erased in it.
    """
    entry = history.entry(request.receipt)
    part = next((part for part in entry.parts if part.name == f"source {request.n}"), None)
    if part is None:
        raise ReceiptErased(receipt=entry.id)
    source = json.loads(part.text)
    path, page, was = path_of(source), int(source["page"]), str(source["text"])
    row = catalog.document_at(path)
    is_there = row is not None and row.state is not DocumentState.ABSENT
    if row is None or not is_there:
        return SourceCompared(SourceCheck(entry.id, request.n, path, page, SourceState.GONE), was, None)
    same = catalog.digest(row.id) == source["sha256"]
    state = SourceState.UNCHANGED if same else SourceState.CHANGED
    check = SourceCheck(entry.id, request.n, path, page, state)
    ids = [number for near in (page, page - 1, page + 1) for number, _ in catalog.passages_on(row.id, near)]
    nearest = _nearest(was, catalog.hits(ids).values())
    if nearest is None or likeness(was, nearest.text) < ALIKE:
        elsewhere = await _searched(was, path, search)
        nearest = _nearest(was, (*elsewhere, *([nearest] if nearest else [])))
    return SourceCompared(check, was, nearest)


async def _searched(was: str, path: bytes, search: SearchThread) -> tuple[Hit, ...]:
    """Return what a search for the old text finds in its document, nothing while that is not read."""
    try:
        result = await search.search(was[:SEARCHED_CHARACTERS], SEARCHED_LIMIT, Filters(paths=(path,)))
    except AppError:
        return ()
    return tuple(hit for hit in result.hits if hit.path == path)


def _nearest(was: str, hits: Iterable[Hit]) -> Hit | None:
    return max(hits, key=lambda hit: likeness(was, hit.text), default=None)
