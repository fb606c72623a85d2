"""Logs: a file for the engine and for commands, standard error for the others; never a word of a document or question.

Used in every process.
"""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_to_file(directory: Path, process: str) -> None:
    """Send this process's log records to `directory/process.log`, 1 MB and one predecessor at most.

    Where no file can be written there, they go to standard error: a log is no reason not to work.
    """
    try:
        target = RotatingFileHandler(directory / f"{process}.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    except OSError:
        log_to_stderr()
        return
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=[target], force=True)


def log_to_stderr() -> None:
    """Send warnings and worse to standard error, for children and commands."""
    logging.basicConfig(level=logging.WARNING, format=FORMAT, stream=sys.stderr, force=True)
