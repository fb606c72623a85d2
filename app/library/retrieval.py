"""What a search reads from the catalog: BM25, passages by hash, hits, pages. Used in the engine's process.

Only documents that are READY are found, so what is being replaced or has gone cannot be found.
"""

import json
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from app.core.pages import Block, Page, Span
from app.core.terms import EITHER, rarest
from app.core.types import Filters, Hit, Scores
from app.library.database import Database
from app.library.filtering import FEW_PASSAGES, condition, passages_left

_BLOCKS = msgspec.msgpack.Decoder(tuple[Block, ...])

BM25_WEIGHTS = (1.0, 1.0, 1.0)
"""How much a term counts in the passage's text, in its heading path, in its document's title."""

_AT_ONCE = 500
_LAST_ID = 2**63 - 1
_COUNT = "SELECT count(*) FROM passages_fts WHERE passages_fts MATCH ?"
_MORE = 8

_SCORED_FOR_EACH = 50
"""So many passages are scored by their words for each that is wanted: SQLite takes nearly all of its time for that."""


def bm25(
    database: Database, match: str, limit: int, filters: Filters, weights: tuple[float, float, float]
) -> list[tuple[int, float]]:
    """Return (passage id, score) of the best matches, best first; scores are positive, higher is better.

    Where the terms stand in many more passages than are wanted, only those that hold one of the rarer terms are scored,
    by all terms.
    """
    if not match or limit < 1:
        return []
    few = filters != Filters() and passages_left(database, filters) <= FEW_PASSAGES
    scored = _Scored(match, weights, *_left(database, filters, few=few))
    terms = match.split(EITHER)
    counts = {term: database.value(_COUNT, (term,)) for term in terms} if len(terms) > 1 and not few else {}
    wanted = limit
    while True:
        rare = rarest(counts, wanted, wanted * _SCORED_FOR_EACH)
        found = _best(database, scored, EITHER.join(rare) if len(rare) < len(counts) else "", limit)
        if len(found) >= limit or len(rare) == len(counts):
            return found
        wanted *= _MORE


def passages_by_hash(database: Database, hashes: Sequence[bytes], filters: Filters) -> dict[bytes, tuple[int, ...]]:
    """Return the ids of the passages that each hash is of; a hash without any is left out."""
    where, parameters = condition(filters)
    found: dict[bytes, tuple[int, ...]] = {}
    for at in range(0, len(hashes), _AT_ONCE):
        some = hashes[at : at + _AT_ONCE]
        rows = database.read(
            "SELECT p.text_hash, p.id FROM passages p JOIN documents d ON d.text_id = p.text_id"
            f" WHERE p.text_hash IN ({_marks(some)}) AND {where} ORDER BY p.id",
            (*some, *parameters),
        )
        for hashed, passage_id in rows:
            found[hashed] = (*found.get(hashed, ()), passage_id)
    return found


def passages_of(database: Database, passage_ids: Sequence[int], texts: Collection[int]) -> frozenset[int]:
    """Return those of some passages that are of some texts."""
    rows = database.read(
        f"SELECT id FROM passages WHERE id IN ({_marks(passage_ids)}) AND text_id IN ({_marks(texts)})",
        (*passage_ids, *texts),
    )
    return frozenset(key for (key,) in rows)


def hits(database: Database, passage_ids: Iterable[int]) -> dict[int, Hit]:
    """Return the passages with all that is needed to show them; one whose document is no longer READY is left out."""
    wanted = list(passage_ids)
    found: dict[int, Hit] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        rows = database.read(
            'SELECT p.id, d.id, d.path, t.digest, d.mtime_ns, t.title, p.page, p.start, p."end", p.headings, g.text,'
            " EXISTS (SELECT 1 FROM scans s WHERE s.text_id = p.text_id AND s.number = p.page),"
            " (SELECT o.path FROM documents o WHERE o.id = d.file_id)"
            " FROM passages p JOIN texts t ON t.id = p.text_id JOIN documents d ON d.text_id = p.text_id"
            " JOIN pages g ON g.text_id = p.text_id AND g.number = p.page"
            f" WHERE p.id IN ({_marks(some)}) AND d.state = 'ready'",
            some,
        )
        for (
            passage_id,
            document_id,
            path,
            digest,
            modified_ns,
            title,
            page,
            start,
            end,
            headings,
            text,
            scanned,
            file,
        ) in rows:
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
                recognised=bool(scanned),
                file=file or b"",
            )
    return found


def passages_on(database: Database, document_id: int, number: int) -> list[tuple[int, Span]]:
    """Return (passage id, span) of a page's passages in reading order; none of a document that is not READY."""
    rows = database.read(
        'SELECT p.id, p.start, p."end" FROM documents d JOIN passages p ON p.text_id = d.text_id'
        " WHERE d.id = ? AND d.state = 'ready' AND p.page = ? ORDER BY p.n",
        (document_id, number),
    )
    return [(passage_id, Span(start, end)) for passage_id, start, end in rows]


def page(database: Database, document_id: int, number: int) -> Page | None:
    """Return a page as it was last indexed, also of a document that waits to be read again; None without one."""
    rows = database.read(
        "SELECT g.text, g.blocks FROM documents d JOIN pages g ON g.text_id = d.text_id"
        " WHERE d.id = ? AND g.number = ?",
        (document_id, number),
    )
    return Page(number, rows[0][0], _BLOCKS.decode(rows[0][1])) if rows else None


@dataclass(frozen=True, slots=True)
class _Scored:
    """What FTS5 scores, and a condition on the passages that filters leave; "" where they leave all that is READY."""

    match: str
    weights: tuple[float, float, float]
    left: str
    parameters: tuple[object, ...]


def _left(database: Database, filters: Filters, *, few: bool) -> tuple[str, tuple[object, ...]]:
    if filters == Filters():
        return "", ()
    where, parameters = condition(filters)
    left = f"SELECT p.id FROM documents d CROSS JOIN passages p ON p.text_id = d.text_id WHERE {where}"
    first, last = 0, _LAST_ID
    if few:  # FTS5 then skips what is outside; else finding them costs more
        first, last = database.read(f"SELECT min(id), max(id) FROM ({left})", parameters)[0]
    return f" AND rowid BETWEEN ? AND ? AND +rowid IN ({left})", (first, last, *parameters)


def _best(database: Database, scored: _Scored, among: str, limit: int) -> list[tuple[int, float]]:
    """Return the best matches that are READY, of those that match `among` unless that is "".

    Without filters the best of the whole index are taken, and more of them as long as too many are not READY.
    """
    # The plus keeps SQLite from asking FTS5 for one row after the other, which would count every term's rows each time.
    within = " AND +rowid IN (SELECT rowid FROM passages_fts WHERE passages_fts MATCH ?)" if among else ""
    sql = (
        "SELECT rowid, bm25(passages_fts, ?, ?, ?) AS distance FROM passages_fts WHERE passages_fts MATCH ?"
        f"{scored.left}{within} ORDER BY distance LIMIT ?"
    )
    parameters = (*scored.weights, scored.match, *scored.parameters, *((among,) if among else ()))
    taken = limit if scored.left else limit + 32
    while True:
        best = [(passage_id, -distance) for passage_id, distance in database.read(sql, (*parameters, taken))]
        if scored.left:
            return best
        ready = _ready(database, [passage_id for passage_id, _ in best])
        found = [(passage_id, score) for passage_id, score in best if passage_id in ready]
        if len(found) >= limit or len(best) < taken:
            return found[:limit]
        taken *= _MORE


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


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))


def _name(path: bytes) -> str:
    """Return a file's name without its suffix, for documents that have no title of their own."""
    return os.path.splitext(os.path.basename(path))[0].decode(errors="replace")
