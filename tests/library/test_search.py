"""The whole search over a real catalog, a real Chroma and the installed models."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.types import Block, BlockKind, DocumentText, Filters, Page, Passage
from app.library import documents
from app.library.catalog import Catalog
from app.library.embedder import Embedder
from app.library.reranker import Reranker
from app.library.scanner import FileStamp, FoundFile
from app.library.search import CANDIDATES, Searcher
from app.library.vectors import Vectors
from app.library.writing import Library, write_steps

LEASE = "The tenant pays a deposit of two months' rent before moving in."
PASTRY = "Fold the butter into the dough and chill it for an hour."
TEXTS = {
    "lease.txt": LEASE,
    "old/lease.txt": LEASE.replace("two", "three"),
    "copies/lease.txt": LEASE.upper(),
    "pastry.md": PASTRY,
    "invoice.txt": "Invoice 4711-B, for the repair of the roof, was paid on 31 May.",
    "invoices.txt": "Invoices 4711 to 4799 are in section B of the binder.",
    "bread.md": "The bread rises overnight in a cool place. The crust needs steam.",
    "tokyo.txt": "東京大学は東京都文京区にある国立大学である。",
}


def add(library: Library, name: str, text: str, modified_ns: int) -> None:
    """Store a document of one passage as the indexer does."""
    path = f"/papers/{name}".encode()
    page = Page(1, text, (Block(BlockKind.PARAGRAPH, 0, len(text)),))
    document = DocumentText("", (page,), (Passage(1, 0, len(text), ()),))
    stamp = FileStamp(len(text), modified_ns)
    (folder,) = library.catalog.folders()
    (number,) = documents.add(library.catalog.database, folder.id, [FoundFile(path, stamp)])
    documents.begin_reading(library.catalog.database, number)
    for _ in write_steps(library, number, hashlib.sha256(path).digest(), stamp, document):
        pass


@pytest.fixture(scope="module")
def embedder(models_dir: Path) -> Embedder:
    return Embedder(models_dir / "bge-small-en-v1.5", threads=1)


@pytest.fixture(scope="module")
def reranker(models_dir: Path) -> Reranker:
    return Reranker(models_dir / "ms-marco-minilm-l-12-v2", threads=1)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("library")
    library = Library(Catalog.open(root / "catalog.sqlite"), Vectors(root / "chroma"), embedder)
    library.catalog.add_folder(b"/papers")
    library.vectors.clear(embedder.name)
    for number, (name, text) in enumerate(TEXTS.items()):
        add(library, name, text, modified_ns=number)
    yield library
    library.vectors.close()
    library.catalog.close()


@pytest.fixture(scope="module")
def searcher(library: Library, embedder: Embedder, reranker: Reranker) -> Searcher:
    return Searcher(library.catalog, library.vectors, embedder, reranker)


def found(searcher: Searcher, query: str, filters: Filters = Filters(), limit: int = 10) -> list[str]:
    hits = searcher.search(query, limit, filters).hits
    return [hit.path.decode().removeprefix("/papers/") for hit in hits]


def test_a_question_in_other_words_finds_the_passage_that_answers_it(searcher: Searcher) -> None:
    assert found(searcher, "How much money must I put down to rent the flat?")[0] in ("lease.txt", "old/lease.txt")


def test_a_code_finds_the_passage_that_holds_it_as_a_whole(searcher: Searcher) -> None:
    assert found(searcher, "4711-B")[0] == "invoice.txt"


def test_a_question_in_a_language_that_the_embedder_does_not_know_is_answered_by_words(searcher: Searcher) -> None:
    assert found(searcher, "東京大学はどこにありますか")[0] == "tokyo.txt"


def test_passages_that_hold_a_quoted_phrase_come_first(searcher: Searcher) -> None:
    assert found(searcher, 'where does "the binder" say how much deposit the tenant pays')[0] == "invoices.txt"


def test_every_hit_tells_its_scores_at_each_step(searcher: Searcher) -> None:
    result = searcher.search("deposit of the tenant", 10)
    first, last = result.hits[0].scores, result.hits[-1].scores
    assert first.bm25_rank in (1, 2)
    assert first.vector_rank in (1, 2)
    assert (first.bm25 or 0.0) > 0
    assert 0.5 < (first.vector or 0.0) <= 1
    assert first.rerank is not None
    assert (last.bm25, last.bm25_rank) == (None, None)
    assert [hit.scores.final for hit in result.hits] == sorted((hit.scores.final for hit in result.hits), reverse=True)
    assert all(hit.scores.rerank is not None for hit in result.hits[:CANDIDATES])
    assert set(result.ms) == {"bm25", "embed", "vectors", "hits", "rerank", "total"}


def test_nearly_the_same_passage_comes_once_and_one_with_another_figure_twice(searcher: Searcher) -> None:
    paths = found(searcher, "deposit of two months' rent")
    assert len({"lease.txt", "copies/lease.txt"} & set(paths)) == 1
    assert "old/lease.txt" in paths


def test_no_more_hits_than_asked_for(searcher: Searcher) -> None:
    assert len(found(searcher, "rent", limit=3)) == 3
    assert found(searcher, "rent", limit=0) == []


def test_a_filter_by_folder_file_type_and_time_restricts_both_steps(searcher: Searcher) -> None:
    question = "deposit of the tenant"
    assert found(searcher, question, Filters(paths=(b"/papers/old",))) == ["old/lease.txt"]
    assert found(searcher, question, Filters(paths=(b"/papers/pastry.md",))) == ["pastry.md"]
    assert set(found(searcher, question, Filters(types=("md",)))) == {"pastry.md", "bread.md"}
    assert found(searcher, question, Filters(after_ns=3, before_ns=4)) == ["pastry.md"]


def test_a_folder_that_is_left_out_is_never_found(searcher: Searcher) -> None:
    question = "deposit of two months' rent"
    everywhere = set(found(searcher, question))
    assert {"old/lease.txt"} < everywhere
    left = set(found(searcher, question, Filters(without_paths=(b"/papers/old", b"/papers/copies"))))
    assert left
    assert all(path.split("/")[0] not in ("old", "copies") for path in left)
    assert found(searcher, question, Filters(paths=(b"/papers/old",), without_paths=(b"/papers",))) == []


@pytest.mark.parametrize(
    "filters", [Filters(paths=(b"/elsewhere",)), Filters(types=("pdf",)), Filters(after_ns=10**18)]
)
def test_a_filter_that_nothing_passes_gives_no_hits(searcher: Searcher, filters: Filters) -> None:
    assert found(searcher, "deposit of the tenant", filters) == []


@pytest.mark.parametrize(
    "query",
    ['"', "AND OR NOT", "NEAR(deposit, 2)", "text:deposit*", "\0", "{}()^-+:", "deposit " * 2500, "\ud800 rent"],
)
def test_operators_quotes_and_very_long_questions_are_only_words(searcher: Searcher, query: str) -> None:
    assert len(found(searcher, query)) > 0


@pytest.mark.parametrize("query", ["", "  \n"])
def test_an_empty_question_finds_nothing(searcher: Searcher, query: str) -> None:
    assert searcher.search(query).hits == ()


def test_without_vectors_words_find(library: Library) -> None:
    result = Searcher(library.catalog, None, None, None).search("deposit of the tenant")
    assert len(result.hits) == 2
    assert all(hit.scores.vector is None and hit.scores.rerank is None for hit in result.hits)


def test_without_a_reranker_the_fused_order_stands(library: Library, embedder: Embedder) -> None:
    hits = Searcher(library.catalog, library.vectors, embedder, None).search("deposit of the tenant").hits
    assert [hit.scores.final for hit in hits] == [hit.scores.fused for hit in hits]
    assert hits[0].text in (LEASE, LEASE.replace("two", "three"), LEASE.upper())


def test_vectors_of_another_embedder_are_not_asked(
    library: Library, models_dir: Path, tmp_path: Path, reranker: Reranker
) -> None:
    (tmp_path / "another").symlink_to(models_dir / "bge-small-en-v1.5")
    another = Embedder(tmp_path / "another", threads=1)
    hits = Searcher(library.catalog, library.vectors, another, reranker).search("deposit of the tenant").hits
    assert {hit.scores.vector for hit in hits} == {None}
    assert not library.vectors.is_damaged
