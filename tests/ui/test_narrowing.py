"""Filters in the window: chips, names after @, days; kept for the conversation, told with the answer."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.rule_messages import ListRules
from app.core.types import DocumentRow, DocumentState, Filters, Reason
from app.ui.chosen_filters import chips_of, filter_words, midnight_ns, time_spans, with_path, with_time_span
from app.ui.main_window import MainWindow
from app.ui.name_matching import likeness
from app.ui.names import MOST_FOUND
from tests.ui.acts import ask
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import FOLDER, GLAZE, LEASE, SAMPLES, ScriptedEngine, document_row

OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")  # windows of their own, without a desktop
OLD = FOLDER + b"/scans/letters"


def write(window: MainWindow, letters: str) -> None:
    """Type into the question box, key by key."""
    QTest.keyClicks(window.question_box.text_edit, letters)


def press(window: MainWindow, key: Qt.Key) -> None:
    """Press a key in the question box."""
    QTest.keyClick(window.question_box.text_edit, key)


def until_offered(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Wait until a name is the first that is offered."""
    qtbot.waitUntil(lambda: window.narrowing.completion.offered[:1] == (name,))


def actions(menu: QMenu) -> dict[str, QAction]:
    """Return everything a menu and its submenus offer, by its words."""
    found: dict[str, QAction] = {}
    for action in menu.actions():
        below = action.menu()
        found |= actions(below) if isinstance(below, QMenu) else {action.text(): action}
    return found


def last_ask(engine: ScriptedEngine) -> m.Ask:
    """Return the last question."""
    request = engine.requests(m.Ask)[-1]
    assert isinstance(request, m.Ask)
    return request


def test_a_name_after_an_at_sign_becomes_a_chip_that_stays_and_is_told_with_the_answer(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    window.question_box.take_focus()
    write(window, "see @lease ropew")
    qtbot.waitUntil(lambda: window.narrowing.completion.isHidden())
    for _ in range(6):
        press(window, Qt.Key.Key_Backspace)
    until_offered(qtbot, window, LEASE.name)

    press(window, Qt.Key.Key_Return)

    assert window.question_box.text == "see"
    assert window.narrowing.chips.words == (LEASE.name,)
    for question in ("What is due?", "And when?"):
        ask(qtbot, window, question)
        assert last_ask(engine).filters == Filters(paths=(bytes(LEASE),))
        assert f"only {LEASE.name}" in window.conversation.turns[-1].coverage
        assert "documents searched" not in window.conversation.turns[-1].coverage


def test_what_is_attached_is_named_after_an_at_sign_and_a_mail_once(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    mail = document_row(90, SAMPLES / "Orchard.eml")
    inside = replace(document_row(91, SAMPLES / "Orchard.eml" / "Orchard.pdf"), file=mail.path)
    engine.emit(0, m.DocumentsChanged((mail, inside), ()))
    write(window, "@orchard")
    qtbot.waitUntil(lambda: sorted(window.narrowing.completion.offered) == ["Orchard.eml", "Orchard.pdf"])
    engine.emit(0, m.DocumentsChanged((), (91,)))
    qtbot.waitUntil(lambda: window.narrowing.completion.offered == ("Orchard.eml",))


def test_a_pressed_chip_is_taken_away_by_mouse_and_by_key(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    chips = window.narrowing.chips
    chips.filters_changed.emit(Filters(paths=(bytes(LEASE), bytes(GLAZE)), types=("pdf",)))
    assert chips.words == (LEASE.name, GLAZE.name, "PDF")

    qtbot.mouseClick(chips.chips()[0], Qt.MouseButton.LeftButton)
    assert chips.words == (GLAZE.name, "PDF")
    assert chips.chips()[0].hasFocus()
    QTest.keyClick(chips.chips()[0], Qt.Key.Key_Delete)

    ask(qtbot, window)
    assert last_ask(engine).filters == Filters(types=("pdf",))


def test_a_new_conversation_has_no_filters(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    window.narrowing.chips.filters_changed.emit(Filters(types=("pdf",)))
    ask(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)

    assert window.narrowing.chips.words == ()
    ask(qtbot, window)
    assert last_ask(engine).filters == Filters()


def test_an_at_sign_that_the_menu_wrote_goes_when_no_name_is_wanted(qtbot: QtBot, window: MainWindow) -> None:
    completion = window.narrowing.completion
    write(window, "What of")
    window.narrowing.chips.names_wanted.emit()
    qtbot.waitUntil(lambda: bool(completion.offered))
    assert window.question_box.text == "What of @"
    press(window, Qt.Key.Key_Escape)
    assert completion.isHidden()
    assert window.question_box.text == "What of"
    write(window, " @")
    qtbot.waitUntil(lambda: bool(completion.offered))
    press(window, Qt.Key.Key_Escape)
    assert window.question_box.text == "What of @"


@OFFSCREEN
def test_from_the_library_questions_are_kept_to_a_file_or_a_folder(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    view = window.library.view
    view.setCurrentIndex(window.documents.index_of_document(4))
    menu = asked_menu(window)
    assert list(actions(menu)) == ["Ask about this only"]
    actions(menu)["Ask about this only"].trigger()
    assert window.narrowing.chips.filters.paths == (window.documents.node(view.currentIndex()).path,)
    assert window.question_box.text_edit.hasFocus()
    view.setCurrentIndex(window.documents.index(0, 0))
    words = list(actions(asked_menu(window)))
    assert words == ["Ask about this only", "", "What is read of it…", "Remove from the library"]


@OFFSCREEN
def test_the_rules_of_a_folder_are_seen_from_the_library(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    window.library.view.setCurrentIndex(window.documents.index(0, 0))
    actions(asked_menu(window))["What is read of it…"].trigger()
    qtbot.waitUntil(lambda: engine.requests(ListRules) == [ListRules(FOLDER)])
    assert window.files.dialog.isVisible()  # with the undo


def asked_menu(window: MainWindow) -> QMenu:
    """Ask for the menu of the library's current row."""
    view = window.library.view
    view.customContextMenuRequested.emit(view.visualRect(view.currentIndex()).center())
    menu = window.library.findChildren(QMenu)[-1]
    menu.hide()
    return menu


def test_the_list_of_names_is_gone_through_by_key_and_closed_without_a_trace(qtbot: QtBot, window: MainWindow) -> None:
    completion = window.narrowing.completion
    window.question_box.take_focus()
    write(window, "@l")
    qtbot.waitUntil(lambda: len(completion.offered) > 2)
    first, second = completion.offered[:2]
    assert completion.current == first
    press(window, Qt.Key.Key_Down)
    assert completion.current == second
    press(window, Qt.Key.Key_Up)
    press(window, Qt.Key.Key_Up)
    assert completion.current == completion.offered[-1]
    press(window, Qt.Key.Key_Escape)
    assert completion.isHidden()
    write(window, "e")
    QTest.qWait(1)
    assert completion.isHidden()
    assert window.question_box.text == "@le"
    write(window, " @let")
    until_offered(qtbot, window, "letters")
    press(window, Qt.Key.Key_Tab)
    assert window.narrowing.chips.filters.paths == (OLD,)
    assert window.question_box.text_edit.hasFocus()


def test_a_name_is_chosen_by_the_mouse_and_behind_a_picture_sign(qtbot: QtBot, window: MainWindow) -> None:
    window.question_box.take_focus()
    window.question_box.text_edit.insertPlainText("🏺 in ")
    write(window, "@celad")
    until_offered(qtbot, window, GLAZE.name)
    view = window.narrowing.completion._list
    place = view.visualRect(view.model().index(0, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.narrowing.chips.words == (GLAZE.name,)
    assert window.question_box.text == "🏺 in"


def test_who_does_not_wait_for_the_list_gets_what_was_typed(qtbot: QtBot, window: MainWindow) -> None:
    window.question_box.take_focus()
    write(window, "@c")
    until_offered(qtbot, window, GLAZE.name)
    write(window, "ommit")
    press(window, Qt.Key.Key_Return)
    assert window.narrowing.chips.words == ("committee-notes-march-2026.docx",)


def test_an_address_is_no_name(qtbot: QtBot, window: MainWindow) -> None:
    window.question_box.take_focus()
    write(window, "who is lease@lease")
    QTest.qWait(1)
    assert window.narrowing.completion.isHidden()


def test_ten_thousand_names_with_spaces_and_any_bytes_are_searched_in_bounded_steps(
    qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine
) -> None:
    ready = DocumentState.READY
    paths = [FOLDER + f"/box {n // 100}/paper number {n}.txt".encode() for n in range(1, 10_001)]
    rows = [DocumentRow(n, path, FOLDER, ready, Reason.NONE, "", 1, 0, 1, 1, 1) for n, path in enumerate(paths, 1)]
    odd = FOLDER + b"/box 1/caf\xe9 menu.pdf"
    rows.append(replace(rows[0], id=20_000, path=odd))
    rows.append(replace(rows[0], id=20_001, path=FOLDER + b"/zzz.txt", state=DocumentState.FAILED))
    engine.documents = tuple(rows)
    window = open_window(engine)
    completion = window.narrowing.completion
    window.question_box.take_focus()
    write(window, "@box 77")
    qtbot.waitUntil(lambda: completion.offered[:1] == ("box 77",), timeout=20_000)
    assert len(completion.offered) <= MOST_FOUND
    press(window, Qt.Key.Key_Enter)
    write(window, "@number 9999")
    until_offered(qtbot, window, "paper number 9999.txt")
    press(window, Qt.Key.Key_Escape)
    write(window, " @caf menu")
    qtbot.waitUntil(lambda: bool(completion.isHidden()))
    for _ in range(5):
        press(window, Qt.Key.Key_Backspace)
    until_offered(qtbot, window, "caf\ufffd menu.pdf")
    press(window, Qt.Key.Key_Enter)
    assert window.narrowing.chips.filters.paths == (FOLDER + b"/box 77", odd)
    write(window, " @zzz")
    QTest.qWait(50)
    assert "zzz.txt" not in completion.offered


def test_names_follow_the_library(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    names = window.narrowing.names
    qtbot.waitUntil(lambda: OLD in names._names)
    letter = next(row for row in engine.documents if row.path.startswith(OLD))
    engine.emit(0, m.DocumentsChanged((), (letter.id,)))
    qtbot.waitUntil(lambda: OLD not in names._names)
    engine.emit(0, m.DocumentsChanged((replace(letter, path=FOLDER + b"/new/letter.odt"),), ()))
    qtbot.waitUntil(lambda: FOLDER + b"/new" in names._names)
    assert "odt" in names.suffixes


@OFFSCREEN
def test_the_menu_adds_kinds_and_days_by_key(qtbot: QtBot, window: MainWindow, engine: ScriptedEngine) -> None:
    qtbot.waitUntil(lambda: "md" in window.narrowing.names.suffixes)
    chips = window.narrowing.chips
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: chips.menu.isVisible())
    offered = actions(chips.menu)
    chips.menu.close()

    offered["MD"].trigger()
    offered = actions_again(window)
    assert "MD" not in offered
    offered["Last year"].trigger()

    last = date.today().year - 1
    assert chips.words == ("MD", f"from {last}-01-01", f"before {last + 1}-01-01")
    actions_again(window)["A file or folder…  @"].trigger()
    assert window.question_box.text == "@"
    assert window.question_box.text_edit.hasFocus()


def actions_again(window: MainWindow) -> dict[str, QAction]:
    """Open the menu, look and close it."""
    window.narrowing.open_menu()
    window.narrowing.chips.menu.close()
    return actions(window.narrowing.chips.menu)


@OFFSCREEN
def test_days_are_written_and_what_is_no_day_is_said(qtbot: QtBot, window: MainWindow) -> None:
    dates = window.narrowing.dates
    actions_again(window)["Between days…"].trigger()
    qtbot.waitUntil(lambda: dates.isVisible())
    dates.after.setText("last week")
    dates.take.click()
    assert dates.trouble == "“last week” is not a day. Write it as 2026-03-31, 2026-03 or 2026."
    dates.after.setText("2025")
    dates.before.setText("2025-07")
    QTest.keyClick(dates.before, Qt.Key.Key_Return)
    assert not dates.isVisible()
    assert window.narrowing.chips.words == ("from 2025-01-01", "before 2025-07-01")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"filter": "path", "value": "/a/b.pdf", "waiting": "0", "failed": "0"}, "b.pdf is not in the library. Take"),
        ({"filter": "path", "value": "/a/b", "waiting": "3", "failed": "0"}, "Nothing in b is read yet. Ask again"),
        ({"filter": "path", "value": "/a/b", "waiting": "0", "failed": "1"}, "Nothing in b could be read."),
        ({"filter": "type", "value": "xlsx", "known": "pdf"}, "There is no XLSX file in the library. Take this"),
        ({"filter": "after", "value": "2030-01-01", "newest": "2026-01-02"}, "later; the newest is of 2026-01-02."),
        ({"filter": "together", "value": ""}, "No document passes all the filters together"),
        ({"filter": "forgotten", "value": ""}, "forgotten. Take “forgotten files” away below the question"),
    ],
)
def test_a_filter_that_leaves_nothing_is_named_in_the_turn(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, facts: dict[str, str], said: str
) -> None:
    engine.answers = False
    window.question_box.question_asked.emit("What is due?")
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))
    engine.emit(engine.last_id(m.Ask), m.Failed("FilterMatchesNothing", facts))
    qtbot.waitUntil(lambda: said in window.conversation.turns[0].failure)


def test_a_question_whose_filters_left_nothing_is_asked_again_with_those_of_now(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    engine.answers = False
    window.narrowing.keep_to(Filters(only_forgotten=True))
    window.question_box.question_asked.emit("What is due?")
    qtbot.waitUntil(lambda: bool(engine.requests(m.Ask)))
    engine.emit(engine.last_id(m.Ask), m.Failed("FilterMatchesNothing", {"filter": "forgotten", "value": ""}))
    qtbot.waitUntil(lambda: bool(window.conversation.turns[0].failure))
    window.narrowing.chips.chips()[0].click()
    window.conversation.turns[0].remedy_chosen.emit()
    qtbot.waitUntil(lambda: len(engine.requests(m.Ask)) == 2)
    assert last_ask(engine).filters == Filters()


def test_chips_are_parts_of_the_filters() -> None:
    filters = with_time_span(with_path(Filters(types=("md",)), b"/a/b c"), time_spans(date(2026, 3, 1))[4])
    assert filter_words(filters) == "only b c, MD, from 2025-01-01, before 2026-01-01"
    assert with_path(filters, b"/a/b c") == filters
    for chip in chips_of(filters):
        assert len(chips_of(chip.rest)) == 3
    assert filters.before_ns == midnight_ns(date(2026, 1, 1))
    assert filter_words(Filters()) == ""


def test_what_is_kept_to_forgotten_files_says_so_until_a_person_takes_that_away() -> None:
    filters = Filters(types=("md",), only_forgotten=True)
    (forgotten, _) = chips_of(filters)
    assert filter_words(filters) == "only forgotten files, MD"
    assert forgotten.rest == Filters(types=("md",))
    assert with_path(filters, b"/a/b") == Filters(paths=(b"/a/b",), types=("md",))


def test_letters_in_a_row_beat_scattered_ones_and_the_start_beats_the_middle() -> None:
    names = ["annual report.pdf", "report.pdf", "my reports.txt", "deep rose trip.md", "unrelated.md"]
    scored = {name: likeness("rep", name) for name in names}
    ordered = sorted((name for name in names if scored[name] is not None), key=lambda name: -(scored[name] or 0))
    assert ordered[0] == "report.pdf"
    assert scored["unrelated.md"] is None
    assert ordered[-1] == "deep rose trip.md"


def test_tab_goes_through_the_line_under_the_question_as_it_stands(qtbot: QtBot, window: MainWindow) -> None:
    window.question_box.take_focus()
    words: list[str] = []

    for _ in range(4):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        focused = window.focusWidget()
        assert isinstance(focused, QAbstractButton)
        words.append(focused.text())

    assert words[:3] == ["+ Filter", "Review first", "Style"]
    assert window.question_box.model_words.startswith(words[3].split("…")[0])
