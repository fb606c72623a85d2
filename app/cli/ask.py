"""`margent ask`: a cited answer, streamed on a terminal. Runs in the command."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from app.cli.filters import add_filters, filters_of
from app.cli.library import absolute, reply, with_library
from app.cli.records import answer_record
from app.cli.search import place_line, twin_lines
from app.cli.sentences import counted
from app.cli.terminal import Terminal, indented, plain
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, OpenPage, PageOpened
from app.core.types import Answer, Citation, Rect, Span

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "answer a question from the library, with the passages that the answer rests on"
SHOWN_LINES = 4
SMALL_SCALE = 0.1  # pixels per point: for the rectangles alone the page need not be seen


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `ask` takes."""
    parser.add_argument("question", metavar="QUESTION")
    add_filters(parser)
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
        watched = not terminal.as_json and sys.stdout.isatty()
        finished = await (_written(session, question) if watched else _finished(session, question))
        rects = await _rects(session, finished) if terminal.as_json else {}
        text = "" if watched else f"{plain(marked(finished))}\n\n"
        terminal.result(answer_record(finished, rects), lambda: f"{text}{source_lines(finished)}".strip("\n"))

    with_library(options, answer)
    return 0


async def _finished(session: "Session", question: Ask) -> Answer:
    """Return the finished answer."""
    return (await reply(session, question, AnswerFinished)).answer


async def _written(session: "Session", question: Ask) -> Answer:
    """Return the finished answer, having written it on the terminal as it came, in the end with its marks."""
    so_far = ""
    finished: Answer | None = None
    with Live(Text("Searching …", "dim"), console=Console(), vertical_overflow="visible") as live:
        async for event in session.request(question):
            match event:
                case EvidenceFound(evidence):
                    live.update(Text(f"Reading {counted(len(evidence), 'passage')} …", "dim"))
                case AnswerGrew(text):
                    so_far += text
                    live.update(Text(plain(so_far)))
                case AnswerFinished(answer):
                    finished = answer
                    live.update(Text(f"{plain(marked(answer))}\n"))
                case _:
                    raise TypeError(f"{type(event).__name__} does not belong to an answer")
    if finished is None:
        raise RuntimeError("the question ended without an answer")
    return finished


def marked(answer: Answer) -> str:
    """Return the answer's text with the numbers of its sources after each sentence that rests on them."""
    parts: list[str] = []
    done = 0
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text, done)
        if start < 0:
            continue
        end = start + len(sentence.text)
        marks = "".join(f"[{n}]" for n in sentence.citations)
        parts.append(answer.text[done:end])
        if marks and not answer.text[end:].lstrip().startswith("["):  # where the model wrote none itself
            parts.append(f" {marks}")
        done = end
    return "".join([*parts, answer.text[done:]]).strip()


async def _rects(session: "Session", answer: Answer) -> dict[int, tuple[Rect, ...]]:
    """Return each citation's rectangles on its page, in points, by its place in the answer's citations."""
    return {place: await _rects_of(session, citation) for place, citation in enumerate(answer.citations)}


async def _rects_of(session: "Session", citation: Citation) -> tuple[Rect, ...]:
    span = Span(citation.start, citation.end)
    page = await reply(
        session, OpenPage(citation.document_id, citation.page, span, SMALL_SCALE, as_image=True), PageOpened
    )
    return page.rects


def source_lines(answer: Answer) -> str:
    """Return the numbered list of what an answer rests on, or of what was nearest."""
    quotes = {citation.n: f"“{citation.quote}”" for citation in answer.citations}
    lines: list[str] = []
    if not quotes:
        lines += ["The nearest passages:" if answer.evidence else "Nothing near it was found.", ""]
    for n, hit in enumerate(answer.evidence, 1):
        if n in quotes or not quotes:
            lines += [place_line(n, hit), indented(quotes.get(n, hit.text), SHOWN_LINES), *twin_lines(hit), ""]
    if answer.model:
        lines.append(f"{answer.model}, {answer.total_ms / 1000:.1f} s, {counted(answer.answer_tokens, 'token')}")
    return "\n".join(lines).rstrip()
