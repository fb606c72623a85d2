"""The catalog's document rows as rescans and the indexer change them. Used in the engine's process.

Every function is one transaction. A row's state is changed before what it says begins, and after what it says is done.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from app.core.types import DocumentState, Reason
from app.library.database import Database
from app.library.ignoring import prefix
from app.library.scanner import FileStamp, FoundFile, KnownFile, suffix_of
from app.library.texts import retire_text

MAX_ATTEMPTS = 3
"""How often a document may be in the reader's hands when the engine ends; then it is taken to be the cause."""

_HAS_PASSAGES = "EXISTS (SELECT 1 FROM texts t WHERE t.id = text_id AND t.passages > 0)"
_SETTLED = f"CASE WHEN {_HAS_PASSAGES} THEN 'ready' ELSE 'failed' END"
_REASON = f"CASE WHEN {_HAS_PASSAGES} THEN '' ELSE 'no_text' END"
"""What a document is whose text is that of its file: without passages it waits for its scans to be recognised."""
_BACK = f"CASE WHEN state IN ('absent', 'failed') THEN {_SETTLED} ELSE state END"
_WHY = f"CASE WHEN state IN ('absent', 'failed') THEN {_REASON} ELSE '' END"


@dataclass(frozen=True, slots=True)
class QueuedDocument:
    """A document that waits to be read; `digest` is of the text that the catalog has of it, empty without one."""

    id: int
    path: bytes
    stamp: FileStamp
    text_id: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Queue:
    """How many documents wait, and their size together."""

    documents: int
    size_bytes: int


def known_files(database: Database, folder_id: int, scopes: Collection[bytes]) -> Iterator[list[KnownFile]]:
    """Yield in batches a folder's documents at or under the paths in `scopes`, none of which may cover another."""
    for scope in scopes:
        below = prefix(scope)
        sql = (
            "SELECT d.id, d.path, d.size_bytes, d.mtime_ns, d.state, d.reason, d.detail, coalesce(t.digest, x'')"
            " FROM documents d LEFT JOIN texts t ON t.id = d.text_id"
            " WHERE +d.folder_id = ? AND (d.path = ? OR (d.path > ? AND d.path < ?))"
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


def relist(database: Database, document_id: int, file: FoundFile) -> None:
    """Queue a changed file again, or list it with the reason why it will no longer be read."""
    with database.transaction():
        if file.reason is not Reason.NONE:
            _drop_text(database, document_id)
        database.run(
            "UPDATE documents SET state = ?, reason = ?, detail = ?, attempts = 0, size_bytes = ?, mtime_ns = ?"
            " WHERE id = ?",
            (file.state, file.reason, file.detail, file.stamp.size_bytes, file.stamp.mtime_ns, document_id),
        )


def move(database: Database, document_id: int, folder_id: int, file: FoundFile) -> None:
    """Give a document, whose content is known to be the same, its new path; an absent one is there again."""
    row = (file.path, folder_id, suffix_of(file.path), file.stamp.size_bytes, file.stamp.mtime_ns)
    with database.transaction():
        database.run(
            f"UPDATE documents SET path = ?, folder_id = ?, suffix = ?, size_bytes = ?, mtime_ns = ?, state = {_BACK},"
            f" reason = {_WHY}, detail = '' WHERE id = ? AND EXISTS (SELECT 1 FROM folders WHERE id = ?)",
            (*row, document_id, folder_id),
        )


def restamp(database: Database, document_id: int, stamp: FileStamp) -> None:
    """Note the stamp of a file whose content is the same as before; an absent document is there again."""
    with database.transaction():
        database.run(
            f"UPDATE documents SET size_bytes = ?, mtime_ns = ?, state = {_BACK}, reason = {_WHY}, detail = ''"
            " WHERE id = ?",
            (stamp.size_bytes, stamp.mtime_ns, document_id),
        )


def mark_absent(database: Database, ids: Iterable[int], reason: Reason) -> None:
    """Mark documents whose folder cannot be seen; what is known of them stays."""
    with database.transaction():
        database.run_many(
            "UPDATE documents SET state = 'absent', reason = ?, detail = '' WHERE id = ?",
            [(reason, document_id) for document_id in ids],
        )


def remove(database: Database, ids: Iterable[int]) -> None:
    """Take documents out at once; their texts are retired, to be purged."""
    with database.transaction():
        for document_id in ids:
            retire_text(database, document_id)
            database.run("DELETE FROM documents WHERE id = ?", (document_id,))


def next_queued(database: Database, limit: int, but_not: Collection[int]) -> list[QueuedDocument]:
    """Return the documents to read next, small ones first, and of these the most recently changed."""
    rows = database.read(
        "SELECT d.id, d.path, d.size_bytes, d.mtime_ns, coalesce(d.text_id, 0), coalesce(t.digest, x'')"
        " FROM documents d INDEXED BY documents_queue LEFT JOIN texts t ON t.id = d.text_id WHERE d.state = 'queued'"
        " ORDER BY d.size_bytes / 262144, d.mtime_ns DESC LIMIT ?",
        (limit + len(but_not),),
    )
    queued = (
        QueuedDocument(number, path, FileStamp(size, mtime), text_id, digest)
        for number, path, size, mtime, text_id, digest in rows
    )
    return [document for document in queued if document.id not in but_not][:limit]


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


def requeue(database: Database, document_id: int) -> None:
    """Put a document that is being read back into the queue."""
    with database.transaction():
        database.run(
            "UPDATE documents SET state = 'queued', attempts = 0 WHERE id = ? AND state = 'reading'", (document_id,)
        )


def queue_locked(database: Database, document_id: int) -> None:
    """Queue a document again that could not be read for want of a password."""
    with database.transaction():
        database.run(
            "UPDATE documents SET state = 'queued', reason = '', detail = '', attempts = 0"
            " WHERE id = ? AND state = 'failed' AND reason = ?",
            (document_id, Reason.ENCRYPTED),
        )


def queue_failed(database: Database, ids: Iterable[int]) -> list[int]:
    """Queue those of some documents that FAILED, and return their ids."""
    with database.transaction():
        return [
            document_id
            for document_id in ids
            if database.run(
                "UPDATE documents SET state = 'queued', reason = '', detail = '', attempts = 0"
                " WHERE id = ? AND state = 'failed'",
                (document_id,),
            )
        ]


def finish_unchanged(database: Database, document_id: int, stamp: FileStamp) -> bool:
    """Settle a document with the text that it has; tell whether it was still being read."""
    with database.transaction():
        return bool(
            database.run(
                f"UPDATE documents SET state = {_SETTLED}, reason = {_REASON}, detail = '', attempts = 0,"
                " size_bytes = ?, mtime_ns = ? WHERE id = ? AND state = 'reading' AND text_id IS NOT NULL",
                (stamp.size_bytes, stamp.mtime_ns, document_id),
            )
        )


def fail(database: Database, document_id: int, reason: Reason, detail: str) -> bool:
    """Mark a document that was being read as FAILED, retiring its text; tell whether it was still being read."""
    with database.transaction():
        failed = database.run(
            "UPDATE documents SET state = 'failed', reason = ?, detail = ?, attempts = 0"
            " WHERE id = ? AND state = 'reading'",
            (reason, detail.encode(errors="replace").decode(), document_id),
        )
        if failed:
            _drop_text(database, document_id)
        return bool(failed)


def recover(database: Database) -> list[int]:
    """Queue what was being read when the engine ended; what was so too often is FAILED. Return the failed ids."""
    with database.transaction():
        rows = database.read(
            "SELECT id FROM documents WHERE state = 'reading' AND attempts >= ? ORDER BY id", (MAX_ATTEMPTS,)
        )
        failed = [number for (number,) in rows]
        for document_id in failed:
            _drop_text(database, document_id)
            database.run(
                "UPDATE documents SET state = 'failed', reason = ?, attempts = 0 WHERE id = ?",
                (Reason.READER_DIED, document_id),
            )
        database.run("UPDATE documents SET state = 'queued' WHERE state = 'reading'")
    return failed


def _drop_text(database: Database, document_id: int) -> None:
    retire_text(database, document_id)
    database.run("UPDATE documents SET text_id = NULL WHERE id = ?", (document_id,))
