"""`margent evaluate answers`: how good the answers are, through all that `ask` goes through. Runs in the command."""

import os
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.library import reply
from app.cli.measuring import show_metrics, with_documents
from app.cli.records import Json
from app.cli.sentences import error_sentence
from app.cli.terminal import Terminal
from app.config.paths import DataPaths, resources_dir
from app.core.errors import ModelDied, QuestionTooLong
from app.core.messages import AnswerFinished, Ask, OpenPage, PageOpened
from app.core.models import ModelRole
from app.core.pages import Page
from app.core.types import Answer, Citation, Filters

if TYPE_CHECKING:
    from app.engine.session import Session
    from app.library.answer_evaluation import AnswerPlace, AnswerQuestion
    from app.library.answer_scoring import ScoredAnswer

MINUTE_S = 60


@dataclass(slots=True)
class Asked:
    """What was measured so far; `failed` are questions that ended without an answer, and why."""

    scored: "list[tuple[AnswerQuestion, ScoredAnswer]]" = field(default_factory=list)
    failed: list[str] = field(default_factory=list[str])
    model: str = ""


def answers(options: Namespace, terminal: Terminal) -> None:
    """Index the documents, ask the questions and print the metrics, on Ctrl-C those of what was asked until then.

    Raises: PathMissing, PathUnreadable, QuestionsInvalid, ModelUnknown, ModelFileInvalid, NoModelInstalled.
    """
    from app.library.answer_evaluation import read_answer_set
    from app.llm.shelf import Shelf, load_catalogue

    answer_set = read_answer_set(options.source, options.sample, options.seed)
    shelf = Shelf(DataPaths(options.data_dir).model_places, load_catalogue(resources_dir() / "models.toml"))
    shelf.find(options.model, ModelRole.ANSWER)  # said before minutes of indexing, not after
    asked = Asked()

    async def ask(session: "Session", folder: bytes) -> None:
        like = Ask("", filters=Filters(paths=(folder,)), model=options.model)
        await ask_all(session, answer_set.questions, like, asked, terminal)

    try:
        with_documents(options, answer_set.documents, terminal, ask)
    except KeyboardInterrupt:
        if asked.scored:
            show_metrics(answers_record(asked), terminal)
        raise
    show_metrics(answers_record(asked), terminal)


async def ask_all(
    session: "Session", questions: "Sequence[AnswerQuestion]", like: Ask, asked: Asked, terminal: Terminal
) -> None:
    """Ask the questions with the settings of `like`, as `ask` does, and put each answer's score into `asked`."""
    pages: dict[int, tuple[Page, ...]] = {}
    started_s = time.monotonic()
    with terminal.progress("Asking") as advance:
        for done, question in enumerate(questions, start=1):
            try:
                await ask_one(session, question, like, pages, asked)
            except (QuestionTooLong, ModelDied) as error:
                asked.failed.append(f"{question.id or question.question}: {error_sentence(error)}")
                terminal.say(f"margent: {asked.failed[-1]}")
            left_s = (time.monotonic() - started_s) / done * (len(questions) - done)
            advance(done, len(questions), f"{done} of {len(questions)} asked, {time_left(left_s)}")


async def ask_one(
    session: "Session", question: "AnswerQuestion", like: Ask, pages: dict[int, tuple[Page, ...]], asked: Asked
) -> None:
    """Ask one question and score the answer; `pages` are those of the documents that were looked into.

    Raises: AppError.
    """
    from app.library.answer_scoring import scored

    answer = (await reply(session, replace(like, question=question.question), AnswerFinished)).answer
    score = scored(
        question.question,
        question.answers,
        answer,
        answerable=question.answerable,
        on_evidence=await first_is_on(session, question, answer, pages),
    )
    asked.model = answer.model or asked.model
    asked.scored.append((question, score))


async def first_is_on(
    session: "Session", question: "AnswerQuestion", answer: Answer, pages: dict[int, tuple[Page, ...]]
) -> bool | None:
    """Return whether the first citation stands on a place of the answer; None without a citation or a place."""
    from app.library.answer_evaluation import may_stand_in

    if not answer.citations or not question.places:
        return None
    first = answer.citations[0]
    places = [place for place in question.places if may_stand_in(place, os.fsdecode(first.path))]
    return any([await _is_on(session, first, place, pages) for place in places])


def time_left(seconds: float) -> str:
    """Return an estimate as a person reads it: `about 12 min left`."""
    return f"about {seconds / MINUTE_S:.0f} min left" if seconds >= MINUTE_S else f"about {seconds:.0f} s left"


def answers_record(asked: Asked) -> dict[str, Json]:
    """Return what `evaluate answers --json` prints: the metrics, then every answer, to be read."""
    from app.library.answer_scoring import answer_metrics

    metrics = answer_metrics([score for _, score in asked.scored])
    return {
        "questions": metrics.questions,
        "answerable": metrics.answerable,
        "exact_match": _rounded(metrics.exact_match),
        "f1": _rounded(metrics.f1),
        "contains_answer": _rounded(metrics.contains_answer),
        "unanswerable_refused": _rounded(metrics.unanswerable_refused),
        "answerable_refused": _rounded(metrics.answerable_refused),
        "first_citation_on_evidence": _rounded(metrics.first_citation_on_evidence),
        "citation_precision": _rounded(metrics.citation_precision),
        "citation_recall": _rounded(metrics.citation_recall),
        "sentences": metrics.sentences,
        "invented_as_supported": metrics.invented,
        "seconds_per_question": _rounded(metrics.seconds_per_question),
        "model": asked.model,
        "failed": [*asked.failed],
        "answers": [_answer_record(question, score) for question, score in asked.scored],
    }


def _answer_record(question: "AnswerQuestion", score: "ScoredAnswer") -> dict[str, Json]:
    return {
        "id": question.id,
        "question": question.question,
        "answerable": question.answerable,
        "gold": [*question.answers],
        "answer": score.answer,
        "contains": score.contains,
        "f1": _rounded(score.f1),
        "first_citation_on_evidence": score.on_evidence,
        "sentences": score.needing,
        "cited": score.cited,
        "upheld": score.upheld,
        "invented": [*score.invented],
        "seconds": _rounded(score.seconds),
    }


async def _is_on(
    session: "Session", citation: Citation, place: "AnswerPlace", pages: dict[int, tuple[Page, ...]]
) -> bool:
    from app.library.answer_evaluation import stands_on

    if not place.needs_text:
        return stands_on(citation, place, (), "")
    if citation.document_id not in pages:
        pages[citation.document_id] = await _pages(session, citation.document_id)
    written = Path(os.fsdecode(citation.path)).read_text(encoding="utf-8", errors="replace")
    return stands_on(citation, place, pages[citation.document_id], written)


async def _pages(session: "Session", document_id: int) -> tuple[Page, ...]:
    """Return the pages of a document as they were indexed; none of one whose pages are drawn."""
    opened = await reply(session, OpenPage(document_id, 1), PageOpened)
    rest = [await reply(session, OpenPage(document_id, number), PageOpened) for number in range(2, opened.pages + 1)]
    return tuple(page.text for page in (opened, *rest) if page.text is not None)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
