"""The page around a passage counts: a real catalog, passages of one document on two pages."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.pages import Block, BlockKind, DocumentText, Page, Passage
from app.core.terms import match_query
from app.library import documents, reading_queue
from app.library.catalog import Catalog
from app.library.scanner import FileStamp, FoundFile
from app.library.texts import Content, purge_steps, retire_text, store_steps

RULES = "Rule 7.3 Notice\nThe tenant writes to the landlord."
FIRST = f"{RULES}\nThe landlord answers within a week."
SECOND = "The landlord answers within a week, too.\nThe roof is kept in repair."


def blocks(text: str) -> tuple[Block, ...]:
    heading = Block(BlockKind.HEADING, 0, text.index("\n"), 2)
    return (heading, Block(BlockKind.PARAGRAPH, heading.end + 1, len(text)))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog.open(tmp_path / "catalog.sqlite")
    catalog.add_folder(b"/papers")
    pages = tuple(Page(number, text, blocks(text)) for number, text in enumerate((FIRST, SECOND), start=1))
    passages = (Passage(1, 0, len(RULES), ()), Passage(1, len(RULES) + 1, len(FIRST), ()), Passage(2, 0, 40, ()))
    document = DocumentText("", pages, passages)
    (folder,) = catalog.folders()
    (number,) = documents.add(catalog.database, folder.id, [FoundFile(b"/papers/rules.txt", FileStamp(0, 0))])
    reading_queue.begin_reading(catalog.database, number)
    hashes = tuple(hashlib.sha256(bytes([n])).digest() for n in range(3))
    with catalog.database.transaction():
        for _ in store_steps(catalog.database, number, Content(hashes[0], FileStamp(0, 0), document, hashes)):
            pass
    yield catalog
    catalog.close()


def test_a_passage_is_lifted_by_what_only_its_page_says(catalog: Catalog) -> None:
    around = catalog.surrounded(match_query("Rule 7.3: when does the landlord answer?"), [1, 2, 3])
    assert around[2].text == "The landlord answers within a week."
    assert around[1].score == around[2].score > around[3].score > 0


def test_without_a_match_nothing_is_lifted(catalog: Catalog) -> None:
    assert [one.score for one in catalog.surrounded("", [1, 3]).values()] == [0.0, 0.0]
    assert [one.score for one in catalog.surrounded(match_query("bread"), [1, 3]).values()] == [0.0, 0.0]
    assert catalog.surrounded(match_query("bread"), []) == {}
    assert catalog.surrounded(match_query("bread"), [99]) == {}


def test_a_heading_within_a_passage_is_indexed_as_one_and_purged_as_one(catalog: Catalog) -> None:
    assert [key for key, _ in catalog.bm25("headings: notice", 10)] == [1]
    with catalog.database.transaction():
        retire_text(catalog.database, 1)
        catalog.database.run("UPDATE documents SET text_id = NULL, state = 'queued'")
        for _ in purge_steps(catalog.database):
            pass
    catalog.database.run("INSERT INTO passages_fts (passages_fts) VALUES ('integrity-check')")
    assert catalog.database.read("SELECT rowid FROM passages_fts WHERE passages_fts MATCH 'notice OR landlord'") == []
