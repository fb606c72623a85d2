"""An answer that refuses is told from an answer that holds."""

import pytest

from app.core.found import HOPELESS_LOGIT, is_no_answer, is_refusal, rests_on_evidence, worth_asking
from app.core.types import Sentence
from tests.fakes import make_hit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        " [1][2] ",
        "NOT FOUND",
        "Not found.",
        "The treaties are the primary law [2]. NOT FOUND",
        "The treaties are the primary law. [2]\n\nNOT FOUND [1].",
        "The risks are the same, including,, and. Not FOUND",
        "The passages do not contain the rent for 2030.",
        "The date is not mentioned in the provided passages [1].",
        "This cannot be determined from the information given.",
    ],
)
def test_refusals_are_recognised(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "The rent is 900 euros [1].",
        "NO",
        "7 [1]",
        "The engine was not found to be damaged [1].",
        "The tenant does not provide furniture [2].",
        "The sign says NOT FOUND in red [1].",
        "The lease ends in May [1]. The passages do not say more.",
    ],
)
def test_answers_with_a_negation_are_no_refusals(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize(
    ("question", "text", "is_none"),
    [
        ("Who defeated Berg at Oss?", "Berg defeated Berg at Oss [1].", True),
        ("Who defeated Berg at Oss?", "Ann Veld defeated Berg at Oss [1].", False),
        ("What is the rent that the lease names?", "The rent is named in the lease [1].", True),
        ("Who signed the lease, Ann or Bob?", "Ann signed the lease [1].", False),
        ("Which of Ann and Bob signed the lease?", "Ann signed the lease [1].", False),
        ("Is the rent due on Monday?", "The rent is due on Monday [1].", False),
        ("How many of the 12 tenants paid the rent, and who?", "12 [1].", False),
        ("What is due?", "NOT FOUND", True),
    ],
)
def test_what_only_says_the_question_again_is_no_answer(question: str, text: str, is_none: bool) -> None:
    assert is_no_answer(text, question) is is_none


def test_without_evidence_the_model_is_not_asked() -> None:
    assert not worth_asking(())


def test_evidence_that_the_reranker_rejects_is_not_worth_asking() -> None:
    assert not worth_asking((make_hit("x", rerank=HOPELESS_LOGIT - 1),))
    assert worth_asking((make_hit("x", rerank=HOPELESS_LOGIT - 1), make_hit("y", rerank=2.0)))


@pytest.mark.parametrize(
    ("sentence", "rests"),
    [
        (Sentence("The rent is 900 euros.", (1,), 1.0), True),
        (Sentence("Yes.", (1,), 0.0), True),
        (Sentence("Goethe wrote Faust.", (1,), 0.0), False),
        (Sentence("The rent is 900 euros.", (), 0.0), False),
    ],
)
def test_a_mark_counts_only_if_the_passage_holds_some_of_the_sentence(sentence: Sentence, rests: bool) -> None:
    assert rests_on_evidence((sentence,)) is rests
