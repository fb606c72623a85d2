"""Keeps the vector store what the catalog says: checked, rebuilt at any doubt, swept. Used in the engine's process.

Generators of short steps, like `writing`.
"""

from collections.abc import Generator, Sequence

from app.library import texts
from app.library.catalog import Catalog
from app.library.texts import Vector
from app.library.vectors import ASKED_AT_ONCE, BATCH, Vectors
from app.library.writing import Library, place_steps

_SAMPLE = 16
_LEAST_WASTE = 500
_WASTE_SHARE = 4  # a store is built anew once a quarter of it is waste
_DELETED = "vectors_deleted"
_SCRUB = "vectors_to_scrub"


def check_steps(library: Library) -> Generator[None, None, bool]:
    """Compare the vector store with the catalog's embeddings and mend it.

    Returns whether the store had to be rebuilt.

    Raises: VectorsDamaged, DiskFull.
    """
    catalog, vectors, embedder = library.catalog, library.vectors, library.embedder
    wanted: set[bytes] = set()
    for batch in texts.placed_hashes(catalog.database, embedder.name, 1000):
        wanted.update(placed.text_hash for placed in batch if placed.has_embedding)
        yield
    is_usable = not vectors.is_damaged and vectors.embedder == embedder.name
    missing = (yield from _missing_steps(vectors, list(wanted))) if is_usable else wanted
    if is_usable and len(missing) <= len(wanted) // 2:
        if vectors.count() > len(wanted) - len(missing):
            for hashes in vectors.hashes():
                texts.loosen(catalog.database, set(hashes) - wanted)
                yield
        yield from place_steps(library, list(missing))
        if (yield from _probe_steps(library)):
            return False
    yield from rebuild_steps(library)
    return True


def rebuild_steps(library: Library) -> Generator[None, None, None]:
    """Fill a new vector store from the catalog's embeddings; nothing is embedded again.

    Raises: VectorsDamaged, DiskFull.
    """
    catalog, embedder = library.catalog, library.embedder
    count = yield from texts.count_placed_steps(catalog.database, embedder.name)
    embeddings = texts.placed_embeddings(catalog.database, embedder.name, 64)
    yield from library.vectors.rebuild(embeddings, count, embedder.name)
    catalog.set_meta(_DELETED, "0")
    yield from _probe_steps(library)


def sweep_steps(library: Library, other: Library | None = None) -> Generator[None, None, None]:
    """Remove vectors, also from an `other` store, and embeddings that no passage has.

    What is mostly waste then, or is to be scrubbed, is rebuilt.

    Raises: VectorsDamaged, DiskFull.
    """
    catalog, libraries = library.catalog, [library, *([other] if other is not None else [])]
    deleted = yield from forget_steps(catalog, [one.vectors for one in libraries])
    if catalog.meta(_SCRUB):
        for one in libraries:
            yield from rebuild_steps(one)
        catalog.set_meta(_SCRUB, "")
    elif deleted:
        waste = deleted + int(catalog.meta(_DELETED) or 0)
        catalog.set_meta(_DELETED, str(waste))
        if waste > max(_LEAST_WASTE, library.vectors.count() // _WASTE_SHARE):
            yield from rebuild_steps(library)


def have_scrubbed(catalog: Catalog) -> None:
    """Have the next sweep leave nothing in any store's files of the vectors that were deleted."""
    catalog.set_meta(_SCRUB, "1")


def is_scrubbed(catalog: Catalog) -> bool:
    """Return whether no scrubbing is to come."""
    return not catalog.meta(_SCRUB)


def forget_steps(catalog: Catalog, stores: Sequence[Vectors]) -> Generator[None, None, int]:
    """Remove vectors and embeddings that no passage has; return of how many texts.

    A store that is not open at the moment is swept when it is checked.

    Raises: VectorsDamaged, DiskFull.
    """
    deleted = 0
    while looked_at := texts.loose_hashes(catalog.database, BATCH):
        orphans = texts.without_passage(catalog.database, looked_at)
        for store in stores:
            store.delete(list(orphans))
        texts.settle_loose(catalog.database, looked_at, orphans)
        deleted += len(orphans)
        yield
    return deleted


def _missing_steps(vectors: Vectors, wanted: Sequence[bytes]) -> Generator[None, None, set[bytes]]:
    """Return which vectors are not in the store."""
    missing: set[bytes] = set()
    for at in range(0, len(wanted), ASKED_AT_ONCE):
        some = wanted[at : at + ASKED_AT_ONCE]
        missing |= set(some) - vectors.among(some)
        yield
    return missing


def _probe_steps(library: Library) -> Generator[None, None, bool]:
    """Tell whether vectors from all over the library, and the newest, find themselves; if so, trust the store."""
    for one in _sample(library):
        if not library.vectors.probe([one]):
            return False
        yield
    library.vectors.trust()
    return True


def _sample(library: Library) -> list[tuple[bytes, Vector]]:
    database = library.catalog.database
    first, last = database.read("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM passages")[0]
    spread = (first + (last - first) * n // _SAMPLE for n in range(_SAMPLE))
    hashes = [database.value("SELECT text_hash FROM passages WHERE id >= ? LIMIT 1", (near,)) for near in spread]
    hashes += (row[0] for row in database.read("SELECT text_hash FROM passages ORDER BY id DESC LIMIT ?", (_SAMPLE,)))
    unlike = list(dict.fromkeys(hashed for hashed in hashes if hashed is not None))
    return texts.saved_embeddings(database, library.embedder.name, unlike)
