"""The list of all files: what is in and out, why, what can be done, and the folders' rules."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.file_messages import ReadAgain
from app.core.password_messages import GivePassword
from app.core.rule_messages import ChangeRules, ListRules, PreviewRules, RulesListed, RulesPreviewed
from app.core.types import DocumentRow, DocumentState, FolderRules, Reason
from app.ui.files_model import ROWS_A_STEP, Column, FilesModel, Group, Wanted
from app.ui.main_window import MainWindow
from tests.ui.scripted_engine import FOLDER, SAMPLES, ScriptedEngine, document_row

Q = Qt.Key
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # windows of their own, without a desktop


def names(model: FilesModel) -> list[str]:
    return [str(model.index(row, Column.NAME).data()) for row in range(model.rowCount())]


def ordered(qtbot: QtBot, model: FilesModel) -> list[str]:
    qtbot.waitUntil(lambda: model._ordering is None)
    return names(model)


def file(number: int, path: str, state: DocumentState, reason: Reason = Reason.NONE, detail: str = "") -> DocumentRow:
    return DocumentRow(
        number, path.encode(), b"/papers", state, reason, detail, 1, 0, 3, number * 1000, number * 10**18
    )


@pytest.fixture
def model(qtbot: QtBot, qapp: QApplication) -> FilesModel:
    model = FilesModel()
    rows = (
        file(1, "/papers/b.pdf", DocumentState.READY),
        file(2, "/papers/a.dwg", DocumentState.IGNORED, Reason.UNSUPPORTED, "dwg"),
        file(3, "/papers/deep/C.pdf", DocumentState.FAILED, Reason.ENCRYPTED),
        file(4, "/papers/drafts", DocumentState.IGNORED, Reason.IGNORED_BY_RULE, "drafts/"),
        file(5, "/papers/d.txt", DocumentState.QUEUED),
    )
    model.set_documents(rows)
    ordered(qtbot, model)
    return model


def test_every_file_is_listed_with_its_state_and_the_reason(qtbot: QtBot, model: FilesModel) -> None:
    assert names(model) == ["a.dwg", "b.pdf", "C.pdf", "d.txt", "drafts"]
    told = {names(model)[n]: (model.index(n, Column.STATE).data(), model.index(n, Column.WHY).data()) for n in range(5)}
    assert told["a.dwg"] == ("left out", "Margent does not read this kind of file: .dwg.")
    assert told["b.pdf"] == ("read", "1 page, 3 passages")
    assert told["C.pdf"] == ("password", "It is locked with a password. Give it, and it is read.")
    assert told["drafts"] == ("left out", "The rule “drafts/” leaves it out.")


def test_files_are_searched_by_name_place_and_reason(qtbot: QtBot, model: FilesModel) -> None:
    model.want(Wanted(("password",)))
    assert ordered(qtbot, model) == ["C.pdf"]
    model.want(Wanted(("deep", "c")))
    assert ordered(qtbot, model) == ["C.pdf"]
    model.want(Wanted((), Group.LEFT_OUT, Column.SIZE, descending=True))
    assert ordered(qtbot, model) == ["drafts", "a.dwg"]


def test_changes_are_shown_where_they_are_and_put_in_order(qtbot: QtBot, model: FilesModel) -> None:
    with qtbot.waitSignal(model.dataChanged):
        model.apply((file(5, "/papers/d.txt", DocumentState.READY),), ())
    with qtbot.waitSignal(model.modelReset):
        model.apply((file(6, "/papers/aa.txt", DocumentState.READY),), (4,))
    assert names(model) == ["a.dwg", "aa.txt", "b.pdf", "C.pdf", "d.txt"]


def test_many_files_are_put_in_order_in_short_steps(qtbot: QtBot, qapp: QApplication) -> None:
    model = FilesModel()
    count = 30_000
    rows = tuple(file(n + 1, f"/papers/{n * 7919 % count:05}.pdf", DocumentState.READY) for n in range(count))
    steps = list[float]()
    model.set_documents(rows)
    ordering = model._ordering
    assert ordering is not None
    while model._ordering is not None:
        began = time.thread_time()
        model._on_step()
        steps.append(time.thread_time() - began)
    assert len(steps) >= 2 * (count // ROWS_A_STEP) - 1
    assert names(model) == sorted(names(model))
    assert model.rowCount() == count


def choose(window: MainWindow, document_id: int) -> None:
    index = window.files.model.index_of(document_id)
    assert index.isValid()
    window.files.dialog.table.setCurrentIndex(index)


def test_the_count_of_what_is_not_read_opens_the_list_of_it(qtbot: QtBot, window: MainWindow) -> None:
    link = window.library._unread
    assert (link.isVisible(), link.text()) == (True, "2 not readable")
    link.click()
    dialog = window.files.dialog
    assert dialog.isVisible()
    assert ordered(qtbot, window.files.model) == sorted(names(window.files.model))
    assert "insurance.pdf" in names(window.files.model)
    assert dialog.groups[Group.NOT_READ].text() == "Not readable 2"
    dialog.groups[Group.ALL].click()
    assert len(ordered(qtbot, window.files.model)) > 2


def test_a_locked_file_is_read_again_or_given_its_password_by_enter(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    QTest.keyClick(window, Q.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.files.dialog
    ordered(qtbot, window.files.model)
    choose(window, 21)
    assert "locked with a password" in dialog.detail_words
    assert (dialog.again_button.isEnabled(), dialog.open_button.isEnabled()) == (True, False)
    dialog.again_button.setFocus()
    QTest.keyClick(dialog.again_button, Q.Key_Return)
    qtbot.waitUntil(lambda: engine.requests(ReadAgain) == [ReadAgain((21,))])
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Q.Key_Return)
    asked = window.unlocking.dialog
    qtbot.waitUntil(asked.isVisible)
    asked.field.setText("margent")
    asked.open_button.click()
    qtbot.waitUntil(lambda: engine.requests(GivePassword) == [GivePassword(21, "margent")])
    asked.reject()
    choose(window, 1)
    assert (dialog.again_button.isEnabled(), dialog.open_button.isEnabled()) == (False, True)
    assert not dialog.password_button.isVisible()
    with qtbot.waitSignal(dialog.document_opened) as opened:
        QTest.keyClick(dialog.table, Q.Key_Return)
    assert opened.args == [1]


def test_the_key_down_goes_from_the_search_into_the_list(qtbot: QtBot, window: MainWindow) -> None:
    window.files.show_files(Group.ALL)
    dialog = window.files.dialog
    ordered(qtbot, window.files.model)
    dialog.search.setFocus()
    QTest.keyClick(dialog.search, Q.Key_Down)
    assert dialog.focusWidget() is dialog.table
    assert dialog.table.currentIndex().row() == 0
    QTest.keyClick(dialog.table, Q.Key_Down)
    dialog.search.setFocus()
    QTest.keyClick(dialog.search, Q.Key_Down)
    assert dialog.table.currentIndex().row() == 1


def test_the_list_is_no_larger_than_the_screen(window: MainWindow) -> None:
    screen, dialog = window.screen().availableSize(), window.files.dialog
    assert screen.width() < 1160  # else nothing is shown by this
    assert dialog.width() == screen.width()
    assert dialog.minimumSizeHint().width() <= 760


def test_pages_are_read_again_that_were_given_up_not_blank_ones(qtbot: QtBot, window: MainWindow) -> None:
    window.files.show_files()
    ordered(qtbot, window.files.model)
    choose(window, 1)
    row = window.files.dialog.chosen()[0]
    for given_up in (0, 1, 0):
        changed = replace(row, pages_without_text=2, pages_waiting=1, pages_given_up=given_up)
        window.files.model.apply((changed,), ())
        assert window.files.dialog.again_button.isEnabled() == bool(given_up)


def test_what_is_chosen_stays_chosen_when_the_list_changes(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    window.files.show_files()
    ordered(qtbot, window.files.model)
    choose(window, 21)
    with qtbot.waitSignal(window.files.model.modelReset):
        engine.emit(0, m.DocumentsChanged((document_row(99, SAMPLES / "aaa.pdf"),), ()))
    assert [row.id for row in window.files.dialog.chosen()] == [21]


def test_the_folder_of_a_file_is_shown(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def take(url: QUrl) -> None:
        opened.append(url.toLocalFile())

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    window.files.show_files()
    ordered(qtbot, window.files.model)
    choose(window, 1)
    window.files.dialog.place_button.click()
    qtbot.waitUntil(lambda: opened == [str(SAMPLES)])


def test_a_file_that_is_gone_is_told_instead_of_its_folder(qtbot: QtBot, window: MainWindow) -> None:
    window.files.show_files()
    ordered(qtbot, window.files.model)
    choose(window, 21)
    window.files.dialog.place_button.click()
    qtbot.waitUntil(lambda: bool(window.notices.words))


def test_what_is_in_a_mail_is_listed_with_the_mail(qtbot: QtBot, model: FilesModel) -> None:
    inside = file(6, "/papers/mail.eml/old.zip/e.pdf", DocumentState.FAILED, Reason.ENCRYPTED, "no password")
    model.apply((replace(inside, file=b"/papers/mail.eml"),), ())
    qtbot.waitUntil(lambda: "e.pdf" in names(model))
    place = model.index(names(model).index("e.pdf"), Column.PLACE).data()
    assert place == "in mail.eml › old.zip"


def test_rules_are_tried_before_they_count_and_can_be_undone(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    window.files.show_files()
    ordered(qtbot, window.files.model)
    choose(window, 21)
    window.files.dialog.rules_button.click()
    qtbot.waitUntil(lambda: bool(engine.requests(ListRules)))
    before = FolderRules(("drafts/",))
    folder = engine.requests(ListRules)[0].path  # pyright: ignore
    engine.emit(engine.last_id(ListRules), RulesListed(folder, before, (".*",)))
    rules = window.files.rules
    qtbot.waitUntil(rules.isVisible)
    assert not rules.take.isEnabled()
    rules.patterns.setPlainText("drafts/\n*.log\n")
    rules.types.setText("PDF, .docx")
    rules.largest.setText("x")
    assert "number of megabytes" in rules.told
    rules.largest.setText("2.5")
    rules.archives.click()
    wanted = FolderRules(("drafts/", "*.log"), ("pdf", "docx"), 2_500_000, archives=True)
    qtbot.waitUntil(lambda: engine.requests(PreviewRules) == [PreviewRules(folder, wanted)])
    assert engine.requests(ChangeRules) == []
    preview = RulesPreviewed(folder, wanted, 12, 0, tuple(folder + b"/%d.log" % n for n in range(12)), ())
    engine.emit(engine.last_id(PreviewRules), preview)
    qtbot.waitUntil(lambda: "12 files would no longer be read:\n    0.log" in rules.told)
    assert rules.told.endswith("and 4 more")
    qtbot.waitUntil(lambda: rules._told.geometry().bottom() < rules.take.y())
    assert rules._told.height() >= rules._told.heightForWidth(rules._told.width())
    rules.take.click()
    qtbot.waitUntil(lambda: engine.requests(ChangeRules) == [ChangeRules(folder, wanted)])
    assert window.files.dialog.undo_bar.isVisible()
    window.files.dialog.undo_bar._undo.click()
    qtbot.waitUntil(lambda: engine.requests(ChangeRules)[1:] == [ChangeRules(folder, before)])


def test_a_pattern_that_is_none_is_told_and_not_used(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.files.show_rules(FOLDER)
    qtbot.waitUntil(lambda: bool(engine.requests(ListRules)))
    engine.emit(engine.last_id(ListRules), RulesListed(FOLDER, FolderRules(), ()))
    qtbot.waitUntil(window.files.rules.isVisible)
    window.files.rules.patterns.setPlainText("!")
    qtbot.waitUntil(lambda: bool(engine.requests(PreviewRules)))
    engine.emit(engine.last_id(PreviewRules), m.Failed("RuleInvalid", {"rule": "!"}))
    qtbot.waitUntil(lambda: window.files.rules.told == "! is no pattern.")
    assert not window.files.rules.take.isEnabled()


def test_indexing_is_paused_and_goes_on_by_a_link(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.library.pause_wanted.emit(True)
    qtbot.waitUntil(lambda: engine.requests(m.Pause) == [m.Pause()])
    window.library.pause_wanted.emit(False)
    qtbot.waitUntil(lambda: engine.requests(m.Resume) == [m.Resume()])


def test_files_of_a_folder_that_leaves_are_not_listed(window: MainWindow, qtbot: QtBot) -> None:
    model = window.files.model
    qtbot.waitUntil(lambda: model.rowCount() > 0)
    count = model.rowCount()
    window.keeping.remove(FOLDER)
    qtbot.waitUntil(lambda: model.rowCount() == 0)
    window.keeping._on_undone()
    qtbot.waitUntil(lambda: model.rowCount() == count)
