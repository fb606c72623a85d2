"""What a file is, whatever its name says."""

import io
import subprocess
import sys

import pytest

from app.core.pages import PageForm
from app.core.types import Reason
from app.readers.formats import SUPPORTED_SUFFIXES, Format, form_of, format_of, is_drawn
from app.readers.refusal import Refusal
from tests.readers.compound import compound
from tests.readers.office_files import doc, epub, msg, opendocument, pptx, xls, xlsx, zipped
from tests.readers.small_files import two_columns, word, word_paragraph

WORD = word(word_paragraph("Words.")).getvalue()
OF_CONTENT = [
    (two_columns().getvalue(), Format.PDF),
    (WORD, Format.DOCX),
    (doc("Words.\r"), Format.DOC),
    (pptx([""]), Format.PPTX),
    (xlsx({"A": ""}), Format.XLSX),
    (xls([["a"]]), Format.XLS),
    (opendocument("text", ""), Format.ODF),
    (b"{\\rtf1 words}", Format.RTF),
    (epub({}), Format.EPUB),
    (msg({}), Format.MSG),
]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PDF", Format.PDF),
        ("a.b.docx", Format.DOCX),
        ("a.dotm", Format.DOCX),
        ("A.md", Format.MARKDOWN),
        ("a.HTM", Format.HTML),
        ("a.txt", Format.TEXT),
        ("a.tsv", Format.DELIMITED),
        ("a.eml", Format.MAIL),
        ("a.mbox", Format.MBOX),
        ("a.py", Format.SOURCE_CODE),
    ],
)
def test_the_suffix_tells_the_format_of_what_has_no_mark(name: str, kind: Format) -> None:
    assert format_of(io.BytesIO(b"x"), name) is kind


@pytest.mark.parametrize(("content", "kind"), OF_CONTENT)
@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.xls", "a.pdf"])
def test_a_mark_tells_the_format_whatever_the_name(content: bytes, kind: Format, name: str) -> None:
    assert format_of(io.BytesIO(content), name) is kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xyz", b"x", Reason.UNSUPPORTED),
        ("a.pdf", b"", Reason.EMPTY),
        ("a.docx", compound({"EncryptedPackage": b"x" * 5000}), Reason.ENCRYPTED),
        ("a.doc", compound({"VisioDocument": b"x"}), Reason.UNSUPPORTED),
        ("a.doc", b"\xffWPC\x10\0\0\0", Reason.UNSUPPORTED),
        ("a.txt", zipped({"a": "b"}), Reason.UNSUPPORTED),
        ("a.xlsx", WORD[:20], Reason.DAMAGED),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(name: str, content: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        format_of(io.BytesIO(content), name)
    assert refused.value.reason is reason


def test_a_page_that_the_web_calls_a_document_of_office_is_html() -> None:
    assert format_of(io.BytesIO(b"\xef\xbb\xbf\n<HTML><table>"), "report.xls") is Format.HTML


def test_a_translation_is_shown_as_text_although_it_bears_the_name_of_a_template() -> None:
    assert form_of("de.pot") is PageForm.TEXT
    assert form_of("talk.ppt") is PageForm.SLIDE


def test_pages_of_pdf_files_and_images_alone_are_drawn() -> None:
    drawn = [suffix for suffix in sorted(SUPPORTED_SUFFIXES) if is_drawn(f"a{suffix}")]
    assert drawn == [".jpeg", ".jpg", ".pdf", ".png", ".tif", ".tiff"]


def test_asking_for_suffixes_loads_no_format_library() -> None:
    libraries = ("pymupdf", "lxml", "selectolax", "olefile", "xlrd")
    code = f"import sys, app.readers.formats; print([m for m in {libraries} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "[]\n"
