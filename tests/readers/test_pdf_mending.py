"""PDF files with a broken tree of pages, or with a lock that no password opens."""

import io

import pytest

from app.core.pages import Span
from app.core.types import Reason
from app.readers import pdf
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


@pytest.mark.parametrize("lock", [b"/Filter /FOPN_fLock /V 1", b"/V 4 /Filter /Adobe.PubSec"])
def test_a_lock_that_no_password_opens_is_named_as_one(lock: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        pdf.pages(written(trailer=b"/Encrypt << %s >> /ID [(a) (b)]" % lock), "a.pdf")
    assert (refused.value.reason, refused.value.detail) == (Reason.ENCRYPTED, UNOPENABLE)
