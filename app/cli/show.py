"""`margent show`: a page as the window draws it, with a span marked, in a PNG file. Runs in the command."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.library import document_at, reply, with_library
from app.cli.png import png_of, tinted
from app.cli.records import shown_record
from app.cli.search import positive
from app.cli.sentences import FAILED
from app.cli.terminal import Terminal, plain
from app.core.errors import DocumentUnreadable, PathUnwritable, UsageWrong
from app.core.messages import OpenPage, PageOpened
from app.core.pages import Span
from app.core.types import Reason

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "draw a page with a span marked, as the window does"
SCALE = 2.0  # pixels per point: 144 to the inch


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `show` takes."""
    parser.add_argument("path", metavar="PATH", help="a document of the library")
    parser.add_argument("--page", type=positive, required=True, metavar="N", help="which page, counted from 1")
    parser.add_argument("--start", type=int, metavar="A", help="where the marked span starts in the page's text")
    parser.add_argument("--end", type=int, metavar="B", help="where it ends (half-open)")
    parser.add_argument("--png", type=Path, required=True, metavar="FILE", help="the picture to write")


def run(options: Namespace, terminal: Terminal) -> int:
    """Write the picture; print the text instead where the page is too large to be drawn."""
    span = span_of(options.start, options.end)

    async def open_page(session: "Session") -> PageOpened:
        row = await document_at(session, options.path)
        return await reply(session, OpenPage(row.id, options.page, span, SCALE, as_image=True), PageOpened)

    opened = with_library(options, open_page)
    if opened.changed:
        terminal.say(f"margent: {options.path} has changed since it was indexed")
    if opened.image is None and terminal.as_json:
        raise DocumentUnreadable(path=options.path, reason=Reason.TOO_LARGE, detail=f"page {options.page}")
    if opened.image is None:
        text = opened.text.text if opened.text else ""
        terminal.say(f"margent: page {options.page} of {options.path} is too large to be drawn; this is its text:")
        print(plain(marked(text, span)))
        return FAILED
    try:
        options.png.write_bytes(png_of(tinted(opened.image, opened.rects, opened.scale)))
    except OSError as error:
        raise PathUnwritable(path=str(options.png), detail=error.strerror or str(error)) from error
    terminal.result(shown_record(opened, options.png), lambda: "")
    return 0


def span_of(start: int | None, end: int | None) -> Span | None:
    """Return the span to mark, if any.

    Raises:
        UsageWrong: only one end was given, or they are the wrong way round.
    """
    if start is None and end is None:
        return None
    if start is None or end is None or not 0 <= start < end:
        raise UsageWrong(detail="--start and --end belong together, and 0 <= start < end")
    return Span(start, end)


def marked(text: str, span: Span | None) -> str:
    """Return text with the span between two marks."""
    return text if span is None else f"{text[: span.start]}▶{text[span.start : span.end]}◀{text[span.end :]}"
