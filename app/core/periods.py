"""The times that names of documents and questions state: a year, its quarter, its month. Pure; the engine's process."""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WAYS = tuple(
    re.compile(rf"(?<![^\W_]){way}(?![^\W_])", re.IGNORECASE)
    for way in (
        rf"q(?P<quarter>[1-4])(?: of|[ _,'’/-])*{_YEAR}",
        rf"{_YEAR}[ _/-]*q(?P<quarter>[1-4])",
        rf"(?P<ordinal>{'|'.join(_QUARTERS)}) quarter(?: of|,)? {_YEAR}",
        rf"{_MONTH}(?: of|[ _,/-])*{_YEAR}",
        rf"{_YEAR}[ _/-]*{_MONTH}",
        rf"{_YEAR}(?P<number>0[1-9]|1[0-2]){_DAY}",
        rf"{_YEAR}[ _/-](?P<number>0[1-9]|1[0-2])(?:[ _/-]{_DAY})?",
        rf"(?:fy ?)?{_YEAR}",
    )
)
_A_YEAR = re.compile(_YEAR)
_LATEST = re.compile(r"\b(?:latest|newest|most recent(?:ly)?)\b", re.IGNORECASE)


class Period(NamedTuple):
    """A year, or a part of it: its quarter (1 to 4) or its month (1 to 12) where that is stated, else 0."""

    year: int
    quarter: int = 0
    month: int = 0

    def holds(self, other: "Period") -> bool:
        """Return whether another period is this one or a part of it."""
        is_part = self.quarter in (0, other.quarter, (other.month + 2) // 3) and self.month in (0, other.month)
        return self.year == other.year and is_part

    @property
    def end(self) -> tuple[int, int]:
        """Return the year and the month in which it ends."""
        return self.year, self.month or 3 * self.quarter or 12


def periods(text: str) -> tuple[tuple[Period, ...], str]:
    """Return the periods that a text states, and the text without them."""
    found: list[Period] = []

    def taken(match: re.Match[str]) -> str:
        parts = match.groupdict()
        quarter = int(parts.get("quarter") or 0) or _QUARTERS.get((parts.get("ordinal") or "").lower(), 0)
        named = (parts.get("month") or "").lower()
        month = int(parts.get("number") or 0) or (1 + _MONTHS.index(named) if named in _MONTHS else 0)
        found.append(Period(int(parts["year"]), quarter, month))
        return " "

    for way in _WAYS if _A_YEAR.search(text) else ():
        text = way.sub(taken, text)
    return tuple(found), " ".join(text.split())


def wants_latest(question: str) -> bool:
    """Return whether a question asks for the latest of several documents (in English)."""
    return bool(_LATEST.search(question))


def of_wanted_period(question: str, names: Mapping[Key, str]) -> frozenset[Key]:
    """Return the documents, told by their names without suffix, that are of the time that a question states.

    Of a question for the latest, the last of each series: of names that are the same but for their time. None where no
    name states the time that is wanted, or where all do.
    """
    asked, _ = periods(question)
    years = {str(one.year) for one in asked}
    told = {key: name for key, name in names.items() if not years or any(year in name for year in years)}
    stated = {key: periods(name) for key, name in told.items()}
    if asked:
        fitting = {key for key, (own, _) in stated.items() if any(one.holds(two) for one in asked for two in own)}
    elif wants_latest(question):
        fitting = set(_last_of_each(stated))
    else:
        return frozenset()
    return frozenset(fitting) if len(fitting) < len(names) else frozenset()


def _last_of_each(stated: Mapping[Key, tuple[tuple[Period, ...], str]]) -> Iterable[Key]:
    series: dict[str, list[tuple[tuple[int, int], Key]]] = {}
    for key, (own, rest) in stated.items():
        if own:
            series.setdefault(rest.casefold(), []).append((max(one.end for one in own), key))
    for members in series.values():
        last = max(end for end, _ in members)
        if any(end != last for end, _ in members):
            yield from (key for end, key in members if end == last)
