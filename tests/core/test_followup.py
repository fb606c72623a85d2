"""A follow-up that leans on the conversation is searched together with what it leans on."""

import pytest

from app.core.followup import standalone
from app.core.types import Turn

TURNS = (Turn("What is the notice period of the lease?", "Three months [1]."),)


@pytest.mark.parametrize("question", ["And for the landlord?", "Why?", "When does it have to be given in writing?"])
def test_a_leaning_question_takes_the_last_question_along(question: str) -> None:
    assert standalone(question, TURNS) == f"{TURNS[0].question} {question}"


def test_a_new_topic_stands_alone() -> None:
    question = "Which hotel is booked in Lisbon for October?"
    assert standalone(question, TURNS) == question


def test_the_first_question_stands_alone() -> None:
    assert standalone("Why?", ()) == "Why?"
