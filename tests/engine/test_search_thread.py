"""Searches beside the loop, on a real catalog and a real Chroma, while the library changes."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from app.core.types import Filters, SearchResult
from app.engine.search_thread import SearchThread
from app.library.catalog import Catalog
from app.library.search import Searcher
from app.library.vectors import Vectors
from tests.library.libraries import make_text, store


class Gate:
    """A search that waits, in its thread, until it is let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.open = threading.Event(), threading.Event()
        search = Searcher.search

        def gated(searcher: Searcher, query: str, limit: int, filters: Filters) -> SearchResult:
            first = search(searcher, query, limit, filters)
            self.begun.set()
            assert self.open.wait(60)
            again = search(searcher, query, limit, filters)
            assert [hit.path for hit in again.hits] == [hit.path for hit in first.hits]
            return again

        monkeypatch.setattr(Searcher, "search", gated)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    catalog = Catalog.open(tmp_path / "catalog.sqlite")
    catalog.add_folder(b"/papers")
    store(catalog, b"/papers/a.txt", make_text("The boiler was serviced in May."))
    return catalog


def names(result: SearchResult) -> list[bytes]:
    return sorted(os.path.basename(hit.path) for hit in result.hits)


def test_a_search_lets_the_loop_write_and_sees_the_library_as_it_began(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)

    async def search_and_write() -> tuple[list[bytes], list[bytes]]:
        thread = SearchThread(tmp_path / "catalog.sqlite")
        searching = asyncio.create_task(thread.search("boiler", 10, Filters()))
        await asyncio.to_thread(gate.begun.wait, 60)
        assert thread.is_busy
        store(catalog, b"/papers/b.txt", make_text("The boiler was replaced in June."))
        gate.open.set()
        before = await searching
        after = await thread.search("boiler", 10, Filters())
        assert not thread.is_busy
        thread.close()
        return names(before), names(after)

    assert asyncio.run(search_and_write()) == ([b"a.txt"], [b"a.txt", b"b.txt"])
    catalog.close()


def test_searches_that_nobody_waits_for_any_more_are_ended_with_the_thread(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)

    async def give_up() -> None:
        thread = SearchThread(tmp_path / "catalog.sqlite")
        waiting = [asyncio.create_task(thread.search("boiler", 10, Filters())) for _ in range(3)]
        await asyncio.to_thread(gate.begun.wait, 60)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert not thread.is_busy
        gate.open.set()
        thread.close()

    asyncio.run(give_up())
    catalog.close()


def test_a_store_is_replaced_between_queries_and_never_under_one(tmp_path: Path) -> None:
    import numpy as np

    vectors = Vectors(tmp_path / "chroma")
    rows = np.eye(8, 48, dtype=np.float32)
    pairs = [(bytes([n]) * 32, row) for n, row in enumerate(rows)]
    ended = threading.Event()

    def query_all_the_time() -> None:
        while not ended.is_set():
            vectors.query(rows[0], 3)

    thread = threading.Thread(target=query_all_the_time)
    thread.start()
    for _ in range(10):
        for _ in vectors.rebuild([pairs], len(pairs), "embedder"):
            pass
    ended.set()
    thread.join()
    assert not vectors.is_damaged
    assert vectors.query(rows[3], 1)[0][0] == pairs[3][0]
    vectors.close()
