"""The catalog's document rows as rescans and persons change them. Used in the engine's process.

Every function is one transaction. A row's state is changed before what it says begins, and after what it says is done.
"""

from collections.abc import Collection, Iterable, Iterator
from sqlite3 import IntegrityError

from app.core.types import DocumentState, Reason
from app.library import members
from app.library.database import Database
from app.library.ignoring import prefix
from app.library.reading_queue import QueuedDocument
from app.library.scanner import FileStamp, FoundFile, KnownFile, suffix_of
from app.library.settling import SETTLED, SETTLED_REASON

_BACK = f"CASE WHEN state IN ('absent', 'failed') THEN {SETTLED} ELSE state END"
_WHY = f"CASE WHEN state IN ('absent', 'failed') THEN {SETTLED_REASON} ELSE '' END"


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
        members.take_along(database, document_id, stamp)


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
