"""An answer whose sources changed says so, shows both, and can be asked again."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.receipt_messages import FindChangedSources, SourceCompared
from app.core.receipts import SourceCheck, SourceState
from app.ui.main_window import MainWindow
from tests.ui.acts import QUESTION, ask
from tests.ui.scripted_engine import LEASE, ScriptedEngine, sample_answer

CHANGED = SourceCheck("1", 1, bytes(LEASE), 2, SourceState.CHANGED)
GONE = SourceCheck("1", 2, bytes(LEASE), 2, SourceState.GONE)
GIVEN = SourceCheck("1", 3, bytes(LEASE), 2, SourceState.CHANGED)


def documents_change(engine: ScriptedEngine, *changed: SourceCheck) -> None:
    engine.changed = changed
    engine.emit(0, m.DocumentsChanged(engine.documents[:1], ()))


def test_a_badge_comes_when_a_cited_file_changes_and_goes_when_it_is_as_it_was(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    note = window.conversation.turns[0].changed
    qtbot.waitUntil(lambda: FindChangedSources(("1",)) in engine.requests(FindChangedSources))
    assert note.words == ""

    documents_change(engine, CHANGED, GONE, GIVEN)
    qtbot.waitUntil(lambda: note.words == "△ 1 source changed since, 1 source left the library ▸")
    documents_change(engine, GIVEN)
    qtbot.waitUntil(lambda: note.words == "")


def test_opening_the_badge_shows_the_old_passage_beside_the_new_one_and_asks_again(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    hit = sample_answer().evidence[0]
    now = replace(hit, text=hit.text.replace("£2,800", "£3,100"))
    engine.compared = (SourceCompared(CHANGED, hit.text, now), SourceCompared(GONE, "The roof.", None))
    ask(qtbot, window)
    note = window.conversation.turns[0].changed
    documents_change(engine, CHANGED, GONE)
    qtbot.waitUntil(lambda: note.badge.isVisible())

    note.badge.setFocus()
    QTest.keyClick(note.badge, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(note.comparisons()) == 2)
    changed, gone = note.comparisons()
    assert (changed.was.marked(), changed.now.marked()) == (("2,800",), ("3,100",))
    assert gone.now.isHidden()
    changed.titles[1].setText("As it is now, in words that take more than a line")
    for width, is_beside in ((460, True), (300, False)):
        changed.setFixedWidth(width)
        qtbot.waitUntil(lambda is_beside=is_beside: (changed.was.y() == changed.now.y()) is is_beside)
        assert changed.was.x() < changed.now.x() if is_beside else changed.was.x() == changed.now.x()

    note.again.click()
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 2 and not window.asking.is_answering)
    again = engine.requests(m.Ask)[-1]
    assert isinstance(again, m.Ask)
    assert (again.question, again.turns) == (QUESTION, ())
