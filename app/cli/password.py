"""`margent password`: the password of a locked file, given or taken away. Runs in the command."""

import getpass
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from app.cli.index import show_progress
from app.cli.library import document_at, reply, with_library
from app.cli.records import Json
from app.cli.sentences import FAILED, reason_sentence
from app.cli.terminal import Terminal, shown_path
from app.core.errors import NoModelInstalled, UsageWrong
from app.core.messages import Done
from app.core.password_messages import ForgetPassword, GivePassword, PasswordKept
from app.core.types import DocumentRow, DocumentState

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "give the password of a locked file of the library, which is then read, or take it away"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `password` takes; never the password itself, which other programs could see."""
    parser.add_argument("path", metavar="FILE", help="a locked file of the library")
    parser.add_argument("--remove", action="store_true", help="forget its password; what was read of it stays")


def run(options: Namespace, terminal: Terminal) -> int:
    """Ask for the password, or read a line of standard input; keep it if it fits, and read the file."""

    async def give(session: "Session") -> int:
        row = await document_at(session, options.path)
        if options.remove:
            await reply(session, ForgetPassword(row.id), Done)
            terminal.result({"path": shown_path(row.path)}, lambda: removed_line(row))
            return 0
        kept = await reply(session, GivePassword(row.id, _asked_for(row)), PasswordKept)
        try:
            with terminal.progress("Indexing") as advance:
                await session.settle(lambda event: show_progress(event, advance))
        except NoModelInstalled as error:  # its words are found even so
            terminal.complain(error)
        row = await document_at(session, options.path)
        terminal.result(kept_record(row, kept), lambda: kept_lines(row, kept))
        return 0 if row.state is DocumentState.READY else FAILED

    return with_library(options, give)


def kept_record(row: DocumentRow, kept: PasswordKept) -> dict[str, Json]:
    """Return what `password --json` prints."""
    return {
        "path": shown_path(row.path),
        "kept": "keyring" if kept.in_keyring else "session",
        "state": row.state.value,
        "reason": row.reason.value,
        "pages": row.pages,
        "passages": row.passages,
    }


def kept_lines(row: DocumentRow, kept: PasswordKept) -> str:
    """Return what became of the file, and where its password is."""
    if row.state is DocumentState.READY:
        what = "it is read"
    else:
        what = f"it cannot be read: {reason_sentence(row.reason, row.detail)}"
    where = (
        "Its password is in your keyring."
        if kept.in_keyring
        else "There is no keyring on this computer, so its password is not kept: its pages are shown as text, and when "
        "it changes, give the password again."
    )
    return f"{shown_path(row.path)}: {what}. {where}"


def removed_line(row: DocumentRow) -> str:
    """Return what was taken away, and what was not."""
    return f"{shown_path(row.path)}: no password of it is kept. What was read of it stays in the library."


def _asked_for(row: DocumentRow) -> str:
    """Return the password as it is typed, unseen, or as the first line of a standard input that is no terminal."""
    prompt = f"Password of {shown_path(row.path)}: "
    password = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageWrong(detail="no password was given")
    return password
