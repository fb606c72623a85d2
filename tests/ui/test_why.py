"""Why a passage was used, or not: on its card, and on any opened page."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.explanation import Explanation, Fate, Limits
from app.core.pages import Rect, Span
from app.core.types import Filters, Hit, Lift, Scores, Twin
from app.ui.main_window import MainWindow
from app.ui.page_picking import page_offset
from app.ui.why_words import fate_words, found_words, step_rows
from tests.ui.acts import ask
from tests.ui.scripted_engine import (
    GLAZE,
    LEASE,
    ScriptedEngine,
    glaze_hit,
    lease_hit,
    page_lines,
    sample_answer,
)

SCORES = Scores(12.345, 3, 0.714, 1, 0.93, 2, 5.2, 1, 2.31, 1)
LIMITS = Limits(depth=100, deepest=10_000, judged=12, limit=8, by_meaning=True)
DEPOSIT = lease_hit("5. Deposit", "whatever is kept back.", 2, ("5. Deposit",))
USE = lease_hit("7. Use", "twelve days a year.", 2, ("7. Use",))


def with_rects(hit: Hit) -> tuple[Rect, ...]:
    """Return the lines of a passage of the lease's second page."""
    import pymupdf

    with pymupdf.open(LEASE) as document:
        lines = page_lines(document[1])
    position, rects = 0, list[Rect]()
    for line in lines:
        if position < hit.end and position + len(line.text) > hit.start:
            rects.append(line.rect)
        position += len(line.text) + 1
    return tuple(rects)


@pytest.fixture
def explained(engine: ScriptedEngine) -> ScriptedEngine:
    """An engine that explains two passages of the lease's second page."""
    engine.explanations = (
        Explanation(replace(DEPOSIT, scores=SCORES), Fate.USED, LIMITS, rects=with_rects(DEPOSIT)),
        Explanation(replace(USE, scores=Scores(None, None, 0.4, 312)), Fate.NOT_FOUND, LIMITS, rects=with_rects(USE)),
    )
    return engine


def open_page_of(qtbot: QtBot, window: MainWindow, n: int) -> None:
    """Ask, and open the page of a source."""
    ask(qtbot, window)
    window.stepping.open(n)
    qtbot.waitUntil(lambda: window.why_not._opened is not None)


def test_why_on_a_card_shows_rank_and_score_of_every_step_and_plain_words(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    answer = sample_answer()
    engine.answer = replace(answer, evidence=(replace(answer.evidence[0], scores=SCORES), *answer.evidence[1:]))
    ask(qtbot, window)
    footer = window.margin.cards()[0].footer
    footer.why.setFocus()
    QTest.keyClick(footer.why, Qt.Key.Key_Space)

    assert footer.panel is not None
    assert footer.panel.isVisible()
    assert footer.panel.lines == (
        ("Words in common", "3", "12.35"),
        ("Likeness of meaning", "1", "0.71"),
        ("Both together", "2", "0.93"),
        ("Read with the question", "1", "5.20"),
        ("In the end", "1", "2.31"),
    )
    assert "number 3" in footer.panel.words
    assert "came in as number 1" in footer.panel.words
    assert engine.requests(m.OpenPage) == []  # the card itself was not pressed
    QTest.keyClick(footer.why, Qt.Key.Key_Space)
    assert not footer.panel.isVisible()


def test_twins_stand_on_the_card_and_each_opens_its_page(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    places = [Twin(4, b"/papers/lease copy\xe9.pdf", page, 10, 20) for page in (1, 2, 3, 4)]
    answer = sample_answer()
    engine.answer = replace(answer, evidence=(replace(answer.evidence[0], twins=tuple(places)), *answer.evidence[1:]))
    ask(qtbot, window)
    footer = window.margin.cards()[0].footer
    assert [twin.text() for twin in footer.twins()] == [f"lease copy\ufffd.pdf p. {page}" for page in (1, 2, 3)]
    assert footer.more is not None
    footer.more.click()
    assert [twin.text()[-4:] for twin in footer.twins()] == ["p. 1", "p. 2", "p. 3", "p. 4"]

    QTest.keyClick(footer.twins()[2], Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: window.page_panel.place_words == "3 / 4")
    request = engine.requests(m.OpenPage)[-1]
    assert isinstance(request, m.OpenPage)
    assert (request.document_id, request.page, request.span) == (4, 3, Span(10, 20))
    assert window.margin.cards()[1].footer.twins() == ()


def test_why_not_asks_for_the_opened_page_as_the_question_was_asked(
    qtbot: QtBot, window: MainWindow, explained: ScriptedEngine
) -> None:
    window.narrowing.chips.filters_changed.emit(Filters(types=("pdf",)))
    ask(qtbot, window)
    open_page_of(qtbot, window, 1)
    QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.why_not.picked is not None)

    request = explained.requests(m.Explain)[-1]
    assert isinstance(request, m.Explain)
    assert (request.document_id, request.page, request.drawn) == (4, 2, True)
    assert request.filters == Filters(types=("pdf",))
    assert [turn.question for turn in request.turns] == [window.conversation.turns[0].question]
    assert request.given == tuple(hit.passage_id for hit in sample_answer().evidence)
    assert window.page_panel.why_bar.title == "Passage 1 of 2 on this page"
    assert window.page_panel.why_bar.panel.words.startswith("It was used.")


def test_any_passage_of_the_page_is_reached_by_keys_and_by_the_mouse_and_marked(
    qtbot: QtBot, window: MainWindow, explained: ScriptedEngine
) -> None:
    open_page_of(qtbot, window, 1)
    bar, view = window.page_panel.why_bar, window.page_panel.drawn
    marked_before = len(view.marked_rects())
    window.page_panel.footer.why.click()
    qtbot.waitUntil(lambda: bar.panel.isVisible())

    QTest.keyClick(bar.after, Qt.Key.Key_Space)
    assert bar.title == "Passage 2 of 2 on this page"
    assert "By its meaning it is number 312." in bar.panel.words
    assert not bar.after.isEnabled()
    assert len(view.marked_rects()) == len(with_rects(USE))
    assert any(view.viewport().rect().toRectF().intersects(rect) for rect in view.marked_rects())

    first = with_rects(DEPOSIT)[2]
    unit = view.zoom * 96 / 72
    place = view._corner() + QPoint(round((first.x0 + 30) * unit), round((first.y0 + 4) * unit))
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + place.y() - 50)
    place = view._corner() + QPoint(round((first.x0 + 30) * unit), round((first.y0 + 4) * unit))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert bar.title == "Passage 1 of 2 on this page"

    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert len(view.marked_rects()) == marked_before
    assert window.panes.page_is_open


def test_in_a_low_window_the_figures_wait_until_they_are_asked_for(
    qtbot: QtBot, window: MainWindow, explained: ScriptedEngine
) -> None:
    window.resize(900, 700)
    qtbot.waitUntil(lambda: window.panes.is_narrow)
    open_page_of(qtbot, window, 1)
    bar, view = window.page_panel.why_bar, window.page_panel.drawn
    window.page_panel.footer.why.click()
    qtbot.waitUntil(lambda: bar.panel.isVisible())
    figure = bar.panel._cells[1][0]
    assert not figure.isVisible()
    bar.after.click()
    qtbot.waitUntil(lambda: any(view.viewport().rect().toRectF().intersects(rect) for rect in view.marked_rects()))
    bar.figures.click()
    assert figure.isVisible()


def test_a_selection_of_a_text_page_is_asked_about(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    first = glaze_hit("Dip bisque ware", "above the foot.", ())
    text = GLAZE.read_text("utf-8")
    heading = text.index("#")
    title = replace(first, start=heading, end=heading + 20, text=text[heading : heading + 20])
    engine.explanations = (
        Explanation(title, Fate.TWIN, LIMITS, better=USE),
        Explanation(first, Fate.USED, LIMITS),
    )
    open_page_of(qtbot, window, 3)
    view = window.page_panel.text
    qtbot.waitUntil(lambda: not view._steps.isActive())
    cursor = QTextCursor(view.document())
    cursor.setPosition(2)
    cursor.setPosition(9, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)

    window.page_panel.footer.why.click()

    bar = window.page_panel.why_bar
    qtbot.waitUntil(lambda: bar.panel.isVisible())
    assert bar.title == "Passage 1 of 2 on this page"
    assert bar.panel.words == "It says the same as lease-unit-4-ropewalk.pdf, p. 2, which was taken in its place."
    qtbot.waitUntil(lambda: not view._steps.isActive())
    assert " ".join(view.marked_text().split()) == " ".join(title.text.split())


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_page_asks_about_the_passage_under_the_pointer(
    qtbot: QtBot, window: MainWindow, explained: ScriptedEngine
) -> None:
    open_page_of(qtbot, window, 1)
    view = window.page_panel.drawn
    line = with_rects(USE)[0]
    unit = view.zoom * 96 / 72
    view.verticalScrollBar().setValue(round(line.y0 * unit) - 60)
    place = view._corner() + QPoint(round((line.x0 + 20) * unit), round((line.y0 + 4) * unit))
    viewport = view.viewport()
    opened = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, opened)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = menu.actions()[-1]
    assert action.text() == "Why was this not used?"
    action.trigger()
    menu.close()
    qtbot.waitUntil(lambda: window.page_panel.why_bar.title == "Passage 2 of 2 on this page")


def test_a_page_without_passages_and_an_engine_that_refuses_say_so(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    open_page_of(qtbot, window, 1)
    bar = window.page_panel.why_bar
    window.page_panel.footer.why.click()
    qtbot.waitUntil(lambda: bar.title == "Nothing on this page can be searched.")
    assert not bar.panel.isVisible()
    engine.emit(engine.last_id(m.Explain), m.Failed("PathNotInLibrary", {"path": "/x"}))
    qtbot.waitUntil(lambda: "is not in the library" in bar.title)


def test_without_a_question_there_is_no_why(qtbot: QtBot, window: MainWindow, explained: ScriptedEngine) -> None:
    assert not window.page_panel.footer.why.isEnabled()
    open_page_of(qtbot, window, 1)
    assert window.page_panel.footer.why.isEnabled()
    window.page_panel.footer.why.click()
    qtbot.waitUntil(lambda: window.why_not.picked is not None)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.page_panel.why_bar.isHidden()
    assert not window.page_panel.footer.why.isEnabled()


def test_every_place_of_a_text_page_is_a_place_of_its_text(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    open_page_of(qtbot, window, 3)
    view = window.page_panel.text
    qtbot.waitUntil(lambda: not view._steps.isActive())
    text = GLAZE.read_text("utf-8")
    for words in ("Ropewalk", "Dip bisque", "above the foot"):
        found = view.document().find(words)
        assert not found.isNull()
        found.setPosition(found.selectionStart())
        offset = page_offset(found)
        assert offset is not None
        assert text[offset : offset + len(words)] == words


@pytest.mark.parametrize(
    ("fate", "scores", "said"),
    [
        (Fate.FILTERED, Scores(), "the filters left its document out"),
        (Fate.NOT_FOUND, Scores(0.1, 4321), "only number 4,321. Its meaning is far"),
        (Fate.NOT_FOUND, Scores(), "none of the words of the question"),
        (Fate.NOT_JUDGED, Scores(fused_rank=40), "Number 40 by words and meaning: only the best 12"),
        (Fate.BELOW_LIMIT, Scores(final_rank=9), "number 9; the best 8 are used"),
        (Fate.DOUBTED, SCORES, "say nothing about it"),
        (Fate.NO_ROOM, SCORES, "no room left"),
    ],
)
def test_every_fate_has_its_words(fate: Fate, scores: Scores, said: str) -> None:
    assert said in fate_words(Explanation(replace(DEPOSIT, scores=scores), fate, LIMITS))


def test_a_step_that_did_not_see_a_passage_shows_no_figures() -> None:
    assert {(row.rank, row.score) for row in step_rows(Scores())} == {("–", "–")}
    assert found_words(Scores()) == ""
    assert "in other words" in found_words(Scores(vector=0.8, vector_rank=2))
    assert "of the time asked for" in found_words(Scores(vector=0.8, vector_rank=2, lifts=(Lift.TIME,)))
