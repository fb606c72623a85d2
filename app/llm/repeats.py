"""Whether a model has begun to say the same thing over and over. Pure; llama process."""

import re
from collections.abc import Sequence

SHORTEST_TOKENS = 48
"""What repeats must be so long: a row of a table can hold the same number twenty times."""

LONGEST_PERIOD_TOKENS = 64
TIMES, LINE_TIMES = 4, 4
_LINE_SIGN = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LINE_SHORTEST = 12


def goes_round(tokens: Sequence[int]) -> bool:
    """Return whether tokens end in the same run of them, four times over and 48 tokens long at least."""
    for period in range(1, LONGEST_PERIOD_TOKENS + 1):
        length = max(SHORTEST_TOKENS, TIMES * period)
        if len(tokens) < length:
            return False
        if tokens[-1] == tokens[-1 - period] and tokens[-length + period :] == tokens[-length:-period]:
            return True
    return False


def says_it_again(text: str) -> bool:
    """Return whether a text's last whole line or sentence was said three times before, numbered or not."""
    lines = (_LINE_SIGN.sub("", one).casefold() for one in re.split(r"\n+|(?<=[.!?])\s+", text)[:-1])
    said = [line for line in lines if len(line) >= _LINE_SHORTEST]
    return bool(said) and said.count(said[-1]) >= LINE_TIMES
