"""Which reader reads what."""

import subprocess
import sys

import pytest

from app.core.types import Reason
from app.readers import docx, html, markdown, pdf, text
from app.readers.formats import SUPPORTED_SUFFIXES, is_drawn, reader_for
from app.readers.refusal import Refusal


@pytest.mark.parametrize(
    ("name", "reader"),
    [("a.PDF", pdf), ("a.b.docx", docx), ("a.dotm", docx), ("A.md", markdown), ("a.HTM", html), ("a.txt", text)],
)
def test_the_suffix_names_the_reader(name: str, reader: object) -> None:
    assert reader_for(name, b"x") is reader


@pytest.mark.parametrize(
    ("name", "content", "reason"), [("a.xyz", b"x", Reason.UNSUPPORTED), ("a.pdf", b"", Reason.EMPTY)]
)
def test_other_formats_and_empty_files_are_refused(name: str, content: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        reader_for(name, content)
    assert refused.value.reason is reason


def test_pages_of_pdf_files_alone_are_drawn() -> None:
    assert [suffix for suffix in sorted(SUPPORTED_SUFFIXES) if is_drawn(f"a{suffix}")] == [".pdf"]


def test_asking_for_suffixes_loads_no_format_library() -> None:
    code = "import sys, app.readers.formats; print([m for m in ('pymupdf', 'docx', 'selectolax') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "[]\n"
