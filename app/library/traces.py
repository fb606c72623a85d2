"""What a document leaves in the library, and whether any of it is still there. Used in the engine's process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.library.catalog import Catalog
from app.library.scanner import prefix
from app.library.vectors import Vectors

_BELOW = "(d.path = ? OR (d.path > ? AND d.path < ?))"
_AT_ONCE = 500

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Traces:
    """What was made of the documents at or below a path: their ids, and of their passages the ids and text hashes."""

    path: bytes
    documents: tuple[int, ...]
    passages: tuple[int, ...]
    hashes: tuple[bytes, ...]


def traces_of(catalog: Catalog, path: bytes) -> Traces:
    """Return all that the documents at or below a path left in the catalog."""
    documents = catalog.database.read(f"SELECT d.id FROM documents d WHERE {_BELOW}", _bounds(path))
    passages = catalog.database.read(
        f"SELECT p.id, p.text_hash FROM passages p JOIN documents d ON d.text_id = p.text_id WHERE {_BELOW}",
        _bounds(path),
    )
    return Traces(
        path,
        documents=tuple(number for (number,) in documents),
        passages=tuple(number for number, _ in passages),
        hashes=tuple({hashed for _, hashed in passages}),
    )


def held_vectors(vectors: Vectors, traces: Traces) -> int:
    """Return of how many of these passages' texts the store holds a vector."""
    wanted = set(traces.hashes)
    return sum(len(wanted.intersection(some)) for some in vectors.hashes()) if wanted else 0


def left_of(catalog: Catalog, vectors: Vectors, traces: Traces) -> int:
    """Search for what was left and return how much there is; what another document holds too is that one's."""
    database = catalog.database
    left = int(database.value(f"SELECT count(*) FROM documents d WHERE {_BELOW}", _bounds(traces.path)))
    for some in _parts(traces.passages):
        for table in ("passages WHERE id", "passages_fts_docsize WHERE id"):
            left += int(database.value(f"SELECT count(*) FROM {table} IN ({_marks(some)})", some))
    orphans: list[bytes] = []
    for some in _parts(traces.hashes):
        placed = database.read(f"SELECT DISTINCT text_hash FROM passages WHERE text_hash IN ({_marks(some)})", some)
        orphans += set(some) - {hashed for (hashed,) in placed}
    for some in _parts(orphans):
        left += int(database.value(f"SELECT count(*) FROM embeddings WHERE text_hash IN ({_marks(some)})", some))
    return left + held_vectors(vectors, Traces(traces.path, (), (), tuple(orphans)))


def _bounds(path: bytes) -> tuple[bytes, bytes, bytes]:
    below = prefix(path)
    return path, below, below[:-1] + bytes((below[-1] + 1,))


def _parts(values: Sequence[Value]) -> list[Sequence[Value]]:
    return [values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE)]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
