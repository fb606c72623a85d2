"""Gives the room that deleted texts leave in the catalog back to the disk. Used in the engine's process.

Generators of short steps, like `writing`. Rows are deleted all over the tables and new ones come to their ends, so that
SQLite's pages are half empty in the long run: each row is moved to the end of its table, in order, and the pages that
are free then are cut off the file. A kill leaves rows that are moved the next time.
"""

from collections.abc import Iterator

from app.library import texts
from app.library.database import Database
from app.library.traces import scrub_steps

_LEAST = 500
_SHARE = 4
_ROWS_A_STEP = 64
_PAGES_A_STEP = 256
_TABLES = ("pages", "embeddings")
_COMPACTED = "texts_when_compacted"


def tidy_steps(database: Database) -> Iterator[None]:
    """Take out what no document has any more, and give its room back if that is worth it."""
    yield from texts.purge_steps(database)
    yield from compact_steps(database)


def compact_steps(database: Database, least: int = _LEAST) -> Iterator[None]:
    """Compact index of words, texts and embeddings and shorten the file, some pages at a time, if it is worth it.

    That is where since the last time more texts were deleted than a quarter of those there are, and than `least`.
    """
    written, there = _texts(database)
    then = database.value("SELECT value FROM meta WHERE key = ?", (_COMPACTED,)) or "0 0"
    written_then, there_then = map(int, then.split())
    if (written - written_then) - (there - there_then) <= max(least, there // _SHARE):
        return
    yield from scrub_steps(database)
    if database.value("PRAGMA auto_vacuum"):  # not in a catalog that was made before there was this module
        for table in _TABLES:
            yield from _move_steps(database, table)
        while database.value("PRAGMA freelist_count"):
            database.read(f"PRAGMA incremental_vacuum({_PAGES_A_STEP})")
            yield
    database.run("REPLACE INTO meta VALUES (?, ?)", (_COMPACTED, f"{written} {there}"))
    yield


def _move_steps(database: Database, table: str) -> Iterator[None]:
    """Move all rows that a table has now to its end; the pages that they leave are taken by those that follow."""
    last = database.value(f"SELECT coalesce(max(rowid), 0) FROM {table}")
    moved_to = last
    while rows := database.read(
        f"SELECT rowid FROM {table} WHERE rowid <= ? ORDER BY rowid LIMIT {_ROWS_A_STEP}", (last,)
    ):
        moved_to = max(moved_to, database.value(f"SELECT max(rowid) FROM {table}"))
        moves = [(moved_to + n, rowid) for n, (rowid,) in enumerate(rows, start=1)]
        database.run_many(f"UPDATE {table} SET rowid = ? WHERE rowid = ?", moves)
        yield


def _texts(database: Database) -> tuple[int, int]:
    """Return how many texts were ever written, and how many there are."""
    written = database.value("SELECT seq FROM sqlite_sequence WHERE name = 'texts'") or 0
    return written, database.value("SELECT count(*) FROM texts")
