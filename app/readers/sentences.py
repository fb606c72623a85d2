"""Sentences of a text as spans. Used in every process that reads texts."""

import re
from collections.abc import Callable
from itertools import accumulate
from typing import cast

import sentencex

from app.core.pages import Span

_segment = cast(Callable[[str, str], list[str]], sentencex.segment)  # pyright: ignore[reportAttributeAccessIssue] - no stubs

ENGLISH = "en"
_ORDINAL = re.compile(r"(?<!\w)\d{1,2}\.\s*\Z")
_CAPITALISED_NOUNS = ("de", "lb")
"""Languages in which *18. Jahrhundert* is no end of a sentence; elsewhere the small letter after the number tells."""


def sentences(text: str, language: str = ENGLISH) -> list[Span]:
    """Return the sentences of a text in order, without the space between them.

    The rules are those of English, which also know the full stops of most other scripts. A text in another language
    (ISO 639-1) is parted only where the rules of both do, and never before a small letter: each knows abbreviations and
    dates that the other does not.
    """
    spans: list[Span] = []
    position = 0
    for sentence in _parts(text, language):
        kept = sentence.strip()
        if kept:
            start = position + sentence.index(kept)
            spans.append(Span(start, start + len(kept)))
        position += len(sentence)
    return spans


def _parts(text: str, language: str) -> list[str]:
    parts = _segment(ENGLISH, text)
    if language in ("", ENGLISH) or len(parts) < 2:
        return parts
    ends = set(accumulate(map(len, _segment(language, text))))
    joined: list[str] = []
    begun, position = "", 0
    for part in parts:
        begun += part
        position += len(part)
        if position in ends and not _goes_on(begun, text[position:], language):
            joined.append(begun)
            begun = ""
    return [*joined, begun] if begun else joined


def _goes_on(sentence: str, after: str, language: str) -> bool:
    """Return whether a sentence goes on behind what looks like its end."""
    if sentence.endswith("\n"):
        return False
    return after.lstrip()[:1].islower() or (language in _CAPITALISED_NOUNS and bool(_ORDINAL.search(sentence)))
