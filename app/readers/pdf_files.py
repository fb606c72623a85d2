"""Files within a PDF: those of the document, and those pinned to its pages. Runs in the reader's process."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import cast

import pymupdf

from app.readers.messages import Attachment
from app.readers.pdf_errors import LIBRARY_ERRORS
from app.readers.sections import clean

FILE_LIMIT = 100
FILES_LIMIT_BYTES = 256 * 1024 * 1024
_FILE_ATTACHMENT = 17


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size_bytes: int
    read: Callable[[], bytes | None]


def files_in(document: pymupdf.Document) -> tuple[Attachment, ...]:
    """Return the files within a document; one that is lost, or too much with those before it, is empty."""
    found: dict[tuple[str, bytes], Attachment] = {}
    left_bytes = FILES_LIMIT_BYTES
    for file in islice(_files(document), FILE_LIMIT):
        content = _content(file, left_bytes)
        left_bytes -= len(content)
        name = " ".join(clean(file.name).split())
        if name:
            found.setdefault((name, content), Attachment(name, content))
    return tuple(found.values())


def _files(document: pymupdf.Document) -> Iterator[_File]:
    """Yield the files of each place where some may be; a damaged place has none."""
    try:
        numbers = range(min(document.embfile_count(), FILE_LIMIT))
    except LIBRARY_ERRORS:
        numbers = range(0)
    for number in numbers:
        with suppress(*LIBRARY_ERRORS):
            yield _embedded(document, number)
    for index in range(document.page_count):
        with suppress(*LIBRARY_ERRORS):
            page = document[index]  # kept as long as its files are read
            yield from _pinned(page)


def _embedded(document: pymupdf.Document, number: int) -> _File:
    told = cast(dict[str, str | int], document.embfile_info(number))
    name = told.get("ufilename") or told.get("filename") or told.get("name") or ""
    return _File(str(name), int(told.get("size") or 0), partial(document.embfile_get, number))


def _pinned(page: pymupdf.Page) -> Iterator[_File]:
    for annotation in page.annots((_FILE_ATTACHMENT,)) if page.first_annot is not None else ():
        told = cast(dict[str, str | int], annotation.file_info)
        yield _File(str(told.get("filename") or ""), int(told.get("size") or 0), annotation.get_file)


def _content(file: _File, limit_bytes: int) -> bytes:
    if file.size_bytes > limit_bytes:
        return b""
    try:
        content = file.read()
    except (MemoryError, *LIBRARY_ERRORS):
        return b""
    return content if content is not None and len(content) <= limit_bytes else b""
