"""The system calls that a locked process is refused, as a seccomp filter. Pure; used in reader and llama processes.

A filter is a program of classic BPF that sees the call's number and arguments. Refused calls fail with EPERM, so that a
library which only tries something goes on. Numbers: Linux, arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h.
"""

import errno
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass

INSTRUCTION_BYTES = 8

_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_RETURN = 0x06
_KILL = 0x80000000
_REFUSE = 0x00050000
_ALLOW = 0x7FFF0000
# Offsets in struct seccomp_data: number, architecture, then the low words of the arguments.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_ARGUMENT_BYTES = 8

_CLONE_THREAD = 0x10000
_TYPING_FOR_OTHERS = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX: input pushed into the terminal that we were started from
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_X32_BIT = 0x40000000  # x86-64 has a second set of numbers from here on


@dataclass(frozen=True, slots=True)
class Calls:
    """An architecture's audit number and the numbers of the calls named here; not every one has every call."""

    architecture: int
    numbers: dict[str, int]


# Network, other processes, other privileges, and every change to files.
DENIED = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    *(
        "fork",
        "vfork",
        "execve",
        "execveat",
        "ptrace",
        "kill",
        "tkill",
        "pidfd_open",
        "pidfd_getfd",
        "pidfd_send_signal",
        "rt_sigqueueinfo",
        "rt_tgsigqueueinfo",
    ),
    *("process_vm_readv", "process_vm_writev", "unshare", "setns", "mount", "umount2", "pivot_root", "chroot"),
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("keyctl", "add_key", "request_key", "memfd_create", "open_by_handle_at", "name_to_handle_at"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "reboot", "swapon", "swapoff", "acct", "quotactl"),
    *("creat", "truncate", "rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat", "symlink"),
    *("symlinkat", "mkdir", "mkdirat", "rmdir", "mknod", "mknodat", "chmod", "fchmod", "fchmodat", "chown", "fchown"),
    *("lchown", "fchownat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "utimensat", "utime", "utimes"),
    *("fchmodat2", "lremovexattr", "fremovexattr", "setxattrat", "removexattrat", "futimesat"),
    *("openat2", "inotify_init", "inotify_init1", "fanotify_init", "chdir", "fchdir"),
)

_X86_64 = (
    "seccomp 317 open 2 openat 257 openat2 437 creat 85 clone 56 clone3 435 tgkill 234 socket 41 connect 42 "
    "accept 43 bind 49 listen 50 socketpair 53 accept4 288 fork 57 vfork 58 execve 59 execveat 322 kill 62 "
    "tkill 200 ptrace 101 pidfd_send_signal 424 pidfd_open 434 pidfd_getfd 438 process_vm_readv 310 "
    "process_vm_writev 311 unshare 272 setns 308 mount 165 umount2 166 pivot_root 155 chroot 161 bpf 321 "
    "perf_event_open 298 userfaultfd 323 io_uring_setup 425 io_uring_enter 426 io_uring_register 427 "
    "keyctl 250 add_key 248 request_key 249 memfd_create 319 name_to_handle_at 303 open_by_handle_at 304 "
    "init_module 175 finit_module 313 delete_module 176 kexec_load 246 reboot 169 swapon 167 swapoff 168 "
    "acct 163 quotactl 179 truncate 76 rename 82 renameat 264 renameat2 316 unlink 87 unlinkat 263 link 86 "
    "linkat 265 symlink 88 symlinkat 266 mkdir 83 mkdirat 258 rmdir 84 mknod 133 mknodat 259 chmod 90 "
    "fchmod 91 fchmodat 268 chown 92 fchown 93 lchown 94 fchownat 260 setxattr 188 lsetxattr 189 fsetxattr 190 "
    "removexattr 197 utime 132 utimes 235 utimensat 280 inotify_init 253 inotify_init1 294 fanotify_init 300 "
    "chdir 80 fchdir 81 rt_sigqueueinfo 129 rt_tgsigqueueinfo 297 fchmodat2 452 lremovexattr 198 fremovexattr 199 "
    "setxattrat 463 removexattrat 466 futimesat 261 ioctl 16 prlimit64 302"
)
_AARCH64 = (
    "seccomp 277 openat 56 openat2 437 clone 220 clone3 435 tgkill 131 socket 198 socketpair 199 bind 200 "
    "listen 201 accept 202 connect 203 accept4 242 execve 221 execveat 281 kill 129 tkill 130 ptrace 117 "
    "pidfd_send_signal 424 pidfd_open 434 pidfd_getfd 438 process_vm_readv 270 process_vm_writev 271 "
    "unshare 97 setns 268 mount 40 umount2 39 pivot_root 41 chroot 51 bpf 280 perf_event_open 241 "
    "userfaultfd 282 io_uring_setup 425 io_uring_enter 426 io_uring_register 427 keyctl 219 add_key 217 "
    "request_key 218 memfd_create 279 name_to_handle_at 264 open_by_handle_at 265 init_module 105 "
    "finit_module 273 delete_module 106 kexec_load 104 reboot 142 swapon 224 swapoff 225 acct 89 quotactl 60 "
    "truncate 45 renameat 38 renameat2 276 unlinkat 35 linkat 37 symlinkat 36 mkdirat 34 mknodat 33 fchmod 52 "
    "fchmodat 53 fchown 55 fchownat 54 setxattr 5 lsetxattr 6 fsetxattr 7 removexattr 14 utimensat 88 "
    "inotify_init1 26 fanotify_init 262 chdir 49 fchdir 50 rt_sigqueueinfo 138 rt_tgsigqueueinfo 240 fchmodat2 452 "
    "lremovexattr 15 fremovexattr 16 setxattrat 463 removexattrat 466 ioctl 29 prlimit64 261"
)


def _calls(architecture: int, table: str) -> Calls:
    words = table.split()
    return Calls(architecture, {name: int(number) for name, number in zip(words[::2], words[1::2], strict=True)})


CALLS = {"x86_64": _calls(0xC000003E, _X86_64), "aarch64": _calls(0xC00000B7, _AARCH64)}


def deny_filter(calls: Calls, pid: int, may_open: bool) -> bytes:
    """Return the filter's instructions; without `may_open` no file can be opened, with it only for reading.

    New threads are allowed and new processes are not; a process may signal and limit itself only.
    """
    numbers = calls.numbers
    program = [_step(_LOAD_WORD, _ARCHITECTURE), _jump(_JUMP_EQUAL, calls.architecture, 1, 0), _step(_RETURN, _KILL)]
    program += [_step(_LOAD_WORD, _NUMBER), _jump(_JUMP_AT_LEAST, _X32_BIT, 0, 1), _step(_RETURN, _KILL)]
    # glibc takes clone where clone3 is unknown, and clone's flags can be looked at.
    program += _when(numbers["clone3"], [_step(_RETURN, _REFUSE | errno.ENOSYS)])
    program += _when(numbers["clone"], _unless_bits(0, _CLONE_THREAD))
    program += _when(numbers["tgkill"], _unless_equal(0, pid))
    program += _when(numbers["prlimit64"], _unless_equal(0, 0))
    program += _when(numbers["ioctl"], _if_equal(1, _TYPING_FOR_OTHERS))
    for name, flags in (("open", 1), ("openat", 2)):
        if name in numbers:
            program += _when(numbers[name], _if_bits(flags, _WRITING) if may_open else [_refusal()])
    for name in DENIED:
        if name in numbers:
            program += _when(numbers[name], [_refusal()])
    return b"".join([*program, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, 0, 0, value)


def _jump(code: int, value: int, steps_if_true: int, steps_if_false: int) -> bytes:
    return struct.pack("=HBBI", code, steps_if_true, steps_if_false, value)


def _refusal() -> bytes:
    return _step(_RETURN, _REFUSE | errno.EPERM)


def _when(number: int, then: list[bytes]) -> list[bytes]:
    """Run `then`, which returns, if the loaded call is this one."""
    return [_jump(_JUMP_EQUAL, number, 0, len(then)), *then]


def _argument(index: int) -> bytes:
    return _step(_LOAD_WORD, _FIRST_ARGUMENT + index * _ARGUMENT_BYTES)


def _if_bits(argument: int, bits: int) -> list[bytes]:
    """Refuse if any of the bits is set in an argument."""
    return [_argument(argument), _step(_AND, bits), _jump(_JUMP_EQUAL, 0, 1, 0), _refusal(), _step(_RETURN, _ALLOW)]


def _unless_bits(argument: int, bits: int) -> list[bytes]:
    """Refuse unless one of the bits is set in an argument."""
    return [_argument(argument), _step(_AND, bits), _jump(_JUMP_EQUAL, 0, 0, 1), _refusal(), _step(_RETURN, _ALLOW)]


def _if_equal(argument: int, values: Sequence[int]) -> list[bytes]:
    """Refuse if an argument is one of these."""
    found = [step for value in values for step in (_jump(_JUMP_EQUAL, value, 0, 1), _refusal())]
    return [_argument(argument), *found, _step(_RETURN, _ALLOW)]


def _unless_equal(argument: int, value: int) -> list[bytes]:
    return [_argument(argument), _jump(_JUMP_EQUAL, value, 1, 0), _refusal(), _step(_RETURN, _ALLOW)]
