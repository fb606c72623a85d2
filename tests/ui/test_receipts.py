"""An answer's receipt is shown, verified, written again and exported."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.core.messages import AnswerGrew, Stop
from app.core.receipt_chain import FIRST_PREVIOUS, Entry, chain_hash
from app.core.receipt_messages import ExportReceipt, FindChangedSources
from app.core.receipts import Check, Receipt, SourceCheck, SourceState, Try, UsedModel, WritingSettings, sealed
from app.core.tallies import Coverage
from app.core.types import ChatMessage
from app.ui.export_dialog import export_name
from app.ui.focus_line import FocusLine
from app.ui.main_window import MainWindow
from app.ui.receipt_dialog import ReceiptDialog
from app.ui.receipt_words import told_receipt
from tests.ui.acts import QUESTION, ask
from tests.ui.scripted_engine import LEASE, ScriptedEngine, sample_answer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # a window of its own, without a desktop


def receipt_of_sample_answer() -> Receipt:
    """Return the record of the sample answer, its last passage added and another one left out by the person."""
    answer = sample_answer()
    first, second, third = answer.evidence
    prompt = (ChatMessage("system", "Rules."), ChatMessage("user", "The deposit?"))
    return Receipt(
        created_ns=1_764_000_000_000_000_000,
        question=QUESTION,
        searched=QUESTION,
        conversation=(),
        evidence=(first, second, replace(third, chosen="added")),
        check=Check(prompt, 1.5, -2.0),
        tries=(Try(prompt, answer.text, "end", 700, 90, believed=True),),
        model=UsedModel("small", "a" * 64, device="CPU"),
        settings=WritingSettings(0, 0.0, 400, 1400, 0.5),
        versions={"margent": "0.1"},
        answer=answer.text,
        found=True,
        stopped=False,
        sentences=answer.sentences,
        citations=answer.citations,
        retrieve_ms=12,
        first_token_ms=900,
        total_ms=8400,
        dropped=(first,),
    )


def entry_of(receipt: Receipt) -> Entry:
    """Return the only link of a chain."""
    body, parts = sealed(receipt, lambda: "salt")
    own = chain_hash(FIRST_PREVIOUS, body)
    return Entry(own[:12], FIRST_PREVIOUS, own, body, parts)


def shown_words(dialog: ReceiptDialog) -> str:
    """Return all that stands in a dialog."""
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> ReceiptDialog:
    """The receipt of an answer, opened by its key; the lease changed since."""
    engine.entry = entry_of(receipt_of_sample_answer())
    engine.changed = (SourceCheck(engine.entry.id, 1, bytes(LEASE), 2, SourceState.CHANGED),)
    ask(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    shown = window.checking.receipts.dialog
    qtbot.waitUntil(lambda: shown.isVisible() and shown.states().get(1) == "changed since")
    return shown


def test_a_receipt_tells_what_became_of_each_file_that_was_given(dialog: ReceiptDialog) -> None:
    assert dialog.states() == {1: "changed since", 2: "unchanged", 3: "unchanged"}


def test_a_receipt_tells_what_was_given_before_what_was_left_out_and_what_holds() -> None:
    told = told_receipt(entry_of(receipt_of_sample_answer()))
    assert [(passage.part, passage.n) for passage in told.passages] == [
        ("source", 1),
        ("source", 2),
        ("source", 3),
        ("dropped", 1),
    ]
    assert [passage.origin for passage in told.passages[2:]] == [
        "added by you",
        "left out by you: the model was not given it",
    ]
    assert told.checks == (
        "4 of 5 sentences rest on the passages they cite.",
        "Not found in the sources: “Most landlords return it sooner.”",
    )


def test_verifying_says_in_words_what_came_of_it(qtbot: QtBot, engine: ScriptedEngine, dialog: ReceiptDialog) -> None:
    dialog.verify.click()
    qtbot.waitUntil(lambda: dialog.verify.isEnabled() and bool(dialog.outcome))
    assert dialog.outcome.startswith("The record holds: all 2 receipts are as they were written")
    assert dialog.outcome.endswith("Passages whose files are not what they were: 1 changed since.")
    engine.problem = "hash"
    dialog.verify.click()
    qtbot.waitUntil(lambda: dialog.outcome.startswith("The record is damaged: 1 of 2 receipts"))
    engine.problem, engine.missing = "", 1
    dialog.verify.click()
    qtbot.waitUntil(lambda: dialog.outcome.startswith("The record is damaged: its last receipt, or more, was cut off"))


def test_a_receipt_shows_what_the_model_was_asked_before_it_wrote() -> None:
    words = [words for words, _ in told_receipt(entry_of(receipt_of_sample_answer())).prompts]
    assert words == ["Asked whether this holds the answer:", "Then asked to answer:"]


def test_a_receipt_of_a_follow_up_shows_in_which_order_the_model_was_asked() -> None:
    leaning = replace(receipt_of_sample_answer(), question="And it?", searched=f"{QUESTION} And it?")
    (first,) = leaning.tries
    again = replace(leaning, tries=(first, first))
    words = [words for words, _ in told_receipt(entry_of(again)).prompts]
    assert words == ["", "Asked once more:", "Asked whether this holds the answer:"]


def test_a_receipt_of_a_translated_question_shows_that_the_model_was_asked_before_it_wrote() -> None:
    translated = replace(receipt_of_sample_answer(), question="Und die Kaution?", searched="The deposit?")
    words = [words for words, _ in told_receipt(entry_of(translated)).prompts]
    assert words == ["Asked whether this holds the answer:", "Then asked to answer:"]


def test_what_gets_the_keyboard_in_a_receipt_is_in_sight(qtbot: QtBot, dialog: ReceiptDialog) -> None:
    dialog.export.setFocus()
    for _ in range(2):  # into the receipt from outside, and on
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        focused = dialog.focusWidget()
        view = dialog._scroll.viewport()
        assert dialog._scroll.isAncestorOf(focused)
        assert view.rect().contains(focused.mapTo(view, focused.rect().center()))
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog._scroll
    [line] = dialog.findChildren(FocusLine)
    assert line.is_lit


def test_what_no_model_was_asked_for_cannot_be_written_again(
    qtbot: QtBot, engine: ScriptedEngine, window: MainWindow
) -> None:
    asked = receipt_of_sample_answer()
    engine.entry = entry_of(replace(asked, check=None, tries=(), model=UsedModel("", ""), answer="", found=False))
    ask(qtbot, window)
    shown = window.checking.receipts.dialog
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: shown.isVisible() and bool(shown.states()))
    assert "so no model was asked for an answer" in shown_words(shown)
    assert not shown.rerun.isEnabled()
    shown.verify.click()
    qtbot.waitUntil(lambda: shown.verify.isEnabled() and bool(shown.outcome))
    assert not shown.rerun.isEnabled()


def test_writing_again_says_whether_it_is_the_same_text(qtbot: QtBot, dialog: ReceiptDialog) -> None:
    dialog.rerun.click()
    qtbot.waitUntil(lambda: dialog.outcome.startswith("Written again: another text"))
    assert dialog.outcome.endswith("Not as it was then: another model file.")
    assert dialog.written_again == "It is another."


def test_a_receipt_is_exported_as_json_with_all_its_texts(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, dialog: ReceiptDialog, tmp_path: Path
) -> None:
    window.checking.receipts.export(tmp_path / "receipt.json")
    qtbot.waitUntil(lambda: dialog.outcome == f"Written to {tmp_path / 'receipt.json'}")
    assert engine.entry is not None
    record = json.loads((tmp_path / "receipt.json").read_text("utf-8"))
    assert record["id"] == engine.entry.id
    assert record["parts"]["question"]["question"] == QUESTION
    assert record["parts"]["dropped 1"]["dropped"] is True
    assert record["parts"]["source 3"]["chosen"] == "added"
    window.checking.receipts.export(tmp_path / "nowhere" / "receipt.json")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.outcome)


def test_what_is_exported_is_written_though_another_receipt_is_opened_meanwhile(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, dialog: ReceiptDialog, tmp_path: Path
) -> None:
    first = engine.entry
    assert first is not None
    window.checking.receipts.export(tmp_path / "first.json")
    window.checking.receipts.export(tmp_path / "second.json")
    window.checking.receipts.open(first.id)
    for name in ("first.json", "second.json"):
        qtbot.waitUntil((tmp_path / name).exists)
        assert json.loads((tmp_path / name).read_text("utf-8"))["id"] == first.id


def test_a_file_is_of_the_receipt_from_which_it_was_wanted(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, dialog: ReceiptDialog, tmp_path: Path
) -> None:
    first = engine.entry
    assert first is not None
    dialog.export.click()
    chooser = dialog.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    engine.entry = entry_of(replace(receipt_of_sample_answer(), question="Another?"))
    window.checking.receipts.open(engine.entry.id)
    qtbot.waitUntil(lambda: len(engine.requests(FindChangedSources)) > 0 and "Another?" in shown_words(dialog))
    chooser.fileSelected.emit(str(tmp_path / "a.json"))
    qtbot.waitUntil(lambda: bool(engine.requests(ExportReceipt)))
    (wanted,) = engine.requests(ExportReceipt)
    assert isinstance(wanted, ExportReceipt)
    assert wanted.receipt == first.id
    chooser.reject()


def test_what_is_written_again_of_a_receipt_is_not_shown_in_another(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, dialog: ReceiptDialog
) -> None:
    window.checking.receipts._rerun_id = 4711  # goes on
    engine.entry = entry_of(replace(receipt_of_sample_answer(), question="Another?"))
    window.checking.receipts.open(engine.entry.id)
    qtbot.waitUntil(lambda: "Another?" in shown_words(dialog) and bool(engine.requests(Stop)))
    assert engine.requests(Stop) == [Stop(4711)]
    engine.emit(4711, AnswerGrew("Of the first"))
    dialog.verify.click()
    qtbot.waitUntil(lambda: dialog.verify.isEnabled() and bool(dialog.outcome))
    assert dialog.written_again == ""


def test_it_is_exported_as_what_the_name_says_and_as_nothing_else(
    qtbot: QtBot, window: MainWindow, dialog: ReceiptDialog, tmp_path: Path
) -> None:
    openings = {"a.html": b"<!doctype html>", "a.MD": b"# What happens", "a.docx": b"PK"}
    for name, opening in openings.items():
        window.checking.receipts.export(tmp_path / name)
        assert not dialog.export.isEnabled()
        qtbot.waitUntil(lambda name=name: dialog.outcome == f"Written to {tmp_path / name}")
        assert (tmp_path / name).read_bytes().startswith(opening)
    window.checking.receipts.export(tmp_path / "a.pdf")
    assert dialog.outcome == "a.pdf was not written: end its name in .html, .md, .docx, .json."
    assert {path.name for path in tmp_path.iterdir()} == set(openings)


def test_the_file_is_named_after_the_question(qtbot: QtBot, window: MainWindow, dialog: ReceiptDialog) -> None:
    assert export_name("Who pays?\nAnd when: at 5/6?", "1f") == "Who pays And when at 5 6"
    assert export_name("?", "1f") == "receipt-1f"
    dialog.export.click()
    chooser = dialog.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    assert Path(chooser.selectedFiles()[0]).name == f"{QUESTION.rstrip('?')}.html"
    chooser.selectFile("mine.html")
    chooser.filterSelected.emit("Word document (*.docx)")
    assert Path(chooser.selectedFiles()[0]).name == "mine.docx"
    chooser.reject()


def test_a_name_with_a_dot_gets_the_suffix_of_the_filter(qtbot: QtBot, dialog: ReceiptDialog, tmp_path: Path) -> None:
    for typed, written in (("report v1.2", "report v1.2.docx"), ("b", "b.docx"), ("c 3.4.MD", "c 3.4.MD")):
        dialog.export.click()
        chooser = next(one for one in dialog.findChildren(QFileDialog) if one.isVisible())
        chooser.setDirectory(str(tmp_path))
        chooser.filterSelected.emit("Word document (*.docx)")
        line = chooser.findChild(QLineEdit)
        assert isinstance(line, QLineEdit)
        line.setText(typed)
        chooser.accept()
        qtbot.waitUntil(lambda written=written: dialog.outcome == f"Written to {tmp_path / written}")
        assert (tmp_path / written).exists()


def test_the_receipt_tells_what_the_library_held_then() -> None:
    held = Coverage(5, 1, 2, 0, 1_764_000_000_000_000_000)
    facts = dict(told_receipt(entry_of(replace(receipt_of_sample_answer(), coverage=held))).facts)
    assert " Nov 2025, " in facts["The library then"]
    assert facts["The library then"].endswith(". 5 of 8 files readable, 2 not readable, 1 queued")
    assert "The library then" not in dict(told_receipt(entry_of(receipt_of_sample_answer())).facts)
