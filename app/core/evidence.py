"""Which passages the model is given: as many of the best as fit a budget of tokens. Pure."""

from app.core.explanation import Fate
from app.core.types import Hit

CHARACTERS_PER_TOKEN = 3.2  # a cautious mean for English prose and figures; the model's own count decides in the end
PASSAGE_OVERHEAD_TOKENS = 24  # number, document, page and heading around each passage
EVIDENCE_LIMIT = 8
EVIDENCE_SURE = 3
"""So many of the best are given whatever the reranker thinks of them."""

DOUBTFUL_LOGIT = -4.0
"""Of SQuAD2's answerable questions 2.5 % have no passage above this; what is below misleads small models."""


def choose_evidence(hits: tuple[Hit, ...], budget_tokens: int) -> tuple[Hit, ...]:
    """Return the best hits, in order, whose estimated tokens fit the budget; always the first, each one whole.

    Beyond the first few, what the reranker doubts is left out.
    """
    fates = evidence_fates(hits, budget_tokens)
    return tuple(hit for hit, fate in zip(hits, fates, strict=True) if fate is Fate.USED)


def evidence_fates(hits: tuple[Hit, ...], budget_tokens: int) -> tuple[Fate, ...]:
    """Return for each hit whether it is given to the model, or what keeps it out."""
    fates: list[Fate] = []
    given, left, full = 0, float(budget_tokens), False
    for place, hit in enumerate(hits):
        cost = estimated_tokens(hit)
        rerank = hit.scores.rerank
        if place >= EVIDENCE_LIMIT:
            fates.append(Fate.BELOW_LIMIT)
        elif given >= EVIDENCE_SURE and rerank is not None and rerank < DOUBTFUL_LOGIT:
            fates.append(Fate.DOUBTED)
        elif full or (given and cost > left):
            full = True
            fates.append(Fate.NO_ROOM)
        else:
            fates.append(Fate.USED)
            given, left = given + 1, left - cost
    return tuple(fates)


def estimated_tokens(hit: Hit) -> float:
    """Return about how many tokens a passage takes in the prompt."""
    return PASSAGE_OVERHEAD_TOKENS + len(hit.text) / CHARACTERS_PER_TOKEN
