"""The options that restrict a search: --in, --type, --after, --before. Runs in the command."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from app.cli.library import absolute
from app.core.days import first_moment_ns
from app.core.types import Filters

DATES = "2026-03-31, 2026-03 or 2026"


def add_filters(parser: ArgumentParser) -> None:
    """Add every restricting option."""
    parser.add_argument(
        "--in", dest="places", action="append", default=[], metavar="PATH", help="only in this file or folder"
    )
    parser.add_argument(
        "--type", dest="types", action="append", default=[], metavar="EXT", help="only files of this kind, such as pdf"
    )
    parser.add_argument(
        "--after", type=moment_ns, metavar="DATE", help=f"only files changed on this day or later: {DATES}"
    )
    parser.add_argument("--before", type=moment_ns, metavar="DATE", help="only files changed before this day")


def filters_of(options: Namespace) -> Filters:
    """Return the filters that a command line asks for."""
    return Filters(
        paths=tuple(map(absolute, options.places)),
        types=tuple(word.lower().lstrip(".") for word in options.types),
        after_ns=options.after,
        before_ns=options.before,
    )


def moment_ns(word: str) -> int:
    """Return the first moment of a day, a month or a year, here, in nanoseconds since 1970."""
    try:
        return first_moment_ns(word)
    except ValueError as error:
        raise ArgumentTypeError(f"{word!r} is not a date; write it as {DATES}") from error
