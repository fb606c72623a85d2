"""What measurements of real documents share: a library for them, metrics as they are printed. Runs in the command."""

import os
import tempfile
from argparse import Namespace
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.cli.index import show_progress
from app.cli.library import absolute, reply, with_library
from app.cli.records import Json
from app.cli.terminal import Terminal
from app.config.paths import default_data_dir
from app.core.messages import AddFolder, Done

if TYPE_CHECKING:
    from app.engine.session import Session

Result = TypeVar("Result")


def with_documents(
    options: Namespace, documents: Path, terminal: Terminal, use: Callable[["Session", bytes], Awaitable[Result]]
) -> Result:
    """Index a folder in the library that `--data-dir` names, or else in one for this time, and use it there."""
    folder = absolute(str(documents))

    async def indexed(session: "Session") -> Result:
        await reply(session, AddFolder(folder), Done)
        with terminal.progress("Indexing") as advance:
            await session.settle(lambda event: show_progress(event, advance))
        return await use(session, os.path.realpath(folder))

    with ExitStack() as stack:
        if options.data_dir == default_data_dir():  # a person's own library is no place for an evaluation's documents
            options.data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="margent-evaluate-")))
        return with_library(options, indexed)


def show_metrics(record: dict[str, Json], terminal: Terminal) -> None:
    """Print metrics: all as JSON, for people those that are numbers, `-` where there was nothing to measure."""
    lines = [
        f"{name:<28}{'-' if value is None else f'{value:g}'}"
        for name, value in record.items()
        if value is None or isinstance(value, int | float)
    ]
    terminal.result(record, lambda: "\n".join(lines))
