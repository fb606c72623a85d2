"""The catalog's documents inside documents: what is attached to a mail or packed in an archive. Engine's process.

A member's path is its container's with its name behind it, so that whatever is done to all below a path is done to it.
It lives and dies with its container: the functions here are called within the transactions that change that one's row,
but for `reconcile_steps`, which make the members what a reader found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.core.members import DEPTH_LIMIT, MemberFile
from app.core.types import DocumentState, Reason
from app.library import folders
from app.library.database import Database, Row
from app.library.ignoring import Ignoring, prefix
from app.library.scanner import FileStamp, FoundFile, KnownFile, Touched, admitted, suffix_of
from app.library.settling import IN_HAND, SETTLED, SETTLED_REASON
from app.library.texts import DocumentGone, retire_text

_KNOWN_AT_ONCE = 1000
_AT_ONCE = 100
_BELOW = (
    "WITH RECURSIVE below (id) AS (SELECT id FROM documents WHERE container_id = ?"
    " UNION ALL SELECT d.id FROM documents d JOIN below b ON d.container_id = b.id)"
)
_KNOWN = (
    "SELECT id, path, size_bytes, mtime_ns, state, reason, detail, digest,"
    " (SELECT f.path FROM documents f WHERE f.id = d.file_id) FROM documents d"
)

SHUT = "(container_id IS NOT NULL AND digest = x'')"
"""Of a member that could not be taken out of its container, and cannot until that is another."""

_TAKEN_UP = (
    f"state = CASE WHEN text_id IS NULL THEN 'queued' ELSE {SETTLED} END,"
    f" reason = CASE WHEN text_id IS NULL THEN '' ELSE {SETTLED_REASON} END, detail = '', attempts = 0"
)


@dataclass(slots=True)
class Changed:
    """The ids of rows that are new or changed, and of those that left."""

    changed: list[int] = field(default_factory=list[int])
    removed: list[int] = field(default_factory=list[int])


@dataclass(frozen=True, slots=True)
class _Container:
    id: int
    path: bytes
    folder_id: int
    file_id: int
    file: bytes
    mtime_ns: int
    depth: int


def inside(database: Database, document_id: int) -> list[int]:
    """Return the ids of all that is in a document, however deep."""
    return [number for (number,) in database.read(f"{_BELOW} SELECT id FROM below", (document_id,))]


def known(database: Database, folder_id: int, scopes: Iterable[bytes]) -> Iterator[list[KnownFile]]:
    """Yield in batches a folder's members below the paths in `scopes`, as files that a rule may be about."""
    sql = (
        f"{_KNOWN} WHERE +folder_id = ? AND path > ? AND path < ? AND container_id IS NOT NULL"
        f" AND reason <> '{Reason.NOT_LISTED}'"
    )
    for scope in scopes:
        below = prefix(scope)
        for rows in database.batches(sql, _KNOWN_AT_ONCE, (folder_id, below, below[:-1] + bytes((below[-1] + 1,)))):
            yield _known_files(rows)


def around(database: Database, document_id: int) -> list[int]:
    """Return the ids of what a document is in, innermost first."""
    found: list[int] = []
    at = document_id
    while (at := database.value("SELECT container_id FROM documents WHERE id = ?", (at,))) is not None:
        found.append(at)
    return found


def remove(database: Database, document_id: int) -> list[int]:
    """Take all that is in a document out, and return the ids; the texts are retired, to be purged."""
    gone = inside(database, document_id)
    for member_id in reversed(gone):  # the innermost first
        retire_text(database, member_id)
        database.run("DELETE FROM documents WHERE id = ?", (member_id,))
    return gone


def remove_with(database: Database, document_id: int) -> list[int]:
    """Take a document out with all that is in it, and return the ids; the texts are retired, to be purged."""
    gone = [*remove(database, document_id), document_id]
    retire_text(database, document_id)
    database.run("DELETE FROM documents WHERE id = ?", (document_id,))
    return gone


def put_away(database: Database, document_id: int, reason: Reason) -> None:
    """Let nothing in a document be found while that cannot be seen, or waits to be read again; it is all kept.

    What cannot be taken out was not found before: it stays as it is, with the reason.
    """
    database.run(
        f"{_BELOW} UPDATE documents SET state = 'absent', reason = ?, detail = ''"
        f" WHERE id IN below AND state NOT IN ('ignored', 'absent') AND NOT {SHUT}",
        (document_id, reason),
    )


def bring_back(database: Database, document_id: int) -> None:
    """Take up again what was put away of a document that is settled; what has no text is read anew.

    What cannot be taken out was put away too by programs before this one, which dropped the reason.
    """
    for taken_up, which in ((_TAKEN_UP, f"NOT {SHUT}"), ("state = 'failed', reason = 'damaged', detail = ''", SHUT)):
        database.run(
            f"{_BELOW} UPDATE documents SET {taken_up} WHERE id IN below AND state = 'absent' AND {which}"
            " AND EXISTS (SELECT 1 FROM documents c WHERE c.id = ? AND c.state IN ('ready', 'failed'))",
            (document_id, document_id),
        )


def follow(database: Database, document_id: int, before: bytes, after: bytes, mtime_ns: int) -> None:
    """Give all that is in a document the path, folder and time that the document has now."""
    database.run(
        f"{_BELOW} UPDATE documents SET path = CAST(? || substr(path, ?) AS BLOB), mtime_ns = ?,"
        " folder_id = (SELECT folder_id FROM documents WHERE id = ?) WHERE id IN below",
        (document_id, after, len(before) + 1, mtime_ns, document_id),
    )


def take_along(database: Database, document_id: int, stamp: FileStamp) -> None:
    """Let what is in a document be there and of the same time as the document."""
    path = database.value("SELECT path FROM documents WHERE id = ?", (document_id,))
    if path is not None:
        follow(database, document_id, path, path, stamp.mtime_ns)
        bring_back(database, document_id)


def reopen(database: Database, document_id: int) -> list[int]:
    """Queue what a member that cannot be taken out is in, to be read anew: its reader alone knows why it cannot.

    Return its id: none for other documents, nor where it is read anew already.
    """
    containers = database.read(
        "SELECT c.id FROM documents d JOIN documents c ON c.id = d.container_id"
        " WHERE d.id = ? AND d.digest = x'' AND c.text_id IS NOT NULL AND c.state IN ('ready', 'failed', 'queued')",
        (document_id,),
    )
    for container in containers:
        retire_text(database, container[0])
        database.run(
            "UPDATE documents SET state = 'queued', reason = '', detail = '', attempts = 0, text_id = NULL"
            " WHERE id = ?",
            container,
        )
    return [container_id for (container_id,) in containers]


def relist(database: Database, document_id: int, file: FoundFile) -> list[int]:
    """Queue a document again, or list it with the reason why it is no longer read; return the ids of what left it."""
    gone: list[int] = []
    if file.reason is Reason.NONE:
        put_away(database, document_id, Reason.NONE)
    else:
        retire_text(database, document_id)
        database.run("UPDATE documents SET text_id = NULL WHERE id = ?", (document_id,))
        gone = remove(database, document_id)
    database.run(
        "UPDATE documents SET state = ?, reason = ?, detail = ?, attempts = 0, size_bytes = ?, mtime_ns = ?"
        " WHERE id = ?",
        (file.state, file.reason, file.detail, file.stamp.size_bytes, file.stamp.mtime_ns, document_id),
    )
    return gone


def listed_otherwise(known: Iterable[KnownFile], suffixes: frozenset[str], ignoring: Ignoring) -> list[Touched]:
    """Return the members that are read or left out otherwise by the rules that hold now."""
    found = ((one, admitted(one.file, one.path, one.stamp, suffixes, ignoring)) for one in known)
    return [
        Touched(one, file)
        for one, file in found
        if not is_as_listed(one, file) and not (file.reason is Reason.NONE and one.reason is Reason.TOO_DEEP)
    ]


def is_as_listed(before: KnownFile, file: FoundFile) -> bool:
    """Return whether a member is still read, or left out and for the same reason, as it is found now."""
    if file.reason is not Reason.NONE:
        return (before.state, before.reason, before.detail) == (file.state, file.reason, file.detail)
    return before.state is not DocumentState.IGNORED


def reconcile_steps(
    database: Database,
    document_id: int,
    found: Sequence[MemberFile],
    mtime_ns: int,
    suffixes: frozenset[str],
    changed: Changed,
) -> Iterator[None]:
    """Make the members of a document that is being read what a reader found in it, noting in `changed` what changes.

    One whose content is known keeps its text, whatever it is called now. A document in state READING has no text of its
    own while this goes on, so that whatever ends it, it is read again; one that is outdated is so in any case.

    Raises: DocumentGone if the document is no longer being read.
    """
    before = _members_of(database, document_id)
    if not before and not found:
        return
    container = _container(database, document_id, mtime_ns)
    if database.value("SELECT state FROM documents WHERE id = ?", (document_id,)) == DocumentState.READING:
        retire_text(database, document_id)
        database.run("UPDATE documents SET text_id = NULL WHERE id = ?", (document_id,))
    follow(database, document_id, container.path, container.path, mtime_ns)
    kept = _kept(database, before, found, container)
    gone = [one.id for one in before if one.id not in set(kept.values())]
    for at in range(0, len(gone), _AT_ONCE):
        _container(database, document_id, mtime_ns)
        changed.removed += [left for one in gone[at : at + _AT_ONCE] for left in remove_with(database, one)]
        yield
    ignoring = _ignoring(database, _container(database, document_id, mtime_ns))
    known_by_id = {one.id: one for one in before}
    # First what stays, so that no path is taken when what is new comes.
    places = sorted(range(len(found)), key=lambda place: place not in kept)
    for at in range(0, len(places), _AT_ONCE):
        container = _container(database, document_id, mtime_ns)
        for place in places[at : at + _AT_ONCE]:
            member, file = found[place], _as_file(found[place], container, suffixes, ignoring)
            if place in kept:
                _keep(database, known_by_id[kept[place]], member, file, changed)
            else:
                changed.changed.append(_insert(database, member, file, container))
        yield


def _members_of(database: Database, document_id: int) -> list[KnownFile]:
    return _known_files(database.read(f"{_KNOWN} WHERE container_id = ? ORDER BY path", (document_id,)))


def _known_files(rows: Iterable[Row]) -> list[KnownFile]:
    return [
        KnownFile(number, path, FileStamp(size, mtime), DocumentState(state), Reason(reason), detail, digest, file)
        for number, path, size, mtime, state, reason, detail, digest, file in rows
    ]


def _container(database: Database, document_id: int, mtime_ns: int) -> _Container:
    rows = database.read(
        "SELECT d.path, d.folder_id, f.id, f.path FROM documents d JOIN documents f ON f.id = coalesce(d.file_id, d.id)"
        f" WHERE d.id = (SELECT id FROM documents WHERE id = ? AND {IN_HAND})",
        (document_id,),
    )
    for path, folder_id, file_id, file in rows:
        return _Container(document_id, path, folder_id, file_id, file, mtime_ns, _depth(database, document_id))
    raise DocumentGone


def _depth(database: Database, document_id: int) -> int:
    """Return how many containers are around what is in a document."""
    depth, above = 0, document_id
    while above is not None:
        depth, above = depth + 1, database.value("SELECT container_id FROM documents WHERE id = ?", (above,))
    return depth


def _kept(
    database: Database, before: Sequence[KnownFile], found: Sequence[MemberFile], container: _Container
) -> dict[int, int]:
    """Return the ids of the known members that are found again, by their places in `found`: by name, else by content.

    One that holds others is known by its name alone: another name would be that of all in it.
    """
    below = prefix(container.path)
    places = {below + member.name.encode(): place for place, member in enumerate(found)}
    kept = {places[one.path]: one.id for one in before if one.path in places}
    by_content: dict[tuple[bytes, str], list[int]] = {}
    for place, member in enumerate(found):
        if place not in kept and member.sha256:
            by_content.setdefault((member.sha256, suffix_of(member.name.encode())), []).append(place)
    for one in before:
        alike = by_content.get((one.digest, suffix_of(one.path)))
        if alike and one.path not in places and not inside(database, one.id):
            kept[alike.pop()] = one.id
    return kept


def _ignoring(database: Database, container: _Container) -> Ignoring:
    path = database.value("SELECT path FROM folders WHERE id = ?", (container.folder_id,))
    return folders.followed_in(database)[path]


def _as_file(member: MemberFile, container: _Container, suffixes: frozenset[str], ignoring: Ignoring) -> FoundFile:
    """Return a member as a folder's walk would find a file."""
    path, stamp = prefix(container.path) + member.name.encode(), FileStamp(member.size_bytes, container.mtime_ns)
    if member.reason is Reason.NOT_LISTED:
        return FoundFile(path, stamp, member.reason, member.detail)
    file = admitted(container.file, path, stamp, suffixes, ignoring)
    if file.reason is not Reason.NONE:
        return file
    if container.depth > DEPTH_LIMIT:
        return FoundFile(path, stamp, Reason.TOO_DEEP)
    return FoundFile(path, stamp, member.reason, member.detail)


def _insert(database: Database, member: MemberFile, file: FoundFile, container: _Container) -> int:
    row = (file.path, container.folder_id, suffix_of(file.path), file.stamp.size_bytes, file.stamp.mtime_ns)
    return database.insert(
        "INSERT INTO documents (path, folder_id, suffix, size_bytes, mtime_ns, state, reason, detail, container_id,"
        " file_id, address, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, file.state, file.reason, file.detail, container.id, container.file_id, member.address, member.sha256),
    )


def _keep(database: Database, before: KnownFile, member: MemberFile, file: FoundFile, changed: Changed) -> None:
    """Bring the row of a member that is found again up to date, noting what changes."""
    database.run(
        "UPDATE documents SET path = ?, suffix = ?, size_bytes = ?, address = ?, digest = ? WHERE id = ?",
        (file.path, suffix_of(file.path), file.stamp.size_bytes, member.address, member.sha256, before.id),
    )
    is_left_out = file.reason is not Reason.NONE
    if not is_as_listed(before, file) or not (is_left_out or member.sha256 == before.digest):
        changed.removed += relist(database, before.id, file)
    elif before.state is DocumentState.ABSENT:
        database.run(f"UPDATE documents SET {_TAKEN_UP} WHERE id = ?", (before.id,))
        bring_back(database, before.id)
    elif before.path == file.path:
        return
    changed.changed += [before.id, *inside(database, before.id)]
