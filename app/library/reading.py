"""Reads one file for the indexer, so that text and digest are of the same bytes. Used in the engine's process."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TypeAlias

from app.core.child_messages import FileRead, FileRefused
from app.core.pages import DocumentText
from app.core.types import Reason
from app.library.contents import FileContent, NoContent, content_of, is_still
from app.library.documents import QueuedDocument

ReadFunction: TypeAlias = Callable[[bytes], Awaitable[FileRead | FileRefused]]

_RECENT_NS = 2_000_000_000
"""A file changed so lately may change again under the same stamp, where the file system's clock is coarse."""


@dataclass(frozen=True, slots=True)
class NewText:
    """The file was read."""

    content: FileContent
    document: DocumentText


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
class Unsettled:
    """The file was changed while it was read."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such file any more."""


ReadResult: TypeAlias = NewText | SameContent | Unreadable | Unsettled | Gone


async def read_document(document: QueuedDocument, read: ReadFunction) -> ReadResult:
    """Hash a file, have it read unless the catalog has its text, and make sure that it did not change meanwhile."""
    content = await asyncio.to_thread(content_of, document.path)
    if isinstance(content, NoContent):
        return _without_content(content)
    if content.digest == document.digest:
        return SameContent(content)
    answer = await read(document.path)
    if not await _is_unchanged(document.path, content):
        return Unsettled()
    if isinstance(answer, FileRefused):
        return Unreadable(answer.reason, answer.detail)
    return NewText(content, with_own_title(answer.document, document.path))


def with_own_title(document: DocumentText, path: bytes) -> DocumentText:
    """Return the document without a title that is only its file's name, which changes when the file moves."""
    is_name = document.title.strip() == PurePath(path.decode(errors="replace")).stem.strip()
    return replace(document, title="") if is_name else document


async def _is_unchanged(path: bytes, content: FileContent) -> bool:
    if time.time_ns() - content.stamp.mtime_ns < _RECENT_NS:
        return await asyncio.to_thread(content_of, path) == content
    return await asyncio.to_thread(is_still, path, content)


def _without_content(content: NoContent) -> ReadResult:
    if content.is_gone:
        return Gone()
    if content.reason is Reason.CHANGED_WHILE_READ:
        return Unsettled()
    return Unreadable(content.reason, content.detail)
