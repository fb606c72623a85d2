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

from app.config.paths import DataPaths, resources_dir
from app.config.settings import Settings
from app.core import examples
from app.core.child_messages import TokenText
from app.core.citations import cited_sentences, quotations
from app.core.examples import answers_question
from app.core.found import is_no_answer, least_before_writing
from app.core.messages import Ask, EvidenceFound
from app.core.models import ModelRole
from app.core.prompt import build_prompt
from app.core.quoting import near_sentences, nearest_sentence
from app.core.types import Hit
from app.engine.asking import BEGINNING
from app.engine.model_host import ModelChoice, ModelHost
from app.engine.session import Session, open_session
from app.library.answer_evaluation import AnswerQuestion, read_answer_set
from app.library.reranker import Reranker
from app.llm.shelf import Shelf, load_catalogue
from app.readers.sentences import sentences

ANSWER_TOKENS = 200
THREADS = 2


@dataclass(frozen=True, slots=True)
class Leant:
    """One question: the log odds of a yes of the nearest sentence and of what the answer quotes, None without one."""

    answerable: bool
    nearest: float | None
    quoted: float | None

    def is_refused(self, least: float) -> bool:
        """Return whether it is refused where either must reach `least`, and the first not be hopeless."""
        if self.nearest is not None and self.nearest < least_before_writing(least):
            return True
        return self.belief is None or self.belief < least

    @property
    def belief(self) -> float | None:
        """Return what decides, None without any."""
        return max((one for one in (self.nearest, self.quoted) if one is not None), default=None)


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
        reranker = Reranker(shelf.find("", ModelRole.RERANK), THREADS)
        await host.load(ModelChoice(name, path, beginning=BEGINNING, aside=examples.BEGINNING))
        async with open_session(paths, Settings()) as session:
            for question in questions:
                found.append(await leaning(session, host, reranker, question))
                print(found[-1], question.question, flush=True)
    finally:
        host.end()
    return found


async def leaning(session: Session, host: ModelHost, reranker: Reranker, question: AnswerQuestion) -> Leant:
    """Ask of the nearest sentence, have an answer written, and ask of what is quoted, as `answering/ask.py` does."""
    evidence: tuple[Hit, ...] = ()
    async for event in session.request(Ask(question.question, no_model=True)):
        if isinstance(event, EvidenceFound):
            evidence = event.evidence
    near = near_sentences(question.question, evidence, sentences)
    logits = reranker.judged(question.question, [one.hit.text for one in near])
    nearest = nearest_sentence(near, logits)
    before = None if nearest is None else await leans(host, question, (nearest.hit,))
    text = ""
    async for event in host.generate(build_prompt(question.question, evidence, ()), ANSWER_TOKENS, 0, host):
        text += event.text if isinstance(event, TokenText) else ""
    quotes = quotations(cited_sentences(text.strip(), evidence, sentences, question.question), evidence, sentences)
    is_written = bool(quotes) and not is_no_answer(text, question.question)
    return Leant(question.answerable, before, await leans(host, question, quotes) if is_written else None)


async def leans(host: ModelHost, question: AnswerQuestion, texts: tuple[Hit, ...]) -> float:
    """Return the log odds of a yes, asked whether parts of the passages answer the question."""
    return (await host.yes_or_no(answers_question(question.question, texts), host, is_aside=True)).log_odds or 0.0


def tell(found: Sequence[Leant]) -> None:
    """Print what is refused at each limit, and by the limit that the others would choose."""
    for least in (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4):
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
