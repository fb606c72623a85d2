"""How a document gets into the library: its text first, found by words at once, then vectors. In the engine's process.

The order is the promise: whatever instant the process is killed at, a document that is READY has all its passages, and
what was embedded is never embedded again; which passages have no embedding is read from the catalog, never noted.
Everything here is a generator of short steps (under 50 ms), so that the engine can answer between any two.
"""

from collections.abc import Container, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.core.pages import DocumentText
from app.library import reading_queue, texts
from app.library.catalog import Catalog
from app.library.embedder import TextEmbedder
from app.library.members import Changed, reconcile_steps
from app.library.reading import NewText
from app.library.rereading import is_same_steps, text_of, with_recognised
from app.library.scanner import FileStamp
from app.library.texts import Content, DocumentGone, Recognised, Vector
from app.library.vectors import BATCH, Vectors

_HASHED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Library:
    """The catalog with one of its vector spaces: an embedder and its vectors."""

    catalog: Catalog
    vectors: Vectors
    embedder: TextEmbedder


def text_steps(
    catalog: Catalog,
    document_id: int,
    digest: bytes,
    stamp: FileStamp,
    document: DocumentText,
    recognised: Mapping[int, Recognised] | None = None,
    read_by: str = "",
) -> Generator[None, None, dict[bytes, str]]:
    """Put the text of a document that is being read into the catalog; the last step makes it READY.

    Returns the texts that are to have a vector, by hash.

    Raises: DocumentGone, DiskFull.
    """
    document = texts.storable(document)
    hashes: list[bytes] = []
    by_hash: dict[bytes, str] = {}
    for text in texts.embedded_texts(document):
        hashes.append(texts.text_hash(text))
        by_hash[hashes[-1]] = text
        if len(hashes) % _HASHED_AT_ONCE == 0:
            yield
    content = Content(digest, stamp, document, tuple(hashes), recognised or {}, read_by)
    yield from catalog.database.in_slices(texts.store_steps(catalog.database, document_id, content))
    return by_hash


def document_steps(
    catalog: Catalog, document_id: int, new: NewText, suffixes: frozenset[str], changed: Changed
) -> Generator[None, None, bool]:
    """Put what was read of a document that is being read into the catalog: what is in it first, then its text.

    Of a text of the same content stays what was recognised on its scans, and all of it if nothing reads otherwise.
    `changed` takes the rows of what is in it. Returns whether the text is another than before.

    Raises: DocumentGone, DiskFull.
    """
    database, content = catalog.database, new.content
    document, recognised = texts.storable(new.document), None
    known = text_of(database, document_id, content.digest)
    if known is not None:
        reading = with_recognised(database, known, document)
        document, recognised = reading.document, reading.recognised
    within = reconcile_steps(database, document_id, new.members, content.stamp.mtime_ns, suffixes, changed)
    yield from database.in_slices(within)
    if known is not None and (yield from is_same_steps(database, known, document)):
        if reading_queue.settle_reread(database, document_id, known, content.stamp, new.read_by):
            return False
        raise DocumentGone
    yield from text_steps(catalog, document_id, content.digest, content.stamp, document, recognised, new.read_by)
    return True


def write_steps(
    library: Library, document_id: int, digest: bytes, stamp: FileStamp, document: DocumentText
) -> Generator[None, None, int]:
    """Put a document in state READING into the library with its vectors, here and now.

    Returns how many of its passages had to be embedded.

    Raises: DocumentGone, VectorsDamaged, DiskFull.
    """
    by_hash = yield from text_steps(library.catalog, document_id, digest, stamp, document)
    missing = list(texts.without_embedding(library.catalog.database, library.embedder.name, by_hash))
    for at in range(0, len(missing), BATCH):
        keep(library, [(hashed, library.embedder.embed(by_hash[hashed])) for hashed in missing[at : at + BATCH]])
        yield
    return len(missing)


class Backlog:
    """The texts that a space's embedder has not embedded, in the order that their passages came in."""

    def __init__(self, library: Library) -> None:
        self._database = library.catalog.database
        self._embedder = library.embedder.name
        self._passed = 0
        self._found: list[bytes] = []

    @property
    def passages(self) -> int:
        """Return how many passages are still to be looked at: as many, or more, as have no embedding."""
        return len(self._found) + texts.passages_after(self._database, self._passed)

    def take(self, limit: int, in_flight: Container[bytes]) -> list[tuple[bytes, str]] | None:
        """Return the next texts to embed with their hashes, none where this step found none; None if none are left.

        Each is given once: what was given is to be saved, `in_flight` until then, or another backlog made.
        """
        if not self._found:
            passages = texts.placed_after(self._database, self._embedder, self._passed)
            if not passages:
                return None
            self._passed = passages[-1].passage_id
            missing = dict.fromkeys(one.text_hash for one in passages if not one.has_embedding)
            self._found = [hashed for hashed in missing if hashed not in in_flight]
        some, self._found = self._found[:limit], self._found[limit:]
        return list(texts.embedded_texts_of(self._database, some))


def keep(library: Library, embedded: Sequence[tuple[bytes, Vector]]) -> None:
    """Save embeddings in the catalog, then put them into the vector store, at most `BATCH` of them.

    Raises: VectorsDamaged, DiskFull.
    """
    texts.save_embeddings(library.catalog.database, library.embedder.name, embedded)
    library.vectors.upsert([hashed for hashed, _ in embedded], [vector for _, vector in embedded])


def place_steps(library: Library, hashes: Sequence[bytes]) -> Iterator[None]:
    """Put the saved embeddings of `hashes` into the vector store, a few at a time."""
    for at in range(0, len(hashes), BATCH):
        saved = texts.saved_embeddings(library.catalog.database, library.embedder.name, hashes[at : at + BATCH])
        library.vectors.upsert([hashed for hashed, _ in saved], [vector for _, vector in saved])
        yield
