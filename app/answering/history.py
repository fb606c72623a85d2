"""The receipts on disk, append-only. Runs in the engine's process."""

import logging
from pathlib import Path
from sqlite3 import DatabaseError

from app.core.receipts import FIRST_PREVIOUS, Receipt, canonical_json, chain_hash
from app.library.database import Database, set_aside

log = logging.getLogger(__name__)

ID_CHARACTERS = 12

_SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
);
"""


class History:
    """The chain of receipts of one library."""

    def __init__(self, path: Path) -> None:
        """Open or create the file at `path`; a damaged one is renamed to `….damaged`, and a new chain begun.

        `damaged` then tells its new name.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        self.damaged: Path | None = None
        try:
            self._database = _opened(path)
        except DatabaseError:
            self.damaged = set_aside(path)
            log.warning("the history is damaged and was set aside as %s", self.damaged)
            self._database = _opened(path)

    def append(self, receipt: Receipt) -> str:
        """Add a receipt to the end of the chain, on the disk when this returns, and return its id.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        with self._database.transaction(durable=True):
            previous = self._database.value("SELECT hash FROM receipts ORDER BY number DESC LIMIT 1") or FIRST_PREVIOUS
            body = canonical_json(receipt)
            own = chain_hash(previous, body)
            identity = own[:ID_CHARACTERS]
            self._database.run(
                "INSERT INTO receipts (id, previous, hash, body) VALUES (?, ?, ?, ?)", (identity, previous, own, body)
            )
        return identity

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _opened(path: Path) -> Database:
    database = Database(path)
    try:
        database.script(_SCHEMA)
    except DatabaseError:
        database.close()
        raise
    return database
