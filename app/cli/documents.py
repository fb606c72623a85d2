"""`margent documents`: one row a document. Runs in the command."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from app.cli.library import reply, with_library
from app.cli.records import document_record
from app.cli.sentences import counted, row_sentence
from app.cli.terminal import Terminal, shown_path
from app.core.messages import DocumentsListed, ListDocuments
from app.core.types import DocumentRow, DocumentState

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "list every document with its state, and the reason where it could not be read"


def add_arguments(_parser: ArgumentParser) -> None:
    """`documents` takes nothing of its own."""


def run(options: Namespace, terminal: Terminal) -> int:
    """Print one row a document."""

    async def show(session: "Session") -> None:
        rows = (await reply(session, ListDocuments(), DocumentsListed)).documents
        terminal.result([document_record(row) for row in rows], lambda: "\n".join(map(document_line, rows)))

    with_library(options, show)
    return 0


def document_line(row: DocumentRow) -> str:
    """Return a document as one line: its state, its size in pages and passages or the reason, and its path."""
    if row.state is DocumentState.READY:
        about = f"{row.pages:>4} {'page ' if row.pages == 1 else 'pages'} {counted(row.passages, 'passage'):>14}"
    else:
        about = row_sentence(row)
    return f"{row.state:<8} {about:<25}  {shown_path(row.path)}"
