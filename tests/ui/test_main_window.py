"""The window does what a person came for: a folder in, a question, an answer, the marked page."""

import time
from dataclasses import replace
from urllib.parse import quote_from_bytes

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.types import DocumentState, Reason, Span
from app.ui.answer_view import AnswerView
from app.ui.main_window import MainWindow
from app.ui.safe_text import citation_url
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import (
    FOLDER,
    SAMPLES,
    ScriptedEngine,
    document_row,
    not_found_answer,
    sample_answer,
    sample_documents,
    sample_models,
    status_of,
)

QUESTION = "What happens to the deposit at the end of the lease?"


def ask(qtbot: QtBot, window: MainWindow, question: str = QUESTION) -> None:
    """Type a question and press Enter, as a person does."""
    window.question_box.set_text(question)
    QTest.keyClick(window.question_box._text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.asking.is_answering)


def click_mark(view: AnswerView, n: int) -> None:
    """Click the first mark of a number where it stands on the screen."""
    start, end = view._marks[n][0]
    left, right = QTextCursor(view.document()), QTextCursor(view.document())
    left.setPosition(start)
    right.setPosition(end)
    place = (view.cursorRect(left).center() + view.cursorRect(right).center()) / 2
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def drop(window: MainWindow, path: bytes) -> None:
    """Drop a path on the window."""
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromEncoded(b"file://" + quote_from_bytes(path).encode())])
    place = QPointF(100, 100)
    window.dropEvent(
        QDropEvent(place, Qt.DropAction.CopyAction, dropped, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    )


@pytest.mark.parametrize("path", [FOLDER, b"/papers/caf\xe9 100%"], ids=["sample folder", "name that is no text"])
def test_a_dropped_folder_is_added(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, path: bytes) -> None:
    drop(window, path)

    qtbot.waitUntil(lambda: m.AddFolder(path) in engine.requests(m.AddFolder))


def test_an_empty_library_teaches_to_drop_a_folder(qtbot: QtBot, open_window: OpenWindow) -> None:
    engine = ScriptedEngine(models=sample_models(installed=False))
    window = open_window(engine)

    assert window.teaching.title == "Drop a folder here."
    assert window.teaching._samples.isVisible()
    qtbot.mouseClick(window.teaching._samples, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.requests(m.AddFolder) == [m.AddFolder(FOLDER)])


def test_a_library_without_a_model_shows_the_shelf_in_place(qtbot: QtBot, open_window: OpenWindow) -> None:
    documents = sample_documents()
    engine = ScriptedEngine(
        documents, sample_models(installed=False), status_of(documents, waiting_for="embedder"), m.ModelState("none")
    )
    window = open_window(engine)
    shelf = window.teaching.shelf

    assert window.teaching.title == "Get a model"
    assert "wait for the model that finds passages" in window.library.progress_words
    qtbot.mouseClick(shelf.row("small").get, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.requests(m.GetModel) == [m.GetModel("small")])

    engine.emit(engine.last_id(m.GetModel), m.ModelProgress("small", "download", 400_000_000, 1_117_320_768))
    qtbot.waitUntil(lambda: shelf.row("small").says == "400 MB of 1.1 GB")
    qtbot.mouseClick(shelf.row("small").cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.requests(m.Stop) == [m.Stop(engine.last_id(m.GetModel))])

    engine.emit(engine.last_id(m.GetModel), m.Failed("DownloadFailed", {"name": "small"}))
    qtbot.waitUntil(lambda: "could not be downloaded" in shelf.row("small").says)
    assert shelf.row("small").get.isVisible()


def test_an_answer_is_shown_with_its_sources_beside(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)

    [turn] = window.conversation.turns
    assert turn.question == QUESTION
    assert turn.answer_view.marks() == (1, 2)
    assert "£2,800" in turn.answer_view.toPlainText()
    assert "[1]" not in turn.answer_view.toPlainText()
    assert [card.n for card in window.margin.cards()] == [1, 2, 3]
    assert window.margin.title == "Sources"
    assert turn.coverage.startswith("2 of 3 passages cited · 7 documents searched · 2 could not be read")
    assert window.question_box.model_words == "Qwen2.5 1.5B · CPU, 2 threads"


def test_nothing_but_the_window_ever_appears(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    """A widget that is shown before it has a parent flashes up as a window of its own and takes the keyboard."""
    ask(qtbot, window)
    window._open_source(1)

    assert QApplication.activeWindow() is window
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [window]


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
    window._open_source(1)
    view = window.page_panel.drawn
    qtbot.waitUntil(lambda: len(view.marked_rects()) == 6)

    image = view.viewport().grab().toImage()

    ratio = image.devicePixelRatio()
    corners = [image.pixelColor((rect.topLeft() * ratio).toPoint()).name() for rect in view.marked_rects()]
    assert len(set(corners)) == 1
    assert corners[0] != "#ffffff"


def test_a_page_that_is_text_is_marked_too(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)

    window._open_source(3)

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
    window._open_source(1)
    assert window.panes.page_is_open

    QTest.keyClick(window, Qt.Key.Key_Escape)

    assert not window.panes.page_is_open


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


def test_what_is_not_found_is_said_with_the_nearest_passages(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answer = not_found_answer()

    ask(qtbot, window, "Which insurance covers earthquakes?")

    [turn] = window.conversation.turns
    assert turn.verdict == "Not found in your documents"
    assert not turn.answer_view.isVisible()
    assert window.margin.title == "Nearest passages"
    assert len(window.margin.cards()) == 1


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


def test_a_card_opens_by_enter(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)

    QTest.keyClick(window.margin.cards()[1], Qt.Key.Key_Return)

    assert window.reading.open_number == 2


def test_a_removed_folder_can_be_had_back_for_ten_seconds(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    window.library.take_focus()
    QTest.keyClick(window.library.view, Qt.Key.Key_Delete)

    assert window.undo_bar.words == "Removed samples"
    assert window.documents.rowCount() == 0
    window.undo_bar.undone.emit()

    assert window.documents.rowCount() == 1
    assert engine.requests(m.RemoveFolder) == []


def test_a_removed_folder_goes_when_the_time_is_over(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.undo_bar._timer.setInterval(50)

    window.keeping.remove(FOLDER)
    assert engine.requests(m.RemoveFolder) == []

    qtbot.waitUntil(lambda: engine.requests(m.RemoveFolder) == [m.RemoveFolder(FOLDER)])
    assert not window.undo_bar.isVisible()


def test_a_removal_is_carried_out_when_the_window_closes(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    window.keeping.remove(FOLDER)

    window.close()

    qtbot.waitUntil(lambda: engine.requests(m.RemoveFolder) == [m.RemoveFolder(FOLDER)])


def test_a_dead_engine_is_told_in_place_and_started_again(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answers = False
    window.question_box.question_asked.emit(QUESTION)
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))
    said: list[str] = []
    window._client.engine_died.connect(lambda _: said.append(window.notice.words))

    engine.die()

    qtbot.waitUntil(lambda: engine.starts == 2 and len(engine.requests(m.ListDocuments)) == 2)
    assert said == ["The engine stopped and is being started again. Nothing is lost."]
    assert window.conversation.turns[0].failure == "The engine stopped before the answer was finished."
    qtbot.waitUntil(lambda: window.notice.words == "")
    engine.answers = True
    window.conversation.turns[0]._remedy.click()
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 2 and not window.asking.is_answering)
    assert window.conversation.turns[1].answer_view.marks() == (1, 2)


def test_a_locked_library_is_told_and_tried_again_by_hand(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.refusal = m.Failed("LibraryLocked", {"path": "/library"})
    engine.die()
    qtbot.waitUntil(lambda: window.notice.words.startswith("Another Margent has this library open."))
    qtbot.waitUntil(lambda: not window._client._listener.is_alive())

    engine.refusal = None
    window.notice._action.click()

    qtbot.waitUntil(lambda: window.notice.words == "")


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


def test_a_failed_question_says_what_to_do(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    engine.answers = False
    window.question_box.question_asked.emit(QUESTION)
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))

    engine.emit(engine.last_id(m.Ask), m.Failed("ModelDied", {"name": "small", "detail": "signal 9"}))

    [turn] = window.conversation.turns
    qtbot.waitUntil(lambda: turn.failure.startswith("The model stopped while it was writing."))


def test_a_page_that_cannot_be_opened_says_why_in_its_place(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    engine.answer = None
    window.reading.open_hit(1, replace(sample_answer().evidence[0], page=99))

    qtbot.waitUntil(lambda: "has no page 99" in window.page_panel.message)


def test_a_file_that_changed_says_so_and_shows_the_old_passage(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    window._open_source(3)
    qtbot.waitUntil(lambda: window.page_panel.place_words == "1 / 1")
    opened = m.PageOpened(1, bytes(SAMPLES / "celadon-glaze.md"), 1, 1, None, None, (), None, 1.0, True)

    window.page_panel.show_page(opened, "The coat should be as thick as a postcard.")

    assert window.page_panel.notice.startswith("This file changed since it was read.")


def test_documents_say_their_state_and_reason(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.library.view.setCurrentIndex(window.documents.index_of_document(21))

    assert window.library.detail_words == "It is locked with a password. Save a copy without one."
    window.library._unread.click()
    assert window.documents.index_of_document(1).isValid() is False
    assert window.documents.index_of_document(21).isValid()


def test_a_document_opens_by_enter(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.library.take_focus()
    window.library.view.setCurrentIndex(window.documents.index_of_document(4))

    window.library.view.activated.emit(window.library.view.currentIndex())

    qtbot.waitUntil(lambda: window.page_panel.place_words == "1 / 4")
    QTest.keyClick(window.page_panel.drawn, Qt.Key.Key_End)
    window.page_panel.drawn.page_turned.emit(1)
    qtbot.waitUntil(lambda: window.page_panel.place_words == "2 / 4")


def test_progress_has_a_number_a_rate_and_an_honest_end(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    rows = tuple(document_row(i, SAMPLES / f"{i}.pdf", DocumentState.QUEUED) for i in range(786))
    rows += tuple(document_row(i, SAMPLES / f"{i}.pdf") for i in range(1000, 1214))

    engine.emit(0, status_of(rows, documents_per_s=3.4, seconds_left=231.0))
    qtbot.waitUntil(lambda: window.library.progress_words == "214 of 1,000 · 3/s · about 4 min left")
    engine.emit(0, status_of(rows[786:]))

    qtbot.waitUntil(lambda: window.library.progress_words == "214 documents, up to date")


def test_f6_goes_through_the_panes(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    window.question_box.take_focus()

    visited = []
    for _ in range(3):
        QTest.keyClick(window, Qt.Key.Key_F6)
        visited.append(window.focusWidget())

    assert visited[0] is window.margin.cards()[0]
    assert visited[1] is window.library.view
    assert visited[2] is window.question_box._text


def test_everything_is_reached_by_tab_and_has_a_name(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    window._open_source(1)

    reached = set()
    for _ in range(60):
        window.focusNextChild()
        reached.add(window.focusWidget())
    buttons = [button for button in window.findChildren(QAbstractButton) if button.isVisible() and button.isEnabled()]

    nameless = [button for button in buttons if not (button.text() or button.accessibleName())]
    assert nameless == []
    unreached = [button for button in buttons if button not in reached and button.objectName() != "qt_clear"]
    assert [button.accessibleName() or button.text() for button in unreached if button.focusPolicy()] == []


def test_all_keys_are_listed_and_commands_can_be_searched(qtbot: QtBot, window: MainWindow) -> None:
    window.library.take_focus()
    QTest.keyClick(window.library.view, "?")
    assert window.keys_overlay.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.keys_overlay.isVisible()

    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_overlay.isVisible()
    QTest.keyClicks(window.palette_overlay._field, "dark")
    with qtbot.waitSignal(window.look_chosen) as chosen:
        QTest.keyClick(window.palette_overlay._field, Qt.Key.Key_Return)
    assert chosen.args == ["dark"]


def test_a_narrow_window_puts_the_margin_under_the_answer(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(780, 800)
    assert window.panes.is_narrow

    window.resize(1400, 800)
    assert not window.panes.is_narrow
    assert window.minimumWidth() <= 760


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


def test_ten_thousand_documents_do_not_hold_the_window(
    qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine
) -> None:
    engine.documents = tuple(
        document_row(i, SAMPLES / f"{i % 50:02d}" / f"{i:05d}.pdf", reason=Reason.NONE) for i in range(10_000)
    )
    window = open_window(engine)
    heartbeat = Heartbeat(qtbot)

    changed = tuple(document_row(i, SAMPLES / f"{i % 50:02d}" / f"{i:05d}.pdf") for i in range(9_000, 11_000))
    engine.emit(0, m.DocumentsChanged(changed, tuple(range(100))))
    qtbot.waitUntil(lambda: window.documents.index_of_document(10_999).isValid())

    assert window.documents.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "samples, 10,900"
    assert heartbeat.longest_work_s < 0.05


class Heartbeat:
    """Measures the longest turn of the window's loop in this thread's own time: other processes do not count."""

    def __init__(self, qtbot: QtBot) -> None:
        self.longest_work_s = 0.0
        dispatcher = QApplication.instance().eventDispatcher()  # pyright: ignore
        awake = [time.thread_time()]
        dispatcher.awake.connect(lambda: awake.__setitem__(0, time.thread_time()))

        def about_to_block() -> None:
            self.longest_work_s = max(self.longest_work_s, time.thread_time() - awake[0])

        dispatcher.aboutToBlock.connect(about_to_block)
        self._dispatcher = dispatcher
