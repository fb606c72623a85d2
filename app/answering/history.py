"""The receipts on disk: a chain that only grows, and beside it the texts, which can be erased. Engine's process."""

import hashlib
import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from sqlite3 import DatabaseError

from app.answering.chain_head import NAME, ChainHead, read_head, write_head
from app.core.errors import ReceiptUnknown
from app.core.receipt_chain import FIRST_PREVIOUS, OLD_BODY, Entry, Part, beginning_body, chain_hash, erasure_body
from app.core.receipts import Receipt, sealed
from app.library.database import Database, remove_aside, set_aside

log = logging.getLogger(__name__)

ID_CHARACTERS = 12
SALT_BYTES = 16

_SCHEMA = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS receipts (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS parts (
    receipt TEXT NOT NULL REFERENCES receipts (id),
    name TEXT NOT NULL,
    salt TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (receipt, name)
);
CREATE TRIGGER IF NOT EXISTS receipts_stay BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS receipts_are_not_changed BEFORE UPDATE ON receipts
    WHEN NEW.body <> '' OR (NEW.id, NEW.previous, NEW.hash) <> (OLD.id, OLD.previous, OLD.hash)
    BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS parts_are_not_changed BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""


class History:
    """The chain of receipts of one library.

    Receipts of version 1 stay in it as they were written, with their texts in the chained body.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file at `path`; a damaged one is renamed to `….damaged`, and a new chain begun.

        `damaged` then tells its new name, and the first link of the new chain which chain it follows. `database` is
        open for what else is kept in the file.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        self.damaged: Path | None = None
        self._head_path = path.with_name(NAME)
        try:
            self.database = _opened(path)
        except DatabaseError:
            _keep_older_damage(path)
            self.damaged = set_aside(path)
            log.warning("the history is damaged and was set aside as %s", self.damaged)
            self.database = _opened(path)
            self._head_path.unlink(missing_ok=True)  # the new chain's first link names the old one's last
            self._append(beginning_body(time.time_ns(), _sha256(self.damaged), _last_hash(self.damaged)), ())

    def append(self, receipt: Receipt) -> str:
        """Add a receipt to the end of the chain, on the disk when this returns, and return its id.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        return self._append(*sealed(receipt, lambda: secrets.token_hex(SALT_BYTES)))

    def entries(self) -> tuple[Entry, ...]:
        """Return the whole chain from its first link on."""
        parts: dict[str, list[Part]] = {}
        for identity, name, salt, text in self.database.read("SELECT receipt, name, salt, text FROM parts"):
            parts.setdefault(identity, []).append(Part(name, salt, text))
        rows = self.database.read("SELECT id, previous, hash, body FROM receipts ORDER BY number")
        return tuple(Entry(*row, parts=tuple(parts.get(row[0], ()))) for row in rows)

    def entry(self, identity: str) -> Entry:
        """Return the link of an id, or of the only one that begins so.

        Raises: ReceiptUnknown.
        """
        rows = self.database.read(
            "SELECT id, previous, hash, body FROM receipts WHERE substr(id, 1, ?) = ? LIMIT 2",
            (len(identity), identity),
        )
        if len(rows) != 1 or not identity:
            raise ReceiptUnknown(receipt=identity)
        parts = self.database.read("SELECT name, salt, text FROM parts WHERE receipt = ?", (rows[0][0],))
        return Entry(*rows[0], parts=tuple(Part(*part) for part in parts))

    def links_missing(self) -> int:
        """Return how many links are gone from the end of the chain, as far as the note beside it tells."""
        head = read_head(self._head_path)
        if head is None:
            return 0
        place = head.links - 1
        at_head = self.database.value("SELECT hash FROM receipts ORDER BY number LIMIT 1 OFFSET ?", (place,))
        return 0 if at_head == head.hash else max(1, head.links - self._links)

    def sources(
        self, receipts: tuple[str, ...] = (), *, dropped: bool = False
    ) -> Iterator[tuple[str, dict[str, object]]]:
        """Yield each receipt's id with each of its passages, oldest first, as far as they were not erased.

        Of `receipts` only, unless none is named. With `dropped`, those that a person left out before the model was
        asked are among them.
        """
        wanted = (not receipts, json.dumps(receipts))
        rows = self.database.read(
            "SELECT p.receipt, p.text FROM parts p JOIN receipts r ON r.id = p.receipt"
            " WHERE (p.name GLOB 'source *' OR (? AND p.name GLOB 'dropped *'))"
            " AND (? OR p.receipt IN (SELECT value FROM json_each(?))) ORDER BY r.number",
            (dropped, *wanted),
        )
        for identity, text in rows:
            yield identity, json.loads(text)
        for identity, body in self.database.read(
            "SELECT id, body FROM receipts WHERE body <> '' AND id NOT IN (SELECT receipt FROM parts)"
            " AND (? OR id IN (SELECT value FROM json_each(?))) ORDER BY number",
            wanted,
        ):
            for source in json.loads(body).get("sources", ()):
                yield identity, source

    def erase(self, is_of: Callable[[Mapping[str, object]], bool]) -> int:
        """Erase the texts of every receipt that was given a passage which `is_of` says yes to; return how many.

        What may hold that passage's words goes: the passages themselves, the prompts, the answer, the conversation. The
        question stays, which the person wrote. Of a passage that the person dropped, nothing but itself holds them. A
        link at the end of the chain says what was erased.
        """
        erased: dict[str, tuple[str, ...]] = {}
        given: dict[str, set[str]] = {}
        for identity, source in self.sources(dropped=True):
            if is_of(source):
                kind = "dropped" if source.get("dropped") else "source"
                given.setdefault(identity, set()).add(f"{kind} {source['n']}")
        for identity, sources in given.items():
            names = {part.name for part in self.entry(identity).parts}
            hit = set(sources)
            if any(name.startswith("source ") for name in sources):
                hit |= {"answer", "conversation", "check", "quoted"} | {
                    name for name in names if name.startswith(("try ", "said ", "near "))
                }
            erased[identity] = tuple(sorted(names & hit)) if names else (OLD_BODY,)
        if erased:
            self._erase_parts(erased)
        return len(erased)

    def erase_whole(self, identities: Iterable[str]) -> None:
        """Erase every text of some receipts, the questions too; ids of none are left out."""
        erased: dict[str, tuple[str, ...]] = {}
        for identity in identities:
            with suppress(ReceiptUnknown):
                entry = self.entry(identity)
                if names := tuple(sorted(part.name for part in entry.parts)):
                    erased[entry.id] = names
        if erased:
            self._erase_parts(erased)

    def remove_damaged(self) -> None:
        """Remove all damaged files that were set aside: nothing that is in them can be erased."""
        remove_aside(self.database.path)
        for older in self.database.path.parent.glob(f"{self.database.path.name}.damaged.*"):
            older.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def _append(self, body: str, parts: tuple[Part, ...]) -> str:
        with self.database.transaction(durable=True):
            identity = self._link(body)
            rows = [(identity, part.name, part.salt, part.text) for part in parts]
            self.database.run_many("INSERT INTO parts VALUES (?, ?, ?, ?)", rows)
        self._note_head()
        return identity

    def _note_head(self) -> None:
        """Note the newest link, unless links of before are missing: that must stay to be seen."""
        last = self.database.value("SELECT hash FROM receipts ORDER BY number DESC LIMIT 1")
        if not self.links_missing():
            write_head(self._head_path, ChainHead(self._links, last))

    @property
    def _links(self) -> int:
        return self.database.value("SELECT count(*) FROM receipts")

    def _link(self, body: str) -> str:
        """Add a body to the chain inside a transaction and return its id."""
        previous = self.database.value("SELECT hash FROM receipts ORDER BY number DESC LIMIT 1") or FIRST_PREVIOUS
        own = chain_hash(previous, body)
        identity = own[:ID_CHARACTERS]
        self.database.run(
            "INSERT INTO receipts (id, previous, hash, body) VALUES (?, ?, ?, ?)", (identity, previous, own, body)
        )
        return identity

    def _erase_parts(self, erased: Mapping[str, tuple[str, ...]]) -> None:
        with self.database.transaction(durable=True):
            self._link(erasure_body(time.time_ns(), erased))
            for identity, names in erased.items():
                rows = [(identity, name) for name in names]
                self.database.run_many("DELETE FROM parts WHERE receipt = ? AND name = ?", rows)
                if names == (OLD_BODY,):
                    self.database.run("UPDATE receipts SET body = '' WHERE id = ?", (identity,))
        self._note_head()
        self.database.script("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")


def _opened(path: Path) -> Database:
    database = Database(path)
    try:
        database.script(_SCHEMA)
    except DatabaseError:
        database.close()
        raise
    return database


def _keep_older_damage(path: Path) -> None:
    """Rename what was set aside before, because it is part of the record."""
    aside = path.with_name(f"{path.name}.damaged")
    if aside.exists():
        aside.replace(aside.with_name(f"{aside.name}.{_sha256(aside)[:ID_CHARACTERS]}"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last_hash(path: Path) -> str:
    """Return the hash of the last link that a damaged file still tells, "" if none."""
    with suppress(DatabaseError), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT hash FROM receipts ORDER BY number DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""
    return ""
