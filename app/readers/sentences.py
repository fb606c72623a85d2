"""Sentences of a text as spans. Runs in the reader's process."""

from collections.abc import Callable
from typing import cast

import sentencex

from app.core.pages import Span

_segment = cast(Callable[[str, str], list[str]], sentencex.segment)  # pyright: ignore[reportAttributeAccessIssue] - no stubs


def sentences(text: str) -> list[Span]:
    """Return the sentences of a text in order, without the space between them.

    The rules are those of English, which also know the full stops of most other scripts.
    """
    spans: list[Span] = []
    position = 0
    for sentence in _segment("en", text):
        kept = sentence.strip()
        if kept:
            start = position + sentence.index(kept)
            spans.append(Span(start, start + len(kept)))
        position += len(sentence)
    return spans
