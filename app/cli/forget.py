"""`margent forget`: a file or folder leaves the library with every trace, and that is checked. Runs in the command."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from app.cli.library import absolute, reply, with_library
from app.cli.records import Json
from app.cli.sentences import FAILED, counted
from app.cli.terminal import Terminal, shown_path
from app.core.receipt_messages import Forget, Forgot

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "remove a file or folder from the library with every trace of it; the file itself stays where it is"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `forget` takes."""
    parser.add_argument("path", metavar="PATH", help="a file or folder that was added to the library")
    parser.add_argument("--yes", action="store_true", help="do not ask first")


def run(options: Namespace, terminal: Terminal) -> int:
    """Forget a path after asking, and print what was removed and how many traces are left."""
    path = absolute(options.path)
    if not options.yes and sys.stdin.isatty() and not _is_wanted(path):
        terminal.say("margent: nothing was removed")
        return FAILED

    async def forgotten(session: "Session") -> Forgot:
        return await reply(session, Forget(path), Forgot)

    forgot = with_library(options, forgotten)
    terminal.result(forgot_record(forgot), lambda: forgot_line(forgot))
    return FAILED if forgot.left else 0


def forgot_record(forgot: Forgot) -> dict[str, Json]:
    """Return what `forget --json` prints."""
    return {
        "documents": forgot.documents,
        "passages": forgot.passages,
        "vectors": forgot.vectors,
        "receipts": forgot.receipts,
        "left": forgot.left,
    }


def forgot_line(forgot: Forgot) -> str:
    """Return what was removed, and what a search for it found afterwards."""
    removed = ", ".join(
        (
            counted(forgot.documents, "document"),
            counted(forgot.passages, "passage"),
            counted(forgot.vectors, "vector"),
        )
    )
    receipts = f" Texts of {counted(forgot.receipts, 'receipt')} were erased." if forgot.receipts else ""
    left = f"{counted(forgot.left, 'trace')} left; run it again" if forgot.left else "no trace is left"
    return f"{removed} removed; {left}.{receipts}"


def _is_wanted(path: bytes) -> bool:
    asked = f"Remove {shown_path(path)} from the library, and its texts from the receipts? [y/N] "
    print(asked, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
