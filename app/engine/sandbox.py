"""Lock a process in before it meets foreign files: no files, no network, no programs. Reader and llama processes.

Linux only, without privileges: Landlock (files), seccomp (system calls), resource limits. Each is taken where the
kernel has it, and `lock_down` names what is in force. It may be called again to allow less.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.engine import bpf

OPEN_FILES_LIMIT = 256

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
# The numbers of Landlock's calls are the same on every architecture.
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_VERSION = 1  # flag: ask for the version
_LANDLOCK_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Rights over files by the version that brought them: 13 first, then REFER, TRUNCATE, (none), IOCTL_DEV.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORK_RIGHTS = 0b11  # bind, connect; from version 4
_SCOPES = 0b11  # abstract sockets, signals; from version 6


@dataclass(frozen=True, slots=True)
class _Kernel:
    libc: ctypes.CDLL

    def call(self, number: int, *arguments: object) -> int:
        """Make a system call and return its result, -1 on failure."""
        return int(self.libc.syscall(ctypes.c_long(number), *arguments))


def lock_down(*, memory_bytes: int, readable: tuple[bytes, ...] = ()) -> tuple[str, ...]:
    """Lock this process in for good and return the names of what is in force, () where the system has none of it.

    Descriptors that are open stay usable. `readable` files and folders may still be opened for reading; without any,
    no file can be opened at all. `memory_bytes` limits the address space, which includes mapped files; 0 sets no limit.
    """
    if not sys.platform.startswith("linux"):
        return ()
    kernel = _Kernel(ctypes.CDLL(None, use_errno=True))
    in_force = list(_limits(memory_bytes))
    if kernel.libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0:
        in_force.append("dies with its parent")
    if kernel.libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return tuple(in_force)
    in_force.append("no new privileges")
    in_force += _landlock(kernel, readable)
    in_force += _seccomp(kernel, may_open=bool(readable))
    return tuple(in_force)


def _limits(memory_bytes: int) -> Iterator[str]:
    wanted = [("core dumps", resource.RLIMIT_CORE, 0), ("open files", resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT)]
    if memory_bytes:
        wanted.append((f"memory {memory_bytes >> 20} MB", resource.RLIMIT_AS, memory_bytes))
    for name, limit, value in wanted:
        _soft, hard = resource.getrlimit(limit)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
        yield f"limit on {name}"


def _landlock(kernel: _Kernel, readable: Sequence[bytes]) -> Iterator[str]:
    version = kernel.call(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION))
    if version < 1:
        return
    files = (1 << _FILE_RIGHTS[min(version, 5)]) - 1
    fields = [files]
    fields += [_NETWORK_RIGHTS] if version >= 4 else []
    fields += [_SCOPES] if version >= 6 else []
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = kernel.call(_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    if ruleset < 0:
        return
    try:
        for path in readable:
            _allow_reading(kernel, ruleset, path)
        if kernel.call(_LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0:
            yield f"Landlock {version}"
    finally:
        os.close(ruleset)


def _allow_reading(kernel: _Kernel, ruleset: int, path: bytes) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)
        rule = struct.pack("=Qi", rights, place)
        arguments = (ctypes.c_int(ruleset), ctypes.c_int(_LANDLOCK_RULE_PATH_BENEATH), rule, ctypes.c_uint32(0))
        if kernel.call(_LANDLOCK_ADD_RULE, *arguments) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    finally:
        os.close(place)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def _seccomp(kernel: _Kernel, may_open: bool) -> Iterator[str]:
    calls = bpf.CALLS.get(platform.machine())
    if calls is None:
        return
    program = bpf.deny_filter(calls, os.getpid(), may_open)
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_program = _FilterProgram(len(program) // bpf.INSTRUCTION_BYTES, ctypes.cast(buffer, ctypes.c_void_p))
    set_filter, for_all_threads = ctypes.c_uint(1), ctypes.c_uint(1)
    if kernel.call(calls.numbers["seccomp"], set_filter, for_all_threads, ctypes.byref(filter_program)) == 0:
        yield "seccomp"
