"""The catalog's texts: pages, passages, FTS5 rows and embeddings, written and purged. Used in the engine's process.

Functions over the catalog's `Database`; those named `…_steps` are generators of small changes for `Database.in_slices`.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
import numpy.typing as npt

from app.core.pages import Block, BlockKind, DocumentText, Page, Passage
from app.core.passages import HEADING_LIMIT_CHARS
from app.core.terms import embedded_text, index_terms
from app.core.types import DocumentState, Reason
from app.library.database import Database
from app.library.scanner import FileStamp
from app.library.settling import IN_HAND

Vector = npt.NDArray[np.float32]
"""float32[d], unit length."""

_AT_ONCE = 500
_PLACED = "FROM embeddings e WHERE embedder = ? AND EXISTS (SELECT 1 FROM passages p WHERE p.text_hash = e.text_hash)"
_BLOCKS = msgspec.msgpack.Decoder(tuple[Block, ...])


@dataclass(frozen=True, slots=True)
class Recognised:
    """What came of recognising a page, as `scans` keeps it: the outcome, "" while it waits, and its words' boxes."""

    outcome: str = ""
    words: bytes = b""


@dataclass(frozen=True, slots=True)
class Content:
    """One content of a file, ready to be stored: its SHA-256, its text, and the text hash of each passage.

    `recognised` is what is known of its scans, by page, `read_by` which version of which reader read it.
    """

    digest: bytes
    stamp: FileStamp
    document: DocumentText
    hashes: tuple[bytes, ...]
    recognised: Mapping[int, Recognised] = field(default_factory=dict[int, Recognised])
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class PlacedHash:
    """The hash of a passage."""

    text_hash: bytes
    passage_id: int
    has_embedding: bool


class DocumentGone(Exception):
    """The document was removed, or its file changed again, while its text was being stored."""


def text_hash(text: str) -> bytes:
    """Return the SHA-256 of an embedded text, the identity of its vector."""
    return hashlib.sha256(text.encode(errors="replace")).digest()


def embedded_texts(document: DocumentText) -> Iterator[str]:
    """Yield the text to embed for each passage, in order."""
    pages = {page.number: page.text for page in document.pages}
    for passage in document.passages:
        text = pages[passage.page][passage.start : passage.end]
        yield embedded_text(document.title, passage.headings, text)


def storable(document: DocumentText) -> DocumentText:
    """Return the document with lone surrogates replaced one for one, so that offsets stay and SQLite takes the text."""
    return DocumentText(
        title=_storable(document.title),
        pages=tuple(replace(page, text=_storable(page.text)) for page in document.pages),
        passages=tuple(
            Passage(passage.page, passage.start, passage.end, tuple(map(_storable, passage.headings)))
            for passage in document.passages
        ),
    )


def store_steps(database: Database, document_id: int, content: Content) -> Iterator[None]:
    """Write a text row by row and, last, point its document to it as READY, retiring the text it had before.

    Without any passage the document is FAILED, for want of text, until its scans are recognised.

    Raises: DocumentGone if the document is no longer being read.
    """
    document, stamp = content.document, content.stamp
    empty = sum(1 for page in document.pages if not page.text.strip())
    text_id = database.insert(
        "INSERT INTO texts (digest, title, pages, pages_without_text, passages) VALUES (?, ?, ?, ?, ?)",
        (content.digest, document.title, len(document.pages), empty, len(document.passages)),
    )
    database.run("INSERT INTO retired VALUES (?)", (text_id,))
    yield
    for page in document.pages:
        blocks = msgspec.msgpack.encode(page.blocks)
        database.run("INSERT INTO pages VALUES (?, ?, ?, ?)", (text_id, page.number, page.text, blocks))
        if page.is_scan:
            known = content.recognised.get(page.number, Recognised())
            database.run("INSERT INTO scans VALUES (?, ?, ?, ?)", (text_id, page.number, known.outcome, known.words))
        yield
    pages = {page.number: page for page in document.pages}
    title_terms = index_terms(document.title)
    for n, (passage, hashed) in enumerate(zip(document.passages, content.hashes, strict=True)):
        insert_passage(database, text_id, n, pages[passage.page], passage, hashed, title_terms)
        yield
    retire_text(database, document_id)
    database.run("DELETE FROM retired WHERE text_id = ?", (text_id,))
    state, reason = (DocumentState.READY, Reason.NONE) if document.passages else (DocumentState.FAILED, Reason.NO_TEXT)
    flipped = database.run(
        "UPDATE documents SET text_id = ?, state = ?, reason = ?, detail = '', attempts = 0, size_bytes = ?,"
        f" mtime_ns = ?, read_by = ?, outdated = 0 WHERE id = ? AND {IN_HAND}",
        (text_id, state, reason, stamp.size_bytes, stamp.mtime_ns, content.read_by, document_id),
    )
    if not flipped:
        raise DocumentGone


def retire_text(database: Database, document_id: int) -> None:
    """Mark the text that a document points to, if any, as to be purged; inside a transaction that changes the row."""
    database.run(
        "INSERT OR IGNORE INTO retired SELECT text_id FROM documents WHERE id = ? AND text_id IS NOT NULL",
        (document_id,),
    )


def purge_steps(database: Database) -> Iterator[None]:
    """Take every retired text out, passage by passage; hashes that may now be without a passage go to `loose`."""
    for (text_id,) in database.read("SELECT text_id FROM retired"):
        title_terms = index_terms(database.value("SELECT title FROM texts WHERE id = ?", (text_id,)) or "")
        passages = database.read(
            'SELECT id, page, start, "end", headings, text_hash FROM passages WHERE text_id = ?', (text_id,)
        )
        read = database.read("SELECT number, text, blocks FROM pages WHERE text_id = ?", (text_id,)) if passages else []
        pages = {number: Page(number, text, _BLOCKS.decode(blocks)) for number, text, blocks in read}
        for passage_id, page, start, end, headings, hashed in passages:
            terms = (*_terms(pages[page], Passage(page, start, end, tuple(json.loads(headings)))), title_terms)
            database.run(
                "INSERT INTO passages_fts (passages_fts, rowid, text, headings, title) VALUES ('delete', ?, ?, ?, ?)",
                (passage_id, *terms),
            )
            database.run("DELETE FROM passages WHERE id = ?", (passage_id,))
            database.run("INSERT OR IGNORE INTO loose VALUES (?)", (hashed,))
            yield
        for table, column in (("scans", "text_id"), ("pages", "text_id"), ("texts", "id"), ("retired", "text_id")):
            database.run(f"DELETE FROM {table} WHERE {column} = ?", (text_id,))
        yield


def without_embedding(database: Database, embedder: str, hashes: Iterable[bytes]) -> set[bytes]:
    """Return those of `hashes` for which `embedder` has no embedding in the catalog."""
    wanted = set(hashes)
    return wanted - _known(database, "SELECT text_hash FROM embeddings WHERE embedder = ? AND", wanted, (embedder,))


def without_passage(database: Database, hashes: Iterable[bytes]) -> set[bytes]:
    """Return those of `hashes` that no passage in the catalog has."""
    wanted = set(hashes)
    return wanted - _known(database, "SELECT DISTINCT text_hash FROM passages WHERE", wanted)


def save_embeddings(database: Database, embedder: str, embeddings: Iterable[tuple[bytes, Vector]]) -> None:
    """Save embeddings as float16; each is loose until somebody has looked whether a passage has it."""
    rows = [(hashed, embedder, vector.astype(np.float16).tobytes()) for hashed, vector in embeddings]
    with database.transaction():
        database.run_many("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)
        database.run_many("INSERT OR IGNORE INTO loose VALUES (?)", [(hashed,) for hashed, _, _ in rows])


def saved_embeddings(database: Database, embedder: str, hashes: Sequence[bytes]) -> list[tuple[bytes, Vector]]:
    """Return the embeddings that the catalog has of `hashes`."""
    found: list[tuple[bytes, Vector]] = []
    for some in _parts(hashes):
        rows = database.read(
            f"SELECT text_hash, vector FROM embeddings WHERE embedder = ? AND text_hash IN ({_marks(some)})",
            (embedder, *some),
        )
        found += ((hashed, _vector(stored)) for hashed, stored in rows)
    return found


def placed_embeddings(database: Database, embedder: str, size: int) -> Iterator[list[tuple[bytes, Vector]]]:
    """Yield in batches the embeddings of every hash that a passage has: what the vector store has to hold."""
    for rows in database.batches(f"SELECT text_hash, vector {_PLACED}", size, (embedder,)):
        yield [(hashed, _vector(stored)) for hashed, stored in rows]


def count_placed_steps(database: Database, embedder: str) -> Generator[None, None, int]:
    """Return how many embeddings there are of hashes that a passage has, a thousand in a step."""
    count = 0
    for rows in database.batches(f"SELECT 1 {_PLACED}", 1000, (embedder,)):
        count += len(rows)
        yield
    return count


def placed_hashes(database: Database, embedder: str, size: int) -> Iterator[list[PlacedHash]]:
    """Yield in batches every passage's hash, and whether `embedder` has an embedding of it."""
    sql = (
        "SELECT p.text_hash, p.id, e.rowid IS NOT NULL FROM passages p"
        " LEFT JOIN embeddings e ON e.text_hash = p.text_hash AND e.embedder = ?"
    )
    for rows in database.batches(sql, size, (embedder,)):
        yield [PlacedHash(hashed, passage_id, bool(embedded)) for hashed, passage_id, embedded in rows]


def placed_after(database: Database, embedder: str, passage_id: int) -> list[PlacedHash]:
    """Return the next passages after the one of this id, some hundred, none if there are no more."""
    rows = database.read(
        "SELECT p.text_hash, p.id, e.rowid IS NOT NULL FROM passages p"
        " LEFT JOIN embeddings e ON e.text_hash = p.text_hash AND e.embedder = ?"
        " WHERE p.id > ? ORDER BY p.id LIMIT ?",
        (embedder, passage_id, _AT_ONCE),
    )
    return [PlacedHash(hashed, number, bool(embedded)) for hashed, number, embedded in rows]


def unembedded(database: Database, embedder: str) -> int:
    """Return how many passages `embedder` has no embedding of, "" being none; looks at all of them."""
    if not embedder:
        return passages_after(database, 0)
    return database.value(
        "SELECT count(*) FROM passages p WHERE NOT EXISTS"
        " (SELECT 1 FROM embeddings e WHERE e.text_hash = p.text_hash AND e.embedder = ?)",
        (embedder,),
    )


def passages_after(database: Database, passage_id: int) -> int:
    """Return how many passages came in after the one of this id."""
    return database.value("SELECT count(*) FROM passages WHERE id > ?", (passage_id,))


def sample_texts(database: Database, count: int) -> list[str]:
    """Return the texts of some passages from all over the library, the same until it changes."""
    first, last = database.read("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM passages")[0]
    spread = (first + (last - first) * n // max(1, count - 1) for n in range(count))
    ids = [database.value("SELECT id FROM passages WHERE id >= ? LIMIT 1", (near,)) for near in spread]
    sampled: list[str] = []
    for passage_id in dict.fromkeys(one for one in ids if one is not None):
        rows = database.read(
            'SELECT substr(g.text, p.start + 1, p."end" - p.start) FROM passages p'
            " JOIN pages g ON g.text_id = p.text_id AND g.number = p.page WHERE p.id = ?",
            (passage_id,),
        )
        sampled += (text for (text,) in rows)
    return sampled


def purge_other_embedders_steps(database: Database, embedder: str) -> Iterator[None]:
    """Take out, a few hundred rows at a time, every embedding that is not of this embedder."""
    last = database.value("SELECT coalesce(max(rowid), 0) FROM embeddings")
    for at in range(0, last, _AT_ONCE):
        database.run(
            "DELETE FROM embeddings WHERE rowid > ? AND rowid <= ? AND embedder <> ?", (at, at + _AT_ONCE, embedder)
        )
        yield


def embedded_texts_of(database: Database, hashes: Iterable[bytes]) -> Iterator[tuple[bytes, str]]:
    """Yield hashes with the texts they are of, rebuilt from the passages in the catalog."""
    for hashed in hashes:
        rows = database.read(
            'SELECT g.text, p.start, p."end", p.headings, t.title FROM passages p JOIN texts t ON t.id = p.text_id'
            " JOIN pages g ON g.text_id = p.text_id AND g.number = p.page WHERE p.text_hash = ? LIMIT 1",
            (hashed,),
        )
        for text, start, end, headings, title in rows:
            yield hashed, embedded_text(title, json.loads(headings), text[start:end])


def loose_hashes(database: Database, limit: int) -> list[bytes]:
    """Return up to `limit` hashes that may be without a passage."""
    return [hashed for (hashed,) in database.read("SELECT text_hash FROM loose LIMIT ?", (limit,))]


def loosen(database: Database, hashes: Iterable[bytes]) -> None:
    """Have somebody look whether `hashes` are without a passage."""
    with database.transaction():
        database.run_many("INSERT OR IGNORE INTO loose VALUES (?)", [(hashed,) for hashed in hashes])


def settle_loose(database: Database, looked_at: Sequence[bytes], orphans: Iterable[bytes]) -> None:
    """Forget the embeddings of `orphans`, and that the hashes in `looked_at` were loose."""
    with database.transaction():
        database.run_many("DELETE FROM embeddings WHERE text_hash = ?", [(hashed,) for hashed in orphans])
        database.run_many("DELETE FROM loose WHERE text_hash = ?", [(hashed,) for hashed in looked_at])


def insert_passage(
    database: Database, text_id: int, n: int, page: Page, passage: Passage, hashed: bytes, title_terms: str
) -> None:
    """Write a passage of a page, by the hash of its embedded text, with the terms that it is found by."""
    terms = (*_terms(page, passage), title_terms)
    headings = json.dumps(passage.headings, ensure_ascii=False)
    row = (text_id, n, passage.page, passage.start, passage.end, headings, hashed)
    passage_id = database.insert(
        'INSERT INTO passages (text_id, n, page, start, "end", headings, text_hash) VALUES (?, ?, ?, ?, ?, ?, ?)', row
    )
    database.run("INSERT INTO passages_fts (rowid, text, headings, title) VALUES (?, ?, ?, ?)", (passage_id, *terms))


def _terms(page: Page, passage: Passage) -> tuple[str, str]:
    """Return what is indexed of a passage: its text, and the headings that it stands under or that stand in it."""
    first = bisect_left(page.blocks, passage.start, key=lambda block: block.start)
    last = bisect_left(page.blocks, passage.end, key=lambda block: block.start)
    within = (
        " ".join(page.text[block.start : block.end].split())
        for block in page.blocks[first:last]
        if block.kind is BlockKind.HEADING and block.end - block.start <= HEADING_LIMIT_CHARS
    )
    headings = dict.fromkeys((*passage.headings, *within))
    return index_terms(page.text[passage.start : passage.end]), index_terms("\n".join(headings))


def _known(database: Database, select: str, hashes: set[bytes], before: tuple[object, ...] = ()) -> set[bytes]:
    known: set[bytes] = set()
    for some in _parts(list(hashes)):
        rows = database.read(f"{select} text_hash IN ({_marks(some)})", (*before, *some))
        known.update(hashed for (hashed,) in rows)
    return known


def _parts(hashes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (hashes[at : at + _AT_ONCE] for at in range(0, len(hashes), _AT_ONCE))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _vector(stored: bytes) -> Vector:
    return np.frombuffer(stored, np.float16).astype(np.float32)


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode()
