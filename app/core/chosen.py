"""What a person made of the evidence: pinned, added, put in order, dropped. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from app.core.evidence import choose_evidence, estimated_tokens, within
from app.core.messages import Ask
from app.core.types import Hit

PINNED, ADDED = "pinned", "added"


def by_hand(ask: Ask, known: Mapping[int, Hit]) -> tuple[Hit, ...]:
    """Return the passages that a question names, in its order, as far as they are known, and how each came in."""
    return tuple(
        replace(known[number], chosen=_chosen(ask, number)) for number in ask.passages or () if number in known
    )


def dropped(ask: Ask, known: Mapping[int, Hit]) -> tuple[Hit, ...]:
    """Return the passages that were found and that the person left out."""
    given = set(ask.passages or ())
    return tuple(known[number] for number in ask.found if number not in given and number in known)


def beside_pinned(
    pinned: tuple[Hit, ...], hits: tuple[Hit, ...], budget_tokens: int, earlier: tuple[Hit, ...]
) -> tuple[Hit, ...]:
    """Return what is pinned, and after it the best of what was found that fits the rest of the budget."""
    first = tuple(replace(hit, chosen=PINNED) for hit in pinned)
    ids = {hit.passage_id for hit in first}
    rest = tuple(hit for hit in hits if hit.passage_id not in ids)
    carried = tuple(hit for hit in earlier if hit.passage_id not in ids)
    left = _left(first, budget_tokens)
    return first + (choose_evidence(rest, left, carried) if left > 0 else ())


def within_beside_pinned(evidence: tuple[Hit, ...], budget_tokens: int) -> tuple[Hit, ...]:
    """Return all that is pinned, and as much of what was found after it as fits a smaller budget."""
    pinned = tuple(hit for hit in evidence if hit.chosen == PINNED)
    left = _left(pinned, budget_tokens)
    return pinned + (within(evidence[len(pinned) :], left) if left > 0 else ())


def _left(given: tuple[Hit, ...], budget_tokens: int) -> int:
    return budget_tokens - round(sum(map(estimated_tokens, given)))


def _chosen(ask: Ask, number: int) -> str:
    if number in ask.pinned:
        return PINNED
    return ADDED if number not in ask.found else ""
