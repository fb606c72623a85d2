"""Where words stand in the indexed text of one document. Used in the engine's process."""

from itertools import islice

from app.core.finding import Wanted
from app.core.page_messages import DocumentSearched, FindInDocument, Place
from app.library.database import Database

_PAGES_AT_ONCE = 50


def find_in_document(database: Database, request: FindInDocument) -> DocumentSearched:
    """Return the first places in reading order; none in a document without a text."""
    wanted = Wanted(request.wanted)
    pages = database.batches(
        "SELECT g.number, g.text FROM documents d JOIN pages g ON g.text_id = d.text_id WHERE d.id = ?"
        " ORDER BY g.number",
        _PAGES_AT_ONCE,
        (request.document_id,),
    )
    found = (
        Place(number, span.start, span.end) for some in pages for number, text in some for span in wanted.spans(text)
    )
    places = tuple(islice(found, request.limit + 1))
    return DocumentSearched(
        request.document_id, request.wanted, places[: request.limit], has_more=len(places) > request.limit
    )
