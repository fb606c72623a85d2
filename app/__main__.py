"""Margent's one entrance: the window, a command, or a child process. Runs in every process."""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from app.engine.spawn import ROLES


def main(arguments: Sequence[str] | None = None) -> int:
    """Start what the arguments ask for and return the exit status."""
    os.umask(0o077)
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["--process"]:
        return _run_child(words[1], words[2:])
    from app.cli.display import NO_DISPLAY, has_display
    from app.cli.parser import parse, run

    parsed = parse(words)
    if parsed.command is not None:
        return run(parsed)
    if not has_display(os.environ):
        sys.stderr.write(f"{NO_DISPLAY}\n")
        return 1
    from app.config.paths import DataPaths
    from app.config.settings import load_settings
    from app.ui.application import run as run_window

    paths = DataPaths(parsed.data_dir)
    return run_window(paths, load_settings(paths.settings))


def _run_child(role: str, arguments: Sequence[str]) -> int:
    """Serve the parent over the socket that is our standard input; what libraries print goes to standard error."""
    from app.config.logs import log_to_stderr
    from app.engine.wire import Connection, ConnectionClosed, take_standard_input

    if role not in ROLES:
        raise SystemExit(f"margent: no process {role!r}")
    log_to_stderr()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C, and its end is ours
    sock = take_standard_input()
    if role == "engine":
        from app.config.paths import DataPaths
        from app.engine.engine_process import run as run_engine

        _end(run_engine(sock, DataPaths(Path(arguments[arguments.index("--data-dir") + 1]))))
    if role == "llama":
        from app.engine.llama_process import run as run_child
    elif role == "embedder":
        from app.engine.embedder_process import run as run_child
    elif role == "recogniser":
        from app.engine.recogniser_process import run as run_recogniser

        run_child = partial(run_recogniser, arguments=arguments)
    else:
        from app.engine.reader_process import run as run_child
    try:
        run_child(Connection(sock))
    except ConnectionClosed:
        return 0
    return 0


def _end(status: int) -> NoReturn:
    """End this process, which has closed what it had open, without taking the interpreter down.

    To free all that Chroma has imported takes seconds beside other work, and the window waits for them.
    """
    logging.shutdown()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
