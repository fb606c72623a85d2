"""The evidence is seen and changed before the model is asked, by keyboard and by drag."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.ui.main_window import MainWindow
from app.ui.passage_search import places_of
from app.ui.review_card import ReviewCard
from app.ui.reviewing import Reviewing
from app.ui.theme import Look
from tests.ui.acts import QUESTION
from tests.ui.scripted_engine import ScriptedEngine, sample_answer

DEPOSIT, REPAIR, GLAZE = (hit.passage_id for hit in sample_answer().evidence)


@pytest.fixture
def reviewing(qtbot: QtBot, window: MainWindow) -> Reviewing:
    """A question under review, its prompt counted."""
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    window.question_box.set_text(QUESTION)
    QTest.keyClick(window.question_box.text_edit, Qt.Key.Key_Return)
    counted(qtbot, window)
    return window.checking.reviewing


def counted(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the prompt that is shown is the one that would be sent."""
    review = window.checking.reviewing
    qtbot.waitUntil(lambda: review._review is not None and review._review.is_ready)


def order(window: MainWindow) -> list[int]:
    return [card.hit.passage_id for card in window.checking.panel.list.cards()]


def sent(engine: ScriptedEngine) -> m.Ask:
    last = [one for one in engine.requests(m.Ask) if isinstance(one, m.Ask) and not one.evidence_only][-1]
    assert isinstance(last, m.Ask)
    return last


def answer(qtbot: QtBot, window: MainWindow) -> None:
    window.checking.panel.take_focus()
    QTest.keyClick(window.checking.panel.answer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.conversation.turns) and not window.asking.is_answering)


def test_nothing_is_asked_before_the_person_says_so(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, reviewing: Reviewing
) -> None:
    assert order(window) == [DEPOSIT, REPAIR, GLAZE]
    assert window.conversation.is_empty
    assert [one.evidence_only for one in engine.requests(m.Ask) if isinstance(one, m.Ask)] == [True]
    assert [part.words for part in window.checking.panel.tokens.parts] == [
        "Instructions",
        "Conversation",
        "Passages",
        "Question",
        "Room for the answer",
        "Free",
    ]
    window.checking.panel.prompt.toggle.click()
    assert "5. Deposit" in window.checking.panel.prompt.text

    answer(qtbot, window)

    assert (sent(engine).passages, sent(engine).found) == ((DEPOSIT, REPAIR, GLAZE), (DEPOSIT, REPAIR, GLAZE))
    assert not reviewing.is_on
    assert not window.checking.options.wanted


def test_what_is_found_in_the_documents_language_takes_the_place_of_what_was_found_before(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.translation = "Who pays for repairs?"
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    window.question_box.set_text("Wer bezahlt Reparaturen?")
    QTest.keyClick(window.question_box.text_edit, Qt.Key.Key_Return)
    counted(qtbot, window)
    cards = window.checking.panel.list.cards()
    assert order(window) == [DEPOSIT, REPAIR, GLAZE]
    assert [card.says for card in cards] == ["", "", ""]
    assert window.checking.panel.searched_words == "Searched for: Who pays for repairs?"

    answer(qtbot, window)

    assert (sent(engine).question, sent(engine).searched) == ("Wer bezahlt Reparaturen?", "Who pays for repairs?")
    assert sent(engine).passages == (DEPOSIT, REPAIR, GLAZE)


def test_a_passage_of_an_attachment_says_in_what_it_is(look: Look, qtbot: QtBot) -> None:
    hit = replace(sample_answer().evidence[0], path=b"/p/mail.eml/lease.txt", file=b"/p/mail.eml", headings=("Rent",))
    card = ReviewCard(look, hit)
    qtbot.addWidget(card)
    assert card.where == "in mail.eml › Rent"


def test_every_question_is_reviewed_where_the_menu_of_the_question_says_so(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, reviewing: Reviewing
) -> None:
    options = window.checking.options
    every = window.question_box.text_menu().actions()[-1]
    assert every.text() == "Always review first"
    assert every in options.review.actions()
    every.trigger()
    assert (options.always, options.wanted, options.review.text()) == (True, True, "Always review first")
    options.settle()
    assert options.wanted
    every.trigger()
    assert (options.always, options.wanted, options.review.text()) == (False, False, "Review first")


def test_passages_are_dropped_moved_and_pinned_by_key(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, reviewing: Reviewing
) -> None:
    first = window.checking.panel.list.cards()[0]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_P)
    QTest.keyClick(first, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert order(window) == [REPAIR, DEPOSIT, GLAZE]
    assert first.hasFocus()
    QTest.keyClick(window.checking.panel.list.cards()[2], Qt.Key.Key_Delete)
    counted(qtbot, window)

    answer(qtbot, window)
    assert sent(engine).passages == (REPAIR, DEPOSIT)
    assert sent(engine).found == (DEPOSIT, REPAIR, GLAZE)
    assert sent(engine).pinned == (DEPOSIT,)

    window.question_box.set_text("Who repairs the roof?")
    QTest.keyClick(window.question_box.text_edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sent(engine).question == "Who repairs the roof?")
    assert sent(engine).pinned == (DEPOSIT,)
    window.checking.options.pins.click()
    assert window.checking.reviewing.pinned() == ()


def test_tab_goes_through_the_review_from_top_to_bottom(qtbot: QtBot, window: MainWindow, reviewing: Reviewing) -> None:
    panel = window.checking.panel
    QTest.keyClick(panel.list.cards()[0], Qt.Key.Key_Delete)
    counted(qtbot, window)
    [chip] = (one for one in panel.left_out.findChildren(QPushButton) if not one.isHidden())
    wanted = [*panel.list.cards(), chip, panel.search.field, panel.answer]
    panel.style_section.findChildren(QPushButton)[0].setFocus()
    passed: list[QWidget | None] = []
    for _ in range(40):
        QTest.keyClick(window, Qt.Key.Key_Tab)
        passed.append(window.focusWidget())
    places = [passed.index(widget) for widget in wanted]
    assert places == sorted(places)


def test_enter_presses_the_button_in_focus_and_not_the_card_around_it(
    qtbot: QtBot, window: MainWindow, reviewing: Reviewing
) -> None:
    first = window.checking.panel.list.cards()[0]
    first.drop.setFocus()
    QTest.keyClick(first.drop, Qt.Key.Key_Return)
    assert order(window) == [REPAIR, GLAZE]
    assert not window.panes.page_is_open
    window.checking.panel.list.cards()[0].setFocus()
    QTest.keyClick(window.checking.panel.list.cards()[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.panes.page_is_open)


def test_a_card_is_dragged_to_another_place(qtbot: QtBot, window: MainWindow, reviewing: Reviewing) -> None:
    last, first = window.checking.panel.list.cards()[2], window.checking.panel.list.cards()[0]
    above_first = first.mapTo(window.checking.panel.list, QPoint(20, 2))
    to = last.mapFrom(window.checking.panel.list, above_first)
    QTest.mousePress(last, Qt.MouseButton.LeftButton, pos=QPoint(20, 12))
    QTest.mouseMove(last, QPoint(20, 0))
    QTest.mouseMove(last, to)
    QTest.mouseRelease(last, Qt.MouseButton.LeftButton, pos=to)
    assert order(window) == [GLAZE, DEPOSIT, REPAIR]


def test_what_was_searched_for_is_marked_in_what_is_found() -> None:
    text = "5.1 The Deposit of 2,800 pounds. The déposit is held."
    assert [text[span.start : span.end] for span in places_of("the deposit 2,800", text)] == [
        "Deposit",
        "2,800",
        "déposit",
    ]
    assert places_of("the", "Nothing of it") == ()


def test_the_foot_ends_where_the_column_ends_with_or_without_a_scroll_bar(
    qtbot: QtBot, window: MainWindow, reviewing: Reviewing
) -> None:
    panel = window.checking.panel

    def is_aligned() -> bool:
        column, foot = panel.list.cards()[0], panel.answer
        return column.mapTo(panel, column.rect().topRight()).x() == foot.mapTo(panel, foot.rect().topRight()).x()

    for height in (500, 2000, 500):
        window.resize(1360, height)
        qtbot.waitUntil(is_aligned)


def test_a_passage_that_was_left_out_is_searched_for_and_added_again(
    qtbot: QtBot, window: MainWindow, reviewing: Reviewing
) -> None:
    panel = window.checking.panel
    QTest.keyClick(panel.list.cards()[1], Qt.Key.Key_Delete)
    assert order(window) == [DEPOSIT, GLAZE]
    panel.search.field.setText("roof")
    QTest.keyClick(panel.search.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(panel.search.buttons) == 3 and panel.search.buttons[2].isVisible())
    assert [button.isEnabled() for button in panel.search.buttons] == [False, True, False]
    panel.search.field.setFocus()
    QTest.keyClick(panel.search.field, Qt.Key.Key_Tab)
    assert window.focusWidget() is panel.search.buttons[1]
    QTest.keyClick(panel.search.buttons[1], Qt.Key.Key_Return)
    assert order(window) == [DEPOSIT, GLAZE, REPAIR]


def test_what_is_marked_on_an_open_page_is_added(qtbot: QtBot, window: MainWindow, reviewing: Reviewing) -> None:
    panel = window.checking.panel
    panel.list.cards()[2].setFocus()
    QTest.keyClick(panel.list.cards()[2], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page_panel.text.marked_text() != "")
    QTest.keyClick(panel.list.cards()[2], Qt.Key.Key_Delete)
    assert order(window) == [DEPOSIT, REPAIR]
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: GLAZE in order(window))


def test_escape_gives_the_question_back(qtbot: QtBot, window: MainWindow, reviewing: Reviewing) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not reviewing.is_on
    assert window.question_box.text == QUESTION
    assert window.question_box.text_edit.hasFocus()
    assert window.checking.options.wanted
