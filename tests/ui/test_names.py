"""What a screen reader is told: every control has a name, and one with a state says it."""

import re
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.tallies import Coverage
from app.ui.main_window import MainWindow
from app.ui.sentences import counted
from app.ui.source_card import SourceCard
from app.ui.theme import Look
from tests.ui.acts import ask
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import (
    GLAZE,
    ScriptedEngine,
    document_row,
    not_found_answer,
    sample_models,
    status_of,
)

CONTROLS = (QAbstractButton, QLineEdit, QProgressBar, QAbstractScrollArea, SourceCard)
ONE_OF_MANY = re.compile(r"\b1 (?!of\b)\w+(?<!s)s\b")


def is_named(control: QWidget) -> bool:
    """Whether a screen reader has a word for a control."""
    words = control.text() if isinstance(control, QAbstractButton) else ""
    return bool(words.strip() or control.accessibleName())


def test_every_control_in_the_whole_tree_of_widgets_has_a_name(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    ask(qtbot, window)
    window.stepping.open(1)
    controls = [widget for widget in window.findChildren(QWidget) if isinstance(widget, CONTROLS)]
    reached = [
        control
        for control in controls
        if isinstance(control, (QAbstractButton, QProgressBar)) or control.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    offered = [control for control in reached if not (isinstance(control, QPushButton) and control.isHidden())]

    nameless = [control for control in offered if not is_named(control)]

    assert len(reached) > 40
    assert [
        (type(control).__name__, control.objectName(), type(control.parent()).__name__) for control in nameless
    ] == []


def test_the_button_of_the_look_says_which_look_it_is(window: MainWindow, look: Look) -> None:
    button = window.conversation._look_button
    window.look_chosen.connect(look.choose)
    assert button.accessibleName() == "Look: light (press for dark)"

    button.click()
    assert button.accessibleName() == "Look: dark (press for as the system)"
    button.click()
    assert button.toolTip() == "Look: as the system (press for light)"


def test_the_button_of_the_margin_says_what_it_will_do(window: MainWindow) -> None:
    button = window.conversation._margin_button
    assert button.accessibleName() == "Fold the margin"

    button.click()
    assert not window.margin.isVisible()
    assert button.accessibleName() == "Show the margin"


def test_one_is_never_many(qtbot: QtBot, open_window: OpenWindow) -> None:
    """One document of one page with one passage, one of it in the margin: no sentence speaks of `1 documents`."""
    [row] = [document_row(1, GLAZE, pages=1)]
    answer = replace(not_found_answer(), coverage=Coverage(1, 0, 0, 1, 0))
    engine = ScriptedEngine((row,), sample_models(installed=True), answer=answer)
    window = open_window(engine)
    window.library.view.setCurrentIndex(window.documents.index_of_document(1))
    texts = [window.teaching._text.text()]
    ask(qtbot, window)
    engine.emit(0, status_of((row,), waiting_for="embedder"))

    texts += [label.text() for label in window.findChildren(QLabel)]
    texts += [button.text() for button in window.findChildren(QAbstractButton)]

    assert any("One document is ready." in text for text in texts)
    assert any("1 of 1 file readable" in text for text in texts)
    assert [text for text in texts if ONE_OF_MANY.search(text)] == []


def test_a_count_chooses_its_sentence() -> None:
    words = ("a folder", "{n} folders")

    assert [counted(n, *words) for n in (0, 1, 2, 1_000)] == ["0 folders", "a folder", "2 folders", "1,000 folders"]
