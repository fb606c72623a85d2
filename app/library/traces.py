"""What a document leaves in the library, and whether any of it is still there. Used in the engine's process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from app.library.catalog import Catalog
from app.library.database import Database
from app.library.scanner import prefix
from app.library.vectors import Vectors

_BELOW = "(d.path = ? OR (d.path > ? AND d.path < ?))"
_AT_ONCE = 500
_PAGES_A_STEP = 32

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Traces:
    """What was made of the documents at or below a path: the ids of them, their texts and passages, the text hashes."""

    path: bytes
    documents: tuple[int, ...]
    texts: tuple[int, ...]
    passages: tuple[int, ...]
    hashes: tuple[bytes, ...]


def traces_of(catalog: Catalog, path: bytes) -> Traces:
    """Return all that the documents at or below a path left in the catalog."""
    documents = catalog.database.read(f"SELECT d.id, d.text_id FROM documents d WHERE {_BELOW}", _bounds(path))
    passages = catalog.database.read(
        f"SELECT p.id, p.text_hash FROM passages p JOIN documents d ON d.text_id = p.text_id WHERE {_BELOW}",
        _bounds(path),
    )
    return Traces(
        path,
        documents=tuple(number for number, _ in documents),
        texts=tuple(text for _, text in documents if text is not None),
        passages=tuple(number for number, _ in passages),
        hashes=tuple({hashed for _, hashed in passages}),
    )


def held_vectors(stores: Sequence[Vectors], traces: Traces) -> int:
    """Return of how many of these passages' texts any of the stores holds a vector."""
    return len({hashed for store in stores for some in _parts(traces.hashes) for hashed in store.among(some)})


def is_purged(catalog: Catalog, traces: Traces) -> bool:
    """Return whether the indexer has done with these traces; cheap, where `left_of` looks everywhere."""
    texts = _count(catalog, "texts WHERE id", traces.texts)
    return not texts and not _count(catalog, "loose WHERE text_hash", traces.hashes)


def left_of(catalog: Catalog, stores: Sequence[Vectors], traces: Traces) -> int:
    """Search for what was left and return how much there is; what another document holds too is that one's."""
    database = catalog.database
    left = int(database.value(f"SELECT count(*) FROM documents d WHERE {_BELOW}", _bounds(traces.path)))
    for table in ("texts WHERE id", "pages WHERE text_id", "scans WHERE text_id"):
        left += _count(catalog, table, traces.texts)
    for table in ("passages WHERE id", "passages_fts_docsize WHERE id"):
        left += _count(catalog, table, traces.passages)
    orphans: list[bytes] = []
    for some in _parts(traces.hashes):
        placed = database.read(f"SELECT DISTINCT text_hash FROM passages WHERE text_hash IN ({_marks(some)})", some)
        orphans += set(some) - {hashed for (hashed,) in placed}
    left += _count(catalog, "embeddings WHERE text_hash", orphans)
    return left + held_vectors(stores, replace(traces, hashes=tuple(orphans)))


def scrub_steps(database: Database) -> Iterator[None]:
    """Have the index of words written anew without those of passages that are gone, some pages at a time."""
    pages = -_PAGES_A_STEP  # a negative number first has all parts of the index take part
    while True:
        before = database.changes()
        database.run("INSERT INTO passages_fts (passages_fts, rank) VALUES ('merge', ?)", (pages,))
        yield
        if database.changes() - before < 2:  # as FTS5 says that nothing is left
            return
        pages = _PAGES_A_STEP


def _count(catalog: Catalog, where: str, values: Sequence[Value]) -> int:
    counts = (
        catalog.database.value(f"SELECT count(*) FROM {where} IN ({_marks(some)})", some) for some in _parts(values)
    )
    return sum(map(int, counts))


def _bounds(path: bytes) -> tuple[bytes, bytes, bytes]:
    below = prefix(path)
    return path, below, below[:-1] + bytes((below[-1] + 1,))


def _parts(values: Sequence[Value]) -> list[Sequence[Value]]:
    return [values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE)]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
