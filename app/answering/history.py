"""The receipts on disk, append-only. Runs in the engine's process."""

import sqlite3
from pathlib import Path

from app.core.receipts import FIRST_PREVIOUS, Receipt, canonical_json, chain_hash

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
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)

    def append(self, receipt: Receipt) -> str:
        """Add a receipt to the end of the chain and return its id."""
        row = self._database.execute("SELECT hash FROM receipts ORDER BY number DESC LIMIT 1").fetchone()
        previous: str = row[0] if row else FIRST_PREVIOUS
        body = canonical_json(receipt)
        own = chain_hash(previous, body)
        identity = own[:ID_CHARACTERS]
        self._database.execute(
            "INSERT INTO receipts (id, previous, hash, body) VALUES (?, ?, ?, ?)", (identity, previous, own, body)
        )
        return identity

    def close(self) -> None:
        """Close the database."""
        self._database.close()
