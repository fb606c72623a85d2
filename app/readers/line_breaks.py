"""Where a text may go on in the next line, and its lines at a given width. Pure; runs in the reader's process."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.core.pages import Span

# A text with shorter lines is not one that was wrapped to a width, but one of short lines: verse, an address.
LEAST_SOURCE_CHARS = 50
_HYPHENS = "-‐–—/"
# Small kana and marks that belong to the character before (from the basic rules of JIS X 4051).
_NOT_FIRST = frozenset("ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ")
_NOT_FIRST_CATEGORIES = frozenset(("Pe", "Pf", "Po", "Mn", "Mc", "Me", "Sk", "Cf"))
_NOT_LAST_CATEGORIES = frozenset(("Ps", "Pi"))


def flowed(text: str) -> str:
    """Return a text with a space in place of each line end that only kept its source narrow.

    It did so if the next line's first word would have made the line the longest. Offsets stay as they are.
    """
    lines = text.split("\n")
    longest = max(map(len, lines))
    if longest < LEAST_SOURCE_CHARS:
        return text
    parts = [lines[0]]
    for line, following in pairwise(lines):
        first_word = following.split(maxsplit=1)[:1]
        is_flowing = first_word and not following[0].isspace() and len(line) + 1 + len(first_word[0]) > longest
        parts += [" " if is_flowing else "\n", following]
    return "".join(parts)


def hard_lines(text: str) -> Iterator[Span]:
    """Yield the lines that `\n` ends."""
    start = 0
    for line in text.split("\n"):
        yield Span(start, start + len(line))
        start += len(line) + 1


def lines_of(text: str, widths: Sequence[float], first_pt: float, rest_pt: float) -> Iterator[Span]:
    """Yield the lines of a text whose characters have these widths, without the space at their ends.

    Every `\\n` ends a line. The first line has `first_pt` of room, the others `rest_pt`; one character always fits.
    """
    room_pt = first_pt
    for line in hard_lines(text):
        start = line.start
        while True:
            cut = _cut(text, widths, start, line.end, room_pt)
            yield Span(start, start + len(text[start:cut].rstrip()))
            room_pt = rest_pt
            start = line.end - len(text[cut : line.end].lstrip())
            if start >= line.end:
                break


def _cut(text: str, widths: Sequence[float], start: int, end: int, room_pt: float) -> int:
    """Return where the line that begins at `start` ends: at the last place that fits, or anywhere if there is none."""
    used_pt = 0.0
    best = start
    for i in range(start, end):
        if i > start and _may_break(text, i, start):
            best = i
        if text[i].isspace() and text[i] != "\t":  # space at a line's end hangs into the margin
            used_pt += widths[i]
            continue
        if used_pt + widths[i] > room_pt and i > start:
            return best if best > start else _whole(text, start, i)
        used_pt += widths[i]
    return end


def _may_break(text: str, place: int, start: int) -> bool:
    before, after = text[place - 1], text[place]
    if before.isspace():
        return not after.isspace() and bool(text[start:place].strip())
    if after.isspace() or after in _NOT_FIRST or unicodedata.category(after) in _NOT_FIRST_CATEGORIES:
        return False
    if before in _HYPHENS:
        return place - 2 >= start and text[place - 2].isalnum()
    wide = unicodedata.east_asian_width(before) in "WF" or unicodedata.east_asian_width(after) in "WF"
    return wide and unicodedata.category(before) not in _NOT_LAST_CATEGORIES


def _whole(text: str, start: int, place: int) -> int:
    """Return the place, moved back so that no accent loses its letter."""
    while place > start + 1 and unicodedata.category(text[place]).startswith("M"):
        place -= 1
    return place
