"""Reads one document for the indexer, so that text and digest are of the same bytes. Used in the engine's process."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol, TypeAlias

from app.core.child_messages import FileRead, FileRefused
from app.core.members import MemberFile
from app.core.pages import DocumentText
from app.core.types import Reason
from app.library.contents import FileContent, NoContent, content_of, is_still
from app.library.locations import Location
from app.library.reading_queue import QueuedDocument
from app.readers.versions import read_by


class ReadFunction(Protocol):
    """Reads the document of a path; `at` is where a member is."""

    def __call__(self, path: bytes, at: Location | None = None, /) -> Awaitable[FileRead | FileRefused]:
        """Return what was read, or why nothing was."""
        ...


_RECENT_NS = 2_000_000_000
"""A file changed so lately may change again under the same stamp, where the file system's clock is coarse."""


@dataclass(frozen=True, slots=True)
class NewText:
    """The document was read, with the files that are in it; `read_by` is which version of which reader did."""

    content: FileContent
    document: DocumentText
    members: tuple[MemberFile, ...] = ()
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class SameContent:
    """The file still has the content of the text that the catalog has."""

    content: FileContent


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The file cannot be read."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The reader did not get to the file's end, and the file need not be the cause."""

    refusal: Unreadable


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The file was changed while it was read."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such file any more."""


ReadResult: TypeAlias = NewText | SameContent | Unreadable | Interrupted | Unsettled | Gone


async def read_document(document: QueuedDocument, read: ReadFunction) -> ReadResult:
    """Hash a file, have it read unless the catalog has its text, and make sure that it did not change meanwhile."""
    if document.at is not None:
        return await _read_member(document, document.at, read)
    content = await asyncio.to_thread(content_of, document.path)
    if isinstance(content, NoContent):
        return _without_content(content)
    if content.digest == document.digest and not document.is_outdated:
        return SameContent(content)
    answer = await read(document.path)
    if not await _is_unchanged(document.path, content):
        return Unsettled()
    if isinstance(answer, FileRefused):
        return _refusal(answer)
    return _new_text(content, answer, document.path)


async def _read_member(document: QueuedDocument, at: Location, read: ReadFunction) -> ReadResult:
    """Have a member read unless the catalog has its text; the reader sees to it that it is the one that was listed."""
    content = FileContent(at.inside.sha256, document.stamp)
    if document.digest and document.digest == content.digest and not document.is_outdated:
        return SameContent(content)
    answer = await read(document.path, at)
    if isinstance(answer, FileRead):
        return _new_text(content, answer, document.path)
    if answer.reason in (Reason.CHANGED_WHILE_READ, Reason.UNREADABLE):
        return Unsettled()
    return _refusal(answer)


def _new_text(content: FileContent, answer: FileRead, path: bytes) -> NewText:
    return NewText(content, with_own_title(answer.document, path), answer.members, read_by(answer.kind, path))


def with_own_title(document: DocumentText, path: bytes) -> DocumentText:
    """Return the document without a title that is only its file's name, which changes when the file moves."""
    is_name = document.title.strip() == PurePath(path.decode(errors="replace")).stem.strip()
    return replace(document, title="") if is_name else document


async def _is_unchanged(path: bytes, content: FileContent) -> bool:
    if time.time_ns() - content.stamp.mtime_ns < _RECENT_NS:
        return await asyncio.to_thread(content_of, path) == content
    return await asyncio.to_thread(is_still, path, content)


def _refusal(answer: FileRefused) -> Unreadable | Interrupted:
    refusal = Unreadable(answer.reason, answer.detail)
    return Interrupted(refusal) if answer.may_pass else refusal


def _without_content(content: NoContent) -> ReadResult:
    if content.is_gone:
        return Gone()
    if content.reason is Reason.CHANGED_WHILE_READ:
        return Unsettled()
    return Unreadable(content.reason, content.detail)
