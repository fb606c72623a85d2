"""Opens locked files with the passwords that the person gave for them. Runs in the engine's process."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeAlias

from app.core.child_messages import FileRead, FileRefused
from app.core.errors import DocumentUnreadable, PasswordUnneeded, PasswordWrong, PathNotInLibrary
from app.core.password_messages import GivePassword, PasswordKept
from app.core.types import DocumentRow, DocumentState, Reason
from app.engine.passwords import Passwords
from app.library import documents, locks, members
from app.library.catalog import Catalog
from app.library.contents import FileContent, content_of
from app.library.indexer import Indexer
from app.library.locations import Location, location_of

Ask: TypeAlias = Callable[[str, Location | None], Awaitable[object]]
"""Asks a reader about a document with a password, "" for none, and where it is if it is a member."""
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
        at = await self._through_locks(at)
        refused = await ask("", at)
        if not (locks_before := _locks(refused)):
            return refused
        known, current = self._known(path), ""
        if not await self._password(known):
            known, current = "", await _digest(path, at)
        password = await self._password(known or current)
        answer = await ask(password, at) if password else refused
        is_opened = not isinstance(answer, FileRefused) and _locks(answer) < locks_before
        if known and is_opened and (current := await _digest(path, at)) not in ("", known):
            await self._keep(current, password)
            if not self._is_held(known, path):
                await self._forget(known)
        return answer

    async def give(self, given: GivePassword, try_password: TryFunction, indexer: Indexer) -> PasswordKept:
        """Keep a password if it fits, and have the document read if it could not be.

        What is in an archive may be locked itself or by the archive; the password is then the archive's.

        Raises: PathNotInLibrary, PasswordWrong, PasswordUnneeded, DocumentUnreadable.
        """
        row = self._row(given.document_id)
        if row.reason is Reason.ENCRYPTED and row.detail:
            raise DocumentUnreadable(path=os.fsdecode(row.path), reason=row.reason.value, detail=row.detail)
        locked, at = await self._locked_by(row, given.password, try_password)
        in_keyring = await self._keep(await _digest(locked.path, at), given.password)
        documents.queue_locked(self._catalog.database, locked.id)
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

    async def _locked_by(
        self, row: DocumentRow, password: str, try_password: TryFunction
    ) -> tuple[DocumentRow, Location | None]:
        """Return what a password opens, and where it is: a document, or the innermost of what is around it."""
        is_locked, database = False, self._catalog.database
        for one in (row, *(self._row(document_id) for document_id in members.around(database, row.id))):
            at = await self._through_locks(location_of(database, one.id))
            if one.reason is Reason.ENCRYPTED and at is not None and not at.inside.sha256:  # nobody could look into it
                is_locked = True
                continue
            answer = await try_password(one.path, at, password)
            if isinstance(answer, FileRefused) and not _is_locked(answer):
                raise DocumentUnreadable(path=os.fsdecode(row.path), reason=answer.reason.value, detail=answer.detail)
            if answer is True:
                return one, at
            if not answer and not is_locked:
                raise PasswordUnneeded(path=os.fsdecode(row.path))
            is_locked = True
        raise PasswordWrong(path=os.fsdecode(row.path))

    async def _through_locks(self, at: Location | None) -> Location | None:
        """Return where a member is, with the passwords that are kept for what is around it."""
        passwords = [await self._password(digest) for digest in at.digests] if at is not None else []
        if at is None or not any(passwords):
            return at
        return replace(at, inside=replace(at.inside, passwords=tuple(passwords)))

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


def _locks(answer: object) -> int:
    """Return how many locks a password may open: the document's own, or those of what is in it."""
    if isinstance(answer, FileRead):
        return sum(member.reason is Reason.ENCRYPTED and not member.detail for member in answer.members)
    return int(_is_locked(answer))


def _is_locked(answer: object) -> bool:
    """Return whether a password is wanted: with a detail, none would help."""
    return isinstance(answer, FileRefused) and answer.reason is Reason.ENCRYPTED and not answer.detail


async def _digest(path: bytes, at: Location | None) -> str:
    if at is not None:
        return at.inside.sha256.hex()
    content = await asyncio.to_thread(content_of, path)
    return content.digest.hex() if isinstance(content, FileContent) else ""
