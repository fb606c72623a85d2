"""Drawing for formats that have no drawn pages. Runs in the reader's process."""

from typing import BinaryIO

from app.core.types import PageImage, Rect, Span
from app.readers.refusal import NotDrawn


def render(_file: BinaryIO, _page: int, _scale: float) -> PageImage:
    """Raise `NotDrawn`: the window shows the text itself."""
    raise NotDrawn


def rects(_file: BinaryIO, _page: int, _span: Span) -> tuple[Rect, ...]:
    """Return nothing, because no page is drawn."""
    return ()
