"""Tests of the vector store on real Chroma, and of its upkeep: whatever happens to it, the library mends it."""

import asyncio
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from app.library.spaces import space_folder
from app.library.vectors import BATCH, Vectors, VectorsDamaged
from tests.library.libraries import OpenLibrary, flaws, open_library


def some_vectors(count: int, dimensions: int = 48) -> list[tuple[bytes, npt.NDArray[np.float32]]]:
    """Return hashes with vectors of unit length, float16 values, the same at each call."""
    rows = np.random.default_rng(1).standard_normal((count, dimensions)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return [(bytes([n % 256, n // 256]) * 16, row) for n, row in enumerate(rows)]


def fill(vectors: Vectors, pairs: list[tuple[bytes, npt.NDArray[np.float32]]]) -> None:
    for at in range(0, len(pairs), BATCH):
        some = pairs[at : at + BATCH]
        vectors.upsert([hashed for hashed, _ in some], [vector for _, vector in some])


def test_a_vector_finds_itself_with_the_cosine_as_score(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma")
    pairs = some_vectors(40)
    fill(vectors, pairs)
    found = vectors.query(pairs[7][1], 5)
    assert found[0][0] == pairs[7][0]
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert found[1][1] == pytest.approx(max(float(v @ pairs[7][1]) for h, v in pairs if h != pairs[7][0]), abs=1e-5)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    vectors.close()


def test_deleted_vectors_are_not_found_and_missing_ones_do_not_matter(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma")
    pairs = some_vectors(20)
    fill(vectors, pairs)
    vectors.delete([pairs[3][0], b"\xff" * 32])
    assert pairs[3][0] not in {hashed for hashed, _ in vectors.query(pairs[3][1], 20)}
    assert {hashed for batch in vectors.hashes() for hashed in batch} == {hashed for hashed, _ in pairs} - {pairs[3][0]}
    asked = [hashed for hashed, _ in pairs[2:5]]
    assert vectors.among([*asked, b"\xff" * 32]) == {pairs[2][0], pairs[4][0]}
    assert not vectors.probe([pairs[3]])
    assert vectors.probe(pairs[4:10])
    vectors.close()


def test_a_store_is_kept_when_it_was_closed_and_given_up_when_it_may_have_killed(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma")
    fill(vectors, some_vectors(3))
    vectors.close()
    vectors = Vectors(tmp_path / "chroma")
    assert vectors.count() == 3
    vectors.close()
    (tmp_path / "chroma" / "not-yet-probed").touch()
    vectors = Vectors(tmp_path / "chroma")
    assert vectors.count() == 0
    vectors.close()


def test_a_probed_store_survives_a_killed_process(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from app.library.vectors import Vectors;"
        "v = Vectors(Path(sys.argv[1])); v.upsert([b'a' * 32], [[1.0, 0.0]]); v.trust();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).resolve().parents[2]
    died = subprocess.run([sys.executable, "-c", code, tmp_path / "chroma"], cwd=root, check=False)
    assert died.returncode == -9
    vectors = Vectors(tmp_path / "chroma")
    assert vectors.count() == 1
    vectors.close()


def test_a_rebuilt_store_has_the_new_vectors_only(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma")
    pairs = some_vectors(30)
    fill(vectors, pairs)
    left = [vectors.left for _ in vectors.rebuild([pairs[:10], pairs[10:20]], 20, "embedder")]
    assert (left[0], left[-1], vectors.left) == (12, 0, 0)
    assert left == sorted(left, reverse=True)
    assert vectors.count() == 20
    assert vectors.embedder == "embedder"
    vectors.close()
    vectors = Vectors(tmp_path / "chroma")
    assert (vectors.count(), vectors.embedder) == (20, "embedder")
    vectors.close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma")
    vectors.close()
    with pytest.raises(VectorsDamaged):
        vectors.count()


def test_chroma_neither_embeds_by_itself_nor_opens_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chromadb.utils.embedding_functions import DefaultEmbeddingFunction, ONNXMiniLM_L6_V2

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("Chroma did what it must not do")

    for kind, method in ((DefaultEmbeddingFunction, "__call__"), (ONNXMiniLM_L6_V2, "__init__")):
        monkeypatch.setattr(kind, method, refused)
    for name in ("socket", "getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refused)
    vectors = Vectors(tmp_path / "chroma")
    fill(vectors, some_vectors(20))
    assert len(vectors.query(some_vectors(1)[0][1], 2)) == 2
    vectors.delete([some_vectors(1)[0][0]])
    vectors.close()


def papers_in(folder: Path) -> Path:
    papers = folder / "papers"
    papers.mkdir()
    for n in range(20):
        (papers / f"{n}.txt").write_text(f"Paper number {n} speaks of subject {n * 7} and of nothing else.")
    return papers


def words_space(folder: Path) -> Path:
    return space_folder(folder / "data" / "chroma", "words")


def zero_hnsw(store: Path) -> None:
    for file in store.rglob("data_level0.bin"):
        file.write_bytes(bytes(file.stat().st_size))


def lose_hnsw(store: Path) -> None:
    for file in store.rglob("*.bin"):
        file.unlink()


def scribble_database(store: Path) -> None:
    for file in store.rglob("chroma.sqlite3"):
        file.write_bytes(b"scribble" * 4096)


def lose_all(store: Path) -> None:
    for file in [file for file in store.rglob("*") if file.is_file()]:
        file.unlink()


@pytest.mark.parametrize("damage", [zero_hnsw, lose_hnsw, scribble_database, lose_all])
def test_a_damaged_store_is_rebuilt_without_embedding_anything(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
        damage(tmp_path / "data" / "chroma")
        async with open_library(tmp_path / "data") as library:
            await library.settle()
            assert_mended(library)

    asyncio.run(scenario())


def test_lost_and_left_over_vectors_are_put_right_at_start(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
        vectors = Vectors(words_space(tmp_path))
        assert vectors.count() == 20
        hashes = [hashed for batch in vectors.hashes() for hashed in batch]
        vectors.delete(hashes[:4])
        vectors.upsert([b"\1" * 32], [np.full(64, 0.125, np.float32)])
        vectors.close()
        async with open_library(tmp_path / "data") as library:
            await library.settle()
            assert_mended(library)

    asyncio.run(scenario())


def test_a_store_that_fails_while_in_use_is_rebuilt(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            with pytest.raises(VectorsDamaged):
                library.vectors.query(np.ones(3, np.float32), 1)  # another length than the store's
            assert library.vectors.is_damaged
            await library.look_again()
            assert_mended(library)

    asyncio.run(scenario())


def test_waste_is_given_back(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            library.catalog.set_meta("vectors_deleted", "5000")
            store = next(folder for folder in words_space(tmp_path).iterdir() if folder.is_dir())
            (papers / "3.txt").unlink()
            await library.look_again()
            assert not store.exists()
            assert library.catalog.meta("vectors_deleted") == "0"
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(scenario())


def assert_mended(library: OpenLibrary) -> None:
    """Assert that every paper finds itself by its vector, and that nothing was embedded for that."""
    assert len(library.embedder.embedded) in (0, 20)  # those of this process, if it indexed the papers itself
    assert not library.vectors.is_damaged
    assert flaws(library.catalog, library.vectors, "words") == []
    for n in range(20):
        vector = library.embedder.embed(f"Paper number {n} speaks of subject {n * 7} and of nothing else.")
        hashed, score = library.vectors.query(vector, 1)[0]
        (passage_id,) = library.catalog.passages_by_hash([hashed])[hashed]
        assert library.catalog.hits([passage_id])[passage_id].path.endswith(b"/%d.txt" % n)
        assert score > 0.99


def test_a_new_store_has_a_write_ahead_log(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma")
    fill(vectors, some_vectors(3))
    vectors.close()
    (database,) = (tmp_path / "chroma").rglob("chroma.sqlite3")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_was_in_a_store_before_does_not_come_to_the_disk_with_the_next_one(tmp_path: Path) -> None:
    mark = b"vorpalixen drachmas "
    row = np.frombuffer((mark * 77)[: 384 * 4], np.float32)
    vectors = Vectors(tmp_path / "chroma")
    fill(vectors, [(bytes([n]) + mark + b"." * 11, row) for n in range(250)])
    for _ in range(4):
        vectors.clear("another")
        fill(vectors, some_vectors(20, 384))
        vectors.close()
        vectors = Vectors(tmp_path / "chroma")
        fill(vectors, some_vectors(25, 384))
    vectors.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "data_level0.bin" in {path.name for path in files}
    assert [path for path in files if any(one in path.read_bytes() for one in (mark, mark.hex().encode()))] == []
