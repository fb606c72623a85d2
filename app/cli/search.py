"""`margent search`: the passages nearest to a question, without a model. Runs in the command."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from app.cli.filters import add_filters, filters_of
from app.cli.library import document_at, reply, with_library
from app.cli.reasons import steps_lines, why_lines
from app.cli.records import explanation_record, heading_of, search_record
from app.cli.terminal import Terminal, indented, plain, shown_path
from app.core.errors import UsageWrong
from app.core.messages import Explain, Explained, Search, Searched
from app.core.types import Hit, SearchResult

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "find the passages nearest to a question, without a model"
SHOWN_LINES = 4


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `search` takes."""
    parser.add_argument("query", metavar="QUERY")
    parser.add_argument("-k", dest="limit", type=positive, default=10, metavar="N", help="how many passages (10)")
    add_filters(parser)
    parser.add_argument("--explain", action="store_true", help="show each passage's rank and score at every step")
    parser.add_argument(
        "--why", type=page_place, metavar="PATH:PAGE", help="say what became of the passages of this page, and why"
    )


def positive(word: str) -> int:
    """Return a whole number from 1 up."""
    if not word.isdecimal() or int(word) < 1:
        raise ArgumentTypeError(f"{word!r} is not a whole number from 1 up")
    return int(word)


def run(options: Namespace, terminal: Terminal) -> int:
    """Print what was found, and what became of a page's passages."""
    if not options.query.strip():
        raise UsageWrong(detail="the question is empty; say what to look for")

    async def find(session: "Session") -> None:
        filters = filters_of(options)
        result = (await reply(session, Search(options.query, options.limit, filters), Searched)).result
        record = search_record(result)
        lines = [search_lines(result, explain=options.explain)]
        if options.why is not None:
            word, page = options.why
            row = await document_at(session, word)
            question = Explain(options.query, row.id, page, filters=filters, limit=options.limit)
            explained = await reply(session, question, Explained)
            record["why"] = [explanation_record(explanation) for explanation in explained.explanations]
            lines.append(why_lines(row, page, explained.explanations))
        terminal.result(record, lambda: "\n\n".join(lines))

    with_library(options, find)
    return 0


def page_place(word: str) -> tuple[str, int]:
    """Return the path and the page of `PATH:PAGE`; without a page, the first."""
    path, _, page = word.rpartition(":")
    return (path, int(page)) if path and page.isdecimal() and int(page) else (word, 1)


def search_lines(result: SearchResult, *, explain: bool) -> str:
    """Return the hits as a person reads them."""
    if not result.hits:
        return "Nothing was found."
    lines: list[str] = []
    for rank, hit in enumerate(result.hits, 1):
        lines += [place_line(rank, hit), indented(hit.text, SHOWN_LINES)]
        if explain:
            lines += steps_lines(hit.scores)
        lines += [*twin_lines(hit), ""]
    if explain:
        lines.append("ms  " + "  ".join(f"{step} {ms:.1f}" for step, ms in result.ms.items()))
    return "\n".join(lines).rstrip()


def place_line(number: int, hit: Hit) -> str:
    """Return where a passage stands: number, document, page, headings."""
    heading = f" · {plain(heading_of(hit))}" if hit.headings else ""
    return f"{number:>2} {shown_path(hit.path)} · p. {hit.page}{heading}"


def twin_lines(hit: Hit) -> list[str]:
    """Return where else the text of a hit stands, a line or none."""
    places = "; ".join(f"{shown_path(twin.path)} · p. {twin.page}" for twin in hit.twins)
    return [f"   also in: {places}"] if places else []
