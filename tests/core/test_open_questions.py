"""Questions that no single sentence answers."""

import pytest

from app.core.open_questions import FITTING_LOGIT, fits, is_open
from tests.fakes import make_hit


@pytest.mark.parametrize(
    "question",
    [
        "How do I return a book to another library?",
        "Why did the mill close?",
        "Library parking",
        "I want to secure my phone.",
        "What about the rent-to-buy option?",
        "What are the steps to move a card?",
        "What is the difference between the two tariffs?",
        "Is the pool still open?",
        "Comment changer la serrure ?",
        "¿Por qué cerró el molino?",
        "Por que fechou o moinho?",
        "¿Cómo se cambia la cerradura?",
    ],
)
def test_what_asks_for_no_single_fact_is_open(question: str) -> None:
    assert is_open(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the lease?",
        "In what year was the mill built?",
        "How many pages does it have?",
        "And how heavily is it taxed?",
        "Wer hat den Vertrag unterschrieben?",
        "Was kostet die Miete?",
        "Wie hoch ist die Miete?",
        "¿Cuándo se construyó el molino?",
        "¿En qué año se construyó el molino?",
        "¿De qué es el molino?",
        "À qui est le moulin ?",
        "In che anno fu costruito il mulino?",
        "Em que ano foi construído o moinho?",
        "Womit wird der Mühlstein bewegt?",
        "Quelle est la durée du bail ?",
        "Qui a signé le bail ?",
        "Wie heeft het getekend?",
        "Кто подписал договор?",
        "谁签了合同？",
        "…?",
    ],
)
def test_what_asks_for_a_fact_is_not_open(question: str) -> None:
    assert not is_open(question)


def test_a_passage_fits_from_a_logit_on() -> None:
    near, far = (make_hit("The rent is 900 euros.", rerank=FITTING_LOGIT - less) for less in (0, 0.1))
    assert fits((far, near))
    assert not fits((far,))
    assert not fits(())
