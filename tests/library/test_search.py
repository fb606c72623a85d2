"""The whole search over a real catalog, a real Chroma and the installed models."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import FilterMatchesNothing
from app.core.pages import Block, BlockKind, DocumentText, Page, Passage
from app.core.types import Filters, Lift
from app.library import documents, reading_queue
from app.library.catalog import Catalog
from app.library.embedder import Embedder
from app.library.filtering import FEW_PASSAGES
from app.library.judging_pace import MOST
from app.library.reranker import Reranker
from app.library.scanner import FileStamp, FoundFile
from app.library.search import Searcher, Weights
from app.library.vectors import Vectors
from app.library.writing import Library, write_steps
from tests.models import english_embedder

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


def add(library: Library, name: str, *texts: str, modified_ns: int) -> None:
    """Store a document of one passage a page as the indexer does."""
    path = f"/papers/{name}".encode()
    numbered = list(enumerate(texts, start=1))
    pages = tuple(Page(n, text, (Block(BlockKind.PARAGRAPH, 0, len(text)),)) for n, text in numbered)
    document = DocumentText("", pages, tuple(Passage(n, 0, len(text), ()) for n, text in numbered))
    stamp = FileStamp(sum(map(len, texts)), modified_ns)
    (folder,) = library.catalog.folders()
    (number,) = documents.add(library.catalog.database, folder.id, [FoundFile(path, stamp)])
    reading_queue.begin_reading(library.catalog.database, number)
    for _ in write_steps(library, number, hashlib.sha256(path).digest(), stamp, document):
        pass


@pytest.fixture(scope="module")
def embedder(models_dir: Path) -> Embedder:
    return english_embedder(models_dir)


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
    hits = searcher.search("東京大学はどこにありますか").hits
    assert hits[0].path == b"/papers/tokyo.txt"
    assert [hit.scores.rerank for hit in hits] == [None] * len(hits)


def test_passages_that_hold_a_quoted_phrase_come_first(searcher: Searcher) -> None:
    assert found(searcher, 'where does "the binder" say how much deposit the tenant pays')[0] == "invoices.txt"
    assert searcher.search('say "the binder"').hits[0].scores.lifts == (Lift.PHRASE,)


@pytest.mark.parametrize("question", ["depsoit tennant", "deposti", "tenannt?"])
def test_misspelt_words_are_searched_for_as_they_were_meant(library: Library, question: str) -> None:
    by_words = Searcher(library.catalog, None, None, None)
    assert set(found(by_words, question)) <= {"lease.txt", "old/lease.txt"}
    assert found(by_words, question)


def test_a_word_that_is_known_or_like_none_is_left_as_it_is(library: Library) -> None:
    by_words = Searcher(library.catalog, None, None, None)
    assert found(by_words, "breads") == ["bread.md"]
    assert found(by_words, "xylophone") == []
    assert found(by_words, "Wer zahlt eigentlich Kaution oder Bettdecke Teig") == []


@pytest.mark.parametrize(
    ("question", "files"),
    [
        ("What does pastry.md say about rent?", {"pastry.md"}),
        ("deposit in Lease.TXT", {"lease.txt", "old/lease.txt", "copies/lease.txt"}),
        ("pastry.md or “bread.md”: which is chilled?", {"pastry.md", "bread.md"}),
    ],
)
def test_files_that_a_question_names_are_searched_alone(searcher: Searcher, question: str, files: set[str]) -> None:
    assert set(found(searcher, question)) <= files
    assert found(searcher, question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was the probable cause of accident KX07B19?", "19"),
        ("What was the probable cause in the report on KX07B19 of 2007?", "19"),
        ("What was the probable cause of accident KX07B99?", ""),
    ],
)
def test_of_reports_that_are_alike_the_one_whose_code_is_named_comes_first_with_all_its_passages(
    tmp_path: Path, embedder: Embedder, question: str, expected: str
) -> None:
    library = Library(Catalog.open(tmp_path / "catalog.sqlite"), Vectors(tmp_path / "chroma"), embedder)
    library.catalog.add_folder(b"/papers")
    library.vectors.clear(embedder.name)
    for number in range(10, 30):
        head = f"Accident report. Accident number: KX07B{number}. Aircraft damage: substantial."
        cause = f"Probable cause: the pilot's failure to keep {number} metres of clearance."
        add(library, f"{number}.txt", head, cause, modified_ns=number)
    searcher = Searcher(library.catalog, library.vectors, embedder, None, Weights(depth=3))
    hits = searcher.search(question).hits
    of_report = [hit for hit in hits if Lift.CODE in hit.scores.lifts]
    assert {os.path.basename(hit.path).decode().removesuffix(".txt") for hit in of_report} == ({expected} - {""})
    assert tuple(of_report) == hits[: 2 * bool(expected)]
    library.vectors.close()
    library.catalog.close()


REPORTS = {
    f"reports/{period} {ticker}.txt": f"{company} sold goods for {amount} million; gross margin: {amount - 40} %."
    for company, ticker, first in (("Nordvik", "NVK", 70), ("Harlow", "HRL", 90))
    for amount, period in enumerate(("2022 Q3", "2022 Q4", "2023 Q1", "2023 Q2"), start=first)
}


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What was Nordvik's gross margin in Q3 2022?", "2022 Q3 NVK"),
        ("What was Harlow's gross margin in the fourth quarter of 2022?", "2022 Q4 HRL"),
        ("What was the gross margin of Nordvik in its most recent report?", "2023 Q2 NVK"),
        ("In the latest quarter, how much did Harlow sell?", "2023 Q2 HRL"),
    ],
)
def test_of_documents_that_are_alike_the_one_of_the_time_that_is_asked_for_comes_first(
    tmp_path: Path, embedder: Embedder, reranker: Reranker, question: str, first: str
) -> None:
    library = Library(Catalog.open(tmp_path / "catalog.sqlite"), Vectors(tmp_path / "chroma"), embedder)
    library.catalog.add_folder(b"/papers")
    library.vectors.clear(embedder.name)
    for number, (name, text) in enumerate(REPORTS.items()):
        add(library, name, text, modified_ns=number)
    searcher = Searcher(library.catalog, library.vectors, embedder, reranker)
    assert found(searcher, question)[0] == f"reports/{first}.txt"
    lifts = {os.path.basename(hit.path): hit.scores.lifts for hit in searcher.search(question).hits}
    assert [name for name, lift in lifts.items() if lift == (Lift.TIME,)] == [f"{first}.txt".encode()]
    timeless = Searcher(library.catalog, library.vectors, embedder, reranker, Weights(time=0.0))
    assert sorted(found(timeless, "What was the gross margin?")) == sorted(
        found(searcher, "What was the gross margin?")
    )
    library.vectors.close()
    library.catalog.close()


def test_a_name_that_no_file_has_and_a_choice_of_files_restrict_nothing(searcher: Searcher) -> None:
    assert len(found(searcher, "What does %.md or nowhere.pdf or e.g. invoice.md say about rent?")) > 2
    assert found(searcher, "pastry.md deposit", Filters(paths=(b"/papers/bread.md",))) == ["bread.md"]


def test_every_hit_tells_its_scores_at_each_step(searcher: Searcher) -> None:
    result = searcher.search("deposit of the tenant", 10)
    first, last = result.hits[0].scores, result.hits[-1].scores
    assert first.bm25_rank in (1, 2)
    assert first.vector_rank in (1, 2)
    assert (first.bm25 or 0.0) > 0
    assert 0.5 < (first.vector or 0.0) <= 1
    assert first.rerank is not None
    assert (last.bm25, last.bm25_rank) == (None, None)
    assert [hit.scores.final_rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
    assert {first.fused_rank, first.rerank_rank} <= {1, 2}
    assert [hit.scores.final for hit in result.hits] == sorted((hit.scores.final for hit in result.hits), reverse=True)
    assert all(hit.scores.rerank is not None for hit in result.hits[:MOST])
    assert set(result.ms) == {"bm25", "embed", "vectors", "pages", "time", "hits", "rerank", "total"}


def test_nearly_the_same_passage_comes_once_and_one_with_another_figure_twice(searcher: Searcher) -> None:
    paths = found(searcher, "deposit of two months' rent")
    assert len({"lease.txt", "copies/lease.txt"} & set(paths)) == 1
    assert "old/lease.txt" in paths


def test_a_hit_lists_its_twins_with_their_places(searcher: Searcher) -> None:
    hits = searcher.search("deposit of two months' rent").hits
    [folded] = [hit for hit in hits if hit.twins]
    [twin] = folded.twins
    assert {folded.path, twin.path} == {b"/papers/lease.txt", b"/papers/copies/lease.txt"}
    assert (twin.page, twin.start, twin.end) == (1, 0, len(LEASE))
    assert twin.document_id not in {hit.document_id for hit in hits}


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


@pytest.mark.parametrize("few", [FEW_PASSAGES, 0])
@pytest.mark.parametrize("depth", [1, 100])
def test_a_filter_brings_its_best_passages_by_meaning_however_far_they_are(
    library: Library, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, few: int, depth: int
) -> None:
    monkeypatch.setattr("app.library.search.FEW_PASSAGES", few)
    monkeypatch.setattr("app.library.search._FILTERED_DEPTHS", (1,))
    searcher = Searcher(library.catalog, library.vectors, embedder, None, Weights(depth=depth))
    hits = searcher.search("How much money must I put down to rent the flat?", 10, Filters(types=("md",))).hits
    assert len(hits) == min(depth, 2)
    assert all(hit.scores.vector is not None for hit in hits)


@pytest.mark.parametrize(
    ("filters", "facts"),
    [
        (Filters(paths=(b"/elsewhere",)), {"filter": "path", "value": "/elsewhere", "waiting": "0", "failed": "0"}),
        (Filters(paths=(b"/papers", b"/papers/none.md")), {"filter": "path", "value": "/papers/none.md"}),
        (Filters(types=("pdf", "docx")), {"filter": "type", "value": "pdf, docx", "known": "md, txt"}),
        (Filters(after_ns=10**18), {"filter": "after", "value": "2001-09-09", "newest": "1970-01-01"}),
        (Filters(before_ns=-(10**18)), {"filter": "before", "oldest": "1970-01-01"}),
        (Filters(paths=(b"/papers/old",), types=("md",)), {"filter": "together"}),
        (Filters(types=("md",), only_forgotten=True), {"filter": "forgotten"}),
    ],
)
def test_a_filter_that_leaves_nothing_is_named(searcher: Searcher, filters: Filters, facts: dict[str, str]) -> None:
    with pytest.raises(FilterMatchesNothing) as refused:
        found(searcher, "deposit of the tenant", filters)
    assert facts.items() <= refused.value.facts.items()


def test_a_path_is_known_by_its_links_too(searcher: Searcher, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/papers/old")
    assert found(searcher, "deposit", Filters(paths=(bytes(tmp_path / "link"),))) == ["old/lease.txt"]


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


def test_vectors_of_another_embedder_are_not_asked(library: Library, models_dir: Path, reranker: Reranker) -> None:
    another = english_embedder(models_dir)
    another.name = "another"
    hits = Searcher(library.catalog, library.vectors, another, reranker).search("deposit of the tenant").hits
    assert {hit.scores.vector for hit in hits} == {None}
    assert not library.vectors.is_damaged
