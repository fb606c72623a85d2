"""An answer as a person reads it in the terminal: marks after the sentences, sources below."""

from app.cli.ask import marked, source_lines
from app.core.types import Answer, Citation, Hit, Sentence
from tests.fakes import make_hit

EVIDENCE = (make_hit("Six months’ notice.", number=1), make_hit("A month’s deposit.", number=2))


def make_answer(text: str, *sentences: Sentence, evidence: tuple[Hit, ...] = EVIDENCE) -> Answer:
    cited = dict.fromkeys(n for sentence in sentences for n in sentence.citations)
    citations = tuple(Citation(n, n, b"/papers/Lease.pdf", 1, 0, 19, f"quotation {n}", 0, 19) for n in cited)
    return Answer(
        text=text,
        found=bool(citations),
        stopped=False,
        sentences=sentences,
        citations=citations,
        evidence=evidence,
        receipt="r",
        model="a-model",
        retrieve_ms=1.0,
        first_token_ms=2.0,
        total_ms=3000.0,
        prompt_tokens=4,
        answer_tokens=5,
    )


def test_a_sentence_that_rests_on_a_source_gets_its_mark() -> None:
    answer = make_answer(
        "Six months. And a deposit.", Sentence("Six months.", (1,), 1.0), Sentence("And a deposit.", (2, 1), 1.0)
    )
    assert marked(answer) == "Six months. [1] And a deposit. [2][1]"


def test_a_mark_that_the_model_wrote_is_not_repeated() -> None:
    answer = make_answer(
        "Six months. [1]\n\nAnd a deposit.", Sentence("Six months.", (1,), 1.0), Sentence("And a deposit.", (), 0.2)
    )
    assert marked(answer) == "Six months. [1]\n\nAnd a deposit."


def test_a_sentence_that_is_not_in_the_text_changes_nothing() -> None:
    assert marked(make_answer("Six months.", Sentence("Something else.", (1,), 1.0))) == "Six months."


def test_only_the_sources_that_are_cited_are_listed() -> None:
    lines = source_lines(make_answer("A deposit.", Sentence("A deposit.", (2,), 1.0)))
    assert "“quotation 2”" in lines
    assert " 2 /papers/Lease.pdf · p. 1 · Terms" in lines
    assert " 1 /papers" not in lines
    assert lines.endswith("a-model, 3.0 s, 5 tokens")


def test_without_an_answer_the_nearest_passages_are_listed() -> None:
    lines = source_lines(make_answer("It is not in your documents."))
    assert lines.startswith("The nearest passages:")
    assert "Six months’ notice." in lines
    assert source_lines(make_answer("", evidence=())).startswith("Nothing near it was found.")
