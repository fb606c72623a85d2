"""The catalog's folders: added, listed, forgotten, saved in case it is lost. Used in the engine's process."""

import errno
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.core.errors import DataDirectoryUnwritable, DiskFull, PathNotInLibrary
from app.core.types import DocumentState, FolderRow
from app.library.database import Database
from app.library.scanner import covers


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, or single file, of the library; `device` is where its files were last seen, 0 before."""

    id: int
    path: bytes
    present: bool
    device: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What left the library with a folder."""

    document_ids: tuple[int, ...]
    passages: int


def add(database: Database, path: bytes) -> bytes:
    """Add a folder or single file, by its absolute path, and return the library folder that now covers it.

    Folders that the new one covers become part of it; their documents stay as they are.
    """
    known = listed(database)
    for folder in known:
        if covers(folder.path, path):
            return folder.path
    with database.transaction(durable=True):
        folder_id = database.insert("INSERT INTO folders (path) VALUES (?)", (path,))
        for folder in known:
            if covers(path, folder.path):
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
    _save(database)
    return Forgotten(tuple(number for number, _ in documents), sum(passages or 0 for _, passages in documents))


def listed(database: Database) -> tuple[Folder, ...]:
    """Return the folders by path."""
    rows = database.read("SELECT id, path, present, device FROM folders ORDER BY path")
    return tuple(Folder(number, path, bool(present), device) for number, path, present, device in rows)


def mark(database: Database, folder: Folder, *, present: bool, device: int) -> None:
    """Note whether a folder is there, and on which device, if that is new."""
    if (folder.present, folder.device) != (present, device):
        with database.transaction():
            database.run("UPDATE folders SET present = ?, device = ? WHERE id = ?", (int(present), device, folder.id))


def rows(database: Database) -> tuple[FolderRow, ...]:
    """Return the folders with their documents counted; documents that will never be read are not among them."""
    counted: dict[bytes, dict[str, int]] = {folder.path: {} for folder in listed(database)}
    for path, state, number in database.read(
        "SELECT f.path, d.state, count(*) FROM folders f JOIN documents d ON d.folder_id = f.id GROUP BY f.id, d.state"
    ):
        counted[path][state] = number
    present = {folder.path: folder.present for folder in listed(database)}
    return tuple(_row(path, present[path], states) for path, states in counted.items())


def salvaged(path: Path, damaged: Path) -> list[bytes]:
    """Return the folders of a catalog that had to be set aside: as saved beside it, else as it still tells."""
    saved = _saved_at(path)
    if saved.exists():
        try:
            return msgspec.msgpack.decode(saved.read_bytes(), type=list[bytes])
        except msgspec.DecodeError:
            pass
    try:
        with closing(sqlite3.connect(f"{damaged.as_uri()}?mode=ro", uri=True)) as connection:
            return [row[0] for row in connection.execute("SELECT path FROM folders")]
    except sqlite3.DatabaseError:
        return []


def _save(database: Database) -> None:
    saved = _saved_at(database.path)
    new = saved.with_name(saved.name + ".new")
    try:
        new.write_bytes(msgspec.msgpack.encode([folder.path for folder in listed(database)]))
        new.replace(saved)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(path=str(saved)) from error
        raise DataDirectoryUnwritable(path=str(saved.parent), detail=error.strerror or "") from error


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
