"""Kept conversations: found, opened as they were, gone on with, renamed, deleted with ten seconds to think again."""

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.conversation_messages import (
    ConversationRow,
    DeleteConversation,
    KeptTurn,
    ListConversations,
    RenameConversation,
)
from app.core.receipts import SourceCheck, SourceState
from app.core.tallies import Coverage
from app.core.types import Filters
from app.ui.answer_foot import as_of_words
from app.ui.main_window import MainWindow
from tests.ui.acts import QUESTION, ask
from tests.ui.scripted_engine import FOLDER, ScriptedEngine, sample_answer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

NOON_NS = 1_790_000_000_000_000_000
LEASE = ConversationRow("a", "The lease", NOON_NS, NOON_NS, 2, Filters(paths=(FOLDER,)))
GLAZE = ConversationRow("b", "The glaze", NOON_NS, NOON_NS, 1)


@pytest.fixture
def kept(engine: ScriptedEngine, window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window whose dialog lists two conversations, the first with an answered and an unanswered question."""
    engine.conversations = (LEASE, GLAZE)
    engine.turns = (KeptTurn(QUESTION, NOON_NS, sample_answer()), KeptTurn("And the glaze?", NOON_NS, None))
    window.conversing.dialog.appear()
    qtbot.waitUntil(lambda: len(window.conversing.dialog.model.rows) == 2)
    return window


def opened(qtbot: QtBot, window: MainWindow) -> MainWindow:
    QTest.keyClick(window.conversing.dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 2)
    return window


def test_an_opened_conversation_stands_there_as_it_was(qtbot: QtBot, kept: MainWindow) -> None:
    window = opened(qtbot, kept)
    answered, unanswered = window.conversation.turns
    assert not window.conversing.dialog.isVisible()
    assert "£2,800" in answered.answer_view.toPlainText()
    assert answered.coverage.startswith("Asked ")
    assert answered.foot.receipt.isVisible()
    assert unanswered.failure == "This was not answered."
    assert window.narrowing.chips.filters == LEASE.filters
    window.asking.show_turn(answered)
    assert [card.n for card in window.margin.cards()] == [1, 2, 3]


def test_an_answer_that_was_kept_tells_how_fresh_the_index_was(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    held = replace(sample_answer(), coverage=Coverage(5, 0, 2, 0, NOON_NS))
    engine.turns = (KeptTurn(QUESTION, NOON_NS, held), engine.turns[1])
    window = opened(qtbot, kept)
    words = window.conversation.turns[0].foot.library_words
    assert words == f"{as_of_words(NOON_NS, datetime.now())}. 5 of 7 files readable, 2 not readable"


def test_enter_presses_the_button_in_focus(qtbot: QtBot, kept: MainWindow) -> None:
    dialog = kept.conversing.dialog
    dialog.delete_button.setFocus()
    QTest.keyClick(dialog.delete_button, Qt.Key.Key_Return)
    assert [row.id for row in dialog.model.rows] == ["b"]
    dialog.rename_button.setFocus()
    QTest.keyClick(dialog.rename_button, Qt.Key.Key_Enter)
    assert dialog.list.findChild(QLineEdit)


def test_an_answer_that_was_kept_tells_which_of_its_sources_changed(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    answer = sample_answer()
    hit = answer.evidence[0]
    changed = SourceCheck(answer.receipt, answer.citations[0].n, hit.path, hit.page, SourceState.CHANGED)
    engine.changed = (changed,)
    window = opened(qtbot, kept)
    qtbot.waitUntil(lambda: window.conversation.turns[0].changed.isVisible())


def test_a_kept_question_is_asked_again_in_its_conversation(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    window = opened(qtbot, kept)
    window.conversation.turns[1].remedy_chosen.emit()
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))
    (asked,) = engine.requests(m.Ask)
    assert isinstance(asked, m.Ask)
    assert (asked.question, asked.conversation) == ("And the glaze?", "a")
    assert asked.filters == LEASE.filters


def test_a_question_goes_on_with_the_conversation_that_was_opened(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    window = opened(qtbot, kept)
    ask(qtbot, window)
    (asked,) = engine.requests(m.Ask)
    assert isinstance(asked, m.Ask)
    assert asked.conversation == "a"
    assert [turn.question for turn in asked.turns] == [QUESTION]
    assert asked.turns[0].passages == tuple(hit.passage_id for hit in sample_answer().evidence)


def test_each_new_conversation_is_another_one(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    ask(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    ask(qtbot, window)
    ids = [asked.conversation for asked in engine.requests(m.Ask) if isinstance(asked, m.Ask)]
    assert ids[0] == ids[1] != ids[2]
    assert all(ids)


def test_the_field_searches_and_says_when_nothing_is_found(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    dialog = kept.conversing.dialog
    dialog.field.setText("glaze")
    qtbot.waitUntil(lambda: [row.id for row in dialog.model.rows] == ["b"])
    dialog.field.setText("kiln")
    qtbot.waitUntil(lambda: dialog.empty.text() == "No conversation holds these words.")
    assert not dialog.open_button.isEnabled()
    assert engine.requests(ListConversations)[-1] == ListConversations("kiln")


def test_a_deleted_conversation_can_come_back_for_a_while(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    dialog = kept.conversing.dialog
    dialog.list.setFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert [row.id for row in dialog.model.rows] == ["b"]
    dialog.undo_bar.undone.emit()
    assert [row.id for row in dialog.model.rows] == ["a", "b"]
    assert dialog.model.row_at(dialog.list.currentIndex()) == LEASE
    assert dialog.open_button.isEnabled()
    assert dialog.list.hasFocus()
    qtbot.wait(50)
    assert engine.requests(DeleteConversation) == []


def test_a_deletion_can_be_undone_in_the_window_when_the_dialog_is_closed(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    window = opened(qtbot, kept)
    window.conversing.dialog.appear()
    QTest.mouseClick(window.conversing.dialog.delete_button, Qt.MouseButton.LeftButton)
    assert window.conversation.is_empty
    assert window.asking.conversation != "a"
    window.conversing.dialog.close()
    assert window.deletion_bar.isVisible()
    assert window.deletion_bar.words == "“The lease” and its answers are deleted."
    window.deletion_bar.undone.emit()
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 2)
    assert window.asking.conversation == "a"
    assert engine.requests(DeleteConversation) == []


def test_an_undone_deletion_does_not_take_the_page_from_what_was_asked_meanwhile(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    window = opened(qtbot, kept)
    window.conversing.dialog.appear()
    QTest.mouseClick(window.conversing.dialog.delete_button, Qt.MouseButton.LeftButton)
    window.conversing.dialog.close()
    ask(qtbot, window)
    window.deletion_bar.undone.emit()
    qtbot.wait(50)
    assert len(window.conversation.turns) == 1
    assert window.asking.conversation != "a"


def test_a_deletion_is_final_when_the_time_is_over_or_the_window_closes(
    qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine
) -> None:
    dialog = kept.conversing.dialog
    QTest.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
    dialog.close()
    assert engine.requests(DeleteConversation) == []
    kept.deletion_bar.expire()
    qtbot.waitUntil(lambda: engine.requests(DeleteConversation) == [DeleteConversation("a")])
    engine.conversations = (GLAZE,)
    dialog.appear()
    qtbot.waitUntil(lambda: [row.id for row in dialog.model.rows] == ["b"])
    QTest.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
    kept.close()
    qtbot.waitUntil(lambda: DeleteConversation("b") in engine.requests(DeleteConversation))


def test_a_kept_quotation_still_says_that_it_is_one(qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine) -> None:
    engine.turns = (
        KeptTurn(QUESTION, NOON_NS, replace(sample_answer(), ended="quoted")),
        KeptTurn(QUESTION, NOON_NS, replace(sample_answer(), ended="length")),
    )
    quoted, cut = opened(qtbot, kept).conversation.turns
    assert quoted.coverage.endswith("· Quoted from the passage, word for word")
    assert cut.coverage.endswith("· Cut off: no room for more")


def test_a_name_is_edited_in_its_row(qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine) -> None:
    dialog = kept.conversing.dialog
    QTest.keyClick(dialog.field, Qt.Key.Key_F2)
    editor = dialog.list.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "The lease"
    editor.setText("  Ropewalk,  unit 4 ")
    engine.conversations = (replace(LEASE, name="Ropewalk, unit 4"), GLAZE)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: engine.requests(RenameConversation) == [RenameConversation("a", "Ropewalk, unit 4")])
    qtbot.waitUntil(lambda: dialog.model.rows[0].name == "Ropewalk, unit 4")


def test_an_erased_answer_says_why_it_is_gone(qtbot: QtBot, kept: MainWindow, engine: ScriptedEngine) -> None:
    engine.turns = (KeptTurn(QUESTION, NOON_NS, None, is_erased=True), KeptTurn("And now?", NOON_NS, None))
    window = opened(qtbot, kept)
    assert "forgotten" in window.conversation.turns[0].failure
