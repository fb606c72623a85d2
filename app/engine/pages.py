"""A page to look at: drawn where the format has pages, else the text as indexed. Runs in the engine's process."""

import os
from dataclasses import replace
from enum import Enum, auto

from app.core.child_messages import DrawText, FileRefused, PageDrawn, TextDrawn
from app.core.errors import DocumentUnreadable, PageMissing, PathNotInLibrary
from app.core.letters import PageLetters, letters_of_words
from app.core.messages import OpenPage, PageOpened
from app.core.page_messages import LayOutPage, PageLaidOut
from app.core.pages import Page, PageForm
from app.core.types import DocumentRow, DocumentState, Reason
from app.core.word_boxes import rects_of
from app.engine.readers import Reader
from app.library.catalog import Catalog
from app.readers.formats import form_of

SCALE_LIMIT = 16.0
_TYPESET = (PageForm.BOOK, PageForm.SLIDE)


async def open_page(request: OpenPage, catalog: Catalog, reader: Reader) -> PageOpened:
    """Return a page with the span marked.

    A file that is gone, or no longer what was indexed, is shown as the text that was indexed, which is drawn like that
    of every other format where an image is asked for, and in any case where the format is a book's or of slides.

    Raises:
        PathNotInLibrary: no such document.
        PageMissing: the document has no such page.
        DocumentUnreadable: it cannot be drawn, nor is its text in the catalog.
    """
    row, page = _row_and_page(catalog, request.document_id, request.page)
    at = catalog.location(row.id)
    form, file = form_of(os.fsdecode(row.path)), _file_now(row, catalog.document(at.file_id) if at else row)
    opened = PageOpened(
        row.id, row.path, request.page, row.pages, None, None, (), request.span,
        scale=min(max(request.scale, 0.02), SCALE_LIMIT),
        changed=file is not _File.AS_INDEXED,
        form=form,
        is_missing=file is _File.MISSING,
        clip=request.clip,
        file=row.file,
    )  # fmt: skip
    refused = FileRefused(Reason.NO_TEXT, "")
    if form is PageForm.PRINTED and not (opened.changed and request.span is not None):  # a span is of the indexed text
        words = catalog.words(row.id, request.page) if request.span is not None else ()
        span = None if words else request.span
        drawn = await reader.draw(row.path, request.page, span, opened.scale, request.clip, at)
        if isinstance(drawn, PageDrawn):
            rects = rects_of(words, request.span) if words and request.span is not None else drawn.rects
            pages = max(drawn.pages, row.pages)  # files within it stand as text behind its own pages
            return replace(opened, pages=pages, image=drawn.image, rects=rects)
        refused = drawn
        is_plain = opened.is_missing or drawn.reason is Reason.NO_TEXT  # gone, or of a file within the file
        opened = replace(opened, undrawn=Reason.NONE if is_plain else drawn.reason)
    if page is None:
        raise DocumentUnreadable(path=os.fsdecode(row.path), reason=refused.reason.value, detail=refused.detail)
    if request.as_image or form in _TYPESET:
        typeset = await reader.draw_text(DrawText(page, request.span, opened.scale, _paper(form), request.clip))
        if isinstance(typeset, TextDrawn):
            return replace(opened, image=typeset.image, rects=typeset.rects, is_typeset=True)
    return replace(opened, text=page)


async def lay_out_page(request: LayOutPage, catalog: Catalog, reader: Reader) -> PageLaidOut:
    """Return where the characters of a page stand as `open_page` draws it.

    Raises:
        PathNotInLibrary: no such document.
        PageMissing: the document has no such page.
        DocumentUnreadable: it cannot be laid out.
    """
    row, page = _row_and_page(catalog, request.document_id, request.page)
    path = os.fsdecode(row.path)
    words = catalog.words(row.id, request.page)
    if page is not None and words and not request.is_typeset:
        return PageLaidOut(row.id, request.page, letters_of_words(page.text, words), is_as_indexed=True)
    if not request.is_typeset:
        letters = await reader.letters(row.path, request.page, catalog.location(row.id))
    elif page is not None:
        letters = await reader.text_letters(page, _paper(form_of(path)))
    else:
        letters = FileRefused(Reason.NO_TEXT, "")
    if not isinstance(letters, PageLetters):
        raise DocumentUnreadable(path=path, reason=letters.reason.value, detail=letters.detail)
    return PageLaidOut(row.id, request.page, letters, page is not None and page.text == letters.text)


class _File(Enum):
    AS_INDEXED = auto()
    CHANGED = auto()
    MISSING = auto()


def _row_and_page(catalog: Catalog, document_id: int, number: int) -> tuple[DocumentRow, Page | None]:
    row = catalog.document(document_id)
    if row is None:
        raise PathNotInLibrary(path="")
    page = catalog.page(row.id, number)
    if page is None and row.pages:
        raise PageMissing(path=os.fsdecode(row.path), page=str(number), pages=str(row.pages))
    return row, page


def _paper(form: PageForm) -> PageForm:
    return form if form in _TYPESET else PageForm.BOOK


def _file_now(row: DocumentRow, file: DocumentRow | None) -> _File:
    """Return what became of the file that a document is, or is in; a member may wait for it to be read again."""
    try:
        status = os.stat(row.file_path)
    except OSError:
        return _File.MISSING
    if file is None or (row.file and row.state is DocumentState.ABSENT):
        return _File.CHANGED
    is_same = (status.st_size, status.st_mtime_ns) == (file.size_bytes, file.modified_ns)
    return _File.AS_INDEXED if is_same else _File.CHANGED
