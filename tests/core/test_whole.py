"""A question about a document as a whole is told from one about what stands in it."""

import pytest

from app.core.whole import whole_named


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What is the lease about?", ("lease",)),
        ("what's the annual report all about", ("annual", "report")),
        ("Please summarise the lease.", ("lease",)),
        ("Give me a short summary of the Nordvik contract", ("nordvik", "contract")),
        ("What does the lease say?", ("lease",)),
        ("What are the main points of the minutes?", ("minutes",)),
        ("Worum geht es in dem Mietvertrag?", ("mietvertrag",)),
        ("¿De qué trata el contrato?", ("contrato",)),
        ("What is this document about?", ()),
        ("Summarize the whole file", ()),
    ],
)
def test_the_words_that_name_the_document_are_told(question: str, named: tuple[str, ...]) -> None:
    assert whole_named(question) == named


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What does the lease say about pets?",
        "How high is the deposit?",
        "What about the garage?",
        "lease",
        "x" * 20_000,
    ],
)
def test_a_question_about_something_in_it_is_none(question: str) -> None:
    assert whole_named(question) is None
