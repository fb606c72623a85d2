"""A question that is asked while an answer is written waits in sight, and is asked with that answer before it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.types import Filters
from app.ui.main_window import MainWindow
from tests.ui.acts import QUESTION
from tests.ui.scripted_engine import FOLDER, ScriptedEngine, sample_answer

SECOND, THIRD = "And who pays for repairs?", "And the glaze?"


def enter(window: MainWindow, question: str) -> None:
    window.question_box.set_text(question)
    QTest.keyClick(window.question_box.text_edit, Qt.Key.Key_Return)


def finish(engine: ScriptedEngine) -> None:
    engine.emit(engine.last_id(m.Ask), m.AnswerFinished(sample_answer()))


def asked(engine: ScriptedEngine) -> list[str]:
    return [one.question for one in engine.requests(m.Ask) if isinstance(one, m.Ask)]


@pytest.fixture
def busy(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> MainWindow:
    """A window in which an answer is being written, and two questions were entered meanwhile."""
    engine.answers = False
    for question in (QUESTION, SECOND, THIRD):
        enter(window, question)
    qtbot.waitUntil(lambda: asked(engine) == [QUESTION])
    return window


def test_what_is_asked_meanwhile_is_in_sight_and_asked_in_its_order(
    qtbot: QtBot, busy: MainWindow, engine: ScriptedEngine
) -> None:
    assert busy.question_box.text == ""
    assert [row.question for row in busy.checking.waiting.rows] == [SECOND, THIRD]
    assert busy.checking.waiting.rows[0].words == f"Asked next: {SECOND}"

    finish(engine)
    qtbot.waitUntil(lambda: asked(engine) == [QUESTION, SECOND])
    assert [row.question for row in busy.checking.waiting.rows] == [THIRD]
    second = engine.requests(m.Ask)[-1]
    assert isinstance(second, m.Ask)
    assert [turn.answer for turn in second.turns] == [sample_answer().text]

    finish(engine)
    qtbot.waitUntil(lambda: asked(engine) == [QUESTION, SECOND, THIRD])
    assert busy.checking.waiting.isHidden()


def test_it_is_asked_with_the_filters_of_the_moment_it_was_entered(
    qtbot: QtBot, busy: MainWindow, engine: ScriptedEngine
) -> None:
    busy.asking.set_filters(Filters(paths=(FOLDER,)))
    enter(busy, "Only there?")
    busy.asking.set_filters(Filters())
    for count in (2, 3, 4):
        finish(engine)
        qtbot.waitUntil(lambda count=count: len(asked(engine)) == count)
    filters = [one.filters.paths for one in engine.requests(m.Ask) if isinstance(one, m.Ask)]
    assert filters == [(), (), (), (FOLDER,)]


def test_a_waiting_question_can_be_taken_back(qtbot: QtBot, busy: MainWindow, engine: ScriptedEngine) -> None:
    busy.checking.waiting.rows[0].back.click()
    assert busy.question_box.text == SECOND
    busy.checking.waiting.rows[0].back.click()
    assert busy.question_box.text == f"{THIRD}\n{SECOND}"
    assert busy.question_box.text_edit.hasFocus()
    assert busy.checking.waiting.isHidden()


def test_stop_ends_the_answer_in_hand_and_the_next_question_is_asked(
    qtbot: QtBot, busy: MainWindow, engine: ScriptedEngine
) -> None:
    QTest.keyClick(busy, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bool(engine.requests(m.Stop)))
    finish(engine)
    qtbot.waitUntil(lambda: asked(engine) == [QUESTION, SECOND])


def test_a_failed_answer_lets_the_next_question_go_on(qtbot: QtBot, busy: MainWindow, engine: ScriptedEngine) -> None:
    engine.emit(engine.last_id(m.Ask), m.Failed("ModelDied", {}))
    qtbot.waitUntil(lambda: asked(engine) == [QUESTION, SECOND])


def test_in_a_new_conversation_nothing_waits_and_what_was_written_is_in_the_box(
    qtbot: QtBot, busy: MainWindow, engine: ScriptedEngine
) -> None:
    QTest.keyClick(busy, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert busy.checking.waiting.isHidden()
    assert busy.question_box.text == f"{SECOND}\n{THIRD}"
    assert asked(engine) == [QUESTION]


def test_a_question_to_be_reviewed_first_is_reviewed_when_its_turn_comes(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answers = False
    enter(window, QUESTION)
    window.checking.options.review.setChecked(True)
    enter(window, SECOND)
    assert not window.checking.options.wanted
    qtbot.waitUntil(lambda: asked(engine) == [QUESTION])
    finish(engine)
    qtbot.waitUntil(lambda: window.checking.reviewing.is_on)
    assert asked(engine)[-1] == SECOND

    enter_later = "Typed while it was reviewed"
    window.question_box.set_text(enter_later)
    assert window.checking.reviewing.escape()
    assert window.question_box.text == f"{SECOND}\n{enter_later}"


@pytest.fixture
def reworded(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> MainWindow:
    """A window in which a question came back from its review, and another one waits behind it."""
    engine.answers = False
    enter(window, QUESTION)
    window.checking.options.review.setChecked(True)
    enter(window, SECOND)
    enter(window, THIRD)
    qtbot.waitUntil(lambda: asked(engine) == [QUESTION])
    finish(engine)
    qtbot.waitUntil(lambda: window.checking.reviewing.is_on)
    assert window.checking.reviewing.escape()
    qtbot.wait(0)
    QApplication.processEvents()
    assert window.question_box.text == SECOND
    return window


def test_a_question_that_is_reworded_after_its_review_keeps_its_turn(
    qtbot: QtBot, reworded: MainWindow, engine: ScriptedEngine
) -> None:
    assert [row.question for row in reworded.checking.waiting.rows] == [THIRD]
    reworded.checking.options.review.setChecked(False)
    before = len(asked(engine))
    enter(reworded, "In other words?")
    qtbot.waitUntil(lambda: asked(engine)[before:] == ["In other words?"])
    finish(engine)
    qtbot.waitUntil(lambda: asked(engine)[before:] == ["In other words?", THIRD])


def test_what_waits_goes_on_when_the_reworded_question_is_given_up(
    qtbot: QtBot, reworded: MainWindow, engine: ScriptedEngine
) -> None:
    reworded.question_box.text_edit.clear()
    qtbot.waitUntil(lambda: asked(engine)[-1] == THIRD)
    assert reworded.checking.waiting.isHidden()


def test_it_is_asked_before_what_waits_also_when_an_answer_came_between(
    qtbot: QtBot, reworded: MainWindow, engine: ScriptedEngine
) -> None:
    reworded.checking.options.review.setChecked(False)
    turn = reworded.asking.last_turn()
    assert turn is not None
    reworded.asking.ask_again(turn)
    enter(reworded, "In other words?")
    assert [row.question for row in reworded.checking.waiting.rows] == ["In other words?", THIRD]


def test_of_many_the_first_are_in_sight_and_the_others_are_counted(
    qtbot: QtBot, busy: MainWindow, engine: ScriptedEngine
) -> None:
    waiting = busy.checking.waiting
    enter(busy, "A third?")
    assert waiting.others == ""
    height = waiting.sizeHint().height()
    for n in range(20):
        enter(busy, f"Question {n}?")
    assert [row.question for row in waiting.rows] == [SECOND, THIRD, "A third?"]
    assert waiting.others == "and 20 more after these"
    assert waiting.sizeHint().height() < 2 * height
    waiting.rows[0].back.click()
    assert [row.question for row in waiting.rows] == [THIRD, "A third?", "Question 0?"]
    assert waiting.rows[2].isVisible()
    assert waiting.others == "and 19 more after these"
