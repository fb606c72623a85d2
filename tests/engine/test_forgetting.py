"""Forgets a folder and searches every byte that the library keeps for what only that folder held."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.history import History
from app.core.errors import UsageWrong
from app.engine.forgetting import forget
from tests.answering.test_history import receipt_for
from tests.fakes import make_hit
from tests.library.libraries import open_library

WORD = "xylquorvnimb"
TAIL = WORD[4:].encode()  # the index of words leaves out what a term shares with the one before


def write(papers: Path) -> None:
    for name in ("kept", "secret"):
        (papers / name).mkdir(parents=True)
    for n in range(40):
        paragraphs = "\n\n".join(f"Witness {n * m} saw ship {m * 7} in the harbour. " * 9 for m in range(1, 9))
        (papers / "kept" / f"{n}.txt").write_text(paragraphs)
        secret = paragraphs.replace("harbour", f"{WORD}{n}")
        (papers / "secret" / f"{WORD} {n}.md").write_text(f"# The {WORD}\n\n{secret}")


def holding(data: Path) -> set[str]:
    """Return the files in which the word stands, whatever they are."""
    files = (path for path in data.rglob("*") if path.is_file())
    return {
        path.name
        for path in files
        if TAIL in path.read_bytes() or TAIL.decode().encode("utf-16-le") in path.read_bytes()
    }


def test_a_file_that_was_moved_out_of_its_folder_just_now_is_forgotten(tmp_path: Path) -> None:
    papers, data = tmp_path / "papers", tmp_path / "data"
    write(papers)
    secret = papers / "secret" / f"{WORD} 3.md"
    path = str(secret).encode()
    receipt = receipt_for("Who saw the ship?", replace(make_hit("Witness 3 saw ship 7."), path=path))

    async def scenario() -> None:
        async with open_library(data) as library:
            history = History(data / "history.sqlite")
            await library.add(papers / "secret")
            history.append(receipt)
            with pytest.raises(UsageWrong):
                await forget(path, library.catalog, library.spaces, library.indexer, history)
            secret.rename(tmp_path / "elsewhere.md")
            forgot = await forget(path, library.catalog, library.spaces, library.indexer, history)
            assert (forgot.receipts, forgot.left) == (1, 0)
            assert library.catalog.document_at(path) is None
            history.close()

    asyncio.run(scenario())


def test_no_byte_is_left_of_what_was_forgotten(tmp_path: Path) -> None:
    papers, data = tmp_path / "papers", tmp_path / "data"
    write(papers)

    async def scenario() -> None:
        async with open_library(data) as library:
            history = History(data / "history.sqlite")
            await library.add(papers / "kept")
            await library.add(papers / "secret")
            shutil.copy(data / "catalog.sqlite-wal", data / "catalog.sqlite.damaged")  # as if set aside once
            assert {"catalog.sqlite-wal", "catalog.sqlite.damaged"} <= holding(data)
            path = str(papers / "secret").encode()
            forgot = await forget(path, library.catalog, library.spaces, library.indexer, history)
            assert (forgot.documents, forgot.left) == (40, 0)
            assert holding(data) == set()
            found = "SELECT count(*) FROM passages_fts WHERE passages_fts MATCH 'harbour'"
            passages = library.catalog.status().passages
            assert library.catalog.database.value(found) == passages > 0
            library.catalog.database.run("INSERT INTO passages_fts (passages_fts) VALUES ('integrity-check')")
            history.close()
        assert holding(data) == set()

    asyncio.run(scenario())
