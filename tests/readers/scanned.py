"""Pages made pictures of, as a scanner would, with the words that stand on them."""

from collections.abc import Sequence
from typing import cast

import pymupdf

from app.core.pages import Rect

LINES = (
    "The lease of the house at Harbour Street begins on the first of March.",
    "The tenant pays a rent of 900 euros on the third working day of a month.",
    "The boiler is serviced every autumn by the landlord at his own expense.",
    "Either party may end this contract with three months of notice in writing.",
)


def page_of(lines: Sequence[str] = LINES, rotation: int = 0) -> pymupdf.Document:
    """Return a document of one page with these lines as text."""
    document = pymupdf.open()
    page = document.new_page()
    for n, line in enumerate(lines):
        page.insert_text((60, 90 + 40 * n), line, fontsize=12)
    page.set_rotation(rotation)
    return document


def scan(*documents: pymupdf.Document, dpi: int = 150) -> pymupdf.Document:
    """Return a document whose pages are pictures of the first pages of these."""
    pictures = pymupdf.open()
    for document in documents:
        page = document[0]
        sheet = pictures.new_page(width=page.rect.width, height=page.rect.height)
        sheet.insert_image(sheet.rect, pixmap=page.get_pixmap(dpi=dpi))
    return pictures


def words_under(document: pymupdf.Document, rects: Sequence[Rect]) -> str:
    """Return the words of the first page whose middle is in one of the rectangles."""
    found = cast(list[tuple[float, float, float, float, str]], document[0].get_text("words"))
    return " ".join(
        word
        for x0, y0, x1, y1, word, *_ in found
        if any(rect.x0 <= (x0 + x1) / 2 <= rect.x1 and rect.y0 <= (y0 + y1) / 2 <= rect.y1 for rect in rects)
    )
