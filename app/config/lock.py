"""One Margent at a time for a library: a lock file in its data directory. Used in the engine's process."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import DataDirectoryUnwritable, LibraryLocked

_LETTING_GO = b"letting go"
_NOTE_AT = 1
"""Behind the first byte, which is locked: on Windows nobody else can read that."""


@dataclass(frozen=True, slots=True)
class LibraryLock:
    """The lock, as its holder has it."""

    fd: int

    def note_letting_go(self) -> None:
        """Tell who waits for the library that it will soon be free."""
        with suppress(OSError):  # a full disk, say: they then wait less
            os.lseek(self.fd, _NOTE_AT, os.SEEK_SET)
            os.write(self.fd, _LETTING_GO)


def is_let_go(path: Path) -> bool:
    """Return whether who holds the library's lock has noted that it will soon be free."""
    with suppress(OSError), path.open("rb", buffering=0) as file:
        file.seek(_NOTE_AT)
        return file.read(len(_LETTING_GO)) == _LETTING_GO
    return False


@contextmanager
def library_lock(path: Path) -> Generator[LibraryLock]:
    """Hold the library's lock; the system releases it when this process ends, however it ends.

    Raises:
        LibraryLocked: another process holds it.
        DataDirectoryUnwritable: the lock file cannot be made.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataDirectoryUnwritable(path=str(path.parent), detail=error.strerror or str(error)) from error
    try:
        try:
            _lock(fd)
        except OSError as error:
            raise LibraryLocked(path=str(path.parent)) from error
        with suppress(OSError):
            os.ftruncate(fd, 0)
        yield LibraryLock(fd)
    finally:
        os.close(fd)


if os.name == "nt":
    import msvcrt

    def _lock(fd: int) -> None:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
