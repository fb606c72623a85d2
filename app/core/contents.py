"""Tells a table of contents, which names every subject and says nothing about any. Pure."""

import re

# A line that leads to a page: dots, or a tab, before the number that ends it.
_LEADING_LINE = re.compile(r"(?:(?:[.·…]\s?){3,}|…|\t)\s*(?:\d{1,4}|[ivxlc]{1,7})\s*$")
_LEAST_LINES = 3
_SHARE = 0.6


def is_contents(text: str) -> bool:
    """Tell whether most lines of a passage lead to a page."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < _LEAST_LINES:
        return False
    return sum(_LEADING_LINE.search(line) is not None for line in lines) >= _SHARE * len(lines)
