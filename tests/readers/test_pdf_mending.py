"""PDF files with a broken tree of pages, or with a lock that no password opens."""

import io

import pytest

from app.core.pages import Span
from app.core.types import Reason
from app.readers import pdf
from app.readers.reading import read
from app.readers.refusal import UNOPENABLE, Refusal

TREE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def written(tree: bytes = TREE, root: int = 1, trailer: bytes = b"") -> io.BytesIO:
    """Return a file of one page with this tree of pages, without a table of its objects."""
    words = b"BT /F1 12 Tf 72 700 Td (Two pears.) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        tree,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return io.BytesIO(b"%%PDF-1.7\n%strailer << /Size 6 /Root %d 0 R %s >>\n%%%%EOF\n" % (body, root, trailer))


@pytest.mark.parametrize(
    "file",
    [
        written(b"<< /Type /Pages /Kids [3 0 R] /Count 500 >>"),
        written(b"<< /Type /Pages /Kids [3 0 R] /Count -1 >>"),
        written(b"<< /Type /Pages /Kids [3 0 R] >>"),
        written(b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        written(b"null"),
        written(root=99),
    ],
)
def test_the_pages_that_are_there_are_read_and_marked_although_their_tree_is_broken(file: io.BytesIO) -> None:
    _title, (page,) = pdf.pages(file, "a.pdf")
    assert page.text == "Two pears."
    (marked,) = pdf.rects(file, 1, Span(0, len(page.text)))
    assert marked.x0 == pytest.approx(72, abs=1)


def test_a_damaged_list_of_files_does_not_lose_the_pages() -> None:
    catalog = b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) << /EF 9 0 R >>] >> >> >>"
    content = written().getvalue().replace(b"<< /Type /Catalog /Pages 2 0 R >>", catalog)
    (page,) = read(io.BytesIO(content), "a.pdf").pages
    assert page.text == "Two pears."


def test_a_page_that_is_lost_does_not_lose_the_others() -> None:
    """Its part of the tree goes in a circle; MuPDF says so when the page is asked for."""
    tree = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>\nendobj\n"
    circle = b"6 0 obj\n<< /Type /Pages /Kids [7 0 R] /Count 1 >>\nendobj\n"
    circle += b"7 0 obj\n<< /Type /Pages /Kids [6 0 R] /Count 1 >>"
    found = read(written(tree + circle), "a.pdf").pages
    assert [page.text for page in found] == ["Two pears.", ""]


def test_type_that_is_drawn_larger_than_it_says_is_seen() -> None:
    """Programs of scanners write with drawn letters (Type 3), whose own measure may be anything."""
    glyph = b"500 0 0 0 400 700 d1 0 0 400 700 re f"
    objects = b"".join(
        (
            b"6 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(glyph), glyph),
            b"7 0 obj\n<< /Type /Encoding /Differences [97 /a /b /c] >>\nendobj\n",
        )
    )
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [.1 0 0 .1 0 0] /FirstChar 97 "
        b"/LastChar 99 /Widths [500 500 500] /Encoding 7 0 R "
        b"/CharProcs << /a 6 0 R /b 6 0 R /c 6 0 R >> /Resources << >> >>"
    )
    content = written().getvalue().replace(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", font)
    content = content.replace(b"trailer", objects + b"trailer").replace(b"/F1 12 Tf", b"/F1 .2 Tf")
    content = content.replace(b"(Two pears.)", b"(abc cab)")
    assert pdf.pages(io.BytesIO(content), "a.pdf")[1][0].text == "abc cab"
    tiny = content.replace(b"[.1 0 0 .1 0 0]", b"[.001 0 0 .001 0 0]")
    assert not pdf.pages(io.BytesIO(tiny), "a.pdf")[1][0].text


@pytest.mark.parametrize("lock", [b"/Filter /FOPN_fLock /V 1", b"/V 4 /Filter /Adobe.PubSec"])
def test_a_lock_that_no_password_opens_is_named_as_one(lock: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        pdf.pages(written(trailer=b"/Encrypt << %s >> /ID [(a) (b)]" % lock), "a.pdf")
    assert (refused.value.reason, refused.value.detail) == (Reason.ENCRYPTED, UNOPENABLE)
