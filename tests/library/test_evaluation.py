"""Measuring retrieval: the measures by hand, and a small set through a real library."""

import json
from pathlib import Path

import pytest

from app.core.errors import PathMissing, QuestionsInvalid
from app.core.types import Turn
from app.library.evaluation import (
    JudgedQuestion,
    evaluate_retrieval,
    ndcg,
    read_retrieval_set,
    recall,
    reciprocal_rank,
)
from app.library.reranker import Reranker
from tests.models import english_embedder

CORPUS = {
    "lease": "The tenant pays a deposit of two months' rent before moving in.",
    "pastry": "Fold the butter into the dough and chill it for an hour.",
    "bread": "The bread rises overnight in a cool place. The crust needs steam.",
    "empty": "",
}


def write_set(folder: Path, qrels: str, qrels_path: str = "qrels/test.tsv") -> Path:
    corpus = [json.dumps({"_id": name, "title": name.title(), "text": text}) for name, text in CORPUS.items()]
    queries = [
        json.dumps({"_id": "1", "text": "How much is the deposit?"}),
        json.dumps({"_id": "2", "text": "What does the crust need?"}),
        json.dumps({"_id": "3", "text": "Nobody has judged this one."}),
    ]
    (folder / "corpus.jsonl").write_text("\n".join(corpus))
    (folder / "queries.jsonl").write_text("\n".join(queries))
    (folder / qrels_path).parent.mkdir(exist_ok=True)
    (folder / qrels_path).write_text("query-id\tcorpus-id\tscore\n" + qrels)
    return folder


def test_ndcg_has_linear_gain_and_is_1_for_the_best_order() -> None:
    relevant = {"a": 2.0, "b": 1.0}
    assert ndcg(["a", "b", "c"], relevant, 10) == pytest.approx(1.0)
    assert ndcg(["b", "a"], relevant, 10) == pytest.approx((1 + 2 / 1.5849625) / (2 + 1 / 1.5849625))
    assert ndcg(["c", "d"], relevant, 10) == 0.0
    assert ndcg(["c"] * 10 + ["a"], relevant, 10) == 0.0


def test_recall_and_reciprocal_rank_look_at_the_first_k_only() -> None:
    relevant = {"a": 1.0, "b": 1.0}
    assert recall(["c", "a", "b"], relevant, 2) == 0.5
    assert reciprocal_rank(["c", "a", "b"], relevant, 2) == 0.5
    assert reciprocal_rank(["c", "d", "b"], relevant, 2) == 0.0


def test_a_small_set_is_indexed_and_measured(models_dir: Path, tmp_path: Path) -> None:
    folder = write_set(tmp_path, "1\tlease\t1\n2\tbread\t2\n2\tpastry\t0\n2\tnowhere\t1\n")
    embedder = english_embedder(models_dir)
    reranker = Reranker(models_dir / "ms-marco-minilm-l-12-v2", threads=1)
    told: list[tuple[str, int, int]] = []
    data = tmp_path / "library"
    data.mkdir()

    def note(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))

    measured = evaluate_retrieval(read_retrieval_set(folder), data, embedder, reranker, note)
    assert (measured.ndcg_at_10, measured.recall_at_5, measured.mrr_at_10, measured.hit_at_1) == (1.0, 1.0, 1.0, 1.0)
    assert measured.queries == 2
    assert measured.ms_per_query > 0
    assert told[-1] == ("search", 2, 2)
    assert ("index", 4, 4) in told


def test_judgements_may_lie_beside_the_corpus(tmp_path: Path) -> None:
    folder = write_set(tmp_path, "1\tlease\t1\n", "qrels.tsv")
    assert read_retrieval_set(folder).questions == (JudgedQuestion("How much is the deposit?", (), {"lease": 1.0}),)


SAID = [
    {"role": "user", "text": "What must the tenant pay?"},
    {"role": "assistant", "text": "A deposit."},
    {"role": "user", "text": "How much is the deposit?"},
]


def test_a_conversation_may_stand_with_its_question_or_in_a_file_beside(tmp_path: Path) -> None:
    folder = write_set(tmp_path, "1\tlease\t1\n2\tbread\t1\n")
    lines = [{"_id": "1", "text": "How much is the deposit?", "turns": SAID}, {"_id": "2", "text": "And the crust?"}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (folder / "tasks.jsonl").write_text(json.dumps({"id": "2", "turns": SAID[:2]}))
    first, second = read_retrieval_set(folder).questions
    assert first.turns == second.turns == (Turn("What must the tenant pay?", "A deposit."),)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = write_set(tmp_path, "1\tlease\t1\n")
    with pytest.raises(PathMissing) as caught:
        read_retrieval_set(folder, split="train")
    assert caught.value.facts["path"] == str(folder / "qrels" / "train.tsv")


@pytest.mark.parametrize("qrels", ["1\tlease\n", "1\tlease\tmuch\n", "1\tnowhere\t1\n", "9\tlease\t1\n", ""])
def test_judgements_that_say_nothing_are_refused(tmp_path: Path, qrels: str) -> None:
    with pytest.raises(QuestionsInvalid):
        read_retrieval_set(write_set(tmp_path, qrels))


def test_fields_that_nobody_reads_may_hold_anything(tmp_path: Path) -> None:
    folder = write_set(tmp_path, "1\tlease\t1\n")
    (folder / "corpus.jsonl").write_text('{"_id": "lease", "text": "Rent.", "metadata": {"score": NaN}}')
    assert read_retrieval_set(folder).ids == ("lease",)


@pytest.mark.parametrize("line", ["{", '{"_id": 1, "text": "x"}', '{"_id": "1"}'])
def test_a_corpus_of_another_form_is_refused(tmp_path: Path, line: str) -> None:
    folder = write_set(tmp_path, "1\tlease\t1\n")
    (folder / "corpus.jsonl").write_text(line)
    with pytest.raises(QuestionsInvalid) as caught:
        read_retrieval_set(folder)
    assert "corpus.jsonl" in caught.value.facts["path"]
    assert caught.value.facts["detail"].startswith("line 1: ")
