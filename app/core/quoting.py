"""What is quoted where a model writes no answer though it leans to a yes: single sentences of the passages. Pure."""

from dataclasses import dataclass, replace

from app.core.citations import SplitSentences
from app.core.prompt_text import quoted
from app.core.support import support_score
from app.core.types import Hit

NEAREST_SENTENCES = 3
LEAST_SHARE = 0.3
"""The share of the question that a sentence must hold to be asked about; of 20 questions of SQuAD2 that the model
refused, the sentence that answers held .5 or more (tests/quality/answers.md)."""

SHORTEST, LONGEST = 20, 500  # characters of a sentence that is worth quoting


@dataclass(frozen=True, slots=True)
class NearSentence:
    """A sentence of the evidence: the number of its passage, and itself as a passage of its own."""

    number: int
    hit: Hit


def nearest_sentences(question: str, evidence: tuple[Hit, ...], split: SplitSentences) -> tuple[NearSentence, ...]:
    """Return the few sentences of the evidence that hold the most of a question's words, the best first."""
    scored: list[tuple[float, NearSentence]] = []
    for number, hit in enumerate(evidence, start=1):
        for span in split(hit.text):
            text = hit.text[span.start : span.end]
            if SHORTEST <= len(text) <= LONGEST and not text.endswith(("?", ":")):
                one = replace(hit, text=text, start=hit.start + span.start, end=hit.start + span.end)
                scored.append((support_score(question, text), NearSentence(number, one)))
    scored.sort(key=lambda pair: -pair[0])
    return tuple(near for score, near in scored[:NEAREST_SENTENCES] if score >= LEAST_SHARE)


def quotation_text(near: NearSentence) -> str:
    """Return a sentence as an answer quotes it, with its mark; what looks like a mark in it is none."""
    return f"“{quoted(' '.join(near.hit.text.split()))}” [{near.number}]"
