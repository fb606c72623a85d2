"""What a command prints: results on standard output, all else on standard error. Runs in the command."""

import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Generator
from contextlib import contextmanager
from shutil import get_terminal_size

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from app.cli.sentences import error_sentence
from app.core.errors import AppError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WIDEST = 100

Advance = Callable[[float, float, str], None]
"""Moves a progress bar: what is done, of how much, and a word about it."""


def plain(text: str) -> str:
    """Return foreign text as a terminal may show it: a document must not move the cursor or set the title."""
    return _CONTROL.sub("\ufffd", text.encode("utf-8", "backslashreplace").decode())


def shown_path(path: bytes) -> str:
    """Return a path for people: relative where it lies below the working directory."""
    text = os.fsdecode(path)
    here = os.getcwd() + os.sep
    return plain(text.removeprefix(here))


def indented(text: str, lines: int = 0) -> str:
    """Return text wrapped to the terminal and indented by three, cut after `lines` lines if any are given."""
    width = min(get_terminal_size().columns, WIDEST) - 1
    wrapper = textwrap.TextWrapper(width, initial_indent="   ", subsequent_indent="   ", break_on_hyphens=False)
    wrapped = wrapper.wrap(" ".join(plain(text).split()))
    if lines and len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], f"{wrapped[lines - 1]} …"]
    return "\n".join(wrapped)


class Terminal:
    """Where a command's words go; with `as_json` only one JSON document goes to standard output."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, document: object, lines: Callable[[], str]) -> None:
        """Print a result: as JSON if that was asked for, else as the lines made for people."""
        # Escaped to ASCII: a file name that is not UTF-8 is still valid JSON, and no terminal can be taken over.
        text = json.dumps(document, indent=2) if self.as_json else lines()
        if text:
            print(text)

    def say(self, text: str) -> None:
        """Say something beside the result."""
        print(plain(text), file=sys.stderr)

    def complain(self, error: AppError) -> None:
        """Say what went wrong, in one line."""
        self.say(f"margent: {' '.join(error_sentence(error).split())}")

    @contextmanager
    def progress(self, title: str) -> Generator[Advance]:
        """Show a progress bar on standard error while there is a person to see it."""
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[word]}"),
        )
        with Progress(
            *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
        ) as bar:
            task = bar.add_task(title, total=None, word="")

            def advance(done: float, total: float, word: str) -> None:
                bar.update(task, completed=done, total=total, word=plain(word))

            yield advance
