"""What is different between a text as it was and as it is: word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.core.pages import Span

_WORD = re.compile(r"\w+(?:[.,'’]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Differences:
    """Spans of the old text that are gone, and of the new one that are new, in order."""

    gone: tuple[Span, ...]
    new: tuple[Span, ...]


def differences(was: str, now: str) -> Differences:
    """Return the runs of words that only one of two texts has; white space makes no difference."""
    old, new = list(_WORD.finditer(was)), list(_WORD.finditer(now))
    matcher = SequenceMatcher(None, [match.group() for match in old], [match.group() for match in new], autojunk=False)
    gone: list[Span] = []
    come: list[Span] = []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind != "equal" and i < i_end:
            gone.append(Span(old[i].start(), old[i_end - 1].end()))
        if kind != "equal" and j < j_end:
            come.append(Span(new[j].start(), new[j_end - 1].end()))
    return Differences(tuple(gone), tuple(come))


def likeness(was: str, now: str) -> float:
    """Return how alike two texts are by the words that they share in order, 0 to 1."""
    old, new = _WORD.findall(was.casefold()), _WORD.findall(now.casefold())
    return SequenceMatcher(None, old, new, autojunk=False).ratio()
