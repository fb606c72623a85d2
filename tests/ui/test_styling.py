"""Styles are chosen, seen, edited, kept and deleted, by keyboard too, and what is shown is what is sent."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.answering.history import History
from app.config.paths import resources_dir
from app.config.styles import StyleFolders
from app.core import messages as m
from app.core.conversation_messages import ConversationRow, KeptTurn
from app.core.style_messages import KeepStyle
from app.core.styles import CHARACTERS_LIMIT, PLAIN, Style
from app.ui.asked_turn import manner
from app.ui.main_window import MainWindow
from app.ui.receipt_words import told_receipt
from app.ui.style_button import StyleButton
from app.ui.style_section import StyleSection
from tests.answering.scripted import RENT, Library, ScriptedModel, finished
from tests.answering.scripted import ask as scripted_ask
from tests.ui.acts import QUESTION, ask
from tests.ui.conftest import OpenWindow
from tests.ui.scripted_engine import ScriptedEngine, sample_answer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # menus, without a desktop


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of own styles, with one in it."""
    folder = tmp_path / "styles"
    folder.mkdir()
    (folder / "For my sister.md").write_text("In two lines.")
    return folder


@pytest.fixture
def engine(engine: ScriptedEngine, own: Path) -> ScriptedEngine:
    """An engine with own styles."""
    engine.styles = StyleFolders(resources_dir() / "styles", own)
    return engine


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine) -> MainWindow:
    """A window that has listed the styles."""
    window = open_window(engine)
    qtbot.waitUntil(lambda: "For my sister" in offered(window.checking.styling.button))
    return window


@pytest.fixture
def section(qtbot: QtBot, window: MainWindow) -> StyleSection:
    """The style section of a question under review."""
    review(qtbot, window)
    return window.checking.panel.style_section


def offered(button: StyleButton) -> list[str]:
    return [action.text() for action in button.offers.actions() if not action.isSeparator()]


def ticked(button: StyleButton) -> list[str]:
    return [action.text() for action in button.offers.actions() if action.isChecked()]


def choose(button: StyleButton, name: str) -> None:
    next(action for action in button.offers.actions() if action.text() == name).trigger()


def review(qtbot: QtBot, window: MainWindow) -> None:
    window.checking.options.review.setChecked(True)
    window.question_box.set_text(QUESTION)
    QTest.keyClick(window.question_box.text_edit, Qt.Key.Key_Return)
    counted(qtbot, window)


def counted(qtbot: QtBot, window: MainWindow) -> None:
    reviewing = window.checking.reviewing
    qtbot.waitUntil(lambda: reviewing._review is not None and reviewing._review.is_ready)


def answer(qtbot: QtBot, window: MainWindow) -> None:
    window.checking.panel.take_focus()
    QTest.keyClick(window.checking.panel.answer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.conversation.turns) and not window.asking.is_answering)


def sent(engine: ScriptedEngine) -> m.Ask:
    return [one for one in engine.requests(m.Ask) if isinstance(one, m.Ask) and not one.evidence_only][-1]


def words(engine: ScriptedEngine, name: str) -> str:
    return engine.styles.resolved(Style(name)).instructions


def write(section: StyleSection, text: str) -> None:
    section.editor.selectAll()
    QTest.keyClicks(section.editor, text)


def test_a_style_for_all_questions_is_chosen_by_key_and_is_named_where_the_question_is_written(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    button = window.checking.styling.button
    assert (button.text(), ticked(button)) == ("Style", ["Plain: one to three sentences"])
    QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert button.offers.isVisible()
    QTest.keyClick(button.offers, Qt.Key.Key_Down)
    QTest.keyClick(button.offers, Qt.Key.Key_Down)
    QTest.keyClick(button.offers, Qt.Key.Key_Return)
    assert (button.text(), ticked(button)) == ("Style: brief", ["brief"])
    assert window.checking.styling.for_all == "brief"
    ask(qtbot, window)
    assert sent(engine).style == Style("brief")
    assert "Style: brief" in window.conversation.turns[-1].coverage

    choose(button, "Plain: one to three sentences")
    ask(qtbot, window)
    assert (button.text(), sent(engine).style) == ("Style", PLAIN)
    assert "Style" not in window.conversation.turns[-1].coverage


def test_the_style_is_listed_with_the_keys_and_the_commands(window: MainWindow) -> None:
    assert [command.keys for command in window._commands() if "Style" in command.words] == ["Ctrl+T"]


def test_the_words_of_a_style_are_seen_and_sent_as_they_are_shown(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, section: StyleSection
) -> None:
    assert not section.editor.isVisible()
    before = window.checking.panel.tokens.parts[0].total
    choose(section.choice, "in detail")
    assert section.editor.isVisible()
    assert section.editor.toPlainText() == words(engine, "in detail")
    counted(qtbot, window)
    window.checking.panel.prompt.toggle.click()
    assert words(engine, "in detail") in window.checking.panel.prompt.text
    assert window.checking.panel.tokens.parts[0].total > before
    assert [one.passages for one in engine.requests(m.Ask) if isinstance(one, m.Ask)] == [None, None]
    answer(qtbot, window)
    assert sent(engine).style == Style("in detail", words(engine, "in detail"))


def test_words_that_are_edited_hold_the_answer_until_the_prompt_has_them(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, section: StyleSection
) -> None:
    choose(section.choice, "brief")
    counted(qtbot, window)
    write(section, "As a haiku.")
    window.checking.panel.answer.click()
    assert window.conversation.is_empty
    counted(qtbot, window)
    assert section.choice.text().startswith("brief, changed")
    answer(qtbot, window)
    assert sent(engine).style == Style("brief", "As a haiku.", is_edited=True)

    assert window.checking.styling.button.text() == "Style: brief, changed"
    ask(qtbot, window, "And then?")
    assert sent(engine).style == Style("brief", "As a haiku.", is_edited=True)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    ask(qtbot, window)
    assert sent(engine).style == PLAIN
    assert window.checking.styling.for_all == ""


def test_what_was_changed_is_taken_back_by_a_link(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, section: StyleSection
) -> None:
    choose(section.choice, "brief")
    assert not section.reset.isVisible()
    write(section, "Longer.")
    section.reset.click()
    assert section.editor.toPlainText() == words(engine, "brief")
    assert section.choice.text().startswith("brief  ")


def test_words_without_a_style_are_a_persons_own(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, section: StyleSection
) -> None:
    section.words_toggle.click()
    write(section, "As a haiku.")
    counted(qtbot, window)
    answer(qtbot, window)
    assert sent(engine).style == Style("", "As a haiku.", is_edited=True)
    assert window.checking.styling.button.text() == "Style: your own words"


def test_words_that_are_too_long_are_not_sent_and_that_is_said(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, section: StyleSection
) -> None:
    section.words_toggle.click()
    section.editor.setPlainText("x" * (CHARACTERS_LIMIT + 1))
    assert "1,000 characters" in section.told
    assert not window.checking.panel.answer.isEnabled()
    section.editor.setPlainText("x" * CHARACTERS_LIMIT)
    assert window.checking.panel.answer.isEnabled()
    counted(qtbot, window)


def test_words_are_kept_as_a_style_of_ones_own(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine, section: StyleSection, own: Path
) -> None:
    section.words_toggle.click()
    write(section, "As a haiku.")
    section.keep.click()
    assert section.name_field.hasFocus()
    QTest.keyClicks(section.name_field, "a/b")
    assert not section.save.isEnabled()
    section.name_field.clear()
    QTest.keyClicks(section.name_field, "haiku")
    QTest.keyClick(section.name_field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: section.choice.text().startswith("haiku"))
    assert (own / "haiku.md").read_text() == "As a haiku.\n"
    assert "haiku" in offered(window.checking.styling.button)
    counted(qtbot, window)
    answer(qtbot, window)
    assert sent(engine).style == Style("haiku", "As a haiku.")


def test_a_name_that_is_taken_says_that_it_is_replaced(
    window: MainWindow, section: StyleSection, engine: ScriptedEngine
) -> None:
    section.words_toggle.click()
    write(section, "As a haiku.")
    section.keep.click()
    QTest.keyClicks(section.name_field, "for my SISTER")
    assert section.save.text() == "Replace the one of this name"
    QTest.keyClick(section.name_field, Qt.Key.Key_Escape)
    assert not section.name_field.isVisible()
    assert window.checking.reviewing.is_on
    assert engine.requests(KeepStyle) == []


def test_a_style_that_cannot_be_kept_says_why(
    qtbot: QtBot, window: MainWindow, section: StyleSection, engine: ScriptedEngine, own: Path
) -> None:
    section.keep_wanted.emit(Style("x" * 60, "Words."))
    qtbot.waitUntil(lambda: "No file can have this name" in section.told)


def test_an_own_style_is_deleted_and_had_again(
    qtbot: QtBot, window: MainWindow, section: StyleSection, own: Path
) -> None:
    file = own / "For my sister.md"
    choose(section.choice, "brief")
    assert not section.delete.isVisible()
    choose(section.choice, "For my sister")
    section.delete.click()
    qtbot.waitUntil(lambda: section.undo.isVisible())
    assert not file.exists()
    assert section.choice.text().startswith("plain")
    section.undo.undone.emit()
    qtbot.waitUntil(file.exists)
    qtbot.waitUntil(lambda: section.choice.text().startswith("For my sister"))
    assert file.read_text().strip() == section.editor.toPlainText() == "In two lines."


def test_a_style_that_is_gone_gives_way_to_the_plain_manner_and_that_is_said(
    qtbot: QtBot, window: MainWindow, own: Path
) -> None:
    styling = window.checking.styling
    choose(styling.button, "For my sister")
    (own / "For my sister.md").unlink()
    styling.list_styles()
    qtbot.waitUntil(lambda: styling.button.text() == "Style")
    assert styling.for_all == ""
    assert "no style called For my sister" in window.notices.words


def test_a_bad_file_is_offered_as_one_that_cannot_be_used(qtbot: QtBot, window: MainWindow, own: Path) -> None:
    (own / "bad.md").write_bytes(b"\xff\xfe\xff")
    button = window.checking.styling.button
    window.checking.styling.list_styles()
    qtbot.waitUntil(lambda: "bad – cannot be used" in offered(button))
    choose(button, "bad – cannot be used")
    assert str(own / "bad.md") in window.notices.words
    assert "UTF-8" in window.notices.words
    assert button.text() == "Style"


def test_the_receipt_tells_the_styles_name_and_words(tmp_path: Path) -> None:
    library = Library(RENT)
    written = ScriptedModel(("The rent is 900 euros [1].",))
    for style in (Style("brief", "One word.", is_edited=True), PLAIN):
        finished(scripted_ask(library, written, m.Ask("How much is the rent?", style=style)))
    history = History(tmp_path / "history.sqlite")
    styled, plain = (dict(told_receipt(history.entry(history.append(one))).facts) for one in library.receipts)
    history.close()
    assert styled["Style"] == "brief, changed: One word."
    assert "Style" not in plain


def test_a_section_that_the_model_left_out_is_told() -> None:
    memo = Style("memo", "## Answer\n\n## Details")
    answer = replace(sample_answer(), text="## Answer\n\nThe deposit is £2,800 [1].", style=memo)
    assert manner(answer) == ("Style: memo", "without the section “Details”")


@pytest.mark.parametrize(
    ("was", "then"),
    [
        (Style("brief", "What it said then."), Style("brief")),
        (Style("brief", "Other words.", is_edited=True), Style("brief", "Other words.", is_edited=True)),
        (Style("gone since", "What it said."), Style("", "What it said.", is_edited=True)),
        (PLAIN, PLAIN),
    ],
)
def test_a_kept_conversation_goes_on_in_the_style_of_its_last_answer(
    qtbot: QtBot, open_window: OpenWindow, engine: ScriptedEngine, was: Style, then: Style
) -> None:
    engine.turns = (KeptTurn(QUESTION, 1, replace(sample_answer(), style=was)),)
    window = open_window(engine)
    styling = window.checking.styling
    qtbot.waitUntil(lambda: bool(offered(styling.button)[1:]))
    row = ConversationRow("abc", "The deposit", 1, 2, 1)
    engine.conversations = (row,)
    styling.choose_for_all("list")
    window.conversing.dialog.opened.emit(row)
    qtbot.waitUntil(lambda: len(window.asking.turns()) == 1)
    assert styling.style == then
    assert styling.for_all == "list"
    window.asking.ask_again(window.asking.turns()[0])
    qtbot.waitUntil(lambda: not window.asking.is_answering)
    assert sent(engine).style == was
