"""A question becomes an answer with its sources beside."""

import time
from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.answer_messages import AnswerReached, AnswerStep
from app.core.model_messages import ChooseModel
from app.core.models import ModelRole
from app.core.tallies import Coverage
from app.ui.answer_foot import coverage_parts
from app.ui.asked_turn import without_model
from app.ui.files_model import Group
from app.ui.main_window import MainWindow
from app.ui.safe_text import citation_url
from tests.ui.acts import QUESTION, ask
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import (
    ScriptedEngine,
    not_found_answer,
    sample_answer,
    sample_models,
)


def test_an_answer_is_shown_with_its_sources_beside(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)

    [turn] = window.conversation.turns
    assert turn.question == QUESTION
    assert turn.answer_view.marks() == (1, 2)
    assert "£2,800" in turn.answer_view.toPlainText()
    assert "[1]" not in turn.answer_view.toPlainText()
    assert [card.n for card in window.margin.cards()] == [1, 2, 3]
    assert window.margin.title == "Sources"
    assert turn.coverage.startswith("2 of 3 passages cited · ")
    assert window.question_box.model_words == "Qwen2.5 1.5B · CPU, 2 threads"


def test_passages_come_before_the_first_word_and_escape_stops_at_once(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answers = False
    window.question_box.question_asked.emit(QUESTION)
    [turn] = window.conversation.turns
    assert turn.status.startswith("Looking through your documents")
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))
    request = engine.last_id(m.Ask)

    engine.emit(request, m.EvidenceFound(sample_answer().evidence, 12.0))
    qtbot.waitUntil(lambda: len(window.margin.cards()) == 3)
    assert turn.status.startswith("Reading 3 passages")
    assert turn.answer_view.toPlainText() == ""

    engine.emit(request, m.AnswerGrew("The deposit [1"))
    qtbot.waitUntil(lambda: turn.answer_view.toPlainText() == "The deposit")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: engine.requests(m.Stop) == [m.Stop(request)])

    engine.emit(request, m.AnswerFinished(replace(sample_answer(), text="The deposit [1]", stopped=True, sentences=())))
    qtbot.waitUntil(lambda: not window.asking.is_answering)
    assert turn.coverage.startswith("Stopped")


def test_what_the_model_is_at_is_said_where_the_answer_goes_on(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answers = False
    window.question_box.question_asked.emit(QUESTION)
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))
    request, turn = engine.last_id(m.Ask), window.conversation.turns[-1]
    engine.emit(request, m.EvidenceFound(sample_answer().evidence, 12.0))
    engine.emit(request, AnswerReached(AnswerStep.JUDGING))
    qtbot.waitUntil(lambda: turn.status.startswith("Asking whether the passages hold the answer"))
    engine.emit(request, AnswerReached(AnswerStep.READING))
    qtbot.waitUntil(lambda: turn.status.startswith("Reading 3 passages"))

    engine.emit(request, m.AnswerGrew("The deposit is £2,800 [1]."))
    engine.emit(request, AnswerReached(AnswerStep.CHECKING))
    qtbot.waitUntil(lambda: turn.status.startswith("Checking the answer against its passages"))
    assert turn.answer_view.toPlainText().startswith("The deposit is £2,800")
    qtbot.wait(80)  # a growth that was late would take it away
    assert turn.status.startswith("Checking")
    assert turn._status.y() > turn.answer_view.geometry().bottom()

    engine.emit(request, m.AnswerFinished(sample_answer()))
    qtbot.waitUntil(lambda: not window.asking.is_answering)
    assert turn.status == ""


def test_a_follow_up_carries_the_turns_before(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    ask(qtbot, window, "And who pays for repairs?")

    second = engine.requests(m.Ask)[-1]
    assert isinstance(second, m.Ask)
    assert [turn.question for turn in second.turns] == [QUESTION]
    assert second.turns[0].answer == sample_answer().text

    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.conversation.is_empty
    ask(qtbot, window, "What is celadon?")
    third = engine.requests(m.Ask)[-1]
    assert isinstance(third, m.Ask)
    assert third.turns == ()


def test_a_follow_up_says_what_was_searched_for_and_can_be_reworded(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    assert window.conversation.turns[0].searched.words == ""
    ask(qtbot, window, "And who pays for it?")
    line = window.conversation.turns[1].searched
    assert line.words == f"Searched for: {QUESTION} And who pays for it?"

    line.edit.click()
    line.field.setText("who pays for repairs to the roof")
    QTest.keyClick(line.field, Qt.Key.Key_Escape)
    assert line.words.endswith("And who pays for it?")
    line.edit.click()
    line.field.setText("who pays for repairs to the roof")
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 3 and not window.asking.is_answering)
    again, before = (one for one in reversed(engine.requests(m.Ask)[-2:]))
    assert isinstance(before, m.Ask)
    assert again == replace(before, searched="who pays for repairs to the roof")
    assert window.conversation.turns[2].searched.words == "Searched for: who pays for repairs to the roof"


def test_a_question_that_leans_on_nothing_is_said_to_be_a_new_topic(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    ask(qtbot, window, "Which glaze suits the gas kiln in Wexcombe best?")
    line = window.conversation.turns[1].searched
    assert line.words.startswith("Taken as a new topic")

    line.edit.click()
    line.field.setText("Which glaze suits the gas kiln of the tenant?")
    QTest.keyClick(line.field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: len(window.conversation.turns) == 3 and not window.asking.is_answering)
    assert window.conversation.turns[2].searched.words == "Searched for: Which glaze suits the gas kiln of the tenant?"


def test_what_is_not_found_is_said_with_the_nearest_passages(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = not_found_answer()

    ask(qtbot, window, "Which insurance covers earthquakes?")

    turn = window.conversation.turns[0]
    assert turn.verdict == "Not found in your documents"
    assert not turn.answer_view.isVisible()
    assert window.margin.title == "Nearest passages"
    assert len(window.margin.cards()) == 1
    assert turn.not_found.words == "5 documents were searched for “Which insurance covers earthquakes?”."
    ask(qtbot, window, "What did the Lloyd policy of 1987 cover?")
    says = "5 documents were searched for “What did the Lloyd policy of 1987 cover?”. "
    assert window.conversation.turns[1].not_found.words == (says + "None of the nearest passages says “Lloyd”, “1987”.")
    [near] = turn.not_found.near_links
    near.click()
    qtbot.waitUntil(lambda: window.panes.page_is_open)
    [unread] = turn.not_found.unread_links
    assert unread.text() == "insurance.pdf · password"
    unread.click()
    assert window.library.detail_words.startswith("insurance.pdf: ")


def test_what_was_read_while_it_was_written_stays_where_it_was_though_it_is_no_answer(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    text = "Earthquakes are covered by the fire insurance [1]."
    engine.answer = replace(not_found_answer(), text="", ended="doubt", withheld=text)

    ask(qtbot, window, "Which insurance covers earthquakes?")

    [turn] = window.conversation.turns
    [block] = turn.answer_view.blocks
    assert block.text == "Earthquakes are covered by the fire insurance."
    assert all(run.unsupported for run in block.runs if run.mark is None)
    assert turn.withheld == "The model wrote this, but the passages do not bear it out."
    assert turn.verdict == "Not found in your documents"
    column = [turn.answer_view, turn.not_found]
    assert all(part.isVisible() for part in column)
    assert column[0].y() < column[1].y()
    engine.answer = not_found_answer()
    ask(qtbot, window, "Which insurance covers floods?")
    assert window.conversation.turns[1].withheld == ""


def test_what_a_quotation_took_the_place_of_is_told_below_it(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = replace(not_found_answer(), found=True, ended="quoted", withheld="Fire covers earthquakes [1].")
    ask(qtbot, window)
    [turn] = window.conversation.turns
    assert turn.withheld.endswith("words that the quoted passage does not say: Fire covers earthquakes [1].")
    assert "Quoted from the passage, word for word" in turn.coverage


def test_how_long_the_first_word_may_take_goes_with_each_question(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    window.models_dialog.waiting.set_seconds(30)
    ask(qtbot, window)
    asked = [one for one in engine.requests(m.Ask) if isinstance(one, m.Ask)]
    assert [one.first_token_s for one in asked] == [None, 30]


def test_a_model_that_wrote_nothing_is_not_said_to_have_looked_in_vain(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = replace(not_found_answer(), text="", ended="nothing")
    ask(qtbot, window)
    assert window.conversation.turns[0].verdict == "The model wrote nothing. Ask again or choose another model."


@pytest.mark.parametrize(
    ("coverage", "says"),
    [(Coverage(0, 4, 0, 0, 1), "Nothing is read yet"), (Coverage(0, 0, 2, 0, 1), "There was nothing to search")],
)
def test_nothing_is_said_to_have_been_searched_where_nothing_is_read(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, coverage: Coverage, says: str
) -> None:
    engine.answer = replace(not_found_answer(), evidence=(), unread=(), coverage=coverage)
    window.question_box.question_asked.emit(QUESTION)
    qtbot.waitUntil(lambda: window.conversation.turns[0].not_found.words.startswith(says))
    assert window.margin.title == "Sources"


def test_what_was_stopped_before_its_first_word_says_so_once_and_without_alarm(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = replace(not_found_answer(), text="", stopped=True)
    ask(qtbot, window)
    [turn] = window.conversation.turns
    assert (turn.verdict, turn.not_found.words) == ("", "")
    assert turn.coverage.startswith("Stopped · ")


def test_without_a_model_and_files_no_passages_are_promised() -> None:
    none = replace(not_found_answer(), evidence=())
    assert without_model(not_found_answer()).endswith("The nearest passages stand in the margin.")
    assert without_model(none) == "No model is installed to write an answer."
    words = [words for words, _ in coverage_parts(Coverage(0, 0, 0, 0, 0), datetime.now())]
    assert words == ["Folders not looked through yet"]


def test_files_that_are_not_there_are_told_and_counted() -> None:
    parts = coverage_parts(Coverage(12, 0, 0, 0, 0, absent=7), datetime.now())
    assert parts[1:] == (("12 of 19 files readable", Group.READ), ("7 not there", Group.AWAY))


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_the_library_held_opens_the_files_that_it_is_about(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = replace(sample_answer(), coverage=Coverage(7, 0, 2, 3, time.time_ns()))
    ask(qtbot, window)
    foot = window.conversation.turns[0].foot
    assert foot.library_words.startswith("Index current as of ")
    assert foot.library_words.endswith(". 7 of 9 files readable, 2 not readable, 3 pages without text")

    foot.links[2].setFocus()
    QTest.keyClick(foot.links[2], Qt.Key.Key_Space)
    dialog = window.files.dialog
    assert dialog.isVisible()
    assert dialog.groups[Group.NOT_READ].isChecked()


def test_an_unsupported_sentence_is_underlined_and_says_why(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)

    view = window.conversation.turns[0].answer_view
    cursor = QTextCursor(view.document())
    cursor.setPosition(view.toPlainText().index("Most landlords") + 3)
    assert cursor.charFormat().toolTip() == "not found in the sources"
    cursor.setPosition(5)
    assert cursor.charFormat().toolTip() == ""


def test_a_mark_lifts_its_card_and_a_card_its_marks(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    view = window.conversation.turns[0].answer_view
    first, second, third = window.margin.cards()

    view.highlighted.emit(QUrl(citation_url(2)))
    assert (first.property("lifted"), second.property("lifted")) == (False, True)

    first.setFocus()
    assert first.property("lifted")
    assert len(view.extraSelections()) == 3  # three marks of source 1

    assert third.property("given")
    assert not third.isVisible()
    window.margin._given_button.click()
    assert third.isVisible()


def test_a_question_without_a_model_still_finds_passages(
    qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine
) -> None:
    engine.models = sample_models(installed=False)
    engine.answer = replace(not_found_answer(), text="", model="")
    window = open_window(engine)

    ask(qtbot, window)

    request = engine.requests(m.Ask)[-1]
    assert isinstance(request, m.Ask)
    assert request.no_model
    [turn] = window.conversation.turns
    assert turn.verdict == ""
    assert "No model is installed" in turn.failure
    assert len(window.margin.cards()) == 1


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_question_of_an_empty_library_leads_to_a_folder_and_not_to_a_model_alone(
    qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine
) -> None:
    engine.models = sample_models(installed=False)
    engine.answer = replace(not_found_answer(), text="", model="", evidence=(), coverage=Coverage(0, 0, 0, 0, 1))
    window = open_window(engine)
    window.question_box.question_asked.emit(QUESTION)
    [turn] = window.conversation.turns
    qtbot.waitUntil(lambda: turn.failure.startswith("There is nothing to search yet. Add a folder first."))
    turn.remedy_chosen.emit()
    chooser = window.library.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    assert chooser.windowTitle() == "Add a folder"
    chooser.reject()


def test_a_chosen_model_is_told_to_an_engine_that_was_started_again(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    row = window.models_dialog.shelf.row("tiny")
    assert row is not None
    row.choose.click()
    qtbot.waitUntil(lambda: engine.requests(ChooseModel) == [ChooseModel("tiny")])

    engine.die()

    qtbot.waitUntil(lambda: engine.requests(ChooseModel) == [ChooseModel("tiny")] * 2)
    assert window.shelving.chosen_model == "tiny"


def test_the_line_under_the_question_names_the_model_in_use_and_its_device(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    chosen = tuple(
        replace(row, chosen=row.name == "tiny") if row.role is ModelRole.ANSWER else row for row in engine.models
    )
    engine.emit(0, m.ModelsListed(chosen))  # the other one is loaded still
    qtbot.waitUntil(lambda: window.question_box.model_words == "SmolLM2 135M")

    engine.emit(0, m.ModelState("loading", "tiny"))
    qtbot.waitUntil(lambda: window.question_box.model_words == "SmolLM2 135M · loading…")
    engine.emit(0, m.ModelState("ready", "tiny", "GPU"))
    qtbot.waitUntil(lambda: window.question_box.model_words == "SmolLM2 135M · GPU")


def test_a_failed_question_says_what_to_do(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    engine.answers = False
    window.question_box.question_asked.emit(QUESTION)
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))

    engine.emit(engine.last_id(m.Ask), m.Failed("ModelDied", {"name": "small", "detail": "signal 9"}))

    [turn] = window.conversation.turns
    qtbot.waitUntil(lambda: turn.failure.startswith("The model stopped while it was writing."))


def test_scrolling_stays_where_it_was_put_and_follows_only_at_the_end(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    for _ in range(4):
        ask(qtbot, window)
    engine.answers = False
    window.question_box.question_asked.emit(QUESTION)
    qtbot.waitUntil(lambda: len(engine.requests(m.Ask)) == 5)
    request = engine.last_id(m.Ask)
    bar = window.conversation._scroll.verticalScrollBar()
    turn = window.conversation.turns[-1]

    engine.emit(request, m.AnswerGrew("line\n\n" * 20))
    qtbot.waitUntil(lambda: turn.answer_view.toPlainText().count("line") == 20)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    bar.setValue(100)
    engine.emit(request, m.AnswerGrew("line\n\n" * 20))
    qtbot.waitUntil(lambda: turn.answer_view.toPlainText().count("line") == 40)

    assert bar.value() == 100
