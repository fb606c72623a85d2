"""`margent rules`: what is left out of a folder, shown and changed. Runs in the command."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from app.cli.library import absolute, reply, with_library
from app.cli.records import rules_record
from app.cli.sentences import gigabytes
from app.cli.terminal import Terminal, plain
from app.core.errors import UsageWrong
from app.core.messages import Done
from app.core.rule_messages import ChangeRules, ListRules, RulesListed
from app.core.types import MOST_BYTES, FolderRules

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "show or change what is left out of a folder"
ALL = "all"
_MEGABYTE = 1_000_000


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `rules` takes."""
    parser.add_argument("path", metavar="FOLDER", help="a folder of the library")
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out what fits, as in a .gitignore file; !PATTERN takes in again",
    )
    parser.add_argument("--remove", action="append", default=[], metavar="PATTERN", help="take a pattern away")
    parser.add_argument("--types", metavar="EXT,EXT", help=f"read only files of these types; '{ALL}' for every type")
    parser.add_argument("--largest", metavar="MB", help=f"read no larger files; '{ALL}' for every size")
    parser.add_argument(
        "--archives",
        action=BooleanOptionalAction,
        default=None,
        help="read what is packed in ZIP files, each file in them a document of its own",
    )


def run(options: Namespace, terminal: Terminal) -> int:
    """Change what was asked for, then print the folder's rules."""

    async def change(session: "Session") -> None:
        path = absolute(options.path)
        before = (await reply(session, ListRules(path), RulesListed)).rules
        after = changed_rules(before, options)
        if after != before:
            await reply(session, ChangeRules(path, after), Done)
        listed = await reply(session, ListRules(path), RulesListed)
        terminal.result(rules_record(listed), lambda: rules_lines(listed))

    with_library(options, change)
    return 0


def changed_rules(rules: FolderRules, options: Namespace) -> FolderRules:
    """Return a folder's rules as the options change them.

    Raises:
        UsageWrong: a pattern to be taken away is not there, or a size is none.
    """
    for pattern in options.remove:
        if pattern not in rules.patterns:
            raise UsageWrong(detail=f"{plain(pattern)}: the folder has no such pattern of its own")
    kept = (pattern for pattern in rules.patterns if pattern not in options.remove)
    rules = replace(rules, patterns=tuple(dict.fromkeys((*kept, *options.ignore))))
    if options.types is not None:
        rules = replace(rules, types=_types(options.types))
    if options.largest is not None:
        rules = replace(rules, most_bytes=_most_bytes(options.largest))
    if options.archives is not None:
        rules = replace(rules, archives=options.archives)
    return rules


def rules_lines(listed: RulesListed) -> str:
    """Return a folder's rules as a person reads them."""
    rules = listed.rules
    lines = [plain(pattern) for pattern in rules.patterns] or ["Nothing is left out but what is built in."]
    if rules.types:
        lines.append(f"Only these types are read: {plain(', '.join(rules.types))}")
    if rules.most_bytes:
        lines.append(f"Files of more than {gigabytes(rules.most_bytes)} are not read.")
    if rules.archives:
        lines.append("What is packed in ZIP files is read.")
    lines.append(f"Built in (take one back with --ignore '!PATTERN'): {' '.join(listed.built_in)}")
    return "\n".join(lines)


def _types(words: str) -> tuple[str, ...]:
    if words == ALL:
        return ()
    return tuple(dict.fromkeys(word.strip().lower().removeprefix(".") for word in words.split(",") if word.strip()))


def _most_bytes(word: str) -> int:
    if word == ALL:
        return 0
    try:
        most_bytes = round(float(word) * _MEGABYTE)
    except (ValueError, OverflowError):
        most_bytes = 0
    if not 1 <= most_bytes < MOST_BYTES:
        raise UsageWrong(detail=f"--largest takes a number of megabytes, not {plain(word)}")
    return most_bytes
