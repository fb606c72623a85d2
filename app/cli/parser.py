"""The command line's grammar, and where a command's failure becomes an exit status. Runs in the command."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from app.cli import (
    ask,
    doctor,
    documents,
    evaluate,
    export,
    forget,
    index,
    models,
    password,
    receipts,
    rules,
    search,
    show,
    status,
)
from app.cli.sentences import FAILED, exit_status
from app.cli.terminal import Terminal
from app.config.paths import default_data_dir
from app.core.errors import AppError

COMMANDS = (
    index,
    status,
    documents,
    password,
    rules,
    search,
    ask,
    show,
    models,
    receipts,
    export,
    forget,
    evaluate,
    doctor,
)
EPILOG = """Without a command the window opens. Exit status: 0 done, 1 the request failed, 2 wrong usage,
3 another Margent has this library open, 4 no model is installed."""


def parse(words: Sequence[str]) -> Namespace:
    """Return what the words of a command line ask for; `command` is None for the window.

    Raises:
        SystemExit: the words make no sense (2), or asked for help only (0).
    """
    return build_parser().parse_args(words)


def build_parser() -> ArgumentParser:
    """Return the parser of every command; `--data-dir` and `--json` may stand before or after the command."""
    parser = ArgumentParser(
        prog="margent", description="Ask your own documents; nothing leaves this computer.", epilog=EPILOG
    )
    parser.set_defaults(data_dir=default_data_dir(), json=False)
    # SUPPRESS: the command's own parser must not put a default over what stood before the command.
    common = ArgumentParser(add_help=False, argument_default=SUPPRESS)
    for place in (parser, common):
        place.add_argument(
            "--data-dir",
            type=_absolute_path,
            metavar="DIR",
            default=SUPPRESS,
            help="the library to use, instead of yours",
        )
        place.add_argument(
            "--json", action="store_true", default=SUPPRESS, help="print one JSON document on standard output"
        )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        command = commands.add_parser(name, parents=[common], help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def run(options: Namespace) -> int:
    """Carry out a parsed command and return its exit status."""
    terminal = Terminal(as_json=options.json)
    try:
        status_code: int = options.run(options, terminal)
        sys.stdout.flush()
    except AppError as error:
        terminal.complain(error)
        return exit_status(error)
    except KeyboardInterrupt:
        terminal.say("margent: stopped; what was done is kept")
        return FAILED
    except BrokenPipeError:
        # The reader of our output (`| head`) has seen enough; Python must not complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return status_code


def _absolute_path(word: str) -> Path:
    return Path(word).expanduser().absolute()
