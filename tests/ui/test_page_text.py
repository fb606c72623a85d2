"""A page of a format without a drawn form, in the window: code and headers as lines."""

from pytestqt.qtbot import QtBot

from app.core.pages import Block, BlockKind, Page
from app.ui.page_text import PageTextView
from app.ui.theme import Look


def view_of(qtbot: QtBot, look: Look, kind: BlockKind, text: str) -> PageTextView:
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    view.show_page(Page(1, text, (Block(kind, 0, len(text)),)), None)
    return view


def test_code_and_headers_keep_their_lines_and_prose_flows(qtbot: QtBot, look: Look) -> None:
    for text, lines in (
        ("def f(x):\n    if x:\n        return 1", 3),
        ("    return 1\n    pass", 2),
        ("From: Anna\nTo: Bo", 2),
        ("A sentence that its source\nbroke into two lines.", 1),
    ):
        view = view_of(qtbot, look, BlockKind.PARAGRAPH, text)
        assert len(view.document().firstBlock().text().split("\u2028")) == lines, text
