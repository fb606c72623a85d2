"""One Margent at a time for a library: a lock file in its data directory. Used in the engine's process."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import DataDirectoryUnwritable, LibraryLocked


@contextmanager
def library_lock(path: Path) -> Generator[None]:
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
        yield
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
