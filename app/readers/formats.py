"""Which reader reads a file. Used in the engine's process (suffixes) and the reader's (everything)."""

from pathlib import PurePath
from typing import BinaryIO, Protocol

from app.core.types import Page, Reason
from app.readers.refusal import Refusal

PDF_SUFFIXES = frozenset((".pdf",))
DOCX_SUFFIXES = frozenset((".docx", ".docm", ".dotx", ".dotm"))
MARKDOWN_SUFFIXES = frozenset((".md", ".markdown"))
HTML_SUFFIXES = frozenset((".html", ".htm", ".xhtml"))
TEXT_SUFFIXES = frozenset((".txt", ".text"))
SUPPORTED_SUFFIXES = PDF_SUFFIXES | DOCX_SUFFIXES | MARKDOWN_SUFFIXES | HTML_SUFFIXES | TEXT_SUFFIXES

# So much of a file's beginning tells its format; a PDF's mark may stand this far in.
SNIFFED_BYTES = 1024


class Reader(Protocol):
    """What every format's module offers; `pdf` draws its pages too, the text of the others is drawn by `typeset`."""

    def pages(self, file: BinaryIO, name: str, /) -> tuple[str, tuple[Page, ...]]:
        """Return the title and the pages of a file, read from its beginning, or raise `Refusal`."""
        ...


def is_drawn(name: str) -> bool:
    """Whether the window shows the pages of a file of this name as drawn; others it shows as text."""
    return PurePath(name).suffix.lower() in PDF_SUFFIXES


def reader_for(name: str, first_bytes: bytes) -> Reader:
    """Return the module that reads a file.

    Raises:
        Refusal: there is none, or the file is empty.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUPPORTED_SUFFIXES:
        raise Refusal(Reason.UNSUPPORTED, suffix)
    if not first_bytes:
        raise Refusal(Reason.EMPTY)
    return _module(suffix)


def _module(suffix: str) -> Reader:
    """Import a reader when it is first needed: the engine asks for suffixes only and loads no format library."""
    if suffix in PDF_SUFFIXES:
        from app.readers import pdf

        return pdf
    if suffix in DOCX_SUFFIXES:
        from app.readers import docx

        return docx
    if suffix in MARKDOWN_SUFFIXES:
        from app.readers import markdown

        return markdown
    if suffix in HTML_SUFFIXES:
        from app.readers import html

        return html
    from app.readers import text

    return text
