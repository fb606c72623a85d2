"""The places of letters as they are handed on, and the part of a page that is drawn. Runs in the reader's process."""

import struct
from collections.abc import Sequence

import pymupdf

from app.core.letters import LetterRow
from app.core.pages import Rect
from app.core.types import Reason
from app.readers.refusal import Refusal


def letter_row(start: int, boxes: Sequence[Rect]) -> LetterRow:
    """Return characters that stand side by side, from `start` on in the page's text."""
    edges = (edge for box in boxes for edge in (box.x0, box.y0, box.x1, box.y1))
    return LetterRow(start, struct.pack(f"<{4 * len(boxes)}f", *edges))


def clip_on(page: pymupdf.Rect, clip: Rect | None) -> pymupdf.Rect:
    """Return what of a page is to be drawn, all of it without a clip.

    Raises:
        Refusal: the clip lies beside the page.
    """
    if clip is None:
        return page
    shown = pymupdf.Rect(clip.x0, clip.y0, clip.x1, clip.y1) & page
    if shown.is_empty:
        raise Refusal(Reason.DAMAGED, "nothing of the page is to be drawn")
    return shown
