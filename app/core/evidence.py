"""Which passages the model is given: as many of the best as fit a budget of tokens. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from app.core.explanation import Fate
from app.core.types import Hit
from app.core.words import content_words

CHARACTERS_PER_TOKEN = 3.2  # a cautious mean for English prose and figures; the model's own count decides in the end
PASSAGE_OVERHEAD_TOKENS = 24  # number, document, page and heading around each passage
EVIDENCE_LIMIT = 8
EARLIER_LIMIT = 3
EXCERPT_SHORTEST = 80  # characters
EVIDENCE_SURE = 3
"""So many of the best are given whatever the reranker thinks of them."""

DOUBTFUL_LOGIT = -4.0
"""Of SQuAD2's answerable questions 2.5 % have no passage above this; what is below misleads small models."""


def choose_evidence(hits: tuple[Hit, ...], budget_tokens: int, earlier: tuple[Hit, ...] = ()) -> tuple[Hit, ...]:
    """Return the best hits, in order, whose estimated tokens fit the budget; always the first, each one whole.

    Beyond the first few, what the reranker doubts is left out. `earlier` are passages that the conversation rests on:
    those that were not found again follow the first few.
    """
    found = {hit.passage_id for hit in hits}
    carried = tuple(replace(hit, earlier=True) for hit in earlier if hit.passage_id not in found)[:EARLIER_LIMIT]
    candidates = hits[:EVIDENCE_SURE] + carried + hits[EVIDENCE_SURE:]
    return within(candidates, budget_tokens)


def within(hits: tuple[Hit, ...], budget_tokens: int) -> tuple[Hit, ...]:
    """Return as many of the hits, in order, as fit a smaller budget; always the first."""
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


def excerpt(hit: Hit, question: str, length: int) -> Hit:
    """Return a passage cut down to about `length` characters around the words of a question, with its new span."""
    wanted = content_words(question)
    starts = range(0, max(1, len(hit.text) - length + 1), max(1, length // 4))
    best = max(starts, key=lambda start: (len(wanted & content_words(hit.text[start : start + length])), -start))
    start = hit.text.rfind(" ", 0, best) + 1 if best else 0
    end = hit.text.find(" ", start + length)
    text = hit.text[start : end if end >= 0 and end - start < 2 * length else start + length].rstrip()
    return replace(hit, text=text, start=hit.start + start, end=hit.start + start + len(text))


def shorter_and_shorter(evidence: tuple[Hit, ...], question: str) -> Iterator[tuple[Hit, ...]]:
    """Yield the evidence, then without its last passage and so on, then ever less of the first one."""
    for count in range(len(evidence), 0, -1):
        yield evidence[:count]
    length = len(evidence[0].text) // 2 if evidence else 0
    while length >= EXCERPT_SHORTEST:
        yield (excerpt(evidence[0], question, length),)
        length = length * 2 // 3
