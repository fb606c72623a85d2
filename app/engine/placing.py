"""Which passages a part of a page belongs to. Runs in the engine's process."""

from app.core.errors import PathNotInLibrary
from app.core.evidence_messages import FindPassages, PassagesFound
from app.core.pages import Span
from app.library.catalog import Catalog


def find_passages(request: FindPassages, catalog: Catalog) -> PassagesFound:
    """Return the passages that the request's span touches, none of a page that holds no text.

    Raises:
        PathNotInLibrary: no such document.
    """
    row = catalog.document(request.document_id)
    if row is None:
        raise PathNotInLibrary(path="")
    wanted = [number for number, span in catalog.passages_on(row.id, request.page) if touches(span, request.span)]
    hits = catalog.hits(wanted)
    return PassagesFound(tuple(hits[number] for number in wanted if number in hits))


def touches(span: Span, wanted: Span | None) -> bool:
    """Return whether a passage and a marked span have a character in common, or nothing is marked."""
    return wanted is None or (span.start < max(wanted.end, wanted.start + 1) and wanted.start < span.end)
