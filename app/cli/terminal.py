"""What a command prints: results on standard output, all else on standard error. Runs in the command."""

import json
import os
import re
import sys
import textwrap
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from shutil import get_terminal_size

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from app.cli.sentences import error_sentence
from app.core.errors import AppError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WIDEST = 100
LINE_EVERY_S = 15.0

Advance = Callable[[float, float, str], None]
"""Moves a progress bar: what is done, of how much, and a word about it."""


def plain(text: str) -> str:
    """Return foreign text as a terminal may show it: a document must not move the cursor or set the title."""
    return _CONTROL.sub("\ufffd", text.encode("utf-8", "backslashreplace").decode())


def shown_path(path: bytes) -> str:
    """Return a path for people, in one line: relative where it lies below the working directory."""
    text = os.fsdecode(path)
    here = os.getcwd() + os.sep
    return plain(re.sub(r"[\n\t]", "\ufffd", text.removeprefix(here)))


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
        """Show how far something is on standard error: a bar on a terminal, elsewhere a line now and then."""
        console = Console(stderr=True)
        if not console.is_terminal:
            yield self._now_and_then(title)
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[word]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=None, word="")
            yield lambda done, total, word: bar.update(task, completed=done, total=total, word=plain(word))

    def _now_and_then(self, title: str) -> Advance:
        said_s = time.monotonic()

        def advance(done: float, total: float, word: str) -> None:
            nonlocal said_s
            if time.monotonic() - said_s > LINE_EVERY_S:
                said_s = time.monotonic()
                self.say(f"{title}: {100 * done / max(total, 1):.0f} % {word}")

        return advance
