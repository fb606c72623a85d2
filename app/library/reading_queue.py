"""The queue of documents to read, and their rows as the indexer changes them. Used in the engine's process.

Every function is one transaction. A row's state is changed before what it says begins, and after what it says is done.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.core.types import Reason
from app.library import members
from app.library.database import Database
from app.library.locations import Location, location_of
from app.library.scanner import FileStamp
from app.library.settling import IN_HAND, OUTDATED, SETTLED, SETTLED_REASON
from app.library.texts import retire_text

MAX_ATTEMPTS = 12
"""How often in a row a document may be in the reader's hands when the engine ends; then it is taken to be the cause.

So many because it seldom is: what a document does, it does to the reader. Only if it makes the whole computer stand
still, or run out of memory, does the engine end with it. From the first time on it is read after all others."""

_QUEUED = (
    "INDEXED BY documents_queue LEFT JOIN texts t ON t.id = d.text_id WHERE state = 'queued'"
    " ORDER BY attempts, size_bytes / 262144, mtime_ns DESC"
)
_OUTDATED = (
    f"INDEXED BY documents_outdated LEFT JOIN texts t ON t.id = d.text_id WHERE outdated AND d.id IN"
    f" (SELECT o.id FROM documents o WHERE o.id = d.id AND {OUTDATED})"
    " ORDER BY attempts, container_id IS NOT NULL, size_bytes / 262144, mtime_ns DESC"
)


@dataclass(frozen=True, slots=True)
class QueuedDocument:
    """A document that waits to be read; `digest` is of the text that the catalog has of it, empty without one.

    `at` says where a member is, None for a file. One that `is_outdated` keeps what it has until it was read again.
    """

    id: int
    path: bytes
    stamp: FileStamp
    text_id: int
    digest: bytes
    at: Location | None = None
    is_outdated: bool = False

    @property
    def file(self) -> bytes:
        """Return the path of the file on the disk."""
        return self.at.file if self.at else self.path


@dataclass(frozen=True, slots=True)
class Queue:
    """How many documents wait, and their size together."""

    documents: int
    size_bytes: int


def next_queued(
    database: Database, limit: int, but_not: Collection[int], *, with_outdated: bool = True
) -> list[QueuedDocument]:
    """Return the documents to read next, small ones first, and of these the most recently changed.

    What was in the reader's hands when something ended comes last. Where none is queued they are those that an older
    reader read, containers before their members, because they say where these are.
    """
    found = _next(database, _QUEUED, limit, but_not)
    if found or not with_outdated:
        return found
    return _next(database, _OUTDATED, limit, but_not, is_outdated=True)


def queued(database: Database) -> Queue:
    """Return how much waits to be read, again or for the first time, or is being read."""
    sql = "SELECT count(*), coalesce(sum(size_bytes), 0) FROM documents WHERE "
    (queue,), (outdated,) = (database.read(f"{sql}{which}") for which in ("state IN ('queued', 'reading')", OUTDATED))
    return Queue(queue[0] + outdated[0], queue[1] + outdated[1])


def is_in_hand(database: Database, document_id: int, path: bytes) -> bool:
    """Tell whether a document is still being read, and still has this path."""
    sql = f"SELECT 1 FROM documents WHERE id = ? AND path = ? AND {IN_HAND}"
    return bool(database.read(sql, (document_id, path)))


def begin_reading(database: Database, document_id: int) -> bool:
    """Mark a queued document as READING, before its file is opened; an outdated one stays what it is.

    Tell whether it was still one of these.
    """
    with database.transaction():
        return bool(
            database.run(
                "UPDATE documents SET state = CASE state WHEN 'queued' THEN 'reading' ELSE state END,"
                " reason = CASE state WHEN 'queued' THEN '' ELSE reason END,"
                " detail = CASE state WHEN 'queued' THEN '' ELSE detail END, attempts = attempts + 1"
                f" WHERE id = ? AND (state = 'queued' OR {OUTDATED})",
                (document_id,),
            )
        )


def note_read(database: Database, document_id: int) -> None:
    """Note that the reader gave a document back: what ends the engine from now on is not this file's doing."""
    with database.transaction():
        database.run(f"UPDATE documents SET attempts = 0 WHERE id = ? AND {IN_HAND}", (document_id,))


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


def finish_unchanged(database: Database, document_id: int, stamp: FileStamp) -> bool:
    """Settle a document with the text that it has, and what is in it; tell whether it was still being read."""
    with database.transaction():
        finished = database.run(
            f"UPDATE documents SET state = {SETTLED}, reason = {SETTLED_REASON}, detail = '', attempts = 0,"
            " size_bytes = ?, mtime_ns = ? WHERE id = ? AND state = 'reading' AND text_id IS NOT NULL",
            (stamp.size_bytes, stamp.mtime_ns, document_id),
        )
        if finished:
            members.take_along(database, document_id, stamp)
        return bool(finished)


def settle_reread(database: Database, document_id: int, text_id: int, stamp: FileStamp, read_by: str) -> bool:
    """Note that a document reads as before; tell whether it was still being read, and its text still this one."""
    with database.transaction():
        return bool(
            database.run(
                f"UPDATE documents SET state = {SETTLED}, reason = {SETTLED_REASON}, detail = '', attempts = 0,"
                " size_bytes = ?, mtime_ns = ?, read_by = ?, outdated = 0"
                f" WHERE id = ? AND text_id = ? AND {IN_HAND}",
                (stamp.size_bytes, stamp.mtime_ns, read_by, document_id, text_id),
            )
        )


def fail(database: Database, document_id: int, reason: Reason, detail: str, read_by: str = "") -> list[int] | None:
    """Mark a document that was being read as FAILED, retiring its text, and return the ids of what was in it.

    None if it was no longer being read.
    """
    with database.transaction():
        failed = database.run(
            "UPDATE documents SET state = 'failed', reason = ?, detail = ?, attempts = 0, read_by = ?, outdated = 0"
            " WHERE id = ? AND state = 'reading'",
            (reason, detail.encode(errors="replace").decode(), read_by, document_id),
        )
        if not failed:
            return None
        _drop_text(database, document_id)
        return members.remove(database, document_id)


def fail_reread(database: Database, document_id: int, reason: Reason, detail: str, read_by: str) -> None:
    """Note that an outdated document cannot be read now: what it has stays, and if that is nothing, this is why."""
    with database.transaction():
        database.run(
            "UPDATE documents SET outdated = 0, attempts = 0, read_by = ?,"
            " reason = CASE WHEN text_id IS NULL THEN ? ELSE reason END,"
            f" detail = CASE WHEN text_id IS NULL THEN ? ELSE detail END WHERE id = ? AND {OUTDATED}",
            (read_by, reason, detail.encode(errors="replace").decode(), document_id),
        )


def recover(database: Database) -> list[int]:
    """Queue what was being read when the engine ended; what was so too often is FAILED. Return the failed ids.

    What was so while it was read again is left as it is.
    """
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
        left = f"UPDATE documents SET outdated = 0, attempts = 0 WHERE attempts >= ? AND {OUTDATED}"
        database.run(left, (MAX_ATTEMPTS,))
    return failed


def _next(
    database: Database, which: str, limit: int, but_not: Collection[int], *, is_outdated: bool = False
) -> list[QueuedDocument]:
    rows = database.read(
        "SELECT d.id, d.path, d.size_bytes, d.mtime_ns, coalesce(d.text_id, 0), coalesce(t.digest, x'')"
        f" FROM documents d {which} LIMIT ?",
        (limit + len(but_not),),
    )
    return [
        QueuedDocument(
            number, path, FileStamp(size, mtime), text_id, digest, location_of(database, number), is_outdated
        )
        for number, path, size, mtime, text_id, digest in [row for row in rows if row[0] not in but_not][:limit]
    ]


def _drop_text(database: Database, document_id: int) -> None:
    retire_text(database, document_id)
    database.run("UPDATE documents SET text_id = NULL WHERE id = ?", (document_id,))
