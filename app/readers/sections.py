"""Pages for formats that have none: sections of a few thousand characters. Pure; runs in the reader's process."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from app.core.pages import Block, BlockKind, Page

# About one to two printed pages: short enough to find a passage in by eye, long enough to be read as one.
LEAST_CHARS = 1500
FULL_CHARS = 3000
MOST_CHARS = 6000

# Spaces at their ends are kept: a person may have filled a line with them.
_AS_WRITTEN = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\xad\u200b\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Part:
    """A structural unit before it has a place; `level` is 1 to 6 for headings, else 0."""

    kind: BlockKind
    text: str
    level: int = 0


def clean(text: str) -> str:
    """Return the text with `\\n` line ends and without control characters, lone surrogates and soft hyphens."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\f", "\n")
    return _INVISIBLE.sub("", _UNSENDABLE.sub(" ", text))


def pages_of(parts: Sequence[Part]) -> tuple[Page, ...]:
    """Lay the parts out as pages that begin at headings where they can.

    Where a long run has no heading, the place to cut is chosen by the text itself (content-defined chunking), so
    that a change in one paragraph moves the cuts near it and not all that follow.
    """
    return paged([parts])


def paged(sections: Iterable[Sequence[Part]]) -> tuple[Page, ...]:
    """Lay sections out as pages, each section beginning a page."""
    groups = (group for parts in sections for group in _groups([piece for part in parts for piece in _pieces(part)]))
    return tuple(page_of(number, group) for number, group in enumerate(groups, 1))


def page_of(number: int, parts: Sequence[Part]) -> Page:
    """Lay parts out as one page, empty if there are none."""
    blocks: list[Block] = []
    pieces: list[str] = []
    position = 0
    for previous, part in pairwise([None, *parts]):
        assert part is not None
        if previous is not None:
            gap = "\n" if previous.kind is part.kind is BlockKind.LIST_ITEM else "\n\n"
            pieces.append(gap)
            position += len(gap)
        blocks.append(Block(part.kind, position, position + len(part.text), part.level))
        pieces.append(part.text)
        position += len(part.text)
    return Page(number, "".join(pieces), tuple(blocks))


def _pieces(part: Part) -> Iterator[Part]:
    """Yield a part as parts that fit a page."""
    text = part.text.strip("\n")
    text = text if part.kind in _AS_WRITTEN and text.strip() else text.rstrip()
    start = 0
    while len(text) - start > MOST_CHARS:  # a part may be as long as the file: what is left is not copied each time
        cut = _place_to_cut(text, start)
        yield Part(part.kind, text[start:cut].rstrip(), part.level)
        start = cut
        while text[start] in " \n":
            start += 1
    if text:
        yield Part(part.kind, text[start:], part.level)


def _place_to_cut(text: str, start: int) -> int:
    for mark in ("\n", ". ", " "):
        place = text.rfind(mark, start + LEAST_CHARS, start + MOST_CHARS)
        if place >= 0:
            return place + 1
    return start + MOST_CHARS


def _groups(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    top_level = min((part.level for part in parts if part.kind is BlockKind.HEADING), default=0)
    start = 0
    while start < len(parts):
        end = _end_of_group(parts, start, top_level)
        yield parts[start:end]
        start = end


def _end_of_group(parts: Sequence[Part], start: int, top_level: int) -> int:
    chars = len(parts[start].text)
    at_headings: list[int] = []
    elsewhere: list[int] = []
    for index in range(start + 1, len(parts)):
        part = parts[index]
        begins_section = part.kind is BlockKind.HEADING and parts[index - 1].kind is not BlockKind.HEADING
        if begins_section and (chars >= FULL_CHARS or (chars >= LEAST_CHARS and part.level == top_level)):
            return index
        if chars + len(part.text) > MOST_CHARS:
            if at_headings:
                return at_headings[-1]
            return min(elsewhere, key=lambda place: crc32(parts[place].text.encode())) if elsewhere else index
        if begins_section and chars >= LEAST_CHARS:
            at_headings.append(index)
        elif chars >= FULL_CHARS and parts[index - 1].kind is not BlockKind.HEADING:
            elsewhere.append(index)
        chars += len(part.text) + 2
    return len(parts)
