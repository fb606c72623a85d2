"""The window: a folder in, a library kept, an engine that may die, and keys for everything."""

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.client.engine_client import EngineClient
from app.core import messages as m
from app.core.model_messages import GetModel, ModelProgress
from app.core.models import ModelRole, ModelRow
from app.core.opening_messages import LibraryAwaited
from app.core.types import DocumentState, Reason
from app.ui.documents_model import ROWS_A_STEP
from app.ui.icons import Icons
from app.ui.main_window import MainWindow
from app.ui.sizing import FRAME_PX
from app.ui.theme import Look
from tests.ui.acts import QUESTION, ask, drop
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import (
    FOLDER,
    SAMPLES,
    ScriptedEngine,
    document_row,
    sample_documents,
    sample_models,
    status_of,
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
    row = shelf.row("small")
    assert row is not None

    assert window.teaching.title == "Get a model"
    assert "Found by words only" in window.library.progress_words
    qtbot.mouseClick(row.get, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.requests(GetModel) == [GetModel("small")])

    engine.emit(engine.last_id(GetModel), ModelProgress("small", "download", 400_000_000, 1_117_320_768))
    qtbot.waitUntil(lambda: row.says == "400 MB of 1.1 GB")
    qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.requests(m.Stop) == [m.Stop(engine.last_id(GetModel))])

    engine.emit(engine.last_id(GetModel), m.Failed("DownloadFailed", {"name": "small"}))
    qtbot.waitUntil(lambda: "could not be downloaded" in row.says)
    assert row.get.isVisible()


def test_nothing_but_the_window_ever_appears(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    """A widget that is shown before it has a parent flashes up as a window of its own and takes the keyboard."""
    ask(qtbot, window)
    window.stepping.open(1)

    assert QApplication.activeWindow() is window
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [window]


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


def test_the_undo_is_in_sight_when_the_library_is_folded(qtbot: QtBot, window: MainWindow) -> None:
    window.library.take_focus()
    QTest.keyClick(window.library.view, Qt.Key.Key_Delete)
    window.panes.fold_library(folded=True)

    assert window.undo_bar.isVisible()
    assert window.undo_bar.words == "Removed samples"
    qtbot.mouseClick(window.undo_bar._undo, Qt.MouseButton.LeftButton)

    assert not window.undo_bar.isVisible()
    assert window.documents.rowCount() == 1


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
    window.client.engine_died.connect(lambda: said.append(window.notices.words))

    engine.die()

    qtbot.waitUntil(lambda: engine.starts == 2 and len(engine.requests(m.ListDocuments)) == 2)
    assert said == ["The engine stopped and is being started again. Nothing is lost."]
    assert window.conversation.turns[0].failure == "The engine stopped before the answer was finished."
    qtbot.waitUntil(lambda: window.notices.words == "")
    engine.answers = True
    window.conversation.turns[0]._remedy.click()
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 2 and not window.asking.is_answering)
    assert window.conversation.turns[1].answer_view.marks() == (1, 2)


def test_a_locked_library_is_told_and_tried_again_by_hand(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.refusal = m.Failed("LibraryLocked", {"path": "/library"})
    engine.die()
    qtbot.waitUntil(lambda: window.notices.words.startswith("Another Margent has this library open."))
    listener = window.client._listener
    assert listener is not None
    listener.join(5.0)

    engine.refusal = None
    window.notices.bars[0].action.click()

    qtbot.waitUntil(lambda: window.notices.words == "")


def test_a_library_that_is_being_closed_is_waited_for_with_a_word(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.emit(0, LibraryAwaited())
    qtbot.waitUntil(lambda: window.notices.words.startswith("Another Margent still has this library open."))
    with qtbot.waitSignal(window.keeping.status_shown):
        engine.emit(0, status_of(engine.documents))
    assert window.notices.words == ""


def test_a_library_that_is_refused_is_not_said_to_be_opening(
    qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine
) -> None:
    window = open_window(engine)
    engine.refusal = m.Failed("DataDirectoryUnwritable", {"path": "/library", "detail": "permission denied"})
    engine.die()

    qtbot.waitUntil(lambda: window.teaching.title == "The library is not open")
    assert window.notices.words.endswith("or start it with another folder: margent --data-dir FOLDER.")
    listener = window.client._listener
    assert listener is not None
    listener.join(5.0)

    [notice] = window.notices.bars
    assert notice.action.text() == "Try again"
    engine.refusal = None
    window.question_box.question_asked.emit(QUESTION)  # what is asked of a closed library opens it

    qtbot.waitUntil(lambda: window.notices.words == "")
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)) and not window.asking.is_answering)
    assert window.conversation.turns[0].answer_view.marks() == (1, 2)
    window.conversation.conversation_wanted.emit()
    assert window.teaching.title == "Ask your documents"


def test_notices_stand_together_until_each_is_closed(qtbot: QtBot, window: MainWindow) -> None:
    notices = window.notices
    for words in ("One.", "Two.", "Three.", "Four.", "Two."):
        notices.say(words)
    notices.say("The engine stopped.", "Start it again", "engine")
    notices.say("The engine is being started.", "", "engine")
    assert notices.words == "One.\nTwo.\nThree.\nFour.\nThe engine is being started."
    assert [bar.isVisible() for bar in notices.bars] == [True, True, True, False, False]

    qtbot.mouseClick(notices.bars[1].close_button, Qt.MouseButton.LeftButton)
    assert [bar.words for bar in notices.bars if bar.isVisible()] == ["One.", "Three.", "Four."]

    notices.bars[0].close_button.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert notices.words.startswith("Three.")
    assert window.question_box._text.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert notices.words.startswith("Three.")  # only the one in focus

    notices.withdraw("engine")
    for bar in notices.bars:
        bar.close_button.click()
    assert not notices.isVisible()


def test_damage_is_told_and_stays_to_be_read(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    engine.die()
    qtbot.waitUntil(lambda: engine.starts == 2)
    engine.emit(0, m.DamageFound(b"/data/catalog.sqlite.damaged", b""))

    said = "The catalog was damaged. It was set aside as /data/catalog.sqlite.damaged, and your folders are read again."
    qtbot.waitUntil(lambda: window.notices.words == said)
    with qtbot.waitSignal(window.keeping.status_shown):
        engine.emit(0, status_of(engine.documents))
    assert window.notices.words == said


def test_a_damaged_model_file_is_offered_for_removal_with_its_reason(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    row = ModelRow("own", ModelRole.ANSWER, "own", 4, "", 0, False, False, False, trouble="truncated")
    engine.emit(0, m.ModelsListed((*engine.models, row)))

    qtbot.waitUntil(lambda: window.models_dialog.shelf.row("own") is not None)
    view = window.models_dialog.shelf.row("own")
    assert view is not None
    assert (view.get.isHidden(), view.remove.isHidden(), view.choose.isHidden()) == (True, False, True)
    assert "The file is not whole: download it again." in view._facts.text()


def test_what_stops_the_indexing_is_told(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    engine.emit(0, m.Failed("DiskFull", {"path": "/library"}))

    qtbot.waitUntil(lambda: window.notices.words.startswith("The disk is full."))


def test_documents_say_their_state_and_reason(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.library.view.setCurrentIndex(window.documents.index_of_document(21))

    assert window.library.detail_words.endswith("It is locked with a password. Give it, and it is read.")


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


def test_f6_leaves_a_margin_without_sources_out(qtbot: QtBot, window: MainWindow) -> None:
    window.question_box.take_focus()

    visited = []
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_F6)
        visited.append(window.focusWidget())

    assert visited == [window.library.view, window.question_box._text]


def test_everything_is_reached_by_tab_and_has_a_name(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    ask(qtbot, window)
    window.stepping.open(1)

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
    QTest.keyClicks(window.library.view, "?")
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


def test_ten_thousand_documents_do_not_hold_the_window(
    qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine
) -> None:
    engine.documents = tuple(
        document_row(i, SAMPLES / f"{i % 50:02d}" / f"{i:05d}.pdf", reason=Reason.NONE) for i in range(10_000)
    )
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.documents.index_of_document(9_999).isValid())
    turns = LoopTurns(window)

    changed = tuple(document_row(i, SAMPLES / f"{i % 50:02d}" / f"{i:05d}.pdf") for i in range(9_000, 11_000))
    engine.emit(0, m.DocumentsChanged(changed, tuple(range(100))))
    qtbot.waitUntil(lambda: window.documents.index_of_document(10_999).isValid())

    assert window.documents.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "samples, 10,900"
    assert turns.count >= 2_100 // ROWS_A_STEP


class LoopTurns(QObject):
    """Counts how often the window's loop gets to whatever else waits."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.count = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._count)
        self._timer.start(0)

    def _count(self) -> None:
        self.count += 1


def test_a_key_has_the_folders_looked_at(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: engine.requests(m.Rescan) == [m.Rescan()])


def test_a_first_window_is_no_larger_than_its_screen(qtbot: QtBot, look: Look, icons: Icons) -> None:
    window = MainWindow(EngineClient(ScriptedEngine((), ()).start), look, icons, None)
    qtbot.addWidget(window)
    room = window.screen().availableSize()
    assert window.width() <= room.width()
    assert window.height() + FRAME_PX <= room.height()
