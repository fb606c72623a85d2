"""How a document gets into the library: embeddings, vectors, then the catalog's word. Used in the engine's process.

The order is the promise: whatever instant the process is killed at, a document that is READY has all its passages and
vectors, and what was embedded is never embedded again. Everything here is a generator of short steps (under 50 ms, but
for the embedding of one text), so that the engine can answer between any two.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.core.types import DocumentText
from app.library import texts
from app.library.catalog import Catalog
from app.library.documents import QueuedDocument, finish_unchanged
from app.library.scanner import FileStamp
from app.library.texts import Content, DocumentGone, Vector
from app.library.vectors import BATCH, Vectors

_SAVED_AT_ONCE = 16
_HASHED_AT_ONCE = 200


class TextEmbedder(Protocol):
    """What turns a text into a vector of unit length; `name` tells its vectors from those of another."""

    @property
    def name(self) -> str:
        """Return the name under which the embeddings are kept."""
        ...

    def embed(self, text: str) -> Vector:
        """Return float32[d] of unit length."""
        ...


@dataclass(frozen=True, slots=True)
class Library:
    """The two halves of the library, and the embedder whose vectors it is to hold."""

    catalog: Catalog
    vectors: Vectors
    embedder: TextEmbedder


def write_steps(
    library: Library, document_id: int, digest: bytes, stamp: FileStamp, document: DocumentText
) -> Generator[None, None, int]:
    """Put the text of a document in state READING into the library; the last step makes it READY.

    Returns how many of its passages had to be embedded.

    Raises: DocumentGone, VectorsDamaged, DiskFull.
    """
    document = texts.storable(document)
    by_hash: dict[bytes, str] = {}
    hashes: list[bytes] = []
    for text in texts.embedded_texts(document):
        hashes.append(texts.text_hash(text))
        by_hash[hashes[-1]] = text
        if len(hashes) % _HASHED_AT_ONCE == 0:
            yield
    database = library.catalog.database
    missing = texts.without_embedding(database, library.embedder.name, by_hash)
    yield from _embed_steps(library, [(hashed, text) for hashed, text in by_hash.items() if hashed in missing])
    unplaced = texts.without_passage(database, by_hash)
    yield from place_steps(library, [hashed for hashed in by_hash if hashed in missing or hashed in unplaced])
    content = Content(digest, stamp, document, tuple(hashes))
    yield from database.in_slices(texts.store_steps(database, document_id, content))
    return len(missing)


def refresh_steps(library: Library, document: QueuedDocument, stamp: FileStamp) -> Generator[None, None, int]:
    """Make a document READY whose file still has the content of its text, embedding only what is missing.

    Returns how many passages had to be embedded.

    Raises: DocumentGone, VectorsDamaged, DiskFull.
    """
    database = library.catalog.database
    hashes = texts.hashes_of(database, document.text_id)
    missing = texts.without_embedding(database, library.embedder.name, hashes)
    yield from _embed_steps(library, texts.embedded_texts_of(database, missing))
    yield from place_steps(library, list(missing))
    if not finish_unchanged(database, document.id, stamp):
        raise DocumentGone
    return len(missing)


def _embed_steps(library: Library, wanted: Iterable[tuple[bytes, str]]) -> Iterator[None]:
    """Embed texts one by one (the fastest on a CPU: no padding) and save them every few."""
    database, embedder = library.catalog.database, library.embedder
    unsaved: list[tuple[bytes, Vector]] = []
    for hashed, text in wanted:
        unsaved.append((hashed, embedder.embed(text)))
        if len(unsaved) == _SAVED_AT_ONCE:
            texts.save_embeddings(database, embedder.name, unsaved)
            unsaved = []
        yield
    if unsaved:
        texts.save_embeddings(database, embedder.name, unsaved)


def place_steps(library: Library, hashes: Sequence[bytes]) -> Iterator[None]:
    """Put the saved embeddings of `hashes` into the vector store, a few at a time."""
    for at in range(0, len(hashes), BATCH):
        saved = texts.saved_embeddings(library.catalog.database, library.embedder.name, hashes[at : at + BATCH])
        library.vectors.upsert([hashed for hashed, _ in saved], [vector for _, vector in saved])
        yield
