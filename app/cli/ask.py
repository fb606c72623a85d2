"""`margent ask`: a cited answer, streamed on a terminal. Runs in the command."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from app.cli.filters import add_place, filters_of
from app.cli.library import absolute, reply, with_library
from app.cli.records import answer_record
from app.cli.search import place_line
from app.cli.terminal import Terminal, indented, plain
from app.core.messages import AnswerFinished, AnswerGrew, Ask, OpenPage, PageOpened
from app.core.types import Answer, Citation, Rect, Span

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "answer a question from the library, with the passages that the answer rests on"
SHOWN_LINES = 4
SMALL_SCALE = 0.1  # pixels per point: for the rectangles alone the page need not be seen


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `ask` takes."""
    parser.add_argument("question", metavar="QUESTION")
    add_place(parser)
    parser.add_argument("--model", default="", metavar="NAME_OR_PATH", help="the model that answers, or a GGUF file")
    parser.add_argument("--style", default="", metavar="NAME", help="the style to answer in")
    parser.add_argument("--adapter", default="", metavar="PATH", help="a LoRA adapter for the model")
    parser.add_argument("--evidence-only", action="store_true", help="show what the model would be given, and stop")
    parser.add_argument("--no-model", action="store_true", help="show the evidence; no model need be installed")


def run(options: Namespace, terminal: Terminal) -> int:
    """Print a cited answer."""
    question = Ask(
        options.question,
        filters=filters_of(options),
        model=options.model,
        style=options.style,
        adapter=absolute(options.adapter) if options.adapter else b"",
        evidence_only=options.evidence_only,
        no_model=options.no_model,
    )

    async def answer(session: "Session") -> None:
        live = not terminal.as_json and sys.stdout.isatty()
        finished = await _finished(session, question, live=live)
        rects = await _rects(session, finished) if terminal.as_json else {}
        terminal.result(answer_record(finished, rects), lambda: answer_lines(finished, written=live))

    with_library(options, answer)
    return 0


async def _finished(session: "Session", question: Ask, *, live: bool) -> Answer:
    """Return the finished answer, writing it down as it comes if somebody watches."""
    finished: Answer | None = None
    async for event in session.request(question):
        match event:
            case AnswerGrew(text) if live:
                print(plain(text), end="", flush=True)
            case AnswerFinished(answer):
                finished = answer
            case _:
                pass
    if finished is None:
        raise RuntimeError("the question ended without an answer")
    return finished


async def _rects(session: "Session", answer: Answer) -> dict[int, tuple[Rect, ...]]:
    """Return each citation's rectangles on its page, in points, by its place in the answer's citations."""
    return {place: await _rects_of(session, citation) for place, citation in enumerate(answer.citations)}


async def _rects_of(session: "Session", citation: Citation) -> tuple[Rect, ...]:
    span = Span(citation.start, citation.end)
    page = await reply(session, OpenPage(citation.document_id, citation.page, span, SMALL_SCALE), PageOpened)
    return page.rects


def answer_lines(answer: Answer, *, written: bool) -> str:
    """Return the answer, unless it is already written, and the numbered list of its sources."""
    cited = {citation.n: citation for citation in answer.citations}
    lines = ["" if written else plain(answer.text).strip(), ""]
    if not answer.found:
        lines += ["The nearest passages:" if answer.evidence else "Nothing near it was found.", ""]
        cited = {}
    for n, hit in enumerate(answer.evidence, 1):
        if n in cited:
            lines += [place_line(n, hit), indented(f"“{cited[n].quote}”", SHOWN_LINES), ""]
        elif not cited:
            lines += [place_line(n, hit), indented(hit.text, SHOWN_LINES), ""]
    if answer.model:
        seconds = answer.total_ms / 1000
        lines.append(f"{answer.model}, {seconds:.1f} s, {answer.answer_tokens} tokens")
    return "\n".join(lines).rstrip()
