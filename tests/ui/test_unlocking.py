"""A locked file gets its password in the window: by pointer and by keyboard, wrong ones said."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.password_messages import GivePassword, PasswordKept
from app.core.types import DocumentState, Reason
from app.readers.refusal import UNOPENABLE
from app.ui.main_window import MainWindow
from tests.ui.scripted_engine import SAMPLES, ScriptedEngine, document_row, sample_documents

LOCKED_ID = 21
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # windows of their own, without a desktop


def choose_locked(window: MainWindow) -> None:
    window.library.view.setCurrentIndex(window.documents.index_of_document(LOCKED_ID))


def give(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, password: str) -> None:
    before = len(engine.requests(GivePassword))
    QTest.keyClicks(window.unlocking.dialog.field, password)
    QTest.keyClick(window.unlocking.dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.requests(GivePassword)) > before)


@pytest.mark.parametrize("by", ["button", "enter"])
def test_a_wrong_password_is_said_and_another_can_be_given(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, by: str
) -> None:
    choose_locked(window)
    if by == "button":
        QTest.mouseClick(window.library._detail.password, Qt.MouseButton.LeftButton)
    else:
        window.library.take_focus()
        QTest.keyClick(window.library.view, Qt.Key.Key_Return)
    dialog = window.unlocking.dialog
    qtbot.waitUntil(dialog.isVisible)
    assert not dialog.open_button.isEnabled(), "no password, nothing to try"

    give(qtbot, window, engine, "apple")
    engine.emit(engine.last_id(GivePassword), m.Failed("PasswordWrong", {"path": "insurance.pdf"}))
    qtbot.waitUntil(lambda: dialog.trouble == "This is not its password.")

    give(qtbot, window, engine, "pear")
    engine.emit(engine.last_id(GivePassword), PasswordKept(LOCKED_ID, in_keyring=True))
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.requests(GivePassword) == [GivePassword(LOCKED_ID, "apple"), GivePassword(LOCKED_ID, "pear")]
    assert dialog.field.text() == ""
    assert window.notices.words == ""


def test_the_keyboard_goes_back_to_the_list_that_the_file_was_chosen_in(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, activated = window.files.dialog, list[str]()
    # The tests' plugin has no window manager: which window is active is up to it.
    monkeypatch.setattr(QApplication, "activeWindow", lambda: files)
    monkeypatch.setattr(files, "activateWindow", lambda: activated.append("files"))
    files.password_offered.emit(next(row for row in sample_documents() if row.id == 1))
    qtbot.waitUntil(window.unlocking.dialog.isVisible)
    assert not activated
    window.unlocking.dialog.reject()
    qtbot.waitUntil(lambda: activated == ["files"])


def test_it_is_said_where_no_keyring_keeps_the_password(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    choose_locked(window)
    window.library._detail.password.click()
    give(qtbot, window, engine, "pear")
    engine.emit(engine.last_id(GivePassword), PasswordKept(LOCKED_ID, in_keyring=False))
    qtbot.waitUntil(lambda: "insurance.pdf is kept until Margent is closed" in window.notices.words)


def test_an_answer_that_comes_after_the_person_gave_up_changes_nothing(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    choose_locked(window)
    window.library._detail.password.click()
    give(qtbot, window, engine, "pear")
    late = engine.last_id(GivePassword)
    QTest.keyClick(window.unlocking.dialog, Qt.Key.Key_Escape)
    window.library._detail.password.click()
    with qtbot.waitSignal(window.client.password_kept):
        engine.emit(late, PasswordKept(LOCKED_ID, in_keyring=True))
    assert window.unlocking.dialog.isVisible()


def test_no_password_is_asked_for_where_none_helps(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    choose_locked(window)
    assert window.library._detail.password.isVisible()
    odd = document_row(LOCKED_ID, SAMPLES / "scans" / "insurance.pdf", DocumentState.FAILED, reason=Reason.ENCRYPTED)
    for row, words in (
        (replace(odd, detail=UNOPENABLE), "Save a copy without the lock."),
        (replace(odd, state=DocumentState.READY, reason=Reason.NONE), "passages"),
    ):
        engine.emit(0, m.DocumentsChanged((row,), ()))
        qtbot.waitUntil(lambda words=words: words in window.library.detail_words)
        assert not window.library._detail.password.isVisible()


def test_it_is_said_in_what_a_locked_document_is(qtbot: QtBot, window: MainWindow) -> None:
    archive = SAMPLES / "papers.zip"
    row = document_row(LOCKED_ID, archive / "lease.pdf", DocumentState.FAILED, reason=Reason.ENCRYPTED)
    window.unlocking.ask(replace(row, file=bytes(archive)))
    assert window.unlocking.dialog._name.text() == "Password of lease.pdf (in papers.zip)"
