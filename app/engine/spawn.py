"""Start a child process with its end of the seam. Used in the window's and the engine's process."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROLES = ("engine", "llama", "embedder", "reader", "recogniser")


def spawn(role: str, arguments: Sequence[str] = ()) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start this program as `role`; return the process and our end of the socket that is its standard input.

    What the child prints goes to our standard error. It ends by itself at end-of-file.
    """
    ours, theirs = socket.socketpair()
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    environment = dict(os.environ, GGML_NO_BACKTRACE="1", PYTHONUNBUFFERED="1")
    root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))
    with theirs:
        command = [*program, "--process", role, *arguments]
        process = subprocess.Popen(command, stdin=theirs.fileno(), stdout=2, env=environment)
    return process, ours
