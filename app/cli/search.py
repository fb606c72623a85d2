"""`margent search`: the passages nearest to a question, without a model. Runs in the command."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from app.cli.filters import add_filters, filters_of
from app.cli.library import check_places, reply, with_library
from app.cli.records import heading_of, search_record
from app.cli.terminal import Terminal, indented, plain, shown_path
from app.core.messages import Search, Searched
from app.core.types import Hit, Scores, SearchResult

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "find the passages nearest to a question, without a model"
SHOWN_LINES = 4


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `search` takes."""
    parser.add_argument("query", metavar="QUERY")
    parser.add_argument("-k", dest="limit", type=positive, default=10, metavar="N", help="how many passages (10)")
    add_filters(parser)
    parser.add_argument("--explain", action="store_true", help="show each passage's score at every step")


def positive(word: str) -> int:
    """Return a whole number from 1 up."""
    if not word.isdecimal() or int(word) < 1:
        raise ArgumentTypeError(f"{word!r} is not a whole number from 1 up")
    return int(word)


def run(options: Namespace, terminal: Terminal) -> int:
    """Print what was found."""

    async def find(session: "Session") -> None:
        await check_places(session, options.places)
        request = Search(options.query, options.limit, filters_of(options))
        result = (await reply(session, request, Searched)).result
        terminal.result(search_record(result), lambda: search_lines(result, explain=options.explain))

    with_library(options, find)
    return 0


def search_lines(result: SearchResult, *, explain: bool) -> str:
    """Return the hits as a person reads them."""
    if not result.hits:
        return "Nothing was found."
    lines: list[str] = []
    for rank, hit in enumerate(result.hits, 1):
        lines += [place_line(rank, hit), indented(hit.text, SHOWN_LINES)]
        if explain:
            lines.append(f"   {scores_line(hit.scores)}")
        lines.append("")
    if explain:
        lines.append("ms  " + "  ".join(f"{step} {ms:.1f}" for step, ms in result.ms.items()))
    return "\n".join(lines).rstrip()


def place_line(number: int, hit: Hit) -> str:
    """Return where a passage stands: number, document, page, headings."""
    heading = f" · {plain(heading_of(hit))}" if hit.headings else ""
    return f"{number:>2} {shown_path(hit.path)} · p. {hit.page}{heading}"


def scores_line(scores: Scores) -> str:
    """Return a hit's score, and rank where it has one, at each step."""
    steps = (
        ("words", scores.bm25, scores.bm25_rank),
        ("meaning", scores.vector, scores.vector_rank),
        ("together", scores.fused, None),
        ("reread", scores.rerank, None),
        ("final", scores.final, None),
    )
    return "  ".join(
        f"{name} {'–' if score is None else f'{score:.4g}'}{'' if rank is None else f' (#{rank})'}"
        for name, score, rank in steps
    )
