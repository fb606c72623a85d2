"""The part of a page that is drawn. Runs in the reader's process."""

import pymupdf

from app.core.pages import Rect
from app.core.types import Reason
from app.readers.refusal import Refusal


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
