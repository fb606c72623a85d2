"""The sentence of the passages that answers a question, as far as that can be told without writing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.citations import SplitSentences
from app.core.prompt_text import quoted
from app.core.support import added_runs, support_score
from app.core.terms import codes
from app.core.types import Hit, Lift
from app.core.words import content_words, spelt_words

CANDIDATES = 24
"""So many sentences, those with the most of a question's words, are judged: some 1,000 tokens, a third of what a search
judges. Of 150 questions of SQuAD2 the first five by the words had the answer in .97 (tests/quality/answers.md)."""

LEAST_SHARE = 0.2
"""The share of the question that a sentence must hold where nothing else tells how near it is."""

SHORTEST, LONGEST = 15, 600  # characters of a sentence that is worth quoting
_NAMED = frozenset((Lift.TIME, Lift.CODE))
_ENDS = (".", "!", ")", "”", '"', "。", "！")


@dataclass(frozen=True, slots=True)
class NearSentence:
    """A sentence of the evidence: the number of its passage, itself as a passage, its share of the question's words."""

    number: int
    hit: Hit
    share: float


def near_sentences(question: str, evidence: tuple[Hit, ...], split: SplitSentences) -> tuple[NearSentence, ...]:
    """Return the sentences of the evidence that may answer a question, those with the most of its words first.

    A heading that only says what the question says does not, nor does what is of another time than is asked for, or in
    a document without the code in the question, where passages of that time or with that code were found.
    """
    asked = content_words(question)
    found: list[NearSentence] = []
    named = [number for number, hit in enumerate(evidence, start=1) if _NAMED.intersection(hit.scores.lifts)]
    for number in named or range(1, len(evidence) + 1):
        hit = evidence[number - 1]
        for span in split(hit.text):
            text = hit.text[span.start : span.end]
            is_heading = not text.endswith(_ENDS) and content_words(text) <= asked
            if SHORTEST <= len(text) <= LONGEST and not text.endswith(("?", ":")) and not is_heading:
                one = replace(hit, text=text, start=hit.start + span.start, end=hit.start + span.end)
                found.append(NearSentence(number, one, support_score(question, text)))
    found.sort(key=lambda one: -one.share)
    return tuple(found[:CANDIDATES])


def is_whole_sentence(near: NearSentence) -> bool:
    """Return whether it ends as a sentence does, which a page's header or a row of a table does not."""
    return near.hit.text.endswith(_ENDS)


def nearest_sentence(near: Sequence[NearSentence], logits: Sequence[float]) -> NearSentence | None:
    """Return the sentence with the highest logit; without logits, by the words, None where nothing is near."""
    if logits:
        return max(zip(logits, near, strict=True), key=lambda pair: pair[0])[1]
    return next((one for one in near if one.share >= LEAST_SHARE), None)


def quotation_text(near: NearSentence) -> str:
    """Return a sentence as an answer quotes it, with its mark; what looks like a mark in it is none."""
    return f"“{quoted(' '.join(near.hit.text.split()))}” [{near.number}]"


def with_code(
    claim: str, quotations: tuple[Hit, ...], evidence: tuple[Hit, ...], split: SplitSentences
) -> tuple[Hit, ...]:
    """Return quotations behind the sentence of their document that holds the code in a claim, if none of them does.

    A report says once what it is the report of, and what it says further on is of that.
    """
    claimed = set(codes(claim))
    documents = {one.document_id for one in quotations}
    if not claimed or any(claimed.intersection(codes(one.text)) for one in quotations):
        return quotations
    for hit in evidence:
        for span in split(hit.text) if hit.document_id in documents else ():
            text = hit.text[span.start : span.end]
            if claimed.intersection(codes(text)):
                return (replace(hit, text=text, start=hit.start + span.start, end=hit.start + span.end), *quotations)
    return quotations


def is_quoted(near: NearSentence, quotations: Sequence[Hit]) -> bool:
    """Return whether a sentence is among what an answer quotes."""
    return any(
        one.document_id == near.hit.document_id
        and one.page == near.hit.page
        and one.start <= near.hit.start
        and near.hit.end <= one.end
        for one in quotations
    )


def is_word_for_word(text: str, question: str, quotations: Sequence[Hit]) -> bool:
    """Return whether all that a text adds to a question stands in one of the quotations, in this order.

    Small models copy a sentence with one other word, and what it says is then another thing.
    """
    spelt = [f" {' '.join(spelt_words(one.text))} " for one in quotations]
    return all(any(f" {' '.join(run)} " in one for one in spelt) for run in added_runs(text, question))
