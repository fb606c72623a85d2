"""What a file contains, as a SHA-256; what is no file is no trap. Used in the engine's process, in a thread."""

import hashlib
import os
import stat
from dataclasses import dataclass

from app.core.types import Reason
from app.library.scanner import FileStamp, stamp_of

# More than a reader, which has 3 GiB of memory, can make anything of: reading it to the end would hold up all others.
SIZE_LIMIT_BYTES = 4 << 30


@dataclass(frozen=True, slots=True)
class FileContent:
    """The SHA-256 of a file's bytes and the stamp that it had while they were read."""

    digest: bytes
    stamp: FileStamp


@dataclass(frozen=True, slots=True)
class NoContent:
    """Why a file has no content to speak of; `is_gone` if there is no such file."""

    reason: Reason
    detail: str
    is_gone: bool


def content_of(path: bytes) -> FileContent | NoContent:
    """Hash a file; links, FIFOs and devices are neither followed nor waited for."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(fd, "rb", buffering=0) as file:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                return NoContent(Reason.NOT_A_FILE, "", is_gone=False)
            if status.st_size > SIZE_LIMIT_BYTES:
                return NoContent(Reason.TOO_LARGE, f"{status.st_size} bytes", is_gone=False)
            digest = hashlib.file_digest(file, "sha256").digest()
            after = os.fstat(fd)
    except (FileNotFoundError, NotADirectoryError):
        return NoContent(Reason.UNREADABLE, "", is_gone=True)
    except OSError as error:
        return NoContent(Reason.UNREADABLE, error.strerror or "", is_gone=False)
    if stamp_of(after) != stamp_of(status):
        return NoContent(Reason.CHANGED_WHILE_READ, "", is_gone=False)
    return FileContent(digest, stamp_of(after))


def is_still(path: bytes, content: FileContent) -> bool:
    """Tell whether a file still has the stamp that it had when it was hashed."""
    try:
        return stamp_of(os.lstat(path)) == content.stamp
    except OSError:
        return False
