"""The passages' vectors in Chroma, a fast copy of the catalog's, rebuilt at any doubt. Used in the engine's process.

A vector's id is the hash of the text it was made of, so it is never out of date and a moved file costs nothing. The
store lives in numbered folders: a rebuild fills the next one, because Chroma remembers what it knew of a path.
"""

import ctypes
import faulthandler
import importlib
import shutil
import sqlite3
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.core.errors import DataDirectoryUnwritable, DiskFull
from app.library.seal import break_seal, seal
from app.library.texts import Vector

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

BATCH = 8
"""Vectors a call: Chroma holds the interpreter for about 1 ms a vector."""

ASKED_AT_ONCE = 500
"""Hashes a call: looking for one takes Chroma some 12 µs, in a store of any size."""

HANGS_AFTER_S = 120
"""A call on a store that is not trusted yet ends the process after so long: Chroma can hang for good on damage."""

SAME_SCORE = 0.999
"""From this cosine on two vectors are the same one, but for the rounding to float16."""

_NAME = "passages"
_NEAREST = 10
_RELEASE_STEPS, _RELEASE_STEP_S = 300, 0.02  # a store that is not sealed by then is built anew
_LEAST_FREE_BYTES = 1 << 20
_STANDARD_ERROR = 2
_M_PERTURB = -6
_ZEROS_WHEN_TAKEN = 0xFF


def import_chroma() -> None:
    """Import what opening a store imports else, which takes 0.6 s, and many times that beside other work."""
    for name in ("chromadb", "chromadb.config"):
        importlib.import_module(name)


class VectorsDamaged(Exception):
    """The store failed or gave back nonsense; it is to be rebuilt from the catalog."""


class Vectors:
    """The vector store of one library; one process at a time, written from one thread, queried from any."""

    def __init__(self, path: Path) -> None:
        """Open or create the store in the folder `path`; a store that cannot be opened is given up for an empty one.

        While a store is open and has not passed `probe`, a mark lies beside it: a store that kills or hangs the
        process is not opened a second time.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        self._path = path
        self._swap = threading.RLock()  # Chroma's calls need none, but a store must not be replaced under a query
        self._client: Client | None = None
        self._collection: Collection | None = None
        self._is_trusted = False
        self.is_damaged = False
        self.left = 0
        """How many vectors a rebuild has still to put in."""
        _have_memory_emptied()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataDirectoryUnwritable(path=str(path), detail=error.strerror or "") from error
        is_whole = break_seal(self._folder(self._generation()))
        if not is_whole or self._mark.exists() or not self._open(self._generation()):
            self.clear()

    @property
    def embedder(self) -> str:
        """Return the name of the embedder whose vectors these are, "" if none was noted."""
        noted = self._chroma.metadata or {}
        return str(noted.get("embedder", ""))

    def count(self) -> int:
        """Return the number of vectors. Raises: VectorsDamaged."""
        with self._damage():
            return self._chroma.count()

    def upsert(self, hashes: Sequence[bytes], vectors: Sequence[Vector]) -> None:
        """Put vectors in, at most `BATCH` of them. Raises: VectorsDamaged."""
        if hashes:
            with self._damage():
                self._chroma.upsert(ids=[hashed.hex() for hashed in hashes], embeddings=list(vectors))

    def delete(self, hashes: Sequence[bytes]) -> None:
        """Take vectors out; those that are not there do not matter. Raises: VectorsDamaged."""
        if hashes:
            with self._damage():
                self._chroma.delete(ids=[hashed.hex() for hashed in hashes])

    def query(self, vector: Vector, k: int) -> list[tuple[bytes, float]]:
        """Return the text hashes nearest to a vector of unit length with their cosine similarity, best first.

        Raises: VectorsDamaged.
        """
        with self._swap, self._damage():
            found = self._chroma.query(query_embeddings=[vector], n_results=k, include=["distances"])
            distances = found["distances"]
            if distances is None:
                raise VectorsDamaged("no distances")
            return [
                (bytes.fromhex(hashed), 1.0 - distance)
                for hashed, distance in zip(found["ids"][0], distances[0], strict=True)
            ]

    def among(self, hashes: Sequence[bytes]) -> set[bytes]:
        """Return which hashes are there, of at most `ASKED_AT_ONCE`. Raises: VectorsDamaged."""
        with self._damage():
            return set(map(bytes.fromhex, self._chroma.get(ids=[hashed.hex() for hashed in hashes], include=[])["ids"]))

    def hashes(self) -> Iterator[list[bytes]]:
        """Yield in batches the hashes that are there, each batch later than the one before. Raises: VectorsDamaged."""
        offset = 0
        while True:
            with self._damage():
                ids = self._chroma.get(limit=2000, offset=offset, include=[])["ids"]
            if not ids:
                return
            yield [bytes.fromhex(hashed) for hashed in ids]
            offset += len(ids)

    def probe(self, sample: Sequence[tuple[bytes, Vector]]) -> bool:
        """Tell whether vectors that ought to be there find themselves."""
        try:
            return all(self._finds(hashed, vector) for hashed, vector in sample)
        except VectorsDamaged:
            return False

    def trust(self) -> None:
        """Take the store's mark away: it has been opened and probed, and the process lives."""
        self._is_trusted = True
        self._mark.unlink(missing_ok=True)

    def rebuild(
        self, embeddings: Iterable[Sequence[tuple[bytes, Vector]]], count: int, embedder: str
    ) -> Generator[None, None, None]:
        """Start an empty store and fill it with `count` vectors in short steps, counting down `left`.

        Raises: VectorsDamaged.
        """
        self.clear(embedder)
        self.left = count
        try:
            for batch in embeddings:
                for at in range(0, len(batch), BATCH):
                    some = batch[at : at + BATCH]
                    self.upsert([hashed for hashed, _ in some], [vector for _, vector in some])
                    self.left = max(0, self.left - len(some))
                    yield
        finally:
            self.left = 0

    def clear(self, embedder: str = "") -> None:
        """Start an empty store for the vectors of `embedder` and remove the one before."""
        with self._swap:
            self._release()
            before = self._generation()
            self._check_room()
            if not self._open(before + 1, embedder):
                raise VectorsDamaged("a new store cannot be opened")
        for folder in self._path.iterdir():
            if folder.is_dir() and folder.name != str(before + 1):
                shutil.rmtree(folder, ignore_errors=True)
                break_seal(folder)
        self.trust()
        self.is_damaged = False

    def close(self, *, for_good: bool = False) -> None:
        """Close the store, and seal it unless `for_good`; one that was damaged is given up at the next opening."""
        if self._release() and not self.is_damaged:
            if not for_good and _is_released(self._folder(self._generation())):
                seal(self._folder(self._generation()))
            self._mark.unlink(missing_ok=True)

    def _release(self) -> bool:
        """Let go of the store; tell whether it was open and could be closed."""
        with self._swap:
            client, self._client, self._collection = self._client, None, None
            if client is None:
                return False
            try:
                with self._damage():
                    client.close()
            except VectorsDamaged:
                return False
        return True

    @property
    def _chroma(self) -> "Collection":
        if self._collection is None:
            raise VectorsDamaged("the store is closed")
        return self._collection

    @property
    def _mark(self) -> Path:
        return self._path / "not-yet-probed"

    def _generation(self) -> int:
        numbers = [int(folder.name) for folder in self._path.iterdir() if folder.name.isdecimal()]
        return max(numbers, default=0)

    def _folder(self, generation: int) -> Path:
        return self._path / str(generation)

    def _open(self, generation: int, embedder: str = "") -> bool:
        """Open a generation's store and tell whether that worked."""
        import chromadb  # here, because only the engine's process needs it
        from chromadb.config import Settings

        folder = self._folder(generation)
        self._mark.touch()
        try:
            with self._damage():
                if not folder.exists():
                    _prepare(folder)
                client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
                self._client = cast("Client", client)
                self._collection = client.get_or_create_collection(
                    _NAME,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                    metadata={"embedder": embedder} if embedder else None,
                )
        except VectorsDamaged:
            return False
        return True

    def _finds(self, hashed: bytes, vector: Vector) -> bool:
        found = self.query(vector, _NEAREST)
        return any(other == hashed or score >= SAME_SCORE for other, score in found)

    def _check_room(self) -> None:
        """Raise DiskFull if there is next to no room left: then nothing that Chroma does or says can be relied on."""
        if shutil.disk_usage(self._path).free < _LEAST_FREE_BYTES:
            raise DiskFull(path=str(self._path), needed_bytes=str(_LEAST_FREE_BYTES))

    @contextmanager
    def _damage(self) -> Generator[None, None, None]:
        """Turn whatever Chroma raises into `VectorsDamaged`: its own errors, and panics of its Rust part."""
        try:
            with nullcontext() if self._is_trusted else _ended_if_it_hangs():
                yield
        except VectorsDamaged:
            self.is_damaged = True
            raise
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a Rust panic is no Exception
            self.is_damaged = True
            self._check_room()
            raise VectorsDamaged(f"{type(error).__name__}: {error}") from error


def _have_memory_emptied() -> None:
    """Have the C library empty memory when it is taken and when it is given back: not measurable in embedding.

    Chroma writes an index to the disk with the room in it that is free still, and with that whatever lay in that memory
    before: the vectors of a text that is being forgotten, say.
    """
    with suppress(OSError, AttributeError, TypeError):  # another C library than GNU's
        ctypes.CDLL(None).mallopt(_M_PERTURB, _ZEROS_WHEN_TAKEN)


@contextmanager
def _ended_if_it_hangs() -> Generator[None, None, None]:
    """End the process if a call of the main thread takes for ever: by a thread that needs no interpreter."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True, file=_STANDARD_ERROR)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _is_released(folder: Path) -> bool:
    """Wait until Chroma, which closes its files a little later, has closed them; tell whether it did."""
    for _ in range(_RELEASE_STEPS):
        if not any(folder.glob("*-wal")):  # which the last connection removes
            return True
        time.sleep(_RELEASE_STEP_S)
    return False


def _prepare(folder: Path) -> None:
    """Make a new store's database one with a write-ahead log.

    Chroma takes the journal mode that it finds and by itself would wait for the disk several times a call, holding the
    interpreter: 43-64 ms for 8 vectors on a busy machine, 5-29 ms with the log.
    """
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "chroma.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
