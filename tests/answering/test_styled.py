"""An answer in a style: what the model is sent, what is counted, checked and recorded."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.history import History
from app.answering.needs import AROUND_EVIDENCE_TOKENS
from app.answering.records import recorded
from app.answering.retold import retold
from app.core.errors import QuestionTooLong
from app.core.messages import Ask, PromptPrepared
from app.core.pages import Span
from app.core.prompt import STYLED_REMINDER, second_reminder, style_text
from app.core.receipt_chain import checked
from app.core.styles import PLAIN, Style
from tests.answering.scripted import LIMITS, NOTICE, RENT, HesitantModel, Library, ScriptedModel, ask, finished

PIECES = ("The rent is 900 euros a month [1].",)
TERSE = Style("terse", "In as few words as can be.")
MEMO = Style("memo", "Write sections:\n## Answer\n## Conditions")
QUESTION = Ask("How much is the rent?", style=TERSE)


def here(path: bytes, digest: str, page: int, span: Span) -> tuple[int, int]:
    """Tell where a passage of a receipt stands now."""
    return 1, 1


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.sqlite")
    yield history
    history.close()


def test_the_style_is_in_the_prompt_that_writes_and_not_in_the_checks_that_were_measured_without() -> None:
    library, model = Library(RENT, NOTICE), ScriptedModel(PIECES, doubts_below=0.0, log_odds=1.0, log_odds_quoted=1.0)
    answer = finished(ask(library, model, QUESTION))
    assert answer.style == TERSE
    (sent,) = model.prompts
    assert style_text(TERSE) in sent[-1].content
    assert len(model.checked) == 2
    assert not any(TERSE.instructions in prompt[-1].content for prompt in model.checked)


def test_a_second_try_is_in_the_style_too() -> None:
    model = HesitantModel(PIECES)
    finished(ask(Library(RENT), model, QUESTION))
    first, second = (prompt[-1].content for prompt in model.prompts)
    assert first.removesuffix(STYLED_REMINDER) == second.removesuffix(second_reminder(STYLED_REMINDER))
    assert first.endswith(STYLED_REMINDER)


def test_the_style_is_counted_with_the_instructions_and_with_nothing_else() -> None:
    def tokens(style: Style) -> PromptPrepared:
        events = ask(Library(RENT, NOTICE), ScriptedModel(PIECES), replace(QUESTION, style=style, evidence_only=True))
        return next(event for event in events if isinstance(event, PromptPrepared))

    plain, styled = tokens(PLAIN), tokens(TERSE)
    assert TERSE.instructions in styled.prompt[-1].content
    more = styled.tokens.instructions - plain.tokens.instructions
    assert more == pytest.approx((len(styled.prompt[-1].content) - len(plain.prompt[-1].content)) / 4, abs=1)
    assert replace(styled.tokens, instructions=0, passages=(), question=0) == replace(
        plain.tokens, instructions=0, passages=(), question=0
    )
    assert sum(styled.tokens.passages) == pytest.approx(sum(plain.tokens.passages), abs=1)


def test_a_slow_model_reads_fewer_passages_beside_a_style() -> None:
    library, slow = Library(RENT, NOTICE), ScriptedModel(PIECES, prompt_ms_per_token=10.0)
    long = Style("", "x" * 320)
    limits = replace(LIMITS, evidence_tokens=1400, first_token_s=10)
    finished(ask(library, slow, replace(QUESTION, style=long), limits))
    expected = 1000 - AROUND_EVIDENCE_TOKENS - round(len(style_text(long)) / 3.2)
    assert library.receipts[0].settings.evidence_tokens == expected


def test_a_style_that_leaves_no_room_is_named_as_a_reason() -> None:
    model = ScriptedModel(PIECES, context_tokens=600)
    with pytest.raises(QuestionTooLong) as long:
        ask(Library(RENT), model, replace(QUESTION, style=Style("endless", "x" * 1000)))
    assert long.value.facts["style"] == "endless"
    assert finished(ask(Library(RENT), model, replace(QUESTION, style=PLAIN))).found


def test_the_sections_of_a_style_state_nothing_and_what_stands_below_them_is_checked() -> None:
    text = "## Answer\nThe rent is 900 euros a month.\n\n## Conditions\nThe deposit is 5,000 euros [1]."
    answer = finished(ask(Library(RENT, NOTICE), ScriptedModel((text,)), replace(QUESTION, style=MEMO)))
    assert answer.found
    assert [(one.text, one.citations, one.is_supported) for one in answer.sentences] == [
        ("The rent is 900 euros a month.", (1,), True),
        ("The deposit is 5,000 euros.", (1,), False),
    ]
    alone = finished(ask(Library(RENT), ScriptedModel(("## Answer [1]",)), replace(QUESTION, style=MEMO)))
    assert not alone.found


def test_the_receipt_has_the_styles_name_and_words_and_the_chain_holds(history: History) -> None:
    library = Library(RENT)
    ask(library, ScriptedModel(PIECES), QUESTION)
    ask(library, ScriptedModel(PIECES), replace(QUESTION, style=PLAIN))
    styled, plain = (history.entry(history.append(receipt)) for receipt in library.receipts)
    assert [part.name for part in styled.parts if part.name == "style"] == ["style"]
    assert not any(part.name == "style" for part in plain.parts)
    assert retold(styled, here).style == TERSE
    assert retold(plain, here).style == PLAIN
    (prompt,) = recorded(styled).prompts
    assert TERSE.instructions in prompt[-1].content
    assert [check.problem for check in checked(history.entries())] == ["", ""]


def test_the_styles_words_stay_with_the_question_when_a_file_is_forgotten_and_go_with_the_conversation(
    tmp_path: Path, history: History
) -> None:
    library = Library(RENT)
    ask(library, ScriptedModel(PIECES), QUESTION)
    identity = history.append(library.receipts[0])
    history.erase(lambda _source: True)
    assert {part.name for part in history.entry(identity).parts} == {"question", "style"}
    history.erase_whole((identity,))
    assert history.entry(identity).parts == ()
    assert [check.problem for check in checked(history.entries())] == ["", "", ""]
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert TERSE.instructions.encode() not in stored
