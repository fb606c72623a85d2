"""The catalog's document rows as rescans and the indexer change them. Used in the engine's process.

Every function is one transaction. A row's state is changed before what it says begins, and after what it says is done.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from sqlite3 import IntegrityError

from app.core.types import DocumentState, Reason
from app.library import members
from app.library.database import Database
from app.library.ignoring import prefix
from app.library.locations import Location, location_of
from app.library.scanner import FileStamp, FoundFile, KnownFile, suffix_of
from app.library.settling import SETTLED, SETTLED_REASON
from app.library.texts import retire_text

MAX_ATTEMPTS = 12
"""How often in a row a document may be in the reader's hands when the engine ends; then it is taken to be the cause.

So many because it seldom is: what a document does, it does to the reader. Only if it makes the whole computer stand
still, or run out of memory, does the engine end with it. From the first time on it is read after all others."""

_BACK = f"CASE WHEN state IN ('absent', 'failed') THEN {SETTLED} ELSE state END"
_WHY = f"CASE WHEN state IN ('absent', 'failed') THEN {SETTLED_REASON} ELSE '' END"


@dataclass(frozen=True, slots=True)
class QueuedDocument:
    """A document that waits to be read; `digest` is of the text that the catalog has of it, empty without one.

    `at` says where a member is, None for a file.
    """

    id: int
    path: bytes
    stamp: FileStamp
    text_id: int
    digest: bytes
    at: Location | None = None

    @property
    def file(self) -> bytes:
        """Return the path of the file on the disk."""
        return self.at.file if self.at else self.path


@dataclass(frozen=True, slots=True)
class Queue:
    """How many documents wait, and their size together."""

    documents: int
    size_bytes: int


def known_files(database: Database, folder_id: int, scopes: Collection[bytes]) -> Iterator[list[KnownFile]]:
    """Yield in batches a folder's files at or under the paths in `scopes`, none of which may cover another."""
    for scope in scopes:
        below = prefix(scope)
        sql = (
            "SELECT d.id, d.path, d.size_bytes, d.mtime_ns, d.state, d.reason, d.detail, coalesce(t.digest, x'')"
            " FROM documents d LEFT JOIN texts t ON t.id = d.text_id"
            " WHERE +d.folder_id = ? AND (d.path = ? OR (d.path > ? AND d.path < ?)) AND d.container_id IS NULL"
        )
        for rows in database.batches(sql, 1000, (folder_id, scope, below, below[:-1] + bytes((below[-1] + 1,)))):
            yield [
                KnownFile(number, path, FileStamp(size, mtime), DocumentState(state), Reason(reason), detail, digest)
                for number, path, size, mtime, state, reason, detail, digest in rows
            ]


def add(database: Database, folder_id: int, files: Iterable[FoundFile]) -> list[int]:
    """List new files, QUEUED or with the reason why they will not be read, and return their ids.

    There are none if the folder has left the library.
    """
    ids: list[int] = []
    with database.transaction():
        if not database.read("SELECT 1 FROM folders WHERE id = ?", (folder_id,)):
            return ids
        for file in files:
            row = (file.path, folder_id, suffix_of(file.path), file.stamp.size_bytes, file.stamp.mtime_ns)
            ids.append(
                database.insert(
                    "INSERT INTO documents (path, folder_id, suffix, size_bytes, mtime_ns, state, reason, detail)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, file.state, file.reason, file.detail),
                )
            )
    return ids


def relist(database: Database, document_id: int, file: FoundFile) -> list[int]:
    """Queue a changed document again, or list it with the reason why it will no longer be read.

    What is in it is put away or leaves; returned are the ids of what left.
    """
    with database.transaction():
        return members.relist(database, document_id, file)


def move(database: Database, document_id: int, folder_id: int, file: FoundFile) -> bool:
    """Give a document, whose content is known to be the same, its new path; an absent one is there again.

    What is in it goes with it. Tell whether that was possible: not where another one stands in the way.
    """
    row = (file.path, folder_id, suffix_of(file.path), file.stamp.size_bytes, file.stamp.mtime_ns)
    try:
        with database.transaction():
            before = database.value("SELECT path FROM documents WHERE id = ?", (document_id,))
            moved = database.run(
                f"UPDATE documents SET path = ?, folder_id = ?, suffix = ?, size_bytes = ?, mtime_ns = ?,"
                f" state = {_BACK}, reason = {_WHY}, detail = '' WHERE id = ?"
                " AND EXISTS (SELECT 1 FROM folders WHERE id = ?)",
                (*row, document_id, folder_id),
            )
            if moved:
                members.follow(database, document_id, before, file.path, file.stamp.mtime_ns)
                members.bring_back(database, document_id)
    except IntegrityError:
        return False
    return True


def restamp(database: Database, document_id: int, stamp: FileStamp) -> None:
    """Note the stamp of a file whose content is the same as before; an absent document is there again."""
    with database.transaction():
        database.run(
            f"UPDATE documents SET size_bytes = ?, mtime_ns = ?, state = {_BACK}, reason = {_WHY}, detail = ''"
            " WHERE id = ?",
            (stamp.size_bytes, stamp.mtime_ns, document_id),
        )
        _take_along(database, document_id, stamp)


def mark_absent(database: Database, ids: Iterable[int], reason: Reason) -> None:
    """Mark documents whose folder cannot be seen, and what is in them; what is known of them stays."""
    with database.transaction():
        for document_id in ids:
            database.run(
                "UPDATE documents SET state = 'absent', reason = ?, detail = '' WHERE id = ?", (reason, document_id)
            )
            members.put_away(database, document_id, reason)


def remove(database: Database, ids: Iterable[int]) -> list[int]:
    """Take documents out at once with what is in them, and return all that left; the texts are retired."""
    with database.transaction():
        return [left for document_id in ids for left in members.remove_with(database, document_id)]


def next_queued(database: Database, limit: int, but_not: Collection[int]) -> list[QueuedDocument]:
    """Return the documents to read next, small ones first, and of these the most recently changed.

    What was in the reader's hands when something ended comes last.
    """
    rows = database.read(
        "SELECT d.id, d.path, d.size_bytes, d.mtime_ns, coalesce(d.text_id, 0), coalesce(t.digest, x'')"
        " FROM documents d INDEXED BY documents_queue LEFT JOIN texts t ON t.id = d.text_id WHERE d.state = 'queued'"
        " ORDER BY d.attempts, d.size_bytes / 262144, d.mtime_ns DESC LIMIT ?",
        (limit + len(but_not),),
    )
    return [
        QueuedDocument(number, path, FileStamp(size, mtime), text_id, digest, location_of(database, number))
        for number, path, size, mtime, text_id, digest in [row for row in rows if row[0] not in but_not][:limit]
    ]


def queued(database: Database) -> Queue:
    """Return how much waits to be read or is being read."""
    sql = "SELECT count(*), coalesce(sum(size_bytes), 0) FROM documents WHERE state IN ('queued', 'reading')"
    return Queue(*database.read(sql)[0])


def is_reading(database: Database, document_id: int, path: bytes) -> bool:
    """Tell whether a document is still being read, and still has this path."""
    sql = "SELECT 1 FROM documents WHERE id = ? AND path = ? AND state = 'reading'"
    return bool(database.read(sql, (document_id, path)))


def begin_reading(database: Database, document_id: int) -> bool:
    """Mark a queued document as READING, before its file is opened; tell whether it was still queued."""
    with database.transaction():
        return bool(
            database.run(
                "UPDATE documents SET state = 'reading', reason = '', detail = '', attempts = attempts + 1"
                " WHERE id = ? AND state = 'queued'",
                (document_id,),
            )
        )


def note_read(database: Database, document_id: int) -> None:
    """Note that the reader gave a document back: what ends the engine from now on is not this file's doing."""
    with database.transaction():
        database.run("UPDATE documents SET attempts = 0 WHERE id = ? AND state = 'reading'", (document_id,))


def requeue_last(database: Database, document_id: int) -> None:
    """Put a document whose reading was interrupted back into the queue, behind all others."""
    with database.transaction():
        database.run("UPDATE documents SET state = 'queued' WHERE id = ? AND state = 'reading'", (document_id,))


def requeue(database: Database, document_id: int) -> None:
    """Put a document that is being read back into the queue."""
    with database.transaction():
        database.run(
            "UPDATE documents SET state = 'queued', attempts = 0 WHERE id = ? AND state = 'reading'", (document_id,)
        )


def queue_locked(database: Database, document_id: int) -> None:
    """Queue a document again, and what is in it, that could not be read for want of a password."""
    queue = (
        "UPDATE documents SET state = 'queued', reason = '', detail = '', attempts = 0"
        f" WHERE id = ? AND state = 'failed' AND reason = 'encrypted' AND NOT {members.SHUT}"
    )
    with database.transaction():
        for one in (document_id, *members.inside(database, document_id)):
            database.run(queue, (one,))
        shut = database.read(
            f"SELECT id FROM documents WHERE container_id = ? AND reason = 'encrypted' AND {members.SHUT} LIMIT 1",
            (document_id,),
        )
        for (member_id,) in shut:
            members.reopen(database, member_id)


def queue_failed(database: Database, ids: Iterable[int]) -> list[int]:
    """Queue those of some documents that FAILED, or what is around one that cannot be taken out; return their ids."""
    queue = (
        "UPDATE documents SET state = 'queued', reason = '', detail = '', attempts = 0"
        f" WHERE id = ? AND state = 'failed' AND NOT {members.SHUT}"
    )
    queued: list[int] = []
    with database.transaction():
        for document_id in ids:
            queued += [document_id] if database.run(queue, (document_id,)) else members.reopen(database, document_id)
    return queued


def reopen(database: Database, member_id: int) -> list[int]:
    """Queue what a member that cannot be taken out is in, to be read anew, and return its id, none if it waits."""
    with database.transaction():
        return members.reopen(database, member_id)


def queue_container(database: Database, member: QueuedDocument) -> None:
    """Queue the file that a member is in, if it was read, because the member is not what it was."""
    if member.at is not None:
        with database.transaction():
            queue = "UPDATE documents SET state = 'queued', attempts = 0 WHERE id = ? AND state = 'ready'"
            database.run(queue, (member.at.file_id,))


def finish_unchanged(database: Database, document_id: int, stamp: FileStamp) -> bool:
    """Settle a document with the text that it has, and what is in it; tell whether it was still being read."""
    with database.transaction():
        finished = database.run(
            f"UPDATE documents SET state = {SETTLED}, reason = {SETTLED_REASON}, detail = '', attempts = 0,"
            " size_bytes = ?, mtime_ns = ? WHERE id = ? AND state = 'reading' AND text_id IS NOT NULL",
            (stamp.size_bytes, stamp.mtime_ns, document_id),
        )
        if finished:
            _take_along(database, document_id, stamp)
        return bool(finished)


def fail(database: Database, document_id: int, reason: Reason, detail: str) -> list[int] | None:
    """Mark a document that was being read as FAILED, retiring its text, and return the ids of what was in it.

    None if it was no longer being read.
    """
    with database.transaction():
        failed = database.run(
            "UPDATE documents SET state = 'failed', reason = ?, detail = ?, attempts = 0"
            " WHERE id = ? AND state = 'reading'",
            (reason, detail.encode(errors="replace").decode(), document_id),
        )
        if not failed:
            return None
        _drop_text(database, document_id)
        return members.remove(database, document_id)


def recover(database: Database) -> list[int]:
    """Queue what was being read when the engine ended; what was so too often is FAILED. Return the failed ids."""
    with database.transaction():
        rows = database.read(
            "SELECT id FROM documents WHERE state = 'reading' AND attempts >= ? ORDER BY id", (MAX_ATTEMPTS,)
        )
        failed = [number for (number,) in rows]
        for document_id in failed:
            _drop_text(database, document_id)
            members.remove(database, document_id)
            database.run(
                "UPDATE documents SET state = 'failed', reason = ?, attempts = 0 WHERE id = ?",
                (Reason.READER_DIED, document_id),
            )
        database.run("UPDATE documents SET state = 'queued' WHERE state = 'reading'")
    return failed


def _take_along(database: Database, document_id: int, stamp: FileStamp) -> None:
    """Let what is in a document be there and of the same time as the document."""
    path = database.value("SELECT path FROM documents WHERE id = ?", (document_id,))
    if path is not None:
        members.follow(database, document_id, path, path, stamp.mtime_ns)
        members.bring_back(database, document_id)


def _drop_text(database: Database, document_id: int) -> None:
    retire_text(database, document_id)
    database.run("UPDATE documents SET text_id = NULL WHERE id = ?", (document_id,))
