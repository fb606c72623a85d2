"""The catalog's one SQLite connection: opening, transactions, errors as facts. Used in the engine's process."""

import sqlite3
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.config.paths import aside
from app.core.errors import DataDirectoryUnwritable, DiskFull
from app.library.page_sums import PageSums

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNDECODABLE = "Could not decode to UTF-8"
"""What Python's SQLite says of a text that is not UTF-8, as all were when they were written; it has no code for it."""

_CERTAIN = "not UTF-8"
"""Damage that no check of SQLite's finds."""

_CACHE = "cache_size=-65536"
_LOG_BYTES = 1 << 22
"""How much more may be in the write-ahead log before the next checkpoint, as much as SQLite lets it grow by itself."""

_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)

STEP_S = 0.012
"""How long one slice of a long write may gather rows; FTS5 writes its part at the commit, about as long again."""

Row = tuple[Any, ...]


class Database:
    """A SQLite file in WAL mode, used from one thread at a time.

    A killed process loses no committed transaction; a power cut may lose those since the last `durable` one, and never
    a part of one.
    """

    def __init__(self, path: Path, *, for_reading: bool = False, summed: bool = False) -> None:
        """Open or create the file at `path`; one that is open already may be opened once more `for_reading` alone.

        With `summed` its pages' checksums are kept beside it, and compared now.

        Raises: DataDirectoryUnwritable, DiskFull, sqlite3.DatabaseError if it is damaged.
        """
        self.path = path
        self._sums = PageSums(path) if summed else None
        self._log = path.with_name(path.name + "-wal")
        self._log_most = _LOG_BYTES
        with self._facts():
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=not for_reading)
            try:
                if for_reading:
                    self._connect_to_read()
                else:
                    self._connect()
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                self._connection.close()
                raise

    def _connect(self) -> None:
        if self._sums and not self._sums.is_whole():
            raise sqlite3.DatabaseError("a page is not as it was written")
        if suspicion(self.path).exists():
            verdict = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != ("ok",) or suspicion(self.path).stat().st_size:
                raise sqlite3.DatabaseError(f"quick_check: {verdict}")
            suspicion(self.path).unlink()
        if not self._connection.execute("PRAGMA page_count").fetchone()[0]:  # later it has no effect but to be written
            self._connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON", _CACHE):
            self._connection.execute(f"PRAGMA {pragma}")
        if self._sums:
            self._keep_sums(self._sums)

    def _connect_to_read(self) -> None:
        for pragma in ("query_only=ON", _CACHE):
            self._connection.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Close the connection; uncommitted work is rolled back."""
        if self._sums and not self._checkpoint():  # a query whose rows nobody took to the end is in the way, say
            self._sums.take()
        self._connection.close()

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._facts():
            return self._connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """Return the first column of a query's first row, None without one."""
        with self._facts():
            row = self._connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    def batches(self, sql: str, size: int, parameters: Sequence[object] = ()) -> Iterator[list[Row]]:
        """Yield a query's rows in batches; the library may change in between."""
        with self._facts():
            cursor = self._connection.execute(sql, parameters)
        while True:
            with self._facts():
                rows = cursor.fetchmany(size)
            if not rows:
                return
            yield rows

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute one statement inside a transaction and return how many rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def insert(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute one INSERT inside a transaction and return the new row's id."""
        row_id = self._connection.execute(sql, parameters).lastrowid
        assert row_id is not None
        return row_id

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute one statement for each row inside a transaction."""
        self._connection.executemany(sql, rows)

    def script(self, sql: str) -> None:
        """Execute several statements, each in the transaction that the script itself opens."""
        with self._facts():
            self._connection.executescript(sql)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Generator[None, None, None]:
        """Commit everything inside or nothing; `durable` waits until the disk has it and all before it."""
        with self._facts():
            if durable:
                self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                if durable:
                    self._connection.execute("PRAGMA synchronous=NORMAL")
        self._checkpoint_if_due()

    @contextmanager
    def snapshot(self) -> Generator[None, None, None]:
        """Read everything inside from the database as it stands at the first of these reads."""
        with self._facts():
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def in_slices(self, work: Iterator[None]) -> Generator[None, None, None]:
        """Run `work`, which yields after each small change, in short transactions, and yield after each of these."""
        more = True
        while more:
            with self.transaction():
                until = time.perf_counter() + STEP_S
                while more and time.perf_counter() < until:
                    more = next(work, _END) is not _END
            yield

    def changes(self) -> int:
        """Return how many rows were changed since the database was opened."""
        return self._connection.total_changes

    def empty_log(self) -> bool:
        """Leave nothing in the write-ahead log; tell whether that was done, no reader being in the way."""
        return self._checkpoint() and self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0

    def _keep_sums(self, sums: PageSums) -> None:
        """See to it that all checkpoints are ours; without a log, as on some network drives, there are no sums."""
        if self._connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            sums.forget()
            self._sums = None
            return
        for pragma in ("wal_autocheckpoint=0", "journal_size_limit=0"):
            self._connection.execute(f"PRAGMA {pragma}")

    def _checkpoint_if_due(self) -> None:
        """Checkpoint when the log has grown so far; it is cut short by the first write after one that was complete."""
        if self._sums:
            size = self._log.stat().st_size
            if size >= self._log_most:
                self._checkpoint()
            self._log_most = size + _LOG_BYTES if size >= self._log_most else min(self._log_most, size + _LOG_BYTES)

    def _checkpoint(self) -> bool:
        """Bring the log into the file and note the pages; tell whether no reader needed what they replace."""
        try:
            _, frames, written = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.OperationalError:  # a full disk, say: the log stays
            return False
        if self._sums and 0 < frames == written:
            self._sums.take(frames)
        return frames == written

    @contextmanager
    def _facts(self) -> Generator[None, None, None]:
        """Turn SQLite's errors into ours; damage leaves a mark, so that the next opening checks the whole file."""
        try:
            yield
        except UnicodeDecodeError as error:  # of SQLite's message, which quotes what is damaged
            suspicion(self.path).write_text(_CERTAIN)
            raise sqlite3.DatabaseError(str(error)) from error
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_FULL:
                raise DiskFull(path=str(self.path)) from error
            if code in _UNWRITABLE:
                raise DataDirectoryUnwritable(path=str(self.path.parent), detail=str(error)) from error
            if code in _DAMAGED:
                suspicion(self.path).touch()
            elif _UNDECODABLE in str(error):
                suspicion(self.path).write_text(_CERTAIN)
            raise


_END = object()


def suspicion(path: Path) -> Path:
    """Return the file whose presence says that the database at `path` was found damaged while in use.

    Where it is not empty, that is certain; else SQLite is asked.
    """
    return path.with_name(path.name + ".suspect")


def set_aside(path: Path) -> Path:
    """Rename a damaged database with its side files out of the way, replacing what was set aside before."""
    kept = aside(path)
    PageSums(path).forget()
    for ending in ("-wal", "-shm", ""):
        source, target = path.with_name(path.name + ending), kept.with_name(kept.name + ending)
        target.unlink(missing_ok=True)
        if source.exists():
            source.replace(target)
    suspicion(path).unlink(missing_ok=True)
    return kept


def remove_aside(path: Path) -> None:
    """Remove the damaged database that was set aside in favour of the one at `path`, if there is one."""
    kept = aside(path)
    for ending in ("-wal", "-shm", ""):
        kept.with_name(kept.name + ending).unlink(missing_ok=True)
