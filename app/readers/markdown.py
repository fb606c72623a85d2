"""Read Markdown (CommonMark with tables) without its marks. Runs in the reader's process."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers import text as plain
from app.readers.encoding import text_of
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, pages_of
from app.readers.tables import rows_of, table_parts

_FRONT_MATTER = re.compile(
    r"\A(?:---[ \t]*\n(.*?\n)?(?:---|\.\.\.)|\+\+\+[ \t]*\n(.*?\n)?\+\+\+)[ \t]*(?:\n|\Z)", re.DOTALL
)
_FRONT_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE)
# Where a list stands in so many others, nobody wrote it.
_DEEPEST = 100
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title (front matter, else the first heading) and the pages of a Markdown file, or raise `Refusal`."""
    text = text_of(file.read())
    front = _FRONT_MATTER.match(text)
    told = (front[1] or front[2] or "") if front else ""
    parts = [part for part in parts_of(text[front.end() :] if front else text) if part.text.strip()]
    if not parts:  # nothing but what stands before it, or nested deeper than is read
        parts = [part for part in plain.parts_of(told or text) if part.text.strip()]
    if not parts:
        raise Refusal(Reason.EMPTY)
    named = _FRONT_TITLE.search(told)
    headings = (part.text for part in parts if part.kind is BlockKind.HEADING)
    return named.group(1) if named else next(headings, PurePath(name).stem), pages_of(parts)


@dataclass(slots=True)
class _Place:
    """Where in the structure the walk is: inside a heading, list items (their marks, spent when used), a table row."""

    heading: int = 0
    marks: list[str] = field(default_factory=list[str])
    row: list[str] | None = None
    rows: list[list[str]] = field(default_factory=list[list[str]])


def parts_of(text: str) -> Iterator[Part]:
    """Yield the parts of a Markdown text."""
    place = _Place()
    for token in MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").parse(text):
        match token.type:
            case "inline":
                yield from _inline_parts(_words(token.children or ()), place)
            case "fence" | "code_block":
                yield Part(BlockKind.PARAGRAPH, clean(token.content))
            case "html_block":
                yield Part(BlockKind.PARAGRAPH, clean(_TAG.sub("", token.content)).strip())
            case "table_close":
                yield from table_parts(rows_of(place.rows))
                place.rows = []
            case _:
                _move(place, token)


def _move(place: _Place, token: Token) -> None:
    match token.type:
        case "heading_open":
            place.heading = int(token.tag[1:])
        case "heading_close":
            place.heading = 0
        case "list_item_open":
            place.marks.append(f"{token.info}{token.markup} " if token.info else "• ")
        case "list_item_close":
            place.marks.pop()
        case "tr_open":
            place.row = []
        case "tr_close":
            place.rows.append(place.row or [])
            place.row = None
        case _:
            pass


def _inline_parts(words: str, place: _Place) -> Iterator[Part]:
    if place.row is not None:
        place.row.append(" ".join(words.split()))
    elif place.heading:
        yield Part(BlockKind.HEADING, " ".join(words.split()), place.heading)
    elif place.marks:
        yield Part(BlockKind.LIST_ITEM, place.marks[-1] + words)
        place.marks[-1] = ""
    else:
        yield Part(BlockKind.PARAGRAPH, words)


def _words(children: Sequence[Token]) -> str:
    words: list[str] = []
    for child in children:
        match child.type:
            case "softbreak":
                words.append(" ")
            case "hardbreak":
                words.append("\n")
            case "text" | "code_inline" | "image":
                words.append(child.content)
            case _:
                pass
    return clean("".join(words))
