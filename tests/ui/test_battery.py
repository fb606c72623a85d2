"""The line that says how indexing goes on battery."""

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.power_messages import BatteryPace, SpareBattery
from app.ui.main_window import MainWindow
from tests.ui.scripted_engine import ScriptedEngine, sample_documents, status_of


def test_it_says_that_it_is_slower_and_lets_the_person_choose(
    window: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    note = window.library.battery
    busy = replace(status_of(sample_documents()), indexing=True)
    assert note.words == ""
    engine.emit(0, replace(busy, pace=BatteryPace.UNHURRIED))
    qtbot.waitUntil(lambda: note.words == "Slower on battery")
    qtbot.mouseClick(note.choice, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.requests(SpareBattery) == [SpareBattery(False)])
    assert not window.keeping.spares_battery
    engine.emit(0, replace(busy, pace=BatteryPace.FULL_ON_BATTERY))
    qtbot.waitUntil(lambda: note.words == "Full speed on battery")
    engine.emit(0, m.StatusChanged(busy.status, False, 0.0, None, "", BatteryPace.FULL_ON_BATTERY))
    qtbot.waitUntil(lambda: note.words == "")
