"""`margent index`: add folders or files, and index until nothing is left. Runs in the command."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.cli.library import absolute, is_at_or_under, reply, with_library
from app.cli.records import Json
from app.cli.sentences import counted, exit_status, nothing_to_read_sentence, row_sentence
from app.cli.terminal import Advance, Terminal, shown_path
from app.core.errors import PathMissing, PathUnreadable
from app.core.messages import AddFolder, DocumentsListed, Done, ListDocuments, Resume, StatusChanged
from app.core.types import DocumentRow, DocumentState

if TYPE_CHECKING:
    from app.engine.session import IndexReport, Session

HELP = "add folders or files to the library and index until nothing is left"
MOST_SHOWN = 20


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `index` takes."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a folder or a file")
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out of these folders, from now on, what fits; written as in a .gitignore file",
    )


def run(options: Namespace, terminal: Terminal) -> int:
    """Index what was named and what is in the library already; one bad path does not keep the others out."""

    async def index(session: "Session") -> int:
        worst, added = 0, list[str]()
        if session.status().paused:
            terminal.say("margent: indexing was paused; it goes on")
            await reply(session, Resume(), Done)
        for word in options.paths:
            try:
                await reply(session, AddFolder(absolute(word), tuple(options.ignore)), Done)
                added.append(word)
            except (PathMissing, PathUnreadable) as error:
                terminal.complain(error)
                worst = max(worst, exit_status(error))
        with terminal.progress("Indexing") as advance:
            report = await session.settle(lambda event: show_progress(event, advance))
        rows = (await reply(session, ListDocuments(), DocumentsListed)).documents if added else ()
        for word in added:
            if line := nothing_read_line(word, rows):
                terminal.say(f"margent: {line}")
        terminal.result(report_record(report), lambda: report_lines(report))
        return worst

    return with_library(options, index)


def nothing_read_line(word: str, rows: Sequence[DocumentRow]) -> str:
    """Return why a path that was added brought no document, "" if it did."""
    place = os.path.realpath(absolute(word))
    states = [row.state for row in rows if is_at_or_under(row.path, place)]
    if any(state is not DocumentState.IGNORED for state in states):
        return ""
    return nothing_to_read_sentence(word, len(states))


def show_progress(event: StatusChanged, advance: Advance) -> None:
    """Move the bar to where the library stands."""
    status = event.status
    done = status.ready + status.failed
    left = "" if event.seconds_left is None else f"{event.documents_per_s:.1f} a second"
    if status.queued:
        advance(done, done + status.queued, left)
    elif status.outdated:
        advance(done - status.outdated, done, left)
    elif status.unembedded:
        advance(status.passages - status.unembedded, status.passages, "by meaning")
    elif status.pages_waiting and status.recognises_with:
        advance(0, status.pages_waiting, f"{counted(status.pages_waiting, 'scanned page')} to recognise")
    else:
        advance(done, done, left)


def report_record(report: "IndexReport") -> dict[str, Json]:
    """Return what `index --json` prints."""
    return {
        "documents": report.documents,
        "indexed": report.indexed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "failed": [
            {"path": os.fsdecode(row.path), "reason": row.reason.value, "detail": row.detail} for row in report.failed
        ],
        "passages": report.passages,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
    }


def report_lines(report: "IndexReport") -> str:
    """Return what was done as a person reads it."""
    lines = [
        f"{counted(report.documents, 'document')}, {counted(report.passages, 'passage')}: {report.indexed:,} indexed, "
        f"{report.unchanged:,} unchanged, {report.removed:,} removed, {len(report.failed):,} could not be read "
        f"({report.seconds:.1f} s)"
    ]
    shown = report.failed[:MOST_SHOWN]
    lines += [f"  {shown_path(row.path)}: {row_sentence(row)}" for row in shown]
    if len(report.failed) > len(shown):
        lines.append(f"  … and {len(report.failed) - len(shown):,} more: margent documents")
    return "\n".join(lines)
