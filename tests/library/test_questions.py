"""Questions as people ask them: dates written otherwise, documents as a whole. On a real catalog, by words."""

import os
from pathlib import Path

import pytest

from app.core.types import Filters
from app.library.catalog import Catalog
from app.library.reranker import Reranker
from app.library.search import Searcher
from tests.library.libraries import make_text, store

INVOICES = {
    b"/papers/iso.txt": "Paid on 2024-03-12, by transfer.",
    b"/papers/english.txt": "Paid on March 12th, 2024, by transfer.",
    b"/papers/german.txt": "Bezahlt am 12. März 2024 per Bank.",
    b"/papers/points.txt": "Paid on 12.03.2024, by transfer.",
    b"/papers/other.txt": "Paid on 2024-12-30, 12 pieces, in March of 2024, by transfer.",
    b"/papers/another.txt": "Paid on 5 March 2024, by transfer of 12 euros.",
}
LEASE = (
    "Agreement between Ada Berg and Tom Reed on the flat at 12 Mill Lane.",
    "The rent is due on the third working day.",
)
NOTES = ("The lease of the garage ends in May; the lease of the flat goes on.", "Ask about the lease again in June.")
LONG = tuple(
    f"What the lease says of pets, lease clause {n}, is about the lease and its lease rules." for n in range(9)
)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    catalog = Catalog.open(tmp_path / "catalog.sqlite")
    catalog.add_folder(b"/papers")
    return catalog


def found(catalog: Catalog, question: str, filters: Filters = Filters(), reranker: Reranker | None = None) -> list[str]:
    hits = Searcher(catalog, None, None, reranker).search(question, 10, filters).hits
    return [f"{os.path.basename(hit.path).decode()}:{hit.page}" for hit in hits]


@pytest.mark.parametrize("written", ["2024-03-12", "12 March 2024", "March 12, 2024", "12.3.2024", "12/03/2024"])
def test_a_date_is_found_however_it_is_written(catalog: Catalog, written: str) -> None:
    for path, text in INVOICES.items():
        store(catalog, path, make_text(text))
    first = found(catalog, f"What was paid on {written}?")[:4]
    assert set(first) == {"iso.txt:1", "english.txt:1", "german.txt:1", "points.txt:1"}


def lease(catalog: Catalog) -> None:
    store(catalog, b"/papers/Lease_Mill-Lane.pdf", make_text(*LEASE))
    store(catalog, b"/papers/notes.txt", make_text(*NOTES))
    store(catalog, b"/papers/house-rules.txt", make_text(*LONG))


@pytest.mark.parametrize(
    "question", ["What is the lease about?", "Summarize the lease", "what does the Mill Lane lease say"]
)
def test_a_question_about_a_document_begins_with_its_beginning(catalog: Catalog, question: str) -> None:
    lease(catalog)
    assert found(catalog, question)[:2] == ["Lease_Mill-Lane.pdf:1", "Lease_Mill-Lane.pdf:2"]


def test_a_title_names_a_document_and_so_do_its_first_words(catalog: Catalog) -> None:
    lease(catalog)
    store(catalog, b"/papers/scan1.pdf", make_text("On boats.", title="The Harbour Charter"))
    store(catalog, b"/papers/scan2.pdf", make_text("Fisheries decree\nOf nets.", "More on the fisheries decree."))
    assert found(catalog, "What is the harbour charter about?")[0] == "scan1.pdf:1"
    assert found(catalog, "What is the fisheries decree about?")[0] == "scan2.pdf:1"


def test_this_document_is_the_one_that_was_chosen(catalog: Catalog) -> None:
    lease(catalog)
    chosen = Filters(paths=(b"/papers/notes.txt",))
    assert found(catalog, "What is this document about?", chosen) == ["notes.txt:1", "notes.txt:2"]
    assert found(catalog, "Summarize house-rules.txt")[0] == "house-rules.txt:1"


def test_a_part_of_a_document_is_asked_for_as_ever(catalog: Catalog) -> None:
    lease(catalog)
    assert found(catalog, "What does the lease say about pets?")[0].startswith("house-rules.txt")


def test_what_no_document_is_called_is_searched_for_as_ever(catalog: Catalog) -> None:
    lease(catalog)
    assert found(catalog, "What is clause 7 about?")[0] == "house-rules.txt:8"


def test_the_reranker_is_not_asked_what_a_whole_document_says(catalog: Catalog, models_dir: Path) -> None:
    lease(catalog)
    reranker = Reranker(models_dir / "ms-marco-minilm-l-12-v2", threads=1)
    hits = Searcher(catalog, None, None, reranker).search("What is the lease about?").hits
    assert hits[0].path == b"/papers/Lease_Mill-Lane.pdf"
    assert all(hit.scores.rerank is None for hit in hits)
    assert found(catalog, "How high is the rent?", reranker=reranker)
