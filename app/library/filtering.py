"""Which documents a search's filters leave, and the nearest passages of a few. Used in the engine's process."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from app.core.errors import FilterMatchesNothing
from app.core.types import DocumentState, Filters
from app.library.database import Database
from app.library.ignoring import prefix
from app.library.real_paths import real_path
from app.library.texts import Vector

FEW_PASSAGES = 5000
"""Where filters leave no more, each is scored: 8 ms a thousand, where the store would be asked for thousands."""

_WAITING = (DocumentState.QUEUED, DocumentState.READING)


def condition(filters: Filters) -> tuple[str, list[object]]:
    """Return a condition on `documents d` that READY documents which the filters leave meet, and its parameters."""
    conditions = ["d.state = 'ready'"]
    if filters.only_forgotten:
        conditions.append("FALSE")
    parameters: list[object] = []
    for paths, sense in ((filters.paths, ""), (filters.without_paths, "NOT ")):
        if paths:
            anywhere = " OR ".join(["d.path = ? OR (d.path > ? AND d.path < ?)"] * len(paths))
            conditions.append(f"{sense}({anywhere})")
        for path in paths:
            parameters += (path, *_below(path))
    if filters.types:
        conditions.append(f"d.suffix IN ({','.join('?' * len(filters.types))})")
        parameters += filters.types
    if filters.after_ns is not None:
        conditions.append("d.mtime_ns >= ?")
        parameters.append(filters.after_ns)
    if filters.before_ns is not None:
        conditions.append("d.mtime_ns < ?")
        parameters.append(filters.before_ns)
    return " AND ".join(conditions), parameters


def resolved(database: Database, filters: Filters) -> Filters:
    """Return the filters with each path spelt as the library knows it: as it is, or with its links followed.

    What is left out by `without_paths` is no filter of the person's: where nothing else is left, nothing is found.

    Raises:
        FilterMatchesNothing: one of the paths, or a filter of another kind, or all together, leave no READY document.
    """
    if filters == Filters():
        return filters
    filters = replace(filters, paths=tuple(_known_path(database, path) for path in filters.paths))
    chosen = replace(filters, without_paths=())
    if chosen != Filters() and not _leaves_any(database, chosen):
        raise _emptiness(database, filters)
    return filters


def passages_left(database: Database, filters: Filters) -> int:
    """Return how many passages the filters leave."""
    where, parameters = condition(filters)
    return (
        database.value(
            f"SELECT sum(t.passages) FROM documents d JOIN texts t ON t.id = d.text_id WHERE {where}", parameters
        )
        or 0
    )


def among_left(database: Database, filters: Filters, passage_ids: Sequence[int]) -> frozenset[int]:
    """Return those of a few passages that the filters leave."""
    where, parameters = condition(filters)
    rows = database.read(
        "SELECT p.id FROM passages p JOIN documents d ON d.text_id = p.text_id"
        f" WHERE p.id IN ({','.join('?' * len(passage_ids))}) AND {where}",
        (*passage_ids, *parameters),
    )
    return frozenset(passage_id for (passage_id,) in rows)


def nearest_left(
    database: Database, embedder: str, vector: Vector, filters: Filters, limit: int
) -> list[tuple[int, float]]:
    """Return (passage id, similarity) of the nearest passages that the filters leave, best first.

    Every one of them is scored by its embedding in the catalog: exact, and for a few thousand faster than the store.
    """
    where, parameters = condition(filters)
    ids: list[int] = []
    scores: list[float] = []
    for rows in database.batches(
        "SELECT p.id, e.vector FROM documents d CROSS JOIN passages p ON p.text_id = d.text_id"
        f" CROSS JOIN embeddings e ON e.text_hash = p.text_hash AND e.embedder = ? WHERE {where}",
        FEW_PASSAGES,
        (embedder, *parameters),
    ):
        stored = np.frombuffer(b"".join(row[1] for row in rows), np.float16).reshape(len(rows), -1)
        ids += (row[0] for row in rows)
        scores += (stored.astype(np.float32) @ vector).tolist()
    return sorted(zip(ids, scores, strict=True), key=lambda scored: -scored[1])[:limit]


def _known_path(database: Database, path: bytes) -> bytes:
    if _leaves_any(database, Filters(paths=(path,))):
        return path
    real = real_path(path)
    if _leaves_any(database, Filters(paths=(real,))):
        return real
    states = Counter[str]()
    for spelling in {path, real}:
        rows = database.read(
            "SELECT state, count(*) FROM documents d WHERE d.path = ? OR (d.path > ? AND d.path < ?) GROUP BY state",
            (spelling, *_below(spelling)),
        )
        states.update(dict(rows))
    within = any(path.startswith(prefix(folder)) for (folder,) in database.read("SELECT path FROM folders"))
    raise FilterMatchesNothing(
        filter="path",
        value=path.decode(errors="replace"),
        within="yes" if within else "",
        waiting=str(sum(states[state] for state in _WAITING)),
        failed=str(states[DocumentState.FAILED]),
    )


def _emptiness(database: Database, filters: Filters) -> FilterMatchesNothing:
    """Return which filter alone leaves nothing, with what there is instead; all together where each leaves some."""
    if filters.only_forgotten:
        return FilterMatchesNothing(filter="forgotten", value="")
    oldest, newest = database.read("SELECT min(mtime_ns), max(mtime_ns) FROM documents WHERE state = 'ready'")[0]
    days = {"oldest": _day(oldest), "newest": _day(newest)}
    types = ", ".join(filters.types)
    if filters.types and not _leaves_any(database, Filters(types=filters.types)):
        rows = database.read("SELECT DISTINCT suffix FROM documents WHERE state = 'ready' ORDER BY suffix")
        return FilterMatchesNothing(filter="type", value=types, known=", ".join(suffix for (suffix,) in rows))
    if filters.after_ns is not None and not _leaves_any(database, Filters(after_ns=filters.after_ns)):
        return FilterMatchesNothing(filter="after", value=_day(filters.after_ns), **days)
    if filters.before_ns is not None and not _leaves_any(database, Filters(before_ns=filters.before_ns)):
        return FilterMatchesNothing(filter="before", value=_day(filters.before_ns), **days)
    return FilterMatchesNothing(filter="together", value="")


def _leaves_any(database: Database, filters: Filters) -> bool:
    where, parameters = condition(filters)
    return bool(database.read(f"SELECT 1 FROM documents d WHERE {where} LIMIT 1", parameters))


def _below(path: bytes) -> tuple[bytes, bytes]:
    """Return between what the paths of everything in a folder lie."""
    below = prefix(path)
    return below, below[:-1] + bytes((below[-1] + 1,))


def _day(nanoseconds: int | None) -> str:
    """Return a moment's day here, "" for none."""
    return datetime.fromtimestamp(nanoseconds / 1e9).date().isoformat() if nanoseconds is not None else ""
