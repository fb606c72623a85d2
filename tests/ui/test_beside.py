"""A card stands beside the sentence that cites it, and scrolls with it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.types import Answer
from app.ui.answer_view import AnswerView
from app.ui.beside import HEAD_PX, stacked
from app.ui.card_content import CardContent
from app.ui.main_window import MainWindow
from app.ui.source_card import SourceCard
from app.ui.theme import Look
from tests.ui.acts import ask
from tests.ui.scripted_engine import ScriptedEngine, not_found_answer, sample_answer

GAP = 12
NEAR_PX = 2
BOXES = st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 400)), max_size=9)


@given(BOXES, st.integers(0, 500), st.integers(0, 3_000))
def test_boxes_never_overlap_and_keep_between_the_ends_if_they_can(
    boxes: list[tuple[int, int]], top: int, room: int
) -> None:
    wanted = sorted(place for place, _ in boxes)
    heights = [height for _, height in boxes]

    tops = stacked(wanted, heights, top, top + room, GAP)

    assert all(place >= top for place in tops)
    assert all(one + height + GAP <= other for (one, other), height in zip(pairwise(tops), heights, strict=False))
    if tops and sum(heights) + GAP * (len(boxes) - 1) <= room:
        assert tops[-1] + heights[-1] <= top + room


def test_boxes_with_room_stand_where_they_are_wanted() -> None:
    assert stacked((100, 400, 700), (50, 50, 50), 0, 2_000, GAP) == (100, 400, 700)
    assert stacked((100, 120, 700), (50, 50, 50), 0, 2_000, GAP) == (100, 162, 700)
    assert stacked((100, 400, 700), (50, 50, 50), 0, 600, GAP) == (100, 400, 550)


def spread_answer() -> Answer:
    """Return an answer that cites its second passage first, and the first one far below."""
    answer = sample_answer()
    filler = "\n\n".join(["A line that rests on nothing in particular."] * 30)
    text = f"The roof remains the Landlord’s own matter [2].\n\n{filler}\n\nThe deposit is £2,800 [1]."
    return replace(answer, text=text, sentences=(), citations=answer.citations[::-1])


def screen_y(part: QWidget, y: int = 0) -> int:
    """Return how far down the screen a place of a widget is."""
    return part.mapToGlobal(QPoint(0, y)).y()


def mark_y(view: AnswerView, n: int) -> int:
    """Return how far down the screen the line of a mark begins."""
    return screen_y(view, view.mark_tops()[n])


def card_y(window: MainWindow, n: int) -> int:
    """Return how far down the screen the card of a number is, less what its number stands below its edge."""
    card = next(card for card in window.margin.cards() if card.n == n)
    return screen_y(card, HEAD_PX)


def turn_wheel(pane: QWidget, down: int) -> None:
    """Turn the mouse's wheel over the middle of a pane by some notches."""
    place = QPointF(pane.rect().center())
    QApplication.sendEvent(
        pane,
        QWheelEvent(
            place,
            pane.mapToGlobal(place),
            QPoint(),
            QPoint(0, -120 * down),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_each_card_stands_beside_its_mark_and_scrolls_with_it(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = spread_answer()
    ask(qtbot, window)
    view = window.conversation.turns[0].answer_view
    bar = window.conversation.bar

    assert [card.n for card in window.margin.cited_cards()] == [2, 1]
    bar.setValue(0)
    qtbot.waitUntil(lambda: abs(card_y(window, 2) - mark_y(view, 2)) <= NEAR_PX)
    bar.setValue(300)
    assert abs(card_y(window, 2) - mark_y(view, 2)) <= NEAR_PX
    bar.setValue(bar.maximum())
    card = window.margin.cited_cards()[1]
    assert screen_y(card) <= mark_y(view, 1)
    assert screen_y(card, card.height()) <= screen_y(window.margin, window.margin.height())
    assert card_y(window, 2) < screen_y(window.margin)  # gone with its sentence


def test_the_conversation_follows_when_the_cards_are_scrolled(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = spread_answer()
    ask(qtbot, window)
    qtbot.waitUntil(lambda: window.margin._scroll.verticalScrollBar().maximum() > 0)

    window.conversation.bar.setValue(0)
    pane = window.margin._scroll.viewport()

    turn_wheel(pane, down=2)

    assert window.conversation.bar.value() == window.margin._scroll.verticalScrollBar().value() > 0


def test_a_lifted_mark_does_not_move_the_text_under_the_pointer(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = spread_answer()
    ask(qtbot, window)
    window.conversation.bar.setValue(0)
    qtbot.waitUntil(lambda: window.margin._scroll.verticalScrollBar().maximum() > 0)

    window.conversation.turns[0].answer_view.mark_lifted.emit(1)

    assert window.conversation.bar.value() == 0
    card = window.margin.cited_cards()[1]
    assert card.property("lifted")
    assert screen_y(card) < screen_y(window.margin, window.margin.height())


def test_scrolling_to_an_earlier_turn_brings_its_cards(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    for _ in range(3):
        ask(qtbot, window)
    engine.answer = spread_answer()
    ask(qtbot, window, "And the roof?")
    assert [card.n for card in window.margin.cited_cards()] == [2, 1]

    window.conversation.bar.setValue(0)

    qtbot.waitUntil(lambda: [card.n for card in window.margin.cited_cards()] == [1, 2])
    view = window.conversation.turns[0].answer_view
    qtbot.waitUntil(lambda: abs(card_y(window, 1) - mark_y(view, 1)) <= NEAR_PX)


def test_a_mark_that_is_reached_by_tab_lifts_its_card(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    view = window.conversation.turns[0].answer_view
    view.setFocus()

    QTest.keyClick(view, Qt.Key.Key_Tab)

    assert window.margin.cited_cards()[0].property("lifted")
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert window.reading.open_number == 1


def test_cards_under_the_answer_stand_one_under_the_other(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = spread_answer()
    ask(qtbot, window)
    window.resize(780, 800)

    def gap() -> int:
        first, second = window.margin.cited_cards()
        return second.y() - first.y() - first.height()

    qtbot.waitUntil(lambda: gap() == GAP)
    assert window.margin.cited_cards()[0].y() < 40


@pytest.mark.parametrize("width", [1360, 780])
@pytest.mark.parametrize("asked", [False, True])
def test_cards_that_stand_where_they_should_are_left_alone(
    qtbot: QtBot, window: MainWindow, width: int, asked: bool
) -> None:
    window.resize(width, 800)
    if asked:
        ask(qtbot, window)
    moved: list[int] = []
    window.margin.cards_moved.connect(lambda: moved.append(1))

    def is_still() -> bool:
        """Return whether the cards stand, after so many turns of the loop that they would move in one of them."""
        moved.clear()
        for _ in range(20):
            QApplication.sendPostedEvents()
            QApplication.processEvents()
        return not moved

    qtbot.waitUntil(is_still)


def test_a_card_that_a_narrower_pane_cuts_offers_all_of_its_text(qtbot: QtBot, look: Look) -> None:
    hit = sample_answer().evidence[1]
    hit = replace(hit, text=hit.text * 3)
    holder = QWidget()
    qtbot.addWidget(holder)
    card = SourceCard(look, CardContent(2, hit), used=True, parent=holder)
    card.resize(900, 200)
    holder.show()
    qtbot.waitUntil(lambda: not card._text.more.isVisible())

    card.resize(300, 200)

    qtbot.waitUntil(card._text.more.isVisible)


def test_cards_fit_the_pane_and_hold_their_text_however_long_their_headings_are(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    answer = sample_answer()
    long = tuple(replace(hit, text=hit.text * 4, headings=("A heading of many words",) * 9) for hit in answer.evidence)
    engine.answer = replace(answer, evidence=long)
    ask(qtbot, window)
    cards = window.margin.cited_cards()
    viewport = window.margin._scroll.viewport()

    def all_fit() -> bool:
        return all(
            card._text.more.isVisible()
            and card.mapTo(viewport, card.rect().topRight()).x() < viewport.width()
            and card._text.view.geometry().bottom() < card._text.more.mapTo(card, QPoint()).y()
            and card._text.more.mapTo(card, card._text.more.rect().bottomLeft()).y() < card.height()
            for card in cards
        )

    qtbot.waitUntil(all_fit)
    window.resize(780, 800)
    qtbot.waitUntil(all_fit)
    window.resize(1200, 800)
    qtbot.waitUntil(all_fit)


def test_more_cards_than_the_pane_holds_keep_their_height(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    hit = sample_answer().evidence[0]
    many = tuple(replace(hit, text=hit.text * 4, passage_id=n) for n in range(8))
    engine.answer = replace(not_found_answer(), evidence=many)
    ask(qtbot, window)
    cards = window.margin.cited_cards()

    qtbot.waitUntil(
        lambda: all(card._text.more.isVisible() and card.height() >= card.sizeHint().height() for card in cards)
    )
    bar = window.margin._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert all(one.geometry().bottom() < other.y() for one, other in pairwise(cards))
