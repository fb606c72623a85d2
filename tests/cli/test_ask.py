"""An answer as a person reads it in the terminal: marks after the sentences, sources below."""

from dataclasses import replace

from app.cli.answer_text import WITHHELD_TEXT, answer_text, marked, prompt_lines, source_lines
from app.core.citations import cited_sentences
from app.core.messages import Ask, PromptPrepared
from app.core.tallies import Coverage, PromptTokens
from app.core.types import Answer, ChatMessage, Citation, DocumentRow, DocumentState, Hit, Reason, Sentence
from app.readers.sentences import sentences
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


def answer_of(text: str, evidence: tuple[Hit, ...] = EVIDENCE) -> Answer:
    return make_answer(text, *cited_sentences(text, evidence, sentences), evidence=evidence)


def test_every_sentence_ends_with_the_marks_of_what_it_rests_on() -> None:
    answer = answer_of("Six months’ notice. Then a month’s deposit [2] is paid.\n\n- A month’s deposit. [1]")
    assert marked(answer) == ("Six months’ notice. [1] Then a month’s deposit is paid. [2]\n\n- A month’s deposit. [2]")


def test_what_the_sources_do_not_hold_is_said_behind_the_sentence() -> None:
    answer = answer_of("Everybody likes it [2]. Six months’ notice, in all 1999 [1]. See [12].")
    assert marked(answer) == (
        "Everybody likes it. [2] (not found in the sources)"
        " Six months’ notice, in all 1999. [1] (not found in the sources: 1999) See [12]. (not found in the sources)"
    )


def test_a_text_without_sentences_is_printed_as_it_is() -> None:
    assert marked(make_answer("Six months [1].")) == "Six months [1]."


def test_that_nothing_was_found_is_said_with_what_might_hold_it_and_what_was_searched() -> None:
    scan = DocumentRow(
        1, b"/p/scan.pdf", b"/p", DocumentState.FAILED, Reason.NO_TEXT, "", 3, 3, 0, 1, 1, pages_waiting=3
    )
    coverage = Coverage(ready=412, queued=2, failed=16, pages_without_text=1, current_as_of_ns=0)
    answer = replace(make_answer("NOT FOUND"), found=False, unread=(scan,), coverage=coverage)
    assert answer_text(answer, Ask("?")) == "Your documents do not seem to hold the answer."
    read = replace(answer, text="", ended="doubt", withheld="Six months [1].")
    assert answer_text(read, Ask("?")).splitlines()[2:] == [WITHHELD_TEXT, "   Six months [1]."]
    quoted = replace(make_answer("Six months [1]."), ended="quoted", withheld="Two months [1].")
    assert answer_text(quoted, Ask("?")).splitlines()[-2:] == [WITHHELD_TEXT, "   Two months [1]."]
    lines = source_lines(answer, "")
    assert "/p/scan.pdf: its pages are pictures that wait for text recognition" in lines
    assert "412 of 430 files readable, 2 queued, 1 page without text." in lines
    without_drive = replace(answer, coverage=replace(coverage, absent=70))
    assert "412 of 500 files readable, 70 not there, 2 queued, 1 page without text." in source_lines(without_drive, "")
    assert answer_text(answer, Ask("?", no_model=True)) == ""
    member = replace(scan, path=b"/p/a.eml/b.txt", file=b"/p/a.eml", state=DocumentState.ABSENT, reason=Reason.NONE)
    away = replace(member, path=b"/p/c.eml/d.txt", reason=Reason.FOLDER_MISSING)
    lines = source_lines(replace(answer, unread=(member, away)), "")
    assert "/p/a.eml/b.txt: it waits for /p/a.eml to be read" in lines
    assert "/p/c.eml/d.txt: its folder is not there now" in lines


def test_the_prompt_is_printed_as_it_is_sent_with_its_tokens() -> None:
    prepared = PromptPrepared((ChatMessage("user", "PASSAGES\x1b[2J"),), PromptTokens(10, 2, (5, 7), 3, 100, 512))
    lines = prompt_lines(prepared)
    assert lines.startswith("--- user\nPASSAGES\ufffd[2J\n")
    assert "27 tokens of 512" in lines
    assert "passages 5 + 7" in lines


def test_only_the_sources_that_are_cited_are_listed() -> None:
    lines = source_lines(make_answer("A deposit.", Sentence("A deposit.", (2,), 1.0)), "")
    assert "“quotation 2”" in lines
    assert " 2 /papers/Lease.pdf · p. 1 · Terms" in lines
    assert " 1 /papers" not in lines
    assert lines.endswith("a-model, 3.0 s, 5 tokens")


def test_without_an_answer_the_nearest_passages_are_listed() -> None:
    lines = source_lines(make_answer("It is not in your documents."), "")
    assert lines.startswith("The nearest passages:")
    assert "Six months’ notice." in lines
    assert source_lines(make_answer("", evidence=()), "").startswith("Nothing near it was found.")
    unsaid = source_lines(make_answer("It is not in your documents."), "What did Odile Meyer sign in 1987?")
    assert unsaid.startswith("The nearest passages, none of which says Odile Meyer, 1987:")


def test_what_was_searched_is_said_where_that_is_not_the_question() -> None:
    answer = replace(make_answer("A deposit.", Sentence("A deposit.", (2,), 1.0)), searched="How much is it?")
    assert source_lines(answer, "Wie hoch ist sie?").startswith("Searched for: How much is it?\n")
    assert "Searched for" not in source_lines(answer, "How much is it?")
