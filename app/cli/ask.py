"""`margent ask`: a cited answer, streamed on a terminal. Runs in the command."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from app.cli.answer_text import answer_text, prompt_lines, source_lines
from app.cli.filters import add_filters, filters_of
from app.cli.library import absolute, reply, with_library
from app.cli.records import answer_record, prompt_record
from app.cli.sentences import counted
from app.cli.terminal import Terminal, plain
from app.core.answer_messages import AnswerReached, AnswerStep
from app.core.errors import UsageWrong
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, OpenPage, PageOpened, PromptPrepared
from app.core.pages import Rect, Span
from app.core.styles import Style
from app.core.types import Answer, Citation

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "answer a question from the library, with the passages that the answer rests on"
STEPS = {
    AnswerStep.JUDGING: "Asking whether the passages hold the answer",
    AnswerStep.READING: "Reading the passages",
    AnswerStep.CHECKING: "Checking the answer against its passages",
}
SMALL_SCALE = 0.1  # pixels per point: for the rectangles alone the page need not be seen


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `ask` takes."""
    parser.add_argument("question", metavar="QUESTION")
    add_filters(parser)
    parser.add_argument("--model", default="", metavar="NAME_OR_PATH", help="the model that answers, or a GGUF file")
    parser.add_argument("--style", default="", metavar="NAME", help="the style to answer in, instead of the plain one")
    parser.add_argument("--adapter", default="", metavar="PATH", help="a LoRA adapter for the model")
    parser.add_argument(
        "--adapter-scale",
        type=float,
        default=1.0,
        metavar="N",
        help="how much of the adapter: 0 none, 1 all, at most 4",
    )
    parser.add_argument("--evidence-only", action="store_true", help="show what the model would be given, and stop")
    parser.add_argument("--no-model", action="store_true", help="show the evidence; no model need be installed")


def run(options: Namespace, terminal: Terminal) -> int:
    """Print a cited answer."""
    if options.adapter_scale != 1.0 and not options.adapter:
        raise UsageWrong(detail="--adapter-scale says how much of an adapter: name it with --adapter")
    question = Ask(
        options.question,
        filters=filters_of(options),
        model=options.model,
        style=Style(options.style),
        adapter=absolute(options.adapter) if options.adapter else b"",
        adapter_scale=options.adapter_scale,
        evidence_only=options.evidence_only,
        no_model=options.no_model,
    )

    async def answer(session: "Session") -> None:
        watched = not terminal.as_json and sys.stdout.isatty() and not question.evidence_only
        if watched:
            finished, prepared = await _written(session, question), None
        else:
            finished, prepared = await _finished(session, question)
        rects = await _rects(session, finished) if terminal.as_json else {}
        text = "" if watched else f"{plain(answer_text(finished, question))}\n\n"
        lines = f"{text}{source_lines(finished, question.question)}" if prepared is None else prompt_lines(prepared)
        terminal.result(answer_record(finished, rects) | prompt_record(prepared), lambda: lines.strip("\n"))

    with_library(options, answer)
    return 0


async def _finished(session: "Session", question: Ask) -> tuple[Answer, PromptPrepared | None]:
    """Return the finished answer, and the prompt where that was asked for instead of one."""
    prepared: PromptPrepared | None = None
    async for event in session.request(question):
        match event:
            case PromptPrepared():
                prepared = event
            case AnswerFinished(answer):
                return answer, prepared
            case _:
                pass
    raise RuntimeError("the question ended without an answer")


async def _written(session: "Session", question: Ask) -> Answer:
    """Return the finished answer, having written it on the terminal as it came, in the end with its marks."""
    so_far = ""
    finished: Answer | None = None
    with Live(Text("Searching …", "dim"), console=Console(), vertical_overflow="visible") as live:
        async for event in session.request(question):
            match event:
                case EvidenceFound(evidence):
                    live.update(Text(f"Reading {counted(len(evidence), 'passage')} …", "dim"))
                case AnswerReached(step):
                    live.update(Text(f"{plain(so_far)}\n" if so_far else "").append(f"{STEPS[step]} …", "dim"))
                case AnswerGrew(text):
                    so_far += text
                    live.update(Text(plain(so_far)))
                case AnswerFinished(answer):
                    finished = answer
                    live.update(Text(f"{plain(answer_text(answer, question))}\n"))
                case _:
                    raise TypeError(f"{type(event).__name__} does not belong to an answer")
    if finished is None:
        raise RuntimeError("the question ended without an answer")
    return finished


async def _rects(session: "Session", answer: Answer) -> dict[int, tuple[Rect, ...]]:
    """Return each citation's rectangles on its page, in points, by its place in the answer's citations."""
    return {place: await _rects_of(session, citation) for place, citation in enumerate(answer.citations)}


async def _rects_of(session: "Session", citation: Citation) -> tuple[Rect, ...]:
    span = Span(citation.start, citation.end)
    page = await reply(
        session, OpenPage(citation.document_id, citation.page, span, SMALL_SCALE, as_image=True), PageOpened
    )
    return page.rects
