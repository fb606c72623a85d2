"""What a search reads from the catalog: BM25, passages by hash, hits, pages. Used in the engine's process.

Only documents that are READY are found, so what is being replaced or has gone cannot be found.
"""

import json
import os
from collections.abc import Collection, Iterable, Sequence

import msgspec

from app.core.types import Block, Filters, Hit, Page, Scores
from app.library.database import Database
from app.library.ignoring import prefix

_BLOCKS = msgspec.msgpack.Decoder(tuple[Block, ...])

BM25_WEIGHTS = (1.0, 1.0, 1.0)
"""How much a term counts in the passage's text, in its heading path, in its document's title."""

_AT_ONCE = 500


def bm25(
    database: Database, match: str, limit: int, filters: Filters, weights: tuple[float, float, float]
) -> list[tuple[int, float]]:
    """Return (passage id, score) of the best matches, best first; scores are positive, higher is better."""
    if not match or limit < 1:
        return []
    if filters == Filters():
        return _bm25_of_all(database, match, limit, weights)
    condition, parameters = _condition(filters)
    rows = database.read(
        "SELECT f.rowid, bm25(passages_fts, ?, ?, ?) AS distance FROM passages_fts f"
        " JOIN passages p ON p.id = f.rowid JOIN documents d ON d.text_id = p.text_id"
        f" WHERE passages_fts MATCH ? AND d.state = 'ready' AND {condition} ORDER BY distance LIMIT ?",
        (*weights, match, *parameters, limit),
    )
    return [(passage_id, -distance) for passage_id, distance in rows]


def passages_by_hash(database: Database, hashes: Sequence[bytes], filters: Filters) -> dict[bytes, tuple[int, ...]]:
    """Return the ids of the passages that each hash is of; a hash without any is left out."""
    condition, parameters = _condition(filters)
    found: dict[bytes, tuple[int, ...]] = {}
    for at in range(0, len(hashes), _AT_ONCE):
        some = hashes[at : at + _AT_ONCE]
        rows = database.read(
            "SELECT p.text_hash, p.id FROM passages p JOIN documents d ON d.text_id = p.text_id"
            f" WHERE p.text_hash IN ({_marks(some)}) AND d.state = 'ready' AND {condition} ORDER BY p.id",
            (*some, *parameters),
        )
        for hashed, passage_id in rows:
            found[hashed] = (*found.get(hashed, ()), passage_id)
    return found


def hits(database: Database, passage_ids: Iterable[int]) -> dict[int, Hit]:
    """Return the passages with all that is needed to show them; one whose document is no longer READY is left out."""
    wanted = list(passage_ids)
    found: dict[int, Hit] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        rows = database.read(
            'SELECT p.id, d.id, d.path, t.digest, d.mtime_ns, t.title, p.page, p.start, p."end", p.headings, g.text'
            " FROM passages p JOIN texts t ON t.id = p.text_id JOIN documents d ON d.text_id = p.text_id"
            " JOIN pages g ON g.text_id = p.text_id AND g.number = p.page"
            f" WHERE p.id IN ({_marks(some)}) AND d.state = 'ready'",
            some,
        )
        for passage_id, document_id, path, digest, modified_ns, title, page, start, end, headings, text in rows:
            found[passage_id] = Hit(
                passage_id=passage_id,
                document_id=document_id,
                path=path,
                digest=digest.hex(),
                modified_ns=modified_ns,
                title=title or _name(path),
                page=page,
                start=start,
                end=end,
                headings=tuple(json.loads(headings)),
                text=text[start:end],
                scores=Scores(),
            )
    return found


def page(database: Database, document_id: int, number: int) -> Page | None:
    """Return a page as it was last indexed, also of a document that waits to be read again; None without one."""
    rows = database.read(
        "SELECT g.text, g.blocks FROM documents d JOIN pages g ON g.text_id = d.text_id"
        " WHERE d.id = ? AND g.number = ?",
        (document_id, number),
    )
    return Page(number, rows[0][0], _BLOCKS.decode(rows[0][1])) if rows else None


def _bm25_of_all(
    database: Database, match: str, limit: int, weights: tuple[float, float, float]
) -> list[tuple[int, float]]:
    """Take the best of the whole index, and more of them as long as too many belong to documents that are not READY."""
    taken = limit + 32
    while True:
        best = database.read(
            "SELECT rowid, bm25(passages_fts, ?, ?, ?) AS distance FROM passages_fts WHERE passages_fts MATCH ?"
            " ORDER BY distance LIMIT ?",
            (*weights, match, taken),
        )
        ready = _ready(database, [passage_id for passage_id, _ in best])
        scored = [(passage_id, -distance) for passage_id, distance in best if passage_id in ready]
        if len(scored) >= limit or len(best) < taken:
            return scored[:limit]
        taken *= 8


def _ready(database: Database, passage_ids: Sequence[int]) -> set[int]:
    ready: set[int] = set()
    for at in range(0, len(passage_ids), _AT_ONCE):
        some = passage_ids[at : at + _AT_ONCE]
        rows = database.read(
            "SELECT p.id FROM passages p JOIN documents d ON d.text_id = p.text_id"
            f" WHERE p.id IN ({_marks(some)}) AND d.state = 'ready'",
            some,
        )
        ready.update(passage_id for (passage_id,) in rows)
    return ready


def _condition(filters: Filters) -> tuple[str, list[object]]:
    """Return a condition on `documents d`, and its parameters."""
    conditions = ["1"]
    parameters: list[object] = []
    for paths, sense in ((filters.paths, ""), (filters.without_paths, "NOT ")):
        if paths:
            anywhere = " OR ".join(["d.path = ? OR (d.path > ? AND d.path < ?)"] * len(paths))
            conditions.append(f"{sense}({anywhere})")
        for path in paths:
            below = prefix(path)
            parameters += (path, below, below[:-1] + bytes((below[-1] + 1,)))
    if filters.types:
        conditions.append(f"d.suffix IN ({_marks(filters.types)})")
        parameters += filters.types
    if filters.after_ns is not None:
        conditions.append("d.mtime_ns >= ?")
        parameters.append(filters.after_ns)
    if filters.before_ns is not None:
        conditions.append("d.mtime_ns < ?")
        parameters.append(filters.before_ns)
    return " AND ".join(conditions), parameters


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))


def _name(path: bytes) -> str:
    """Return a file's name without its suffix, for documents that have no title of their own."""
    return os.path.splitext(os.path.basename(path))[0].decode(errors="replace")
