"""The library's pane: its rows explained, its filter, what went away, what leaves, and its rail."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.types import DocumentState, Filters, FolderRow, Reason
from app.ui.document_words import absence_words, progress_of, progress_words, without_folders
from app.ui.library_rail import RAIL_PX
from app.ui.main_window import MainWindow
from app.ui.panes import MARGIN_MOST_PX, MARGIN_PX
from tests.ui.acts import QUESTION, ask
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import FOLDER, LEASE, SAMPLES, ScriptedEngine, document_row, status_of

LOCKED = "It is locked with a password. Give it, and it is read."


def test_a_document_that_cannot_be_read_is_explained_without_hovering(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    index = window.documents.index_of_document(21)
    window.library.view.setCurrentIndex(index)

    assert window.library._detail.isVisible()
    assert window.library.detail_words == f"insurance.pdf: {LOCKED}"
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == LOCKED
    assert index.data(Qt.ItemDataRole.ToolTipRole) == LOCKED

    engine.emit(0, m.DocumentsChanged((document_row(21, SAMPLES / "scans" / "insurance.pdf", pages=1),), ()))
    qtbot.waitUntil(lambda: window.library.detail_words == "insurance.pdf: 1 page, 12 passages")


def test_the_keyboard_goes_from_the_filter_into_the_tree_and_back(window: MainWindow) -> None:
    filter_box, tree = window.library._filter, window.library.view
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.focusWidget() is filter_box
    QTest.keyClicks(filter_box, "insur")

    QTest.keyClick(filter_box, Qt.Key.Key_Down)
    assert window.focusWidget() is tree
    assert tree.currentIndex().data() == "insurance.pdf"
    assert window.library.detail_words.endswith(LOCKED)

    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.focusWidget() is filter_box
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert filter_box.text() == ""

    QTest.keyClick(filter_box, Qt.Key.Key_Down)
    tree.setCurrentIndex(window.documents.index(0, 0))
    QTest.keyClick(tree, Qt.Key.Key_Up)
    assert window.focusWidget() is filter_box


def test_an_asterisk_unfolds_all_that_is_below_a_row(qtbot: QtBot, window: MainWindow) -> None:
    tree, index = window.library.view, window.documents.index_of_document(21)
    assert index.parent().parent().isValid()
    tree.collapseAll()
    tree.setCurrentIndex(window.documents.index(0, 0))
    QTest.keyClick(tree, Qt.Key.Key_Asterisk)
    qtbot.waitUntil(lambda: tree.isExpanded(index.parent()) and tree.isExpanded(index.parent().parent()))


def test_the_filter_asked_for_twice_goes_on_to_the_question(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window.library._filter, "deposit")

    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)

    assert window.focusWidget() is window.question_box._text
    assert window.question_box.text == "deposit"


def test_a_folder_that_went_away_is_said_to_come_back(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    away = FolderRow(FOLDER, False, 9, 0, 0, 0)
    status = status_of(()).status
    engine.emit(0, m.StatusChanged(replace(status, folders=(away,)), False, 0.0, None))

    qtbot.waitUntil(lambda: window.library._absent.isVisible())
    assert window.library.absence_words == (
        "samples is not there now: it was moved, or its drive is not plugged in. "
        "All 9 documents are kept and come back with it."
    )
    assert not window.library._progress.isVisible()


@pytest.mark.parametrize(
    ("present", "documents", "end"),
    [
        ((False,), 1, "Its one document is kept and comes back with it."),
        ((False,), 0, "plugged in."),
        ((False, False), 2, "All 4 documents are kept and come back with them."),
        ((False, True), 2, "All 2 documents are kept and come back with it."),
    ],
)
def test_absence_is_told_of_one_and_of_many(present: tuple[bool, ...], documents: int, end: str) -> None:
    folders = tuple(FolderRow(b"/a/%d" % i, there, documents, 0, 0, 0) for i, there in enumerate(present))

    assert absence_words(folders).endswith(end)


def test_an_empty_folder_that_is_there_holds_no_documents_yet() -> None:
    changed = m.StatusChanged(
        replace(status_of(()).status, folders=(FolderRow(FOLDER, True, 0, 0, 0, 0),)), False, 0, None
    )

    assert progress_words(changed) == "No documents yet"


def test_a_folder_on_its_way_out_is_not_searched_and_undo_brings_it_back(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    window.keeping.remove(FOLDER)
    assert window.library.progress_words == "No documents yet"
    window.asking.ask(QUESTION)
    qtbot.waitUntil(lambda: len(engine.requests(m.Ask)) == 1 and not window.asking.is_answering)
    window.undo_bar.undone.emit()
    assert window.library.progress_words == "7 documents, up to date"
    window.asking.ask(QUESTION)
    qtbot.waitUntil(lambda: len(engine.requests(m.Ask)) == 2)

    filters = [request.filters for request in engine.requests(m.Ask) if isinstance(request, m.Ask)]
    assert filters == [Filters(without_paths=(FOLDER,)), Filters()]


def test_a_folder_that_left_can_be_added_again(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.keeping.remove(FOLDER)
    window.keeping.settle()
    qtbot.waitUntil(lambda: engine.requests(m.RemoveFolder) == [m.RemoveFolder(FOLDER)])
    assert window.documents.rowCount() == 0

    window.keeping.add(FOLDER)

    assert window.documents.rowCount() == 1
    assert window.asking._terms.left_out == ()


def test_a_folder_inside_one_that_leaves_is_added_after_it_left(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    inside = bytes(SAMPLES / "scans")
    window.keeping.remove(FOLDER)

    window.keeping.add(inside)

    qtbot.waitUntil(lambda: engine.requests(m.AddFolder) == [m.AddFolder(inside)])
    changes = [message for _, message in engine.received if isinstance(message, (m.AddFolder, m.RemoveFolder))]
    assert changes == [m.RemoveFolder(FOLDER), m.AddFolder(inside)]


def test_a_status_without_a_folder_counts_what_is_left() -> None:
    kept, leaving = FolderRow(b"/a", True, 5, 3, 1, 1), FolderRow(b"/b", True, 9, 4, 5, 0)
    status = replace(status_of(()).status, folders=(kept, leaving), ready=7, queued=6, failed=1)

    left = without_folders(m.StatusChanged(status, True, 2.0, 3.0), frozenset({b"/b"}))

    assert (left.status.folders, left.status.ready, left.status.queued, left.status.failed) == ((kept,), 3, 1, 1)
    assert left.indexing


def test_the_folded_library_leaves_a_rail_with_the_progress(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    width = window.panes.sizes()[0]
    window.library.fold_pressed.emit()
    assert window.panes.sizes()[0] == RAIL_PX
    assert window.rail.isVisible()
    assert not window.library.isVisible()

    rows = tuple(document_row(i, LEASE, DocumentState.QUEUED if i < 75 else DocumentState.READY) for i in range(100))
    engine.emit(0, status_of(rows, documents_per_s=3.0, seconds_left=25.0))
    qtbot.waitUntil(lambda: window.rail.brief == "25 %")
    assert window.rail._bar.isVisible()
    assert window.rail._brief.accessibleName() == "25 of 100 · 3/s · less than 1 min left"

    window.rail.unfold.click()
    assert window.panes.sizes()[0] == width
    assert window.focusWidget() is window.library.view


def test_a_folded_library_stays_folded_the_next_time(window: MainWindow) -> None:
    window.panes.toggle_library()
    _, saved = window.saved_layout()
    window.panes.toggle_library()

    window.panes.restore(saved)

    assert window.panes.library_is_folded
    assert window.panes.sizes()[0] == RAIL_PX


def test_the_margin_takes_its_share_of_a_wide_window_until_a_person_gives_it_another(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.panes.restore("")

    def margin_at(width: int) -> int:
        window.resize(width, 860)
        qtbot.waitUntil(lambda: window.panes.width() == width)
        return window.margin.width()

    widths = [margin_at(width) for width in (1100, 1360, 1920, 2560)]
    assert widths[:2] == [MARGIN_PX, MARGIN_PX]
    assert MARGIN_PX < widths[2] < widths[3] == MARGIN_MOST_PX

    inner = window.panes._inner
    inner.moveSplitter(inner.width() - 700, 1)
    chosen = window.margin.width()
    assert chosen > MARGIN_MOST_PX
    assert margin_at(1920) == chosen
    window.panes.show_page(shown=True)
    assert window.page_panel.width() > chosen
    window.panes.show_page(shown=False)
    assert window.margin.width() == chosen

    _, saved = window.saved_layout()
    window.panes.restore("")
    assert window.margin.width() < chosen
    window.panes.restore(saved)
    assert window.margin.width() == chosen


def test_a_narrow_window_has_room_for_all_panes(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(760, 640)
    ask(qtbot, window)

    assert window.width() == 760
    assert window.panes.is_narrow
    margin_top = window.margin.mapTo(window, window.margin.rect().topLeft()).y()
    answer = window.conversation.turns[0].answer_view
    assert margin_top > window.question_box.mapTo(window, window.question_box.rect().bottomLeft()).y()
    assert answer.width() >= 300
    assert window.margin.cards()[0].y() < 40


def test_reasons_reach_screen_readers_from_every_row(open_window: OpenWindow) -> None:
    rows = tuple(
        document_row(i, SAMPLES / f"{i}.pdf", DocumentState.FAILED, reason=reason)
        for i, reason in enumerate(Reason)
        if reason is not Reason.NONE
    )
    window = open_window(ScriptedEngine(rows))

    told = [window.documents.index_of_document(row.id).data(Qt.ItemDataRole.AccessibleDescriptionRole) for row in rows]

    assert all(str(words).endswith(".") for words in told)


def test_documents_that_an_older_version_read_are_counted_while_they_are_read_anew() -> None:
    told = status_of((document_row(1, LEASE), document_row(2, LEASE)))
    told = replace(told, indexing=True, status=replace(told.status, outdated=2))

    assert progress_words(told) == "2 documents are read anew, which an older version read"
    assert progress_of(told.status) == (0, 2)
    assert progress_words(replace(told, waiting_for="person")) == "Paused; 2 documents wait to be read anew"
    assert without_folders(told, frozenset(row.path for row in told.status.folders)).indexing is False
    one = replace(told, status=replace(told.status, outdated=1))
    assert progress_words(one) == "1 document is read anew, which an older version read"


def test_passages_that_are_still_to_be_found_by_meaning_are_counted_and_told(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    told = status_of((document_row(1, LEASE),), seconds_left=90.0)
    told = replace(told, indexing=True, status=replace(told.status, unembedded=15, foreign=0.5))
    engine.emit(0, told)

    qtbot.waitUntil(lambda: window.library.progress_words.startswith("15 passages still to be found by meaning · "))
    assert (window.library._bar.value(), window.library._bar.maximum()) == (45, 60)
    assert window.library._foreign.text().startswith("50 % of the text is in languages that the embedder does not know")
    queued = replace(told, status=replace(told.status, queued=3))
    engine.emit(0, queued)  # what is known of the languages yet is about the first files alone
    qtbot.waitUntil(lambda: window.library._foreign.isHidden())
    assert progress_words(replace(told, waiting_for="person")) == "Paused; 15 passages still to be found by meaning"
    one = replace(told, status=replace(told.status, unembedded=1), seconds_left=None)
    assert progress_words(one) == "1 passage still to be found by meaning"
    assert without_folders(told, frozenset(row.path for row in told.status.folders)).indexing is False
