"""Days as people write them in a filter. Pure."""

import re
from datetime import datetime

EARLIEST, LATEST = 1700, 2200
"""Years whose nanoseconds fit into 64 bits with room to spare."""

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def first_moment_ns(word: str) -> int:
    """Return the first moment, here, of a day (2026-03-31), a month (2026-03) or a year, in nanoseconds since 1970.

    Raises:
        ValueError: it is none of these, or no such day was ever.
    """
    word = word.strip()
    if _YEAR.fullmatch(word):
        parts = (int(word), 1, 1)
    elif found := _MONTH.fullmatch(word):
        parts = (int(found[1]), int(found[2]), 1)
    elif found := _DAY.fullmatch(word):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    else:
        raise ValueError(word)
    if not EARLIEST <= parts[0] <= LATEST:
        raise ValueError(word)
    return int(datetime(*parts).timestamp()) * 1_000_000_000
