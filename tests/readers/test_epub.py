"""EPUB books."""

import io

import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.office_files import epub, zipped
from tests.readers.shown import pages

NCX = (
    "<ncx><navMap><navPoint><navLabel><text>The  second</text></navLabel>"
    '<content src="b%20c.xhtml#x"/></navPoint></navMap></ncx>'
)
LOCKED = '<e><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></e>'


def test_chapters_begin_pages_and_have_their_names_from_the_contents() -> None:
    content = epub({"a.xhtml": "<h1>First</h1><p>Words.</p>", "b c.xhtml": "<p>More.</p>"}, **{"OEBPS__toc.ncx": NCX})
    title, found, *_ = read(io.BytesIO(content), "x.epub")
    assert title == "A book"
    assert [page.text for page in found] == ["First\n\nWords.", "The second\n\nMore."]


def test_a_lost_chapter_loses_itself_only() -> None:
    content = epub({"a.xhtml": "<p>Words.</p>"}).replace(b"OEBPS/a.xhtml", b"OEBPS/b.xhtml")
    assert [page.text for page in pages(content, "x.epub")] == ["Words."]  # of another name than the book says
    book = epub({"a.xhtml": "<p>Words.</p>", "b.xhtml": "<p>More.</p>"}).replace(b"OEBPS/a.xhtml", b"OEBPS/c.xhtml")
    assert [page.text for page in pages(book, "x.epub")] == ["More."]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (epub({"a.xhtml": ""}), Reason.NO_TEXT),
        (zipped({"META-INF/container.xml": "<a/>"}), Reason.DAMAGED),
        (
            epub(
                {"a.xhtml": "x"},
                **{"META-INF__encryption.xml": LOCKED.format("aes")},
            ),
            Reason.ENCRYPTED,
        ),
    ],
)
def test_bad_books_are_refused_with_their_reasons(content: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), "x.epub")
    assert refused.value.reason is reason


def test_a_book_whose_fonts_are_scrambled_is_read() -> None:
    encryption = LOCKED.format("http://www.idpf.org/2008/embedding")
    assert pages(epub({"a.xhtml": "<p>Words.</p>"}, **{"META-INF__encryption.xml": encryption}), "x.epub")
