"""What became of a passage, on a real catalog, a real Chroma and the installed models."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import FilterMatchesNothing
from app.core.evidence import EVIDENCE_LIMIT, EVIDENCE_SURE
from app.core.explanation import Explanation, Fate
from app.core.pages import Block, BlockKind, DocumentText, Page, Passage
from app.core.types import Filters
from app.library import documents, reading_queue
from app.library.catalog import Catalog
from app.library.explain import Asked, explain
from app.library.reranker import Reranker
from app.library.scanner import FileStamp, FoundFile
from app.library.search import Searcher, Weights
from app.library.vectors import Vectors
from app.library.writing import Library, write_steps
from tests.library.libraries import store_common
from tests.models import english_embedder

DEPOSIT = "The tenant pays a deposit of two months' rent before moving in."
USUAL = Weights()
QUESTION = "How much deposit does the tenant pay?"
TEXTS = {
    "lease.txt": DEPOSIT,
    "copy.txt": DEPOSIT.upper(),
    "pastry.md": "Fold the butter into the dough and chill it for an hour.",
    "glaze.md": "Celadon glaze owes its green to a little iron, fired without air.",
    **{f"rent{n}.txt": f"{words} is what the tenant of number {n} pays." for n, words in enumerate((
        "Water by the meter", "A share of the heating", "The fee for the garage", "The tax on the garden",
        "Coal for the winter", "The chimney sweep", "A new key for the cellar", "The lamp on the stairs",
    ))},
}  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("library")
    embedder = english_embedder(models_dir)
    library = Library(Catalog.open(root / "catalog.sqlite"), Vectors(root / "chroma"), embedder)
    library.catalog.add_folder(b"/papers")
    library.vectors.clear(embedder.name)
    (folder,) = library.catalog.folders()
    for name, text in TEXTS.items():
        path = f"/papers/{name}".encode()
        page = Page(1, text, (Block(BlockKind.PARAGRAPH, 0, len(text)),))
        stamp = FileStamp(len(text), 1)
        (number,) = documents.add(library.catalog.database, folder.id, [FoundFile(path, stamp)])
        reading_queue.begin_reading(library.catalog.database, number)
        document = DocumentText("", (page,), (Passage(1, 0, len(text), ()),))
        for _ in write_steps(library, number, hashlib.sha256(path).digest(), stamp, document):
            pass
    yield library
    library.vectors.close()
    library.catalog.close()


@pytest.fixture(scope="module")
def reranker(models_dir: Path) -> Reranker:
    return Reranker(models_dir / "ms-marco-minilm-l-12-v2", threads=1)


def searcher_of(library: Library, reranker: Reranker | None, weights: Weights = USUAL) -> Searcher:
    return Searcher(library.catalog, library.vectors, library.embedder, reranker, weights)


def asked_for(
    limit: int = 10, filters: Filters = Filters(), tokens: int | None = 2000, given: frozenset[int] = frozenset()
) -> Asked:
    return Asked(QUESTION, filters, limit, tokens, given)


def became_of(library: Library, searcher: Searcher, name: str, asked: Asked) -> Explanation:
    [explanation] = explain(searcher, library.catalog, asked, [passage_of(library, name)])
    return explanation


def passage_of(library: Library, name: str) -> int:
    row = library.catalog.document_at(f"/papers/{name}".encode())
    assert row is not None
    [(passage_id, _)] = library.catalog.passages_on(row.id, 1)
    return passage_id


def test_what_is_used_has_the_very_scores_of_the_hit(library: Library, reranker: Reranker) -> None:
    searcher = searcher_of(library, reranker)
    hits = searcher.search(QUESTION).hits
    for hit in hits[:EVIDENCE_SURE]:
        explanation = became_of(library, searcher, hit.path.decode().removeprefix("/papers/"), asked_for())
        assert (explanation.fate, explanation.hit.scores) == (Fate.USED, hit.scores)
    assert became_of(library, searcher, "lease.txt", asked_for()).limits.by_meaning


def test_a_twin_names_the_passage_that_stands_for_it(library: Library, reranker: Reranker) -> None:
    searcher = searcher_of(library, reranker)
    fates = {name: became_of(library, searcher, name, asked_for()) for name in ("lease.txt", "copy.txt")}
    assert {one.fate for one in fates.values()} == {Fate.USED, Fate.TWIN}
    twin = next(one for one in fates.values() if one.fate is Fate.TWIN)
    assert twin.better is not None
    assert {twin.hit.path, twin.better.path} == {b"/papers/lease.txt", b"/papers/copy.txt"}


def test_what_no_step_found_has_its_rank_beyond_the_depth(library: Library, reranker: Reranker) -> None:
    found = became_of(library, searcher_of(library, reranker, Weights(depth=2)), "pastry.md", asked_for())
    assert found.fate is Fate.NOT_FOUND
    assert (found.hit.scores.bm25, found.hit.scores.bm25_rank) == (None, None)
    assert (found.hit.scores.vector_rank or 0) > 2 == found.limits.depth
    assert 0 < (found.hit.scores.vector or 0) < 1


def test_a_word_rank_beyond_the_depth_is_looked_for(library: Library) -> None:
    searcher = searcher_of(library, None, Weights(depth=3))
    ranked = [became_of(library, searcher, f"rent{n}.txt", asked_for()).hit.scores.bm25_rank for n in range(8)]
    assert sorted(rank for rank in ranked if rank is not None) == list(range(3, 11))


def test_what_was_not_scored_comes_behind_what_was(tmp_path: Path) -> None:
    catalog = Catalog.open(tmp_path / "catalog.sqlite")
    catalog.add_folder(b"/papers")
    store_common(catalog)
    apples = catalog.document_at(b"/papers/apples.md")
    assert apples is not None
    [(passage_id, _)] = catalog.passages_on(apples.id, 1)
    searcher = Searcher(catalog, None, None, None, Weights(depth=2))
    [found] = explain(searcher, catalog, Asked("apple quince", Filters(), 2), [passage_id])
    assert (found.fate, found.hit.scores.bm25_rank) == (Fate.NOT_FOUND, 3)


def test_a_filter_is_the_first_to_drop(library: Library, reranker: Reranker) -> None:
    searcher = searcher_of(library, reranker)
    filtered = asked_for(filters=Filters(types=("md",)))
    assert became_of(library, searcher, "lease.txt", filtered).fate is Fate.FILTERED
    with pytest.raises(FilterMatchesNothing):
        became_of(library, searcher, "lease.txt", asked_for(filters=Filters(types=("pdf",))))


def test_what_the_reranker_was_not_given_says_so(library: Library, reranker: Reranker) -> None:
    weights = Weights(candidates=3)
    explanations = explain(
        searcher_of(library, reranker, weights), library.catalog, asked_for(limit=3),
        [passage_of(library, f"rent{n}.txt") for n in range(8)],
    )  # fmt: skip
    unjudged = [one for one in explanations if one.fate is Fate.NOT_JUDGED]
    assert len(unjudged) == len(explanations) - 2  # the lease is the third that it reads
    assert all(one.hit.scores.rerank is None and (one.hit.scores.fused_rank or 0) > 3 for one in unjudged)
    without = explain(searcher_of(library, None, weights), library.catalog, asked_for(limit=3),
                      [one.hit.passage_id for one in unjudged])  # fmt: skip
    assert {one.fate for one in without} == {Fate.BELOW_LIMIT}


def test_what_ranks_below_the_limit_says_so(library: Library, reranker: Reranker) -> None:
    searcher = searcher_of(library, reranker)
    asked = asked_for(limit=2, tokens=None)
    used = {hit.path.decode().removeprefix("/papers/") for hit in searcher.search(QUESTION, 2).hits}
    fates = {name: became_of(library, searcher, name, asked).fate for name in TEXTS if name.startswith("rent")}
    assert {name for name, fate in fates.items() if fate is Fate.USED} == used - {"lease.txt", "copy.txt"}
    assert {fate for name, fate in fates.items() if name not in used} == {Fate.BELOW_LIMIT}


def test_evidence_is_limited_doubted_and_fitted(library: Library, reranker: Reranker) -> None:
    searcher = searcher_of(library, reranker)
    hits = searcher.search(QUESTION, 11).hits
    names = [hit.path.decode().removeprefix("/papers/") for hit in hits]
    fates = [became_of(library, searcher, name, asked_for(limit=11)).fate for name in names]
    assert fates[:EVIDENCE_SURE] == [Fate.USED] * EVIDENCE_SURE
    assert Fate.DOUBTED in fates[EVIDENCE_SURE:EVIDENCE_LIMIT]
    assert set(fates[EVIDENCE_LIMIT:]) == {Fate.BELOW_LIMIT}
    assert became_of(library, searcher, names[1], asked_for(tokens=50)).fate is Fate.NO_ROOM


def test_what_the_model_was_really_given_counts(library: Library, reranker: Reranker) -> None:
    searcher = searcher_of(library, reranker)
    first, second = searcher.search(QUESTION).hits[:2]
    asked = asked_for(given=frozenset({first.passage_id}))
    dropped = became_of(library, searcher, second.path.decode().removeprefix("/papers/"), asked)
    assert dropped.fate is Fate.NO_ROOM


def test_a_document_that_left_is_left_out(library: Library, reranker: Reranker) -> None:
    assert explain(searcher_of(library, reranker), library.catalog, asked_for(), [999_999]) == ()
