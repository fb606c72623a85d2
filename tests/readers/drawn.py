"""What MuPDF itself says stands at a place of a drawn page, to hold our rectangles against."""

from collections.abc import Iterable
from typing import Any, cast

import pymupdf

from app.core.pages import Rect, Span
from app.readers.pdf_page import TEXT_FLAGS
from app.readers.typeset import Sheet

Middle = tuple[str, float, float]
# MuPDF's boxes are of single precision.
TOLERANCE_PT = 0.01


def middles(page: pymupdf.Page) -> list[Middle]:
    """Return every character of a page with the middle of its box on the page as it is drawn."""
    blocks = cast(dict[str, list[Any]], page.get_text("rawdict", flags=TEXT_FLAGS))["blocks"]
    found: list[Middle] = []
    for line in (line for block in blocks for line in block.get("lines", ())):
        for char in (char for span in line["spans"] for char in span["chars"]):
            x0, y0, x1, y1 = char["bbox"]
            middle = pymupdf.Point((x0 + x1) / 2, (y0 + y1) / 2) * page.rotation_matrix
            found.append((char["c"], middle.x, middle.y))
    return found


def under(characters: Iterable[Middle], rects: tuple[Rect, ...]) -> str:
    """Return the characters whose middle is in a rectangle, without space."""
    found = (
        character
        for character, x, y in characters
        if any(rect.x0 - TOLERANCE_PT <= x <= rect.x1 + TOLERANCE_PT and rect.y0 <= y <= rect.y1 for rect in rects)
    )
    return "".join("".join(found).split())


def written(sheet: Sheet) -> list[Middle]:
    """Return what MuPDF reads on the sheet, with the middles of its boxes."""
    text_page = pymupdf.TextPage(sheet.drawn().get_textpage(TEXT_FLAGS))
    found: list[Middle] = []
    for block in text_page.extractRAWDICT()["blocks"]:
        for char in (char for line in block["lines"] for span in line["spans"] for char in span["chars"]):
            x0, y0, x1, y1 = char["bbox"]
            found.append((char["c"], (x0 + x1) / 2, (y0 + y1) / 2))
    return found


def words_under(sheet: Sheet, span: Span) -> str:
    """Return the words under the rectangles of a span, without space."""
    characters = written(sheet)
    return "".join(under(characters, (rect,)) for rect in sheet.rects(span))


def bare(text: str) -> str:
    """Return a text without space."""
    return "".join(text.split())
