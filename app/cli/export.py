"""`margent export`: an answer with its evidence as a file that needs no Margent. Runs in the command."""

import json
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.exported import as_docx, as_html, as_markdown, exported
from app.cli.library import reply, with_library
from app.cli.terminal import Terminal, shown_path
from app.core.errors import PathUnwritable, UsageWrong
from app.core.receipt_chain import Entry, entry_record
from app.core.receipt_messages import OpenReceipt, ReceiptOpened

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "write an answer with its evidence to a file: HTML, Markdown, DOCX or JSON"
FORMATS = (".html", ".md", ".docx", ".json")


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `export` takes."""
    parser.add_argument("receipt", metavar="ID", help="the answer's receipt, or how its id begins")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help="its suffix says as what: .html, .md, .docx or .json"
    )


def run(options: Namespace, terminal: Terminal) -> int:
    """Write the file, whole or not at all."""
    target: Path = options.to
    if target.suffix.lower() not in FORMATS:
        raise UsageWrong(detail=f"{target}: export writes {', '.join(FORMATS)}")

    async def opened(session: "Session") -> Entry:
        return (await reply(session, OpenReceipt(options.receipt), ReceiptOpened)).receipt

    content = written(with_library(options, opened), target.suffix.lower())
    temporary = target.with_name(f".{target.name}.new")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise PathUnwritable(path=str(target), detail=error.strerror or str(error)) from error
    terminal.result({"file": str(target.absolute()), "bytes": len(content)}, lambda: shown_path(os.fsencode(target)))
    return 0


def written(entry: Entry, suffix: str) -> bytes:
    """Return a receipt in the format of a file's suffix.

    Raises: ReceiptErased, for all but JSON.
    """
    if suffix == ".json":
        return json.dumps(entry_record(entry), indent=2).encode()
    answer = exported(entry)
    match suffix:
        case ".docx":
            return as_docx(answer)
        case ".html":
            return as_html(answer).encode("utf-8", "replace")
        case _:
            return as_markdown(answer).encode("utf-8", "replace")
