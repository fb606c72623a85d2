"""PDF files whose tree of pages is broken: the pages that are there, put into a new one. Reader's process."""

import pymupdf

from app.readers.pdf_errors import LIBRARY_ERRORS

_PAGE = ("name", "/Page")
PAGES_LIMIT = 100_000


def has_pages(document: pymupdf.Document) -> bool:
    """Return whether the first or the last page can be found."""
    try:
        count = document.page_count
        return count > 0 and any(_is_there(document, index) for index in (0, count - 1))
    except LIBRARY_ERRORS:
        return False


def _is_there(document: pymupdf.Document, index: int) -> bool:
    try:
        return document[index].number is not None
    except LIBRARY_ERRORS:
        return False


def mended(document: pymupdf.Document) -> pymupdf.Document | None:
    """Return a document of the pages that are in the file, in the file's order, None if none is."""
    try:
        pages = [xref for xref in range(1, document.xref_length()) if document.xref_get_key(xref, "Type") == _PAGE]
        if not pages or len(pages) > PAGES_LIMIT:
            return None
        tree, catalog = document.get_new_xref(), document.get_new_xref()
        kids = " ".join(f"{xref} 0 R" for xref in pages)
        document.update_object(tree, f"<</Type /Pages /Count {len(pages)} /Kids [{kids}]>>")
        document.update_object(catalog, f"<</Type /Catalog /Pages {tree} 0 R>>")
        for xref in pages:
            document.xref_set_key(xref, "Parent", f"{tree} 0 R")
        document.xref_set_key(-1, "Root", f"{catalog} 0 R")
        return pymupdf.open(stream=document.tobytes(), filetype="pdf")
    except LIBRARY_ERRORS:
        return None
