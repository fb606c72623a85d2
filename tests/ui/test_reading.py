"""A mark, a card or a key opens the page with the passage marked."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.pages import Span
from app.ui.main_window import MainWindow
from tests.ui.acts import ask, click_mark
from tests.ui.scripted_engine import (
    SAMPLES,
    ScriptedEngine,
    sample_answer,
)


def test_a_click_on_a_mark_opens_the_page_with_the_whole_passage_marked(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    hit = sample_answer().evidence[0]

    click_mark(window.conversation.turns[0].answer_view, 1)

    qtbot.waitUntil(lambda: window.page_panel.place_words == "2 / 4")
    request = engine.requests(m.OpenPage)[-1]
    assert isinstance(request, m.OpenPage)
    assert (request.document_id, request.page, request.span) == (4, 2, Span(hit.start, hit.end))
    rects = window.page_panel.drawn.marked_rects()
    assert len(rects) == 6  # the heading and five lines
    assert all(window.page_panel.drawn.viewport().rect().contains(rect.toRect()) for rect in rects)
    assert len({round(rect.height()) for rect in rects}) <= 2
    assert [rect.top() for rect in rects] == sorted(rect.top() for rect in rects)


def test_the_tint_is_one_and_lies_on_the_page(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    window.stepping.open(1)
    view = window.page_panel.drawn
    qtbot.waitUntil(lambda: len(view.marked_rects()) == 6)

    image = view.viewport().grab().toImage()

    ratio = image.devicePixelRatio()
    corners = [image.pixelColor((rect.topLeft() * ratio).toPoint()).name() for rect in view.marked_rects()]
    assert len(set(corners)) == 1
    assert corners[0] != "#ffffff"


def test_a_page_that_is_text_is_marked_too(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)

    window.stepping.open(3)

    qtbot.waitUntil(lambda: window.page_panel.place_words == "1 / 1")
    marked = " ".join(window.page_panel.text.marked_text().split())
    assert marked == " ".join(sample_answer().evidence[2].text.split())


def test_passages_can_be_stepped_through(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)

    opened = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
        opened.append(window.reading.open_number)

    assert opened == [1, 2, 3, 3, 2]


def test_a_number_opens_its_source_but_is_typed_in_the_question(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    window.question_box.take_focus()
    QTest.keyClick(window.question_box._text, Qt.Key.Key_2)
    assert window.question_box.text == "2"
    assert window.reading.open_number is None

    window.library.take_focus()
    QTest.keyClick(window.library.view, Qt.Key.Key_2)

    assert window.reading.open_number == 2


def test_escape_closes_the_page(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    window.stepping.open(1)
    assert window.panes.page_is_open

    QTest.keyClick(window, Qt.Key.Key_Escape)

    assert not window.panes.page_is_open


def test_a_card_opens_by_enter(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)

    window.margin.cards()[1].setFocus()
    QTest.keyClick(window.margin.cards()[1], Qt.Key.Key_Return)

    assert window.reading.open_number == 2


def test_the_keyboard_goes_from_a_card_to_its_page_and_back_to_the_card_of_the_open_passage(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    window.margin.take_focus()
    QTest.keyClick(window.margin.cards()[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page_panel.view.hasFocus())
    assert window.page_panel.focus_line.is_lit
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.reading.open_number == 2)

    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.panes.page_is_open
    assert window.margin.cards()[1].hasFocus()
    assert not window.page_panel.focus_line.is_lit


def test_after_a_page_that_the_pointer_opened_the_keyboard_is_in_the_question(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    QTest.mouseClick(window.margin.cards()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panes.page_is_open)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.question_box._text.hasFocus()


def test_a_page_that_cannot_be_opened_says_why_in_its_place(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    engine.answer = None
    window.reading.open_hit(1, replace(sample_answer().evidence[0], page=99))

    qtbot.waitUntil(lambda: "has no page 99" in window.page_panel.message)


def test_a_file_that_changed_says_so(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    window.stepping.open(3)
    qtbot.waitUntil(lambda: window.page_panel.place_words == "1 / 1")
    opened = m.PageOpened(1, bytes(SAMPLES / "celadon-glaze.md"), 1, 1, None, None, (), None, 1.0, True)

    window.page_panel.show_page(opened, "The coat should be as thick as a postcard.")

    assert window.page_panel.notice.startswith("This file changed since it was read.")


def test_a_document_opens_by_enter(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.library.take_focus()
    window.library.view.setCurrentIndex(window.documents.index_of_document(4))

    window.library.view.activated.emit(window.library.view.currentIndex())

    qtbot.waitUntil(lambda: window.page_panel.place_words == "1 / 4")
    bar = window.page_panel.drawn.verticalScrollBar()
    bar.setValue(bar.maximum())
    QTest.keyClick(window.page_panel.drawn, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: window.page_panel.place_words == "2 / 4")


def test_the_sentence_that_an_answer_rests_on_stands_out_on_the_drawn_page(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    hit = sample_answer().evidence[0]
    quotes = [citation.quote for citation in sample_answer().citations if citation.n == 1]
    view = window.page_panel.drawn

    window.stepping.open(1)

    qtbot.waitUntil(lambda: bool(view.quoted_rects()))
    passage = view.marked_rects()
    quoted = view.quoted_rects()
    assert len(quotes) == 1
    assert [hit.text[span.start - hit.start : span.end - hit.start] for span in view._quotes] == quotes
    assert sum(rect.height() for rect in quoted) < sum(rect.height() for rect in passage)
    image, ratio = view.viewport().grab().toImage(), view.devicePixelRatioF()
    around, full = (image.pixelColor((rect.topLeft() * ratio).toPoint()).blue() for rect in (passage[0], quoted[0]))
    assert full < around < 255  # a deeper yellow

    window.page_panel.go_to(1)

    qtbot.waitUntil(lambda: not view.quoted_rects() and not view.marked_rects())


def test_a_page_that_was_opened_while_the_answer_was_written_gets_its_sentence_marked_then(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answers = False
    window.question_box.set_text("What does the tenant pay?")
    QTest.keyClick(window.question_box._text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))
    answer, asked = sample_answer(), engine.last_id(m.Ask)
    engine.emit(asked, m.EvidenceFound(answer.evidence, 12.0, "What does the tenant pay?"))
    qtbot.waitUntil(lambda: window.asking.hit(1) is not None)
    window.stepping.open(1)
    view = window.page_panel.drawn
    qtbot.waitUntil(lambda: len(view.marked_rects()) == 6)
    assert not view.quoted_rects()

    engine.emit(asked, m.AnswerFinished(answer))

    qtbot.waitUntil(lambda: bool(view.quoted_rects()))
    assert window.reading.open_number == 1


def test_the_sentence_that_an_answer_rests_on_stands_out_in_a_text(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    quoted = window.asking.hit(3)
    assert quoted is not None
    start = quoted.text.index(" ") + 1

    window.reading.open_hit(3, quoted, (Span(start, start + 12),))

    view = window.page_panel.text
    qtbot.waitUntil(lambda: view.quoted_text() != "")
    assert view.quoted_text() == quoted.text[start : start + 12].replace("\n", " ")
