"""Tests of the catalog on a real SQLite file: what a search reads, and what damage and a full disk do."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import DataDirectoryUnwritable, DiskFull, PathNotInLibrary
from app.core.terms import match_query
from app.core.types import DocumentState, Filters
from app.library import documents, reading_queue, schema, texts
from app.library.catalog import Catalog
from app.library.database import Database
from app.library.scanner import FileStamp, FoundFile
from app.readers import versions
from tests.library.libraries import make_text, store, store_common

ROOT = Path(__file__).resolve().parents[2]


def purge(catalog: Catalog) -> None:
    for _ in catalog.database.in_slices(texts.purge_steps(catalog.database)):
        pass


def found(catalog: Catalog, question: str, filters: Filters = Filters()) -> list[bytes]:
    best = catalog.bm25(match_query(question), 10, filters)
    hits = catalog.hits([passage_id for passage_id, _ in best])
    return [hits[passage_id].path for passage_id, _ in best]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    catalog = Catalog.open(tmp_path / "catalog.sqlite")
    catalog.add_folder(b"/papers")
    return catalog


def test_a_hit_has_everything_that_is_shown(catalog: Catalog) -> None:
    number = store(catalog, b"/papers/lease.txt", make_text("Nothing.", "The rent is due.", headings=("Terms", "Rent")))
    (best,) = catalog.bm25(match_query("rent due"), 1)
    hit = catalog.hits([best[0]])[best[0]]
    assert best[1] > 0
    assert (hit.document_id, hit.path, hit.page, hit.start, hit.end) == (number, b"/papers/lease.txt", 2, 0, 16)
    assert (hit.text, hit.headings, hit.title) == ("The rent is due.", ("Terms", "Rent"), "lease")
    assert (hit.digest, hit.modified_ns) == ((b"/" * 32).hex(), 5)
    assert catalog.digest(number) == hit.digest


def test_a_page_comes_back_as_it_was_stored(catalog: Catalog) -> None:
    document = make_text("One.", "Two \0 \ud800 ends.")
    number = store(catalog, b"/papers/a.txt", document)
    assert catalog.page(number, 1) == document.pages[0]
    stored = catalog.page(number, 2)
    assert stored is not None
    assert stored.text == "Two \0 ? ends."
    assert catalog.page(number, 3) is None


def test_scores_fall_and_headings_and_title_are_found(catalog: Catalog) -> None:
    store(catalog, b"/papers/a.txt", make_text("apple apple apple", "an apple and a pear in a basket", "pear"))
    store(catalog, b"/papers/b.txt", make_text("Nothing of it.", title="Quince", headings=("Medlar",)))
    scores = [score for _, score in catalog.bm25("apple", 10)]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    assert found(catalog, "quince") == found(catalog, "medlar") == [b"/papers/b.txt"]


def test_only_ready_documents_are_found(catalog: Catalog) -> None:
    number = store(catalog, b"/papers/a.txt", make_text("Alpha."))
    hashed = texts.text_hash("Alpha.")
    for state in DocumentState:
        catalog.database.run("UPDATE documents SET state = ?", (state,))
        expected = [b"/papers/a.txt"] if state is DocumentState.READY else []
        assert found(catalog, "alpha") == expected
        assert found(catalog, "alpha", Filters(types=("txt",))) == expected
        assert bool(catalog.passages_by_hash([hashed])) is bool(expected)
    assert catalog.page(number, 1) is not None


def test_documents_that_are_not_ready_do_not_crowd_out_those_that_are(catalog: Catalog) -> None:
    for n in range(60):
        store(catalog, b"/papers/%d.txt" % n, make_text("alpha"))
    store(catalog, b"/papers/last.txt", make_text("Among much else that stands here, alpha is mentioned once."))
    catalog.database.run("UPDATE documents SET state = 'queued' WHERE path <> ?", (b"/papers/last.txt",))
    assert len(catalog.bm25("alpha", 1)) == 1


def test_a_passage_that_holds_a_rare_word_is_scored_by_the_common_ones_too(catalog: Catalog) -> None:
    store_common(catalog)
    store(catalog, b"/papers/both.txt", make_text("A quince, an apple, and much else that stands here."))
    match = match_query("apple quince")
    (best,) = catalog.bm25(match, 1)
    assert best == catalog.bm25(match, 10_000)[0]
    assert catalog.hits([best[0]])[best[0]].path == b"/papers/both.txt"


def test_where_rare_words_find_too_little_common_ones_are_searched_for_too(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.library.retrieval.FEW_PASSAGES", 0)
    store_common(catalog)
    match = match_query("apple quince")
    assert len(catalog.bm25(match, 3)) == 3
    assert len(catalog.bm25(match, 200)) == 123
    assert len(catalog.bm25(match, 1, Filters(types=("md",)))) == 1
    catalog.database.run("UPDATE documents SET state = 'queued' WHERE path = ?", (b"/papers/rare.txt",))
    (best,) = catalog.bm25(match, 1)
    assert catalog.hits([best[0]])[best[0]].path == b"/papers/apples.md"


@pytest.mark.parametrize("types", [(), ("txt", "md")])
def test_of_many_passages_only_those_with_the_rarer_words_are_scored(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, types: tuple[str, ...]
) -> None:
    monkeypatch.setattr("app.library.retrieval.FEW_PASSAGES", 10)
    store_common(catalog)
    match = match_query("apple quince")

    def paths(limit: int) -> list[bytes]:
        found = [key for key, _ in catalog.bm25(match, limit, Filters(types=types))][:2]
        hits = catalog.hits(found)
        return [hits[key].path for key in found]

    assert paths(2) == [b"/papers/rare.txt"] * 2
    assert paths(10_000)[0] == b"/papers/apples.md"


def test_filters_restrict_by_path_type_and_time(catalog: Catalog) -> None:
    store(catalog, b"/papers/a/one.txt", make_text("alpha"), 10)
    store(catalog, b"/papers/a b/two.pdf", make_text("alpha"), 20)
    store(catalog, b"/papers/a.md", make_text("alpha"), 30)
    every = set(found(catalog, "alpha"))
    assert len(every) == 3
    assert found(catalog, "alpha", Filters(paths=(b"/papers/a",))) == [b"/papers/a/one.txt"]
    assert found(catalog, "alpha", Filters(paths=(b"/papers/a.md", b"/nowhere"))) == [b"/papers/a.md"]
    assert set(found(catalog, "alpha", Filters(paths=(b"/",)))) == every
    assert found(catalog, "alpha", Filters(types=("pdf",))) == [b"/papers/a b/two.pdf"]
    assert set(found(catalog, "alpha", Filters(after_ns=20))) == {b"/papers/a b/two.pdf", b"/papers/a.md"}
    assert found(catalog, "alpha", Filters(before_ns=20)) == [b"/papers/a/one.txt"]
    hashed = texts.text_hash("alpha")
    assert len(catalog.passages_by_hash([hashed])[hashed]) == 3
    assert len(catalog.passages_by_hash([hashed], Filters(types=("md",)))[hashed]) == 1


def test_a_replaced_text_is_gone_at_once_and_leaves_no_row_after_the_purge(catalog: Catalog) -> None:
    store(catalog, b"/papers/a.txt", make_text("Old words.", "Kept words.", title="Old title"))
    store(catalog, b"/papers/a.txt", make_text("New words.", "Kept words."))
    assert found(catalog, "old") == []
    assert found(catalog, "new") == [b"/papers/a.txt"]
    purge(catalog)
    assert catalog.database.value("SELECT count(*) FROM passages_fts WHERE passages_fts MATCH 'old'") == 0
    assert catalog.database.value("SELECT count(*) FROM passages_fts") == 2
    catalog.database.run("INSERT INTO passages_fts (passages_fts) VALUES ('integrity-check')")


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=4))
def test_fts_is_empty_when_every_text_was_purged(contents: list[list[str]]) -> None:
    catalog = Catalog(Database(Path(":memory:")))
    schema.prepare(catalog.database, versions.current())
    with catalog.database.transaction():
        catalog.database.run("INSERT INTO folders (path) VALUES (?)", (b"/papers",))
    ids = [
        store(catalog, b"/papers/%d" % n, make_text(*content, title=content[0], headings=tuple(content)))
        for n, content in enumerate(contents)
    ]
    documents.remove(catalog.database, ids)
    purge(catalog)
    tables = ("passages_fts_idx", "passages", "pages", "texts", "retired")
    assert [catalog.database.value(f"SELECT count(*) FROM {table}") for table in tables[1:]] == [0, 0, 0, 0]
    for content in contents:
        for match in filter(None, map(match_query, content)):
            assert catalog.database.read("SELECT rowid FROM passages_fts WHERE passages_fts MATCH ?", (match,)) == []
    catalog.database.close()


def test_embeddings_come_back_to_half_precision(catalog: Catalog) -> None:
    vector = np.random.default_rng(0).standard_normal(384).astype(np.float32)
    vector /= np.linalg.norm(vector)
    texts.save_embeddings(catalog.database, "e", [(b"h", vector)])
    ((hashed, saved),) = texts.saved_embeddings(catalog.database, "e", [b"h", b"other"])
    assert hashed == b"h"
    assert float(saved @ vector) > 0.9999
    assert texts.without_embedding(catalog.database, "e", [b"h", b"i"]) == {b"i"}
    assert texts.without_embedding(catalog.database, "f", [b"h"]) == {b"h"}


def test_status_and_rows_count_what_is_there(catalog: Catalog) -> None:
    store(catalog, b"/papers/a.txt", make_text("Alpha.", "   ", "Beta."))
    (folder,) = catalog.folders()
    documents.add(catalog.database, folder.id, [FoundFile(b"/papers/b.txt", FileStamp(1, 1))])
    status = catalog.status()
    assert (status.ready, status.queued, status.failed, status.ignored) == (1, 1, 0, 0)
    assert (status.passages, status.pages_without_text) == (3, 1)
    assert (status.folders[0].documents, status.folders[0].ready, status.folders[0].queued) == (2, 1, 1)
    row = catalog.document_at(b"/papers/a.txt")
    assert row is not None
    assert (row.pages, row.pages_without_text, row.passages, row.folder) == (3, 1, 3, b"/papers")
    assert catalog.document(row.id) == row
    assert catalog.document(999) is None


def test_a_folder_inside_another_is_part_of_it(catalog: Catalog) -> None:
    assert catalog.add_folder(b"/papers/sub") == b"/papers"
    assert catalog.add_folder(b"/other/sub") == b"/other/sub"
    store(catalog, b"/other/sub/a.txt", make_text("Alpha."))
    assert catalog.add_folder(b"/other") == b"/other"
    assert [row.path for row in catalog.folder_rows()] == [b"/other", b"/papers"]
    row = catalog.document_at(b"/other/sub/a.txt")
    assert row is not None
    assert row.folder == b"/other"
    with pytest.raises(PathNotInLibrary):
        catalog.forget_folder(b"/other/sub")
    forgotten = catalog.forget_folder(b"/other")
    assert (forgotten.document_ids, forgotten.passages) == ((row.id,), 1)
    assert found(catalog, "alpha") == []


def header_overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 200)


def middle_overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [header_overwritten, middle_overwritten])
def test_a_damaged_catalog_is_set_aside_and_keeps_its_folders(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog.open(path)
    catalog.add_folder(b"/papers")
    store(catalog, b"/papers/a.txt", make_text("Alpha."))
    catalog.close()
    damage(path)
    catalog = Catalog.open(path)
    assert catalog.damaged == tmp_path / "catalog.sqlite.damaged"
    assert [folder.path for folder in catalog.folders()] == [b"/papers"]
    assert catalog.document_rows() == ()
    assert (tmp_path / "catalog.sqlite.damaged").exists()
    catalog.close()
    catalog = Catalog.open(path)
    assert catalog.damaged is None
    catalog.close()


@pytest.mark.parametrize("beside", [False, True])
def test_a_query_that_is_still_open_at_the_end_leaves_no_catalog_that_looks_damaged(
    tmp_path: Path, beside: bool
) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog.open(path)
    catalog.add_folder(b"/papers")
    for n in range(20):
        store(catalog, b"/papers/%d.txt" % n, make_text("Alpha."))
    catalog.close()
    catalog = Catalog.open(path)
    reading = Database(path, for_reading=True) if beside else catalog.database
    rows = reading.batches("SELECT path FROM documents", 1)
    next(rows)
    store(catalog, b"/papers/last.txt", make_text("Omega."))
    catalog.close()
    if beside:
        reading.close()
    del rows  # SQLite closes the file, and brings the log into it, when the last query has ended
    catalog = Catalog.open(path)
    assert catalog.damaged is None
    assert len(catalog.document_rows()) == 21
    catalog.close()


def test_an_opening_alone_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    Catalog.open(path).close()
    before = path.read_bytes()
    Catalog.open(path).close()
    assert path.read_bytes() == before


def test_damage_that_is_met_later_is_mended_at_the_next_opening(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog.open(path)
    catalog.add_folder(b"/papers")
    for n in range(200):
        store(catalog, b"/papers/%d.txt" % n, make_text("Alpha. " * 300))
    catalog.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    catalog = Catalog.open(path)
    if catalog.damaged is None:
        with pytest.raises(sqlite3.DatabaseError):
            catalog.database.read("SELECT sum(length(text)) FROM pages")
        catalog.close()
        catalog = Catalog.open(path)
    assert catalog.damaged == tmp_path / "catalog.sqlite.damaged"
    assert [folder.path for folder in catalog.folders()] == [b"/papers"]
    catalog.close()


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataDirectoryUnwritable):
        Catalog.open(tmp_path / "file" / "catalog.sqlite")


def test_a_catalog_that_cannot_grow_says_that_the_disk_is_full_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog.open(path)
    catalog.add_folder(b"/papers")
    store(catalog, b"/papers/a.txt", make_text("Alpha."))
    catalog.database.read("PRAGMA max_page_count = 60")
    with pytest.raises(DiskFull):
        store(catalog, b"/papers/b.txt", make_text(*(f"Beta {n}. " * 200 for n in range(200))))
    assert found(catalog, "alpha") == [b"/papers/a.txt"]
    assert found(catalog, "beta") == []
    catalog.close()


def test_terms_made_otherwise_have_every_document_read_again(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog.open(path)
    catalog.add_folder(b"/papers")
    number = store(catalog, b"/papers/a.txt", make_text("Alpha."))
    texts.save_embeddings(catalog.database, "e", [(texts.text_hash("Alpha."), np.ones(4, np.float32))])
    catalog.set_meta("terms", "of another version")
    catalog.close()
    catalog = Catalog.open(path)
    row = catalog.document(number)
    assert row is not None
    assert row.state is DocumentState.QUEUED
    assert not texts.without_embedding(catalog.database, "e", [texts.text_hash("Alpha.")])
    assert catalog.database.value("SELECT count(*) FROM passages") == 0
    store(catalog, b"/papers/a.txt", make_text("Alpha."), 6)
    assert found(catalog, "alpha") == [b"/papers/a.txt"]
    catalog.close()


def test_small_documents_are_queued_first_and_of_these_the_latest(catalog: Catalog) -> None:
    (folder,) = catalog.folders()
    stamps = {
        b"/papers/large": FileStamp(5_000_000, 9),
        b"/papers/old": FileStamp(10, 1),
        b"/papers/new": FileStamp(900, 8),
    }
    documents.add(catalog.database, folder.id, [FoundFile(path, stamp) for path, stamp in stamps.items()])
    queued = reading_queue.next_queued(catalog.database, 5, ())
    assert [document.path for document in queued] == [b"/papers/new", b"/papers/old", b"/papers/large"]
    assert [d.path for d in reading_queue.next_queued(catalog.database, 1, (queued[0].id,))] == [b"/papers/old"]
