"""Opens locked files with the passwords that the person gave for them. Runs in the engine's process."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from app.core.child_messages import FileRefused
from app.core.errors import DocumentUnreadable, PasswordUnneeded, PasswordWrong, PathNotInLibrary
from app.core.password_messages import GivePassword, PasswordKept
from app.core.types import DocumentRow, DocumentState, Reason
from app.engine.passwords import Passwords
from app.library import documents, locks
from app.library.catalog import Catalog
from app.library.contents import FileContent, content_of
from app.library.indexer import Indexer
from app.library.locations import Location, location_of

Ask: TypeAlias = Callable[[str], Awaitable[object]]
"""Asks a reader about a file with a password, "" for none."""
TryFunction: TypeAlias = Callable[[bytes, Location | None, str], Awaitable[bool | FileRefused]]
"""Tells whether a document is locked, and by this password, or why it cannot be opened with it."""


class Unlocking:
    """The passwords of one library's documents."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._passwords = Passwords()

    async def opened(self, path: bytes, at: Location | None, ask: Ask) -> object:
        """Return what `ask` answers; about a locked document, with the password that is kept for it.

        That of a file which has changed since it was read is the one that it had, and is kept for what it is now.
        """
        refused = await ask("")
        if not _is_locked(refused):
            return refused
        known, current = self._known(path), ""
        if not await self._password(known):
            known, current = "", await _digest(path, at)
        password = await self._password(known or current)
        answer = await ask(password) if password else refused
        if known and not isinstance(answer, FileRefused) and (current := await _digest(path, at)) not in ("", known):
            await self._keep(current, password)
            if not self._is_held(known, path):
                await self._forget(known)
        return answer

    async def give(self, given: GivePassword, try_password: TryFunction, indexer: Indexer) -> PasswordKept:
        """Keep a password if it fits, and have the document read if it could not be.

        Raises: PathNotInLibrary, PasswordWrong, PasswordUnneeded, DocumentUnreadable.
        """
        row = self._row(given.document_id)
        path = os.fsdecode(row.path)
        if row.reason is Reason.ENCRYPTED and row.detail:
            raise DocumentUnreadable(path=path, reason=row.reason.value, detail=row.detail)
        at = location_of(self._catalog.database, row.id)
        answer = await try_password(row.path, at, given.password)
        if _is_locked(answer):
            raise PasswordWrong(path=path)
        if isinstance(answer, FileRefused):
            raise DocumentUnreadable(path=path, reason=answer.reason.value, detail=answer.detail)
        if not answer:
            raise PasswordUnneeded(path=path)
        in_keyring = await self._keep(await _digest(row.path, at), given.password)
        documents.queue_locked(self._catalog.database, row.id)
        indexer.request_rescan((row.file_path,))
        return PasswordKept(row.id, in_keyring)

    async def forget(self, document_id: int) -> None:
        """Forget a document's password; raises `PathNotInLibrary`."""
        row = self._row(document_id)
        current = await _digest(row.path, location_of(self._catalog.database, row.id))
        for digest in {self._known(row.path), current} - {""}:
            await self._forget(digest)

    @asynccontextmanager
    async def leaving(self, path: bytes) -> AsyncGenerator[None]:
        """Forget the passwords that only documents at or below a path need, once the block has taken these out."""
        for digest in locks.noted_below(self._catalog, path):
            locks.note_leaving(self._catalog, digest)
        yield
        await self.finish_leaving()

    async def finish_leaving(self) -> None:
        """Forget the passwords of documents that have left; asked at start, too, for the engine may end in between."""
        leaving = locks.leaving(self._catalog)
        for digest in (digest for digest, is_held in leaving if is_held):
            locks.note(self._catalog, digest)
        for digest in (digest for digest, is_held in leaving if not is_held):
            await self._forget(digest)

    def _row(self, document_id: int) -> DocumentRow:
        row = self._catalog.document(document_id)
        if row is None or row.state is DocumentState.IGNORED:
            raise PathNotInLibrary(path="" if row is None else os.fsdecode(row.path))
        return row

    def _known(self, path: bytes) -> str:
        """Return the digest of what was last read of a file, "" if nothing was."""
        row = self._catalog.document_at(path)
        return self._catalog.digest(row.id) if row is not None else ""

    async def _password(self, digest: str) -> str:
        return await self._passwords.of(digest) if digest and locks.is_noted(self._catalog, digest) else ""

    async def _keep(self, digest: str, password: str) -> bool:
        locks.note(self._catalog, digest)
        return await self._passwords.keep(digest, password)

    async def _forget(self, digest: str) -> None:
        await self._passwords.forget(digest)
        locks.unnote(self._catalog, digest)

    def _is_held(self, digest: str, path: bytes) -> bool:
        """Return whether another document than that of a path has this content."""
        return digest not in locks.noted_below(self._catalog, path)


def _is_locked(answer: object) -> bool:
    """Return whether a password is wanted: with a detail, none would help."""
    return isinstance(answer, FileRefused) and answer.reason is Reason.ENCRYPTED and not answer.detail


async def _digest(path: bytes, at: Location | None) -> str:
    if at is not None:
        return at.inside.sha256.hex()
    content = await asyncio.to_thread(content_of, path)
    return content.digest.hex() if isinstance(content, FileContent) else ""
