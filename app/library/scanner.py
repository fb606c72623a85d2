"""What is in a folder, and what changed since it was last looked at. Used in the engine's process.

Only names and stamps are read, no file is opened. Symbolic links are listed but never followed, so there are no loops
and nothing outside the folder is read.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.types import DocumentState, Reason

_SEPARATOR = os.fsencode(os.sep)
_IGNORED_NAMES = frozenset({b"node_modules", b"__pycache__", b"$RECYCLE.BIN", b"System Volume Information"})
_IGNORED_FILES = frozenset({b"thumbs.db", b"desktop.ini"})
_TEMPORARY_ENDINGS = (b"~", b".tmp", b".temp", b".part", b".crdownload", b".partial", b".swp", b".swx", b".download")


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells cheaply whether a file may have changed."""

    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as the walk found it; `reason` says why it will not be read, NONE if it will."""

    path: bytes
    stamp: FileStamp
    reason: Reason = Reason.NONE
    detail: str = ""

    @property
    def state(self) -> DocumentState:
        """Return the state in which the catalog first lists the file."""
        match self.reason:
            case Reason.NONE:
                return DocumentState.QUEUED
            case Reason.UNSUPPORTED:
                return DocumentState.IGNORED
            case _:
                return DocumentState.FAILED


@dataclass(frozen=True, slots=True)
class UnreadableFolder:
    """A folder inside a library folder that exists but cannot be listed; what is known of it stays."""

    path: bytes
    detail: str


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the catalog knows it; `digest` is empty if no text of it is in the catalog."""

    id: int
    path: bytes
    stamp: FileStamp
    state: DocumentState
    reason: Reason
    digest: bytes


@dataclass(frozen=True, slots=True)
class Touched:
    """A known file whose stamp, state or reason no longer fits what was found."""

    known: KnownFile
    found: FoundFile


@dataclass(frozen=True, slots=True)
class Changes:
    """How what was found differs from what was known; `unchanged` counts the rest."""

    new: tuple[FoundFile, ...]
    touched: tuple[Touched, ...]
    gone: tuple[KnownFile, ...]
    unchanged: int


def scan(path: bytes, suffixes: frozenset[str]) -> Iterator[FoundFile | UnreadableFolder]:
    """Walk a folder (or look at one file) and yield what a person would call its documents.

    `suffixes` are those that a reader exists for, lower case, without the dot. A missing path yields nothing.
    """
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield UnreadableFolder(path, error.strerror or "")
        return
    if not stat.S_ISDIR(status.st_mode):
        yield _found(path, status, suffixes)
        return
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if is_ignored(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif (found := _look_at(entry, suffixes)) is not None:
                        yield found
        except FileNotFoundError:
            continue
        except OSError as error:
            yield UnreadableFolder(folder, error.strerror or "")


def compare(found: Iterable[FoundFile], known: Iterable[KnownFile]) -> Changes:
    """Tell new, touched and gone files apart, by path and stamp."""
    left = {file.path: file for file in known}
    new: list[FoundFile] = []
    touched: list[Touched] = []
    unchanged = 0
    for file in found:
        before = left.pop(file.path, None)
        if before is None:
            new.append(file)
        elif _is_unchanged(before, file):
            unchanged += 1
        else:
            touched.append(Touched(before, file))
    return Changes(tuple(new), tuple(touched), tuple(left.values()), unchanged)


def is_ignored(name: bytes) -> bool:
    """Tell whether a file or folder of this name is hidden, temporary or a machine's own."""
    if name.startswith((b".", b"~$")) or name in _IGNORED_NAMES:
        return True
    lower = name.lower()
    return lower.endswith(_TEMPORARY_ENDINGS) or lower in _IGNORED_FILES


def covers(folder: bytes, path: bytes) -> bool:
    """Tell whether a walk of `folder` comes by `path`."""
    if path == folder:
        return True
    below = prefix(folder)
    return path.startswith(below) and not any(map(is_ignored, path[len(below) :].split(_SEPARATOR)))


def prefix(folder: bytes) -> bytes:
    """Return what the paths of everything in `folder` begin with."""
    return folder if folder.endswith(_SEPARATOR) else folder + _SEPARATOR


def suffix_of(path: bytes) -> str:
    """Return a path's suffix in lower case without the dot, "" if it has none."""
    return os.path.splitext(path)[1][1:].decode(errors="replace").lower()


def stamp_of(status: os.stat_result) -> FileStamp:
    """Return the stamp of a file's status."""
    return FileStamp(status.st_size, status.st_mtime_ns)


def _is_unchanged(known: KnownFile, found: FoundFile) -> bool:
    if known.stamp != found.stamp or known.state is DocumentState.ABSENT:
        return False
    if found.reason is not Reason.NONE:
        return known.reason is found.reason
    if known.reason is Reason.UNREADABLE:
        return not os.access(found.path, os.R_OK)
    return known.state is not DocumentState.IGNORED and known.reason is not Reason.NOT_A_FILE


def _look_at(entry: os.DirEntry[bytes], suffixes: frozenset[str]) -> FoundFile | None:
    try:
        return _found(entry.path, entry.stat(follow_symlinks=False), suffixes)
    except FileNotFoundError:
        return None
    except OSError as error:
        return FoundFile(entry.path, FileStamp(0, 0), Reason.UNREADABLE, error.strerror or "")


def _found(path: bytes, status: os.stat_result, suffixes: frozenset[str]) -> FoundFile:
    stamp = stamp_of(status)
    if stat.S_ISLNK(status.st_mode):
        return FoundFile(path, stamp, Reason.NOT_A_FILE, "symbolic link")
    if not stat.S_ISREG(status.st_mode):
        return FoundFile(path, stamp, Reason.NOT_A_FILE, "")
    suffix = suffix_of(path)
    if suffix not in suffixes:
        return FoundFile(path, stamp, Reason.UNSUPPORTED, suffix)
    return FoundFile(path, stamp)
