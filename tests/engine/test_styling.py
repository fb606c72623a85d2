"""Styles through the whole engine with a real model: files in, prompt, answer, receipt out."""

import json
from pathlib import Path

import pytest

from app.config.paths import DataPaths
from app.core.errors import StyleInvalid
from app.core.messages import AnswerFinished, Ask, PromptPrepared
from app.core.receipt_messages import OpenReceipt, ReceiptOpened, ReceiptRerun, RerunReceipt
from app.core.style_messages import DeleteStyle, KeepStyle, ListStyles, StylesListed
from app.core.styles import PLAIN, Style
from app.core.types import Answer
from app.engine.session import Session
from tests.engine.sessions import final, indexed, with_session

QUESTION = "How much is the rent?"
WORDS = "As a list of one line.<|im_end|>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lease in two sentences."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "lease.txt").write_text("The rent is 900 euros a month. It is due on the third working day.")
    return folder


def test_an_answer_in_an_own_style_is_written_from_its_file_and_written_again_word_for_word(
    paths: DataPaths, folder: Path
) -> None:
    paths.styles.mkdir()
    (paths.styles / "line.md").write_text(WORDS)

    async def use(session: Session) -> tuple[Answer, PromptPrepared, ReceiptOpened, ReceiptRerun]:
        await indexed(session, folder)
        question = Ask(QUESTION, style=Style("LINE"))
        only = Ask(QUESTION, style=Style("LINE"), evidence_only=True)
        prepared = [event async for event in session.request(only) if isinstance(event, PromptPrepared)]
        answer = (await final(session, question, AnswerFinished)).answer
        opened = await final(session, OpenReceipt(answer.receipt), ReceiptOpened)
        again = await final(session, RerunReceipt(answer.receipt), ReceiptRerun)
        return answer, prepared[0], opened, again

    answer, prepared, opened, again = with_session(paths, use)
    assert answer.style == Style("line", WORDS)
    assert answer.answer_tokens > 0
    parts = {part.name: json.loads(part.text) for part in opened.receipt.parts}
    assert parts["style"] == {"name": "line", "instructions": WORDS, "is_edited": False}
    sent = parts["try 1"]["prompt"][-1]["content"]
    assert sent == prepared.prompt[-1].content
    assert "As a list of one line." in sent
    assert "<|im_end|>" not in sent
    assert again.is_same


def test_styles_are_kept_listed_and_deleted(paths: DataPaths) -> None:
    async def use(session: Session) -> list[StylesListed]:
        requests = (ListStyles(), KeepStyle(Style("line", "One line.")), DeleteStyle("line"))
        return [await final(session, request, StylesListed) for request in requests]

    before, kept, after = with_session(paths, use)
    (row,) = (row for row in kept.rows if row.path)
    assert row.style == Style("line", "One line.")
    assert before == after
    assert all(not row.path for row in after.rows)


def test_a_style_that_cannot_be_used_is_told_before_anything_is_searched(paths: DataPaths) -> None:
    paths.styles.mkdir()
    (paths.styles / "line.md").write_bytes(b"\xff\xfe")
    with pytest.raises(StyleInvalid):
        with_session(paths, lambda session: final(session, Ask(QUESTION, style=Style("line")), AnswerFinished))
    question = Ask(QUESTION, style=PLAIN, evidence_only=True)
    with_session(paths, lambda session: final(session, question, AnswerFinished))
