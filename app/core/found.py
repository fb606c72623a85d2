"""Whether the evidence holds the answer: decided by the retrieval, then by what the model wrote. Pure."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from app.core.citations import source_text
from app.core.figures import missing_figures
from app.core.prompt import NOT_FOUND
from app.core.types import DocumentRow, Hit, Sentence
from app.core.words import content_words

_REFUSAL = re.compile(
    r"\b(?:not found|no information|(?:do|does|did) not (?:contain|mention|provide|specify|state|say|give|include|hold)"
    r"|(?:is|are|was|were) not (?:mentioned|provided|specified|stated|given|found|included|contained)"
    r"|(?:cannot|can not|can't) (?:answer|be (?:determined|answered|found))"
    r"|(?:don't|doesn't) (?:contain|mention|provide|say))\b",
    re.IGNORECASE,
)
_TOLD = re.compile(rf"(?:^|[.!?\]]\s+|\n\s*)(?:{NOT_FOUND}|Not FOUND)\b")
_ABOUT_PASSAGES = re.compile(r"\b(?:passages?|documents?|text|sources?|information|context)\b", re.IGNORECASE)
_MARKS = re.compile(r"\[[\d\s,;]*\]?")
_ASKS_FOR = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_CHOICE = re.compile(r"\b(?:or|which of|between)\b", re.IGNORECASE)
SHORT_WORDS = 3
CHECKED_SENTENCES = 3
REPEATED_SHARE = 0.7
"""The least of a question's words that an answer holds which only says it again; fewer may be what was asked for."""

HOLDERS_LIMIT = 5
CONVINCING_SUPPORT = 0.75
PROMISING_LOGIT = 1.0
"""94 % of SQuAD2's answerable questions have a best logit above 0. Both set by eye on 10 NTSB, 16 SQuAD2 questions."""

HOPELESS_LOGIT = -5.0
"""Fewer than 2.5 % of SQuAD2's answerable questions have a best logit below this, 90 % of those on another subject do
(ms-marco-MiniLM-L-12-v2, best of six candidates; tests/quality/README.md)."""

HOPELESS_BELOW = 1.0
"""So far below its limit, asked of the sentence nearest to the question, a model is not asked to write: of 75 questions
that are answered none lay there, and 42 % of those that are not (tests/quality/answers.md)."""

FOREIGN = 0.3
"""So much less sure of a yes is a small model in other languages than English (tests/quality/answers.md)."""

DENIED_BELOW = -0.3
"""The log odds of a yes, to whether its quotation says a sentence, below which it is told as not found in the sources:
2 % of the right ones and 39 % of the wrong ones are (tests/quality/answers.md)."""

DENIED_SUPPORT = 0.3
"""The most support that such a sentence has."""


def least_sure_in(doubts_below: float, language: str) -> float:
    """Return the log odds of a yes, asked of the nearest sentence, from which on a question is answered.

    `doubts_below` is the model's limit, for English; `language` is the question's (ISO 639-1), "" if not certain.
    """
    return doubts_below if language in ("", "en") else doubts_below - FOREIGN


def least_before_writing(doubts_below: float) -> float:
    """Return the log odds of a yes, asked of the nearest sentence, below which a model is not asked to write."""
    return doubts_below - HOPELESS_BELOW


def to_be_checked(sentences: Sequence[Sentence]) -> list[tuple[int, Sentence]]:
    """Return the first of an answer's supported sentences that a model is asked of, each with its place.

    A sentence of a word or two says nothing without its question.
    """
    supported = [(place, one) for place, one in enumerate(sentences) if one.is_supported and one.citations]
    return [(place, one) for place, one in supported if len(content_words(one.text)) >= SHORT_WORDS][:CHECKED_SENTENCES]


def denied(sentence: Sentence) -> Sentence:
    """Return a sentence that its quotation does not say, as the model sees it: it is no longer supported."""
    return replace(sentence, support=min(sentence.support, DENIED_SUPPORT))


def worth_asking(evidence: tuple[Hit, ...]) -> bool:
    """Return whether the model should be asked at all: not without evidence, nor when the reranker sees none."""
    logits = [hit.scores.rerank for hit in evidence if hit.scores.rerank is not None]
    return bool(evidence) and (not logits or max(logits) > HOPELESS_LOGIT)


def may_refuse(text: str) -> bool:
    """Return whether a text that still grows may become a refusal: nothing but marks, or the beginning of one."""
    return NOT_FOUND.startswith(_MARKS.sub("", text).strip())


def is_refusal(text: str) -> bool:
    """Return whether an answer says, in its first sentence, that the passages do not hold the answer, or says nothing.

    The words that it was told to say so with count wherever they stand alone: small models put them behind a passage.
    """
    if _TOLD.search(text) or not _MARKS.sub("", text).strip():
        return True
    opening = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    if not opening or opening.upper().startswith(NOT_FOUND):
        return True
    return bool(_REFUSAL.search(opening)) and bool(_ABOUT_PASSAGES.search(opening))


def is_no_answer(text: str, question: str) -> bool:
    """Return whether a text refuses, or only says again what the question says (`Who won at Oss? Oss was won.`).

    The latter is told of questions in English that ask for something and leave no choice between what they name.
    """
    return is_refusal(text) or (
        bool(_ASKS_FOR.search(question)) and not _CHOICE.search(question) and _only_repeats(text, question)
    )


def _only_repeats(text: str, question: str) -> bool:
    said, asked = content_words(_MARKS.sub("", text)), content_words(question)
    return said <= asked and len(said) >= REPEATED_SHARE * len(asked)


def withheld(tries: Sequence[str], *, believed: bool, stopped: bool) -> str:
    """Return what was written first, and seen as it came, though in the end it is no answer; "" where nothing was."""
    return "" if believed or stopped or not tries or is_refusal(tries[0]) else tries[0].strip()


def promises(evidence: tuple[Hit, ...]) -> bool:
    """Return whether the reranker thinks that the evidence holds the answer, so that a refusal is worth a second try.

    Small models refuse what stands in a table or a list, though passage and question fit each other well.
    """
    logits = [hit.scores.rerank for hit in evidence if hit.scores.rerank is not None]
    return max(logits, default=HOPELESS_LOGIT) > PROMISING_LOGIT


def is_convincing(question: str, sentences: tuple[Sentence, ...], evidence: tuple[Hit, ...]) -> bool:
    """Return whether an answer that had to be asked for twice is to be believed.

    A sentence of it must stand almost word for word in a passage, and that passage, its title or its headings must hold
    every number and code that the question names: the answer to another one is what small models offer instead.
    """
    return any(
        sentence.support >= CONVINCING_SUPPORT and not missing_figures(question, source_text(evidence[number - 1]))
        for sentence in sentences
        for number in sentence.citations
    )


def likely_holders(
    question: str, evidence: tuple[Hit, ...], unread: tuple[DocumentRow, ...]
) -> tuple[DocumentRow, ...]:
    """Return the documents without text that may hold what was not found: likely by name first, then by folder.

    A name is likely if it shares a word with the question; a folder if the nearest passage lies in it.
    """
    wanted = content_words(question)
    near = {os.path.dirname(hit.path) for hit in evidence[:1]}
    by_name = [row for row in unread if wanted & _words_of_name(row.path)]
    by_folder = [row for row in unread if os.path.dirname(row.path) in near and row not in by_name]
    return tuple((by_name + by_folder)[:HOLDERS_LIMIT])


def _words_of_name(path: bytes) -> set[str]:
    name = os.path.splitext(os.path.basename(path))[0].decode(errors="replace")
    return content_words(re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))


def rests_on_evidence(sentences: tuple[Sentence, ...]) -> bool:
    """Return whether at least one sentence of an answer rests on a passage.

    A mark alone is not enough: the passage must hold some of the sentence, unless that is as short as a yes.
    """
    return any(
        sentence.citations and (sentence.support > 0 or len(content_words(sentence.text)) < SHORT_WORDS)
        for sentence in sentences
    )
