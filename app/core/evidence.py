"""Which passages the model is given: as many of the best as fit a budget of tokens. Pure."""

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
    chosen: list[Hit] = []
    left = float(budget_tokens)
    for hit in hits[:EVIDENCE_LIMIT]:
        if len(chosen) >= EVIDENCE_SURE and hit.scores.rerank is not None and hit.scores.rerank < DOUBTFUL_LOGIT:
            continue
        cost = estimated_tokens(hit)
        if chosen and cost > left:
            break
        chosen.append(hit)
        left -= cost
    return tuple(chosen)


def estimated_tokens(hit: Hit) -> float:
    """Return about how many tokens a passage takes in the prompt."""
    return PASSAGE_OVERHEAD_TOKENS + len(hit.text) / CHARACTERS_PER_TOKEN
