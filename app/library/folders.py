"""The catalog's folders: added, listed, forgotten, saved in case it is lost. Used in the engine's process."""

import errno
import os
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from app.config.whole_files import write_whole
from app.core.errors import (
    DataDirectoryUnwritable,
    DiskFull,
    PartOfFolder,
    PathMissing,
    PathNotInLibrary,
    PathUnreadable,
)
from app.core.types import DocumentState, FolderRow, FolderRules
from app.library.database import Database
from app.library.ignoring import Ignoring, check_patterns, prefix
from app.library.real_paths import real_path


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, or single file, of the library; `device` is where its files were last seen, 0 before."""

    id: int
    path: bytes
    present: bool
    device: int
    rules: FolderRules = FolderRules()


@dataclass(frozen=True, slots=True)
class SavedFolder:
    """What is kept of a folder beside the catalog, in case the catalog is lost."""

    path: bytes
    rules: FolderRules = FolderRules()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What left the library with a folder."""

    document_ids: tuple[int, ...]
    passages: int


def readable(path: bytes) -> bytes:
    """Return the real path of a folder or file that can be added.

    Raises: PathMissing, PathUnreadable.
    """
    path = real_path(path)
    if not os.path.exists(path):
        raise PathMissing(path=path.decode(errors="replace"))
    if not os.access(path, os.R_OK):
        raise PathUnreadable(path=path.decode(errors="replace"), detail=os.strerror(errno.EACCES))
    return path


def add(database: Database, path: bytes, rules: FolderRules = FolderRules()) -> bytes:
    """Add a folder or single file, by its absolute path, and return the library folder that now covers it.

    Folders that the new one covers become part of it, unless they have rules of their own; their documents stay as they
    are. Of `rules`, the patterns alone are added to those of a folder that is there already.

    Raises: PartOfFolder, DiskFull, DataDirectoryUnwritable.
    """
    known = listed(database)
    followed = followed_in(database)
    for folder in known:
        if not followed[folder.path].leaves_out(path):
            if rules != FolderRules() and path != folder.path:
                raise PartOfFolder(path=path.decode(errors="replace"), folder=folder.path.decode(errors="replace"))
            if rules.patterns:
                merged = tuple(dict.fromkeys((*folder.rules.patterns, *rules.patterns)))
                set_rules(database, path, replace(folder.rules, patterns=merged))
            return folder.path
    new = Ignoring(path, rules)
    with database.transaction(durable=True):
        folder_id = database.insert("INSERT INTO folders (path, rules) VALUES (?, ?)", (path, _packed(rules)))
        for folder in known:
            if folder.rules == FolderRules() and not new.leaves_out(folder.path):
                database.run("UPDATE documents SET folder_id = ? WHERE folder_id = ?", (folder_id, folder.id))
                database.run("DELETE FROM folders WHERE id = ?", (folder.id,))
    _save(database)
    return path


def forget(database: Database, path: bytes) -> Forgotten:
    """Take a folder out with all its documents; their texts are retired, to be purged.

    Raises: PathNotInLibrary.
    """
    folder_id = database.value("SELECT id FROM folders WHERE path = ?", (path,))
    if folder_id is None:
        raise PathNotInLibrary(path=path.decode(errors="replace"))
    documents = database.read(
        "SELECT d.id, t.passages FROM documents d LEFT JOIN texts t ON t.id = d.text_id WHERE d.folder_id = ?",
        (folder_id,),
    )
    with database.transaction(durable=True):
        database.run(
            "INSERT OR IGNORE INTO retired SELECT text_id FROM documents WHERE folder_id = ? AND text_id IS NOT NULL",
            (folder_id,),
        )
        database.run("DELETE FROM documents WHERE folder_id = ?", (folder_id,))
        database.run("DELETE FROM folders WHERE id = ?", (folder_id,))
        below = [(place,) for place in mounts(database) if place.startswith(prefix(path))]
        database.run_many("DELETE FROM mounts WHERE path = ?", below)
    _save(database)
    return Forgotten(tuple(number for number, _ in documents), sum(passages or 0 for _, passages in documents))


def listed(database: Database) -> tuple[Folder, ...]:
    """Return the folders by path."""
    rows = database.read("SELECT id, path, present, device, rules FROM folders ORDER BY path")
    return tuple(
        Folder(number, path, bool(present), device, msgspec.msgpack.decode(rules, type=FolderRules))
        for number, path, present, device, rules in rows
    )


def followed_in(database: Database) -> dict[bytes, Ignoring]:
    """Return the folders by path with what each leaves out: other folders of the library, and the library itself."""
    known = listed(database)
    kept_apart = {folder.path for folder in known} | {os.path.realpath(os.fsencode(database.path.parent))}
    return {folder.path: Ignoring(folder.path, folder.rules, frozenset(kept_apart - {folder.path})) for folder in known}


def rules_of(database: Database, path: bytes) -> FolderRules:
    """Return a folder's rules. Raises: PathNotInLibrary."""
    for folder in listed(database):
        if folder.path == path:
            return folder.rules
    raise PathNotInLibrary(path=path.decode(errors="replace"))


def set_rules(database: Database, path: bytes, rules: FolderRules) -> None:
    """Replace a folder's rules; a rescan applies them.

    Raises: PathNotInLibrary, RuleInvalid, DiskFull, DataDirectoryUnwritable.
    """
    check_patterns(rules.patterns)
    with database.transaction(durable=True):
        if not database.run("UPDATE folders SET rules = ? WHERE path = ?", (_packed(rules), path)):
            raise PathNotInLibrary(path=path.decode(errors="replace"))
    _save(database)


def restore(database: Database, saved: Iterable[SavedFolder]) -> None:
    """Put the folders of a catalog that was lost into a new one."""
    with database.transaction(durable=True):
        database.run_many(
            "INSERT OR IGNORE INTO folders (path, rules) VALUES (?, ?)",
            [(folder.path, _packed(folder.rules)) for folder in saved],
        )
    _save(database)


def mark(database: Database, folder: Folder, *, present: bool, device: int) -> None:
    """Note whether a folder is there, and on which device, if that is new."""
    if (folder.present, folder.device) != (present, device):
        with database.transaction():
            database.run("UPDATE folders SET present = ?, device = ? WHERE id = ?", (int(present), device, folder.id))


def mounts(database: Database) -> set[bytes]:
    """Return the places inside folders where a drive was mounted once."""
    return {path for (path,) in database.read("SELECT path FROM mounts")}


def note_mounts(database: Database, paths: Collection[bytes]) -> None:
    """Note that drives are mounted on folders inside folders: if one is away, what is on it is absent."""
    if paths:
        with database.transaction():
            database.run_many("INSERT OR IGNORE INTO mounts VALUES (?)", [(path,) for path in paths])


def rows(database: Database) -> tuple[FolderRow, ...]:
    """Return the folders with their documents counted; documents that will never be read are not among them."""
    counted: dict[bytes, dict[str, int]] = {folder.path: {} for folder in listed(database)}
    for path, state, number in database.read(
        "SELECT f.path, d.state, count(*) FROM folders f JOIN documents d ON d.folder_id = f.id GROUP BY f.id, d.state"
    ):
        counted[path][state] = number
    present = {folder.path: folder.present for folder in listed(database)}
    return tuple(_row(path, present[path], states) for path, states in counted.items())


def salvaged(path: Path, damaged: Path) -> list[SavedFolder]:
    """Return the folders of a catalog that had to be set aside: as saved beside it, else as it still tells."""
    saved = _saved_at(path)
    if saved.exists():
        try:
            known = msgspec.msgpack.decode(saved.read_bytes(), type=list[bytes | SavedFolder])
            return [SavedFolder(one) if isinstance(one, bytes) else one for one in known]  # 0.1 kept paths alone
        except msgspec.DecodeError:
            pass
    try:
        with closing(sqlite3.connect(f"{damaged.as_uri()}?mode=ro", uri=True)) as connection:
            return [SavedFolder(row[0]) for row in connection.execute("SELECT path FROM folders")]
    except sqlite3.DatabaseError:
        return []


def _save(database: Database) -> None:
    saved = _saved_at(database.path)
    folders = [SavedFolder(folder.path, folder.rules) for folder in listed(database)]
    try:
        write_whole(saved, msgspec.msgpack.encode(folders))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(path=str(saved)) from error
        raise DataDirectoryUnwritable(path=str(saved.parent), detail=error.strerror or "") from error


def _packed(rules: FolderRules) -> bytes:
    return msgspec.msgpack.encode(rules)


def _saved_at(path: Path) -> Path:
    return path.with_name(path.name + ".folders")


def _row(path: bytes, present: bool, states: dict[str, int]) -> FolderRow:
    def count(states_wanted: Iterable[DocumentState]) -> int:
        return sum(states.get(state, 0) for state in states_wanted)

    return FolderRow(
        path=path,
        present=present,
        documents=count(state for state in DocumentState if state is not DocumentState.IGNORED),
        ready=count((DocumentState.READY,)),
        queued=count((DocumentState.QUEUED, DocumentState.READING)),
        failed=count((DocumentState.FAILED,)),
    )
