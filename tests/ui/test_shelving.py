"""The model shelf, and the line below the question that names the model."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from app.core.messages import Failed
from app.core.model_messages import GetModel, ModelProgress, ModelsListed, RemoveModel
from app.ui.main_window import MainWindow
from app.ui.question_box import shorter_names
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import ScriptedEngine, sample_models

LONG = "Qwen2.5 Coder 0.5B Instruct (Q4_K_M) · CPU, 2 threads"


def test_a_long_name_of_a_model_loses_its_least_parts_first() -> None:
    assert shorter_names(LONG) == (
        LONG,
        "Qwen2.5 Coder 0.5B Instruct · CPU, 2 threads",
        "Qwen2.5 Coder 0.5B Instruct",
    )


def test_the_model_is_named_whole_where_there_is_room_and_never_cut_in_its_middle(
    qtbot: QtBot, window: MainWindow
) -> None:
    box = window.question_box
    box.show_model(LONG)
    shown: list[str] = []
    for width in (900, 460, 400, 320):
        box.setFixedWidth(width)
        qtbot.waitUntil(lambda width=width: box.width() == width)
        shown.append(box._model.text())
        assert box._model.accessibleName() == LONG

    assert shown[0] == LONG
    assert shown[1] in shorter_names(LONG)[1:]
    assert all(LONG.startswith(words.removesuffix("…")) or words in shorter_names(LONG) for words in shown)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_keyboard_stays_with_the_model_that_is_got_and_nothing_stale_is_left(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    engine = ScriptedEngine((), sample_models(installed=False))
    dialog = open_window(engine).models_dialog
    with qtbot.waitExposed(dialog):
        dialog.show()
    row = dialog.shelf.row("tiny")
    assert row is not None
    row.get.setFocus()
    QTest.keyClick(row.get, Qt.Key.Key_Space)
    assert dialog.focusWidget() is row.cancel
    qtbot.waitUntil(lambda: engine.requests(GetModel) == [GetModel("tiny")])
    request = engine.last_id(GetModel)
    engine.emit(request, ModelProgress("tiny", "verify", 49, 98))
    qtbot.waitUntil(lambda: row.says.startswith("Checking"))

    QTest.keyClick(row.cancel, Qt.Key.Key_Space)
    engine.emit(request, ModelsListed(engine.models))
    qtbot.waitUntil(lambda: dialog.focusWidget() is row.get)
    assert (row.says, row.get.isVisible(), row.cancel.isVisible()) == ("", True, False)

    QTest.keyClick(row.get, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(engine.requests(GetModel)) == 2)
    engine.emit(engine.last_id(GetModel), Failed("ModelDied", {}))
    qtbot.waitUntil(lambda: row.get.isVisible())
    assert row.says


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_removing_a_model_asks_in_place_and_no_longer_when_the_keyboard_went_on(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    engine = ScriptedEngine((), sample_models(installed=True))
    dialog = open_window(engine).models_dialog
    with qtbot.waitExposed(dialog):
        dialog.show()
    row = dialog.shelf.row("tiny")
    assert row is not None
    row.remove.setFocus()
    place = row.remove.geometry()
    QTest.keyClick(row.remove, Qt.Key.Key_Space)
    assert row.remove.text().endswith("?")
    QApplication.processEvents()
    assert row.remove.geometry() == place
    QTest.keyClick(row.remove, Qt.Key.Key_Tab)
    assert row.remove.text() == "Remove"
    row.remove.setFocus()
    QTest.keyClick(row.remove, Qt.Key.Key_Space)
    assert engine.requests(RemoveModel) == []
    QTest.keyClick(row.remove, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: engine.requests(RemoveModel) == [RemoveModel("tiny")])


def test_two_files_of_ones_own_with_one_title_are_told_apart(qtbot: QtBot, open_window: OpenWindow) -> None:
    known = sample_models(installed=True)
    own = [replace(known[0], name=name, title="SmolLM2", note="") for name in ("first-file", "second-file")]
    shelf = open_window(ScriptedEngine((), (*known, *own))).models_dialog.shelf
    facts = [label.text() for label in shelf.findChildren(QLabel) if label.text().startswith("writes answers")]
    assert [words.split(" · ")[1] for words in facts[-2:]] == ["first-file", "second-file"]
    assert all("tiny" not in words for words in facts)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_shelf_stands_whole_within_its_window(qtbot: QtBot, open_window: OpenWindow) -> None:
    dialog = open_window(ScriptedEngine((), sample_models(installed=False))).models_dialog
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.shelf._all.setText("Get all that is recommended, 1,234.5 GB, and a good deal more")

    [scroll] = dialog.findChildren(QScrollArea)
    inside = scroll.viewport()
    buttons = [button for button in dialog.findChildren(QPushButton) if button.isVisibleTo(dialog)]
    assert dialog.shelf._all in buttons

    def is_whole(button: QPushButton) -> bool:
        place = QRect(button.mapTo(inside, button.rect().topLeft()), button.size())
        return place.left() >= 0 and place.right() < inside.width() and button.width() >= button.sizeHint().width()

    qtbot.waitUntil(lambda: all(map(is_whole, buttons)))
