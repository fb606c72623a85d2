"""Find what a person types in a page's text, whatever its case, accents and line ends. Pure, engine's process."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from app.core.pages import Span
from app.core.terms import fold

_ALIKE = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‐‑‒–—−", "-"))


class _Folding(dict[int, str]):
    """Each character as it is compared, worked out when first met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", fold(chr(code)).translate(_ALIKE))
        self[code] = "".join(one for one in plain if not unicodedata.combining(one)).casefold()
        return self[code]


class Wanted:
    """What is looked for: the same words in the same order, parted by any white space."""

    def __init__(self, text: str) -> None:
        self._folding = _Folding()
        words = text.translate(self._folding).split()
        self._pattern = re.compile(r"\s+".join(map(re.escape, words))) if words else None

    def spans(self, text: str) -> Iterator[Span]:
        """Yield every place in a text, in order, none within another."""
        if self._pattern is None:
            return
        folded = text.lower() if text.isascii() else text.translate(self._folding)
        found = [match.span() for match in self._pattern.finditer(folded)]
        if not found:
            return
        # How long the folded text is before each character: a ligature became two letters, an accent none.
        before = list(accumulate((len(self._folding[ord(one)]) for one in text), initial=0))
        for start, end in found:
            first = bisect_right(before, start) - 1
            last = bisect_right(before, end - 1) - 1
            while last + 1 < len(text) and before[last + 1] == before[min(last + 2, len(text))]:
                last += 1  # an accent of its own belongs to the letter before
            yield Span(first, last + 1)
