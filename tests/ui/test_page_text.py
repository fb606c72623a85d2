"""A page of a format without a drawn form, in the window: tables as columns, code and headers as lines."""

from typing import cast

from PySide6.QtGui import QTextBlock, QTextDocument
from pytestqt.qtbot import QtBot

from app.core.types import Block, BlockKind, Page, Span
from app.ui.page_text import PageTextView
from app.ui.theme import Look

LONG = "Blackberries of the wall"


def view_of(qtbot: QtBot, look: Look, kind: BlockKind, text: str, span: Span | None = None) -> PageTextView:
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    view.show_page(Page(1, text, (Block(kind, 0, len(text)),)), span)
    return view


def left_of(document: QTextDocument, words: str) -> float:
    """Return how far from the left the words stand."""
    document.documentLayout().documentSize()
    block: QTextBlock = document.firstBlock()
    line = block.layout().lineForTextPosition(block.text().index(words))
    return cast(tuple[float, int], line.cursorToX(block.text().index(words)))[0]


def test_the_columns_of_a_table_stand_under_each_other(qtbot: QtBot, look: Look) -> None:
    view = view_of(qtbot, look, BlockKind.TABLE, f"Fruit\tTons\tPlace\n{LONG}\t12\tsouth\nFigs\t3\tnorth")
    document = view.document()
    assert left_of(document, "Tons") == left_of(document, "12") == left_of(document, "3")
    assert left_of(document, "Place") == left_of(document, "north") > left_of(document, "12") + 20


def test_the_row_of_a_table_is_marked(qtbot: QtBot, look: Look) -> None:
    text = "Fruit\tTons\nApples\t12\nFigs\t3"
    view = view_of(qtbot, look, BlockKind.TABLE, text, Span(11, 20))
    assert view.marked_text() == "Apples\t12"


def test_code_and_headers_keep_their_lines_and_prose_flows(qtbot: QtBot, look: Look) -> None:
    for text, lines in (
        ("def f(x):\n    if x:\n        return 1", 3),
        ("    return 1\n    pass", 2),
        ("From: Anna\nTo: Bo", 2),
        ("A sentence that its source\nbroke into two lines.", 1),
    ):
        view = view_of(qtbot, look, BlockKind.PARAGRAPH, text)
        assert len(view.document().firstBlock().text().split("\u2028")) == lines, text
