"""`margent export`: an answer with its evidence as a file that needs no Margent. Runs in the command."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.library import reply, with_library
from app.cli.terminal import Terminal, shown_path
from app.config.whole_files import write_whole
from app.core.errors import PathUnwritable, UsageWrong
from app.core.receipt_messages import ExportFormat, ExportReceipt, ReceiptExported

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "write an answer with its evidence to a file: HTML, Markdown, DOCX or JSON"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `export` takes."""
    parser.add_argument("receipt", metavar="ID", help="the answer's receipt, or how its id begins")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help="its suffix says as what: .html, .md, .docx or .json"
    )


def run(options: Namespace, terminal: Terminal) -> int:
    """Write the file, whole or not at all."""
    target: Path = options.to
    if target.suffix.lower() not in tuple(ExportFormat):
        raise UsageWrong(detail=f"{target}: export writes {', '.join(ExportFormat)}")
    wanted = ExportReceipt(options.receipt, ExportFormat(target.suffix.lower()))

    async def exported(session: "Session") -> bytes:
        return (await reply(session, wanted, ReceiptExported)).content

    content = with_library(options, exported)
    try:
        write_whole(target, content)
    except OSError as error:
        raise PathUnwritable(path=str(target), detail=error.strerror or str(error)) from error
    terminal.result({"file": str(target.absolute()), "bytes": len(content)}, lambda: shown_path(os.fsencode(target)))
    return 0
