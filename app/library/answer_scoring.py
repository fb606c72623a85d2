"""Scores an answer against what it should have been: gold answers, refusals, citations, inventions. Pure.

Texts are compared as SQuAD's scorer does: without case, punctuation, articles and surplus space. It knows
ASCII's marks alone; here those of typesetters go as well, since a quotation ends in ” right behind what is looked for.
In writing without spaces each character is a word, as MLQA's scorer has it for Chinese.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.core.citations import source_text, without_marks
from app.core.familiarity import UNSPACED
from app.core.types import Answer, Sentence

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”„‟‘’‚‛«»‹›–—…·，。、；：？！（）「」『』《》【】•")
_WORD = re.compile(r"[^\W_]+(?:[.,:][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """One question's answer and how good it is; `answer` is "" where the question was refused.

    `exact`, `f1` and `contains` are 0 where it was refused or cannot be answered. `on_evidence` is whether the first
    citation stands where the answer does; None without a citation or a known place. `needing` sentences state
    something, `cited` of these have a citation, `upheld` of those rest on it by the mechanical check. `invented` are
    figures and names of sentences shown as supported that stand neither in what they cite nor in the question.
    """

    answerable: bool
    answer: str
    exact: bool
    f1: float
    contains: bool
    on_evidence: bool | None
    needing: int
    cited: int
    upheld: int
    invented: tuple[str, ...]
    seconds: float

    @property
    def refused(self) -> bool:
        """Return whether the product said that it did not find an answer."""
        return not self.answer


@dataclass(frozen=True, slots=True)
class AnswerMetrics:
    """Shares over the questions that they can be told of, None where there is none; SQuAD's are of answerable ones."""

    questions: int
    answerable: int
    exact_match: float | None
    f1: float | None
    contains_answer: float | None
    unanswerable_refused: float | None
    answerable_refused: float | None
    first_citation_on_evidence: float | None
    citation_precision: float | None
    citation_recall: float | None
    sentences: int
    invented: int
    seconds_per_question: float | None


def scored(
    question: str, golds: Sequence[str], answer: Answer, *, answerable: bool, on_evidence: bool | None
) -> ScoredAnswer:
    """Score a finished answer."""
    text = without_marks(answer.text, len(answer.evidence)) if answer.found else ""
    wanted = golds if answerable else ()
    needing = [sentence for sentence in answer.sentences if needs_citation(sentence.text)]
    cited = [sentence for sentence in needing if sentence.citations]
    return ScoredAnswer(
        answerable=answerable,
        answer=text,
        exact=any(normalised(text) == normalised(gold) for gold in wanted) and bool(text),
        f1=max((f1(text, gold) for gold in wanted), default=0.0),
        contains=any(contains(text, gold) for gold in wanted),
        on_evidence=on_evidence,
        needing=len(needing),
        cited=len(cited),
        upheld=sum(sentence.is_supported for sentence in cited),
        invented=tuple(part for sentence in answer.sentences for part in invented(sentence, answer, question)),
        seconds=answer.total_ms / 1000,
    )


def answer_metrics(answers: Sequence[ScoredAnswer]) -> AnswerMetrics:
    """Return the shares over the answers that there are, which may be none."""
    answerable = [one for one in answers if one.answerable]
    unanswerable = [one for one in answers if not one.answerable]
    placed = [one.on_evidence for one in answerable if one.on_evidence is not None]

    def total(of: Callable[[ScoredAnswer], int]) -> int:
        return sum(map(of, answers))

    return AnswerMetrics(
        questions=len(answers),
        answerable=len(answerable),
        exact_match=_mean(one.exact for one in answerable),
        f1=_mean(one.f1 for one in answerable),
        contains_answer=_mean(one.contains for one in answerable),
        unanswerable_refused=_mean(one.refused for one in unanswerable),
        answerable_refused=_mean(one.refused for one in answerable),
        first_citation_on_evidence=_mean(placed),
        citation_precision=_share(total(lambda one: one.upheld), total(lambda one: one.cited)),
        citation_recall=_share(total(lambda one: one.cited), total(lambda one: one.needing)),
        sentences=total(lambda one: one.needing),
        invented=total(lambda one: len(one.invented)),
        seconds_per_question=_mean(one.seconds for one in answers),
    )


def normalised(text: str) -> str:
    """Return a text without case, punctuation, articles and surplus space."""
    words = UNSPACED.sub(r" \g<0> ", text.lower().translate(_NO_PUNCTUATION))
    return " ".join(_ARTICLE.sub(" ", words).split())


def f1(text: str, gold: str) -> float:
    """Return the harmonic mean of the shares of words that a text and a gold answer have in common."""
    said, wanted = normalised(text).split(), normalised(gold).split()
    common = (Counter(said) & Counter(wanted)).total()
    return 2 * common / (len(said) + len(wanted)) if common else 0.0


def contains(text: str, gold: str) -> bool:
    """Return whether the words of a gold answer stand in a text, one after the other."""
    wanted = normalised(gold)
    return bool(wanted) and f" {wanted} " in f" {normalised(text)} "


def needs_citation(sentence: str) -> bool:
    """Return whether a sentence states something: not a question, nor the words that lead into a list."""
    return bool(sentence.strip()) and not sentence.rstrip().endswith(("?", ":"))


def invented(sentence: Sentence, answer: Answer, question: str) -> tuple[str, ...]:
    """Return words with a digit or a capital of a sentence shown as supported that its sources do not have.

    Letter for letter, and so blunter than the check that it is held against (`core.support`): `1.5 million` for
    `1,500,000` is told, too. What it tells has to be read.
    """
    if not sentence.is_supported:
        return ()
    cited = (source_text(answer.evidence[number - 1]) for number in sentence.citations)
    known = set(_keys("\n".join((*cited, question))))
    words = [match.group() for match in _WORD.finditer(sentence.text)]
    claims = (
        word
        for place, word in enumerate(words)
        if any(character.isdigit() for character in word) or (place and len(word) > 1 and word[0].isupper())
    )
    return tuple(dict.fromkeys(word for word in claims if not known.intersection(_keys(word))))


def _keys(text: str) -> list[str]:
    """Return the words of a text to be compared: numbers without the signs between thousands, names in the singular."""
    words = (match.group().casefold().replace(",", "") for match in _WORD.finditer(text))
    return [word if any(character.isdigit() for character in word) else word.removesuffix("s") for word in words]


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return _share(sum(known), len(known))


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
