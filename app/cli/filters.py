"""The options that restrict a search: --in, --type, --after, --before. Runs in the command."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime

from app.cli.library import places_of
from app.core.types import Filters


def add_place(parser: ArgumentParser) -> None:
    """Add `--in`."""
    parser.add_argument(
        "--in", dest="places", action="append", default=[], metavar="PATH", help="only in this file or folder"
    )


def add_filters(parser: ArgumentParser) -> None:
    """Add every restricting option."""
    add_place(parser)
    parser.add_argument(
        "--type", dest="types", action="append", default=[], metavar="EXT", help="only files of this kind, such as pdf"
    )
    parser.add_argument("--after", type=midnight_ns, metavar="DATE", help="only files changed on this day or later")
    parser.add_argument("--before", type=midnight_ns, metavar="DATE", help="only files changed before this day")


def filters_of(options: Namespace) -> Filters:
    """Return the filters that a command line asks for."""
    return Filters(
        paths=tuple(place for word in options.places for place in places_of(word)),
        types=tuple(word.lower().lstrip(".") for word in getattr(options, "types", ())),
        after_ns=getattr(options, "after", None),
        before_ns=getattr(options, "before", None),
    )


def midnight_ns(word: str) -> int:
    """Return the first moment of a day, here, in nanoseconds since 1970."""
    try:
        day = datetime.strptime(word, "%Y-%m-%d")
    except ValueError as error:
        raise ArgumentTypeError(f"{word!r} is not a date such as 2026-03-31") from error
    return int(day.timestamp()) * 1_000_000_000
