"""A page to look at: drawn where the format has pages, else the text as indexed. Runs in the engine's process."""

import os

from app.core.child_messages import FileRefused, PageDrawn, TextDrawn
from app.core.errors import DocumentUnreadable, PageMissing, PathNotInLibrary
from app.core.messages import OpenPage, PageOpened
from app.core.types import DocumentRow, Reason
from app.core.word_boxes import rects_of
from app.engine.readers import Reader
from app.library.catalog import Catalog
from app.readers.formats import is_drawn

SCALE_LIMIT = 8.0


async def open_page(request: OpenPage, catalog: Catalog, reader: Reader) -> PageOpened:
    """Return a page with the span marked.

    A file that is gone, or no longer what was indexed, is shown as the text that was indexed, which is drawn like that
    of every other format where an image is asked for.

    Raises:
        PathNotInLibrary: no such document.
        PageMissing: the document has no such page.
        DocumentUnreadable: it cannot be drawn, nor is its text in the catalog.
    """
    row = catalog.document(request.document_id)
    if row is None:
        raise PathNotInLibrary(path="")
    page = catalog.page(row.id, request.page)
    if page is None and row.pages:
        raise PageMissing(path=os.fsdecode(row.path), page=str(request.page), pages=str(row.pages))
    changed = _has_changed(row)
    scale = min(max(request.scale, 0.1), SCALE_LIMIT)
    span = request.span
    refused = FileRefused(Reason.NO_TEXT, "")
    if is_drawn(os.fsdecode(row.path)) and not (changed and span is not None):  # a span is of the text as indexed
        words = catalog.words(row.id, request.page) if span is not None else ()
        drawn = await reader.draw(row.path, request.page, None if words else span, scale)
        if isinstance(drawn, PageDrawn):
            rects = rects_of(words, span) if words and span is not None else drawn.rects
            return PageOpened(
                row.id, row.path, request.page, drawn.pages, None, drawn.image, rects, span, scale, changed
            )
        refused = drawn
    if page is None:
        raise DocumentUnreadable(path=os.fsdecode(row.path), reason=refused.reason.value, detail=refused.detail)
    typeset = await reader.draw_text(page, span, scale) if request.as_image else None
    if isinstance(typeset, TextDrawn):
        return PageOpened(
            row.id, row.path, page.number, row.pages, None, typeset.image, typeset.rects, span, scale, changed
        )
    return PageOpened(row.id, row.path, page.number, row.pages, page, None, (), span, scale, changed)


def _has_changed(row: DocumentRow) -> bool:
    try:
        status = os.stat(row.path)
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns) != (row.size_bytes, row.modified_ns)
