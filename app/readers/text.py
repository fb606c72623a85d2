"""Read plain text: paragraphs, list items, tables by tabs, headings by their look. Runs in the reader's process."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.encoding import text_of
from app.readers.refusal import Refusal
from app.readers.sections import Part, pages_of

HEADING_LIMIT_CHARS = 90
LIST_MARK = re.compile(r"\s*(?:[-*+•‣◦▪·–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,4}[.)])\s+\S")
_NUMBERED = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})*\.?|[IVX]{1,5}\.|(?:chapter|section|part|article)\s+\w+)\s+\S", re.IGNORECASE
)
_UNDERLINE = re.compile(r"([=\-~^#*])\1{2,}\s*$")


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a text file, or raise `Refusal`."""
    text = text_of(file.read())
    parts = list(parts_of(text))
    if not parts:
        raise Refusal(Reason.EMPTY)
    title = parts[0].text if parts[0].kind is BlockKind.HEADING else PurePath(name).stem
    return title, pages_of(parts)


def parts_of(text: str) -> Iterator[Part]:
    """Yield the parts of a plain text, which blank lines separate."""
    paragraphs = (
        list(lines) for filled, lines in groupby(text.split("\n"), key=lambda line: bool(line.strip())) if filled
    )
    for lines in paragraphs:
        if len(lines) == 2 and _UNDERLINE.match(lines[1].strip()) and len(lines[0]) <= HEADING_LIMIT_CHARS:
            yield Part(BlockKind.HEADING, lines[0].strip(), 1 if lines[1].strip()[0] == "=" else 2)
        elif len(lines) == 1 and (level := _heading_level(lines[0].strip())):
            yield Part(BlockKind.HEADING, lines[0].strip(), level)
        else:
            yield from _runs(lines)


def _heading_level(line: str) -> int:
    """Return 1 to 3 for a line that looks like a heading, else 0."""
    if len(line) > HEADING_LIMIT_CHARS or not line[-1].isalnum() or sum(map(str.isalpha, line)) < 3:
        return 0
    if _NUMBERED.match(line):
        return min(3, 1 + line.split()[0].rstrip(".").count("."))
    return 1 if line.isupper() else 0


def _runs(lines: list[str]) -> Iterator[Part]:
    """Yield lines that stand together as tables, list items and paragraphs; an item takes in its continuation."""
    for tabbed, run in groupby(lines, key=lambda line: "\t" in line.strip()):
        group = list(run)
        if tabbed and len(group) > 1:
            yield Part(BlockKind.TABLE, "\n".join(line.rstrip() for line in group))
            continue
        held: list[str] = []
        kind = BlockKind.PARAGRAPH
        for line in group:
            if LIST_MARK.match(line):
                if held:
                    yield Part(kind, "\n".join(held))
                held, kind = [], BlockKind.LIST_ITEM
            held.append(line.rstrip())
        yield Part(kind, "\n".join(held))
