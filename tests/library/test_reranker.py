"""The installed reranker, as it is."""

from pathlib import Path

import pytest

from app.core.errors import ModelFileInvalid
from app.library.reranker import Reranker

QUESTION = "How much is the deposit?"
ANSWERS = "The deposit is two months' rent."
NEAR = "The deposit is paid back within four weeks."
FAR = "Fold the butter into the dough and chill it for an hour."


@pytest.fixture(scope="module")
def reranker(models_dir: Path) -> Reranker:
    return Reranker(models_dir / "ms-marco-minilm-l-12-v2", threads=1)


def test_the_passage_that_answers_scores_above_zero_and_above_the_others(reranker: Reranker) -> None:
    answers, near, far = reranker.scores(QUESTION, [ANSWERS, NEAR, FAR])
    assert answers > 0 > near > far


def test_a_score_does_not_depend_on_the_other_passages(reranker: Reranker) -> None:
    together = reranker.scores(QUESTION, [FAR * 20, ANSWERS])
    assert reranker.scores(QUESTION, [ANSWERS]) == together[1:]


@pytest.mark.parametrize(
    "question", [QUESTION, "Wie hoch ist die Kaution?", "¿Cuánto es la fianza?", "4711-B", "N74SR 12/26/2007", ""]
)
def test_it_judges_what_it_knows_words_of_and_codes(reranker: Reranker, question: str) -> None:
    assert reranker.knows(question)


@pytest.mark.parametrize(
    "question", ["Какой залог платит арендатор?", "كم مبلغ التأمين؟", "押金是多少？", "保証金はいくらですか"]
)
def test_it_knows_nothing_of_a_language_that_it_only_spells(reranker: Reranker, question: str) -> None:
    assert not reranker.knows(question)


def test_nothing_to_judge_is_no_error(reranker: Reranker) -> None:
    assert reranker.scores(QUESTION, []) == []


def test_very_long_questions_and_passages_are_cut_and_not_refused(reranker: Reranker) -> None:
    assert len(reranker.scores("deposit " * 3000, [ANSWERS, "rent " * 3000, ""])) == 3


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileInvalid) as caught:
        Reranker(tmp_path, threads=1)
    assert caught.value.facts["path"] == str(tmp_path / "tokenizer.json")
