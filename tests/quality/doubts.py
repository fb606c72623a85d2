"""Measures by which leaning to a yes a model's answers are to be believed (`doubts_below`): answers.md has the table.

.venv/bin/python -m tests.quality.doubts LIBRARY ../shared/evaluation/qa/squad2/qa.jsonl --model NAME

LIBRARY is a data directory in which the questions' documents are indexed. Prints a line for each question, then what
would be refused at each limit, and what where the limit was chosen without the question (leave one out).
"""

import argparse
import asyncio
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean

from app.config.paths import DataPaths, resources_dir
from app.config.settings import Settings
from app.core import examples
from app.core.child_messages import TokenText
from app.core.citations import cited_sentences, quotations
from app.core.examples import answers_question, says_sentence
from app.core.found import QUOTATIONS_SHARE, QUOTED_SURER, SAID_MOST, SAID_USUALLY, belief, is_no_answer, to_be_checked
from app.core.messages import Ask, EvidenceFound
from app.core.models import ModelRole
from app.core.prompt import CHECK, build_prompt
from app.core.quoting import nearest_sentences
from app.core.types import Hit, Sentence
from app.engine.asking import BEGINNING
from app.engine.model_host import ModelChoice, ModelHost
from app.engine.session import Session, open_session
from app.library.answer_evaluation import AnswerQuestion, read_answer_set
from app.llm.shelf import Shelf, load_catalogue
from app.readers.sentences import sentences

ANSWER_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Leant:
    """One question: the log odds of a yes of the passages and of what the answer quotes, None without an answer.

    `said` is that of its sentences, each held against its quotation. Where the model refused, `quoted` is that of the
    surest sentence, less what it has to be surer.
    """

    answerable: bool
    before: float
    quoted: float | None
    said: float = SAID_USUALLY

    def is_refused(self, least: float) -> bool:
        """Return whether it is refused where both together must reach `least`."""
        return self.belief is None or self.belief < least

    @property
    def belief(self) -> float | None:
        """Return what decides, None without an answer."""
        if self.quoted is None:
            return None
        return belief(self.before, self.quoted, self.said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--each", type=int, default=18, help="how many answerable and unanswerable questions")
    parser.add_argument("--seed", type=int, default=77)
    options = parser.parse_args()
    asked = list(drawn(read_answer_set(options.questions).questions, options.each, options.seed))
    tell(asyncio.run(leanings(DataPaths(options.library), options.model, asked)))


def drawn(questions: Sequence[AnswerQuestion], count: int, seed: int) -> Iterator[AnswerQuestion]:
    """Yield so many answerable and unanswerable questions in turn."""
    chance = random.Random(seed)
    kinds = [[one for one in questions if one.answerable is answerable] for answerable in (True, False)]
    for pair in zip(*(chance.sample(kind, min(count, len(kind))) for kind in kinds), strict=False):
        yield from pair


async def leanings(paths: DataPaths, name: str, questions: Sequence[AnswerQuestion]) -> list[Leant]:
    """Ask all questions of one model."""
    shelf = Shelf(paths.model_places, load_catalogue(resources_dir() / "models.toml"))
    host = ModelHost(lambda _state: None)
    found: list[Leant] = []
    try:
        path = os.fsencode(shelf.find(name, ModelRole.ANSWER))
        await host.load(ModelChoice(name, path, beginning=BEGINNING, aside=examples.BEGINNING))
        async with open_session(paths, Settings()) as session:
            for question in questions:
                found.append(await leaning(session, host, question))
                print(found[-1], question.question, flush=True)
    finally:
        host.end()
    return found


async def leaning(session: Session, host: ModelHost, question: AnswerQuestion) -> Leant:
    """Ask of the passages, have an answer written, and ask of what is quoted, as `answering/ask.py` does at first."""
    evidence: tuple[Hit, ...] = ()
    async for event in session.request(Ask(question.question, no_model=True)):
        if isinstance(event, EvidenceFound):
            evidence = event.evidence
    text = ""
    before = await leans(host, question, evidence)
    async for event in host.generate(build_prompt(question.question, evidence, ()), ANSWER_TOKENS, 0, host):
        text += event.text if isinstance(event, TokenText) else ""
    written = cited_sentences(text.strip(), evidence, sentences, question.question)
    quotes = quotations(written, evidence, sentences)
    if quotes and not is_no_answer(text, question.question):
        quoted = await leans_quoted(host, question, quotes)
        return Leant(question.answerable, before, quoted, await leans_said(host, written, evidence))
    nearest = nearest_sentences(question.question, evidence, sentences)
    near = [await leans_quoted(host, question, (one.hit,)) for one in nearest]
    return Leant(question.answerable, before, max(near) - QUOTED_SURER / QUOTATIONS_SHARE if near else None)


async def leans(host: ModelHost, question: AnswerQuestion, passages: tuple[Hit, ...]) -> float:
    """Return the log odds of a yes, asked whether some passages hold the answer."""
    return (await host.yes_or_no(build_prompt(question.question, passages, (), CHECK), host)).log_odds or 0.0


async def leans_quoted(host: ModelHost, question: AnswerQuestion, quotes: tuple[Hit, ...]) -> float:
    """Return the log odds of a yes, asked whether parts of them do."""
    return (await host.yes_or_no(answers_question(question.question, quotes), host, is_aside=True)).log_odds or 0.0


async def leans_said(host: ModelHost, written: tuple[Sentence, ...], evidence: tuple[Hit, ...]) -> float:
    """Return the mean log odds of a yes, asked whether their quotations say the first sentences."""
    found: list[float] = []
    for _place, sentence in to_be_checked(written):
        quotes = quotations((sentence,), evidence, sentences)
        leaning = await host.yes_or_no(says_sentence(sentence.text, quotes), host, is_aside=True)
        found.append(min(leaning.log_odds or 0.0, SAID_MOST))
    return fmean(found) if found else SAID_USUALLY


def tell(found: Sequence[Leant]) -> None:
    """Print what is refused at each limit, and by the limit that the others would choose."""
    for least in (1.4, 1.5, 1.6, 1.7, 1.75, 1.8, 1.9, 2.0):
        rightly, wrongly = (refused(found, least, answerable=answerable) for answerable in (False, True))
        print(f"{least}: refused {rightly:.2f}, wrongly {wrongly:.2f}")
    left_out = [one.is_refused(best([*found[:at], *found[at + 1 :]])) for at, one in enumerate(found)]
    for answerable in (False, True):
        told = [is_refused for one, is_refused in zip(found, left_out, strict=True) if one.answerable is answerable]
        print(f"leave one out, {'wrongly' if answerable else 'rightly'} refused: {sum(told)}/{len(told)}")


def refused(found: Sequence[Leant], least: float, *, answerable: bool) -> float:
    """Return the share of the answerable, or of the unanswerable, questions that is refused; 0 where there is none."""
    kind = [one.is_refused(least) for one in found if one.answerable is answerable]
    return sum(kind) / max(1, len(kind))


def best(found: Sequence[Leant]) -> float:
    """Return the limit that refuses the most unanswerable for the fewest answerable questions."""
    beliefs = sorted(one.belief for one in found if one.belief is not None)
    limits = [(low + high) / 2 for low, high in pairwise(beliefs)] or beliefs or [0.0]
    return max(
        limits, key=lambda least: refused(found, least, answerable=False) - refused(found, least, answerable=True)
    )


if __name__ == "__main__":
    main()
