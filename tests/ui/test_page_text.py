"""A page of a format without a drawn form, in the window: code as lines, headers set apart, what is found tinted."""

from PySide6.QtGui import QTextTable
from pytestqt.qtbot import QtBot

from app.core.pages import Block, BlockKind, Page, Span
from app.ui.page_text import PageTextView
from app.ui.theme import Look


def view_of(qtbot: QtBot, look: Look, kind: BlockKind, text: str) -> PageTextView:
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    view.show_page(Page(1, text, (Block(kind, 0, len(text)),)), None)
    return view


def test_code_keeps_its_lines_and_prose_flows(qtbot: QtBot, look: Look) -> None:
    for text, lines in (
        ("def f(x):\n    if x:\n        return 1", 3),
        ("    return 1\n    pass", 2),
        ("A sentence that its source\nbroke into two lines.", 1),
    ):
        view = view_of(qtbot, look, BlockKind.PARAGRAPH, text)
        assert len(view.document().firstBlock().text().split("\u2028")) == lines, text


def test_headers_of_a_mail_are_set_apart_as_names_and_values(qtbot: QtBot, look: Look) -> None:
    text = "From: Anna\nTo: Bo: and Chris"
    view = view_of(qtbot, look, BlockKind.PARAGRAPH, text)

    [table] = [frame for frame in view.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]

    cells = [[table.cellAt(r, c).firstCursorPosition().block().text() for c in range(2)] for r in range(2)]
    assert cells == [["From:", "Anna"], ["To:", "Bo: and Chris"]]


def test_what_is_found_is_tinted_where_it_stands_also_behind_characters_of_two_units(qtbot: QtBot, look: Look) -> None:
    text = "A 🏺 jar, and\nanother jar.\n\na\tjar\nb\tc"
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    table = text.index("a\tjar")
    blocks = (Block(BlockKind.PARAGRAPH, 0, table - 2), Block(BlockKind.TABLE, table, len(text)))
    view.show_page(Page(1, text, blocks), Span(0, 3))
    spans = tuple(Span(n, n + 3) for n in range(len(text)) if text.startswith("jar", n))

    view.show_finds(spans, spans[1])

    assert view.found_texts() == ["jar", "jar", "jar"]
    view.zoom_to(1.5)
    assert view.found_texts() == ["jar", "jar", "jar"]
    view.show_page(Page(2, "another jar", ()), None)
    assert view.found_texts() == []
