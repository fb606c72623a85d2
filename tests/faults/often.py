"""How often each fault is tried: a few times by the suite, so often as MARGENT_FAULTS says by `make faults`."""

import os

IS_ASKED_FOR = "MARGENT_FAULTS" in os.environ


def often(usually: int, cost: int = 1) -> int:
    """Return how often to try a fault; one of some `cost` is tried so many times less where it is asked for."""
    return max(1, int(os.environ["MARGENT_FAULTS"]) // cost) if IS_ASKED_FOR else usually
