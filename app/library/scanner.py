"""What is in a folder, and what changed since it was last looked at. Used in the engine's process.

Only names and stamps are read, no file is opened. Symbolic links are listed but never followed, so there are no loops
and nothing outside the folder is read.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from app.core.types import DocumentState, FolderRules, Reason
from app.library.ignoring import IGNORE_FILE, Ignoring, prefix

_LEFT_OUT = (
    Reason.UNSUPPORTED,
    Reason.IGNORED_BY_RULE,
    Reason.OTHER_TYPE,
    Reason.OVER_SIZE,
    Reason.TOO_DEEP,
    Reason.ONLINE_ONLY,
)
_ONLINE_ONLY = (("st_file_attributes", 0x0044_1000), ("st_flags", 0x4000_0000))
"""What Windows (offline, or recalled when it is opened or read) and macOS (dataless) say of a file that a cloud's
program would first have to fetch."""

ARCHIVES = frozenset(("zip",))
"""Suffixes of what is read only if a folder's rules say so."""


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
            case reason if reason in _LEFT_OUT:
                return DocumentState.IGNORED
            case _:
                return DocumentState.FAILED


@dataclass(frozen=True, slots=True)
class UnreadableFolder:
    """A folder inside a library folder that exists but cannot be listed; what is known of it stays."""

    path: bytes
    detail: str


@dataclass(frozen=True, slots=True)
class MountPoint:
    """A folder inside a library folder on which another drive is mounted."""

    path: bytes


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the catalog knows it; `digest` is empty if no text of it is in the catalog.

    What is inside a file is one too: `file` is that one's path, and `digest` that of its content.
    """

    id: int
    path: bytes
    stamp: FileStamp
    state: DocumentState
    reason: Reason
    detail: str
    digest: bytes
    file: bytes = b""


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


Found: TypeAlias = FoundFile | UnreadableFolder | MountPoint


def scan(scope: bytes, suffixes: frozenset[str], ignoring: Ignoring) -> Iterator[Found]:
    """Walk what lies at or under `scope` in the folder of `ignoring` and yield what a person would call its documents.

    A folder that is left out is yielded as if it were a file. `suffixes` are those that a reader exists for, lower
    case, without the dot. A missing path yields nothing.
    """
    if ignoring.is_beyond(scope):
        return
    try:
        status = os.lstat(scope)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield UnreadableFolder(scope, error.strerror or "")
        return
    is_folder = stat.S_ISDIR(status.st_mode)
    rule = ignoring.rule_for(scope, is_folder=is_folder) if scope != ignoring.root else ""
    if rule:
        yield _left_out(scope, status, rule)
    elif is_folder:
        yield from _walk(scope, status.st_dev, suffixes, ignoring)
    else:
        yield _found(scope, status, suffixes, ignoring.rules)


def admitted(file: bytes, path: bytes, stamp: FileStamp, suffixes: frozenset[str], ignoring: Ignoring) -> FoundFile:
    """Return what a document inside a file is listed as, by the rules that hold for its path."""
    rule = ignoring.rule_within(file, path)
    if rule:
        return FoundFile(path, stamp, Reason.IGNORED_BY_RULE, rule)
    return _by_type_and_size(path, stamp, suffixes, ignoring.rules)


def is_mounted(path: bytes) -> bool:
    """Tell whether a path lies on another drive than the folder that it is in."""
    try:
        return os.lstat(path).st_dev != os.lstat(os.path.dirname(path)).st_dev
    except OSError:
        return False


def _walk(top: bytes, device: int, suffixes: frozenset[str], ignoring: Ignoring) -> Iterator[Found]:
    waiting = [(top, device)]
    while waiting:
        folder, device = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.path in ignoring.elsewhere or entry.name == IGNORE_FILE:
                        continue
                    is_folder = entry.is_dir(follow_symlinks=False)
                    rule = ignoring.rule_for(entry.path, is_folder=is_folder)
                    if is_folder and not rule:
                        inside = _device_of(entry, device)
                        waiting.append((entry.path, inside))
                        if inside != device:
                            yield MountPoint(entry.path)
                    elif (found := _look_at(entry, suffixes, ignoring.rules, rule)) is not None:
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


def covers(folder: bytes, path: bytes) -> bool:
    """Tell whether a path is `folder` or lies in it."""
    return path == folder or path.startswith(prefix(folder))


def suffix_of(path: bytes) -> str:
    """Return a path's suffix in lower case without the dot, "" if it has none."""
    return os.path.splitext(path)[1][1:].decode(errors="replace").lower()


def stamp_of(status: os.stat_result) -> FileStamp:
    """Return the stamp of a file's status."""
    return FileStamp(status.st_size, status.st_mtime_ns)


def _is_unchanged(known: KnownFile, found: FoundFile) -> bool:
    if known.stamp != found.stamp or known.state is DocumentState.ABSENT:
        return False
    if found.reason is Reason.ONLINE_ONLY and known.digest:
        return True  # it was read while it was here
    if found.reason is not Reason.NONE:
        return (known.reason, known.detail) == (found.reason, found.detail)
    if known.reason is Reason.UNREADABLE:
        return not os.access(found.path, os.R_OK)
    return known.state is not DocumentState.IGNORED and known.reason is not Reason.NOT_A_FILE


def _look_at(entry: os.DirEntry[bytes], suffixes: frozenset[str], rules: FolderRules, rule: str) -> FoundFile | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        return FoundFile(entry.path, FileStamp(0, 0), Reason.UNREADABLE, error.strerror or "")
    return _left_out(entry.path, status, rule) if rule else _found(entry.path, status, suffixes, rules)


def _device_of(entry: os.DirEntry[bytes], otherwise: int) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_dev
    except OSError:
        return otherwise


def _left_out(path: bytes, status: os.stat_result, rule: str) -> FoundFile:
    """Return what a rule leaves out; a folder's stamp is none, because it would change with everything inside."""
    stamp = FileStamp(0, 0) if stat.S_ISDIR(status.st_mode) else stamp_of(status)
    return FoundFile(path, stamp, Reason.IGNORED_BY_RULE, rule)


def _found(path: bytes, status: os.stat_result, suffixes: frozenset[str], rules: FolderRules) -> FoundFile:
    stamp = stamp_of(status)
    if stat.S_ISLNK(status.st_mode):
        return FoundFile(path, stamp, Reason.NOT_A_FILE, "symbolic link")
    if not stat.S_ISREG(status.st_mode):
        return FoundFile(path, stamp, Reason.NOT_A_FILE, "")
    found = _by_type_and_size(path, stamp, suffixes, rules)
    if found.reason is Reason.NONE and any(getattr(status, name, 0) & bits for name, bits in _ONLINE_ONLY):
        return FoundFile(path, stamp, Reason.ONLINE_ONLY)
    return found


def _by_type_and_size(path: bytes, stamp: FileStamp, suffixes: frozenset[str], rules: FolderRules) -> FoundFile:
    suffix = suffix_of(path)
    if suffix not in suffixes or (suffix in ARCHIVES and not rules.archives):
        return FoundFile(path, stamp, Reason.UNSUPPORTED, suffix)
    if rules.types and suffix not in rules.types:
        return FoundFile(path, stamp, Reason.OTHER_TYPE, suffix)
    if 0 < rules.most_bytes < stamp.size_bytes:
        return FoundFile(path, stamp, Reason.OVER_SIZE, str(rules.most_bytes))
    return FoundFile(path, stamp)
