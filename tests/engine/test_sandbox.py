"""The jail holds: each attempt is made inside a process that was locked in."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

from app.engine import bpf
from app.engine.sandbox import lock_down

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the jail is Linux's")
FORBIDDEN = {
    "reading a file": "open('/etc/hostname').read()",
    "writing a file": "open({folder!r} + '/new', 'w')",
    "listing a folder": "os.listdir('/')",
    "a socket": "socket.socket()",
    "a pair of sockets": "socket.socketpair()",
    "a local socket": "socket.socket(socket.AF_UNIX)",
    "a new process": "os.fork()",
    "another program": "os.execv('/bin/true', ['true'])",
    "a signal to the parent": "os.kill(os.getppid(), 0)",
    "a queued signal to the parent": "call('rt_sigqueueinfo', os.getppid(), 0, struct.pack('=iii116x', 0, 0, -1))",
    "the parent's limits": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "typing into a terminal": "fcntl.ioctl(0, 0x5412, b'x')",
    "pasting into a console": "fcntl.ioctl(0, 0x541C, b'x')",
    "changing rights by a newer call": "call('fchmodat2', -100, os.fsencode({folder!r}) + b'/old', 0o777, 0)",
    "removing a file": "os.unlink({folder!r} + '/old')",
    "renaming a file": "os.rename({folder!r} + '/old', {folder!r} + '/new')",
    "changing rights": "os.chmod({folder!r} + '/old', 0o777)",
    "making a folder": "os.mkdir({folder!r} + '/sub')",
    "memory as a file": "os.memfd_create('x')",
    "opening its own input again": "open('/proc/self/fd/0')",
}

CALL = """
import ctypes, fcntl, os, platform, resource, socket, struct, sys, threading
from app.engine import bpf
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    number = bpf.CALLS[platform.machine()].numbers[name]
    if libc.syscall(ctypes.c_long(number), *arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
"""


def run_locked(code: str, lock: str = "lock_down(memory_bytes=1 << 30)", stdin: TextIO | None = None) -> str:
    """Run code in a new process after it locked itself in, and return what it printed."""
    program = f"{CALL}\nfrom app.engine.sandbox import lock_down\nnames = {lock}\n{code}"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, stdin=stdin
    ).stdout


@linux_only
def test_nothing_of_the_machine_can_be_reached(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    attempts = {name: code.format(folder=str(tmp_path)) for name, code in FORBIDDEN.items()}
    code = (
        f"for name, attempt in {attempts!r}.items():\n"
        "    try:\n        eval(attempt)\n"
        "    except PermissionError:\n        continue\n"
        "    print('reached:', name)\n"
        "print('end')"
    )
    assert run_locked(code) == "end\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["old"]


@linux_only
def test_the_same_attempts_succeed_outside() -> None:
    assert os.listdir("/")
    assert Path("/etc/hostname").read_text()


@linux_only
def test_the_names_say_what_is_in_force() -> None:
    names = run_locked("print(*names, sep='\\n')").splitlines()
    assert {"no new privileges", "dies with its parent", "limit on memory 1024 MB"} <= set(names)
    assert os.uname().machine not in bpf.CALLS or "seccomp" in names


@linux_only
def test_a_readable_file_can_be_read_and_not_written_and_the_second_lock_takes_it_away(tmp_path: Path) -> None:
    allowed, other = tmp_path / "model", tmp_path / "other"
    allowed.write_text("weights")
    other.write_text("secret")
    code = (
        "def attempt(path, mode):\n"
        "    try:\n        open(path, mode).close()\n        return 'yes'\n"
        "    except PermissionError:\n        return 'no'\n"
        f"print(attempt({str(allowed)!r}, 'r'), attempt({str(allowed)!r}, 'a'), attempt({str(other)!r}, 'r'))\n"
        "lock_down(memory_bytes=1 << 30)\n"
        f"print(attempt({str(allowed)!r}, 'r'))"
    )
    lock = f"lock_down(memory_bytes=1 << 30, readable=({os.fsencode(allowed)!r},))"
    landlocked = "Landlock" in run_locked("print(*names)")
    assert run_locked(code, lock) == f"yes no {'no' if landlocked else 'yes'}\nno\n"


@linux_only
def test_open_descriptors_threads_and_memory_within_the_limit_still_work(tmp_path: Path) -> None:
    (tmp_path / "document").write_text("words")
    code = (
        "thread = threading.Thread(target=lambda: print(sys.stdin.read()))\n"
        "thread.start()\nthread.join()\n"
        "block = bytearray(1 << 24)\n"
        "try:\n    bytearray(1 << 31)\nexcept MemoryError:\n    print('limited')"
    )
    with (tmp_path / "document").open() as document:
        assert run_locked(code, stdin=document) == "words\nlimited\n"


@linux_only
def test_a_locked_process_that_aborts_dies() -> None:
    program = "import os\nfrom app.engine.sandbox import lock_down\nlock_down(memory_bytes=0)\nos.abort()"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode < 0


@pytest.mark.parametrize("machine", sorted(bpf.CALLS))
def test_every_architectures_filter_is_well_formed(machine: str) -> None:
    calls = bpf.CALLS[machine]
    program = bpf.deny_filter(calls, 1, may_open=False)
    assert len(program) % bpf.INSTRUCTION_BYTES == 0
    assert len(program) // bpf.INSTRUCTION_BYTES < 4096
    assert {"seccomp", "openat", "clone", "clone3", "tgkill", "socket", "execve"} <= calls.numbers.keys()
    looked_into = {"seccomp", "open", "openat", "clone", "clone3", "tgkill", "prlimit64", "ioctl"}
    assert set(calls.numbers) - looked_into <= set(bpf.DENIED)
    assert len(set(calls.numbers.values())) == len(calls.numbers)


def test_elsewhere_nothing_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert lock_down(memory_bytes=1) == ()


@linux_only
def test_every_reader_reads_where_no_socket_and_no_other_file_can_be_opened() -> None:
    code = (
        "import io, socket, sys\n"
        "from app.engine import reader_process\n"
        "from app.engine.sandbox import lock_down\n"
        "from app.readers.reading import read\n"
        "from tests.fuzzing.targets import SEEDS\n"
        "def is_refused(attempt):\n"
        "    try:\n        attempt()\n    except PermissionError:\n        return True\n    return False\n"
        "reader_process.warm()\n"
        "before = is_refused(socket.socket), is_refused(lambda: open('/etc/hostname'))\n"
        "lock_down(memory_bytes=reader_process.MEMORY_BYTES)\n"
        "for name, content in SEEDS.items():\n"
        "    text = any(page.text for page in read(io.BytesIO(content), name)[1])\n"
        "    print(name, text, is_refused(socket.socket), is_refused(lambda: open('/etc/hostname')))\n"
        "print('before', *before)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=root)
    *said, before = done.stdout.splitlines()
    assert before == "before False False"
    assert len(said) >= 18
    assert [line for line in said if not line.endswith(" True True True")] == []
