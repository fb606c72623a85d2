"""A page of a format without a drawn form, in the window: code as lines, headers set apart, what is found tinted."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextTable
from pytestqt.qtbot import QtBot

from app.core.pages import Block, BlockKind, Page, Span
from app.ui.page_marks import Marks, Strength, cut
from app.ui.page_text import PageTextView
from app.ui.theme import Look


def view_of(qtbot: QtBot, look: Look, kind: BlockKind, text: str) -> PageTextView:
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    view.show_page(Page(1, text, (Block(kind, 0, len(text)),)), Marks())
    return view


def test_code_keeps_its_lines_and_prose_flows(qtbot: QtBot, look: Look) -> None:
    for text, lines in (
        ("def f(x):\n    if x:\n        return 1", 3),
        ("    return 1\n    pass", 2),
        ("On Monday she wrote:\n> Come to the mill.\n> Bring the nets.", 3),
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
    view.show_page(Page(1, text, blocks), Marks(Span(0, 3)))
    spans = tuple(Span(n, n + 3) for n in range(len(text)) if text.startswith("jar", n))

    view.show_finds(spans, spans[1])

    assert view.found_texts() == ["jar", "jar", "jar"]
    view.zoom_to(1.5)
    assert view.found_texts() == ["jar", "jar", "jar"]
    view.show_page(Page(2, "another jar", ()), Marks())
    assert view.found_texts() == []


def test_quotations_stand_out_of_their_passage(qtbot: QtBot, look: Look) -> None:
    text = "Before it.\nThe pump was given. It is guaranteed until 2029. Nobody\nminds.\nBehind it."
    blocks = tuple(Block(BlockKind.PARAGRAPH, start, end) for start, end in ((0, 10), (11, 70), (71, len(text))))
    passage, quote = Span(11, 70), Span(31, 59)
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.show()

    view.show_page(Page(1, text, blocks), Marks(passage, (quote,)))

    assert view.quoted_text() == text[31:59] == "It is guaranteed until 2029."
    assert view.marked_text().replace("\n", "") == text[11:70].replace("\n", " ")
    tints = {view._selected(place + 1, place + 1).charFormat().background().color().alpha() for place in (12, 32, 64)}
    assert max(tints) == look.theme.mark.alpha()
    assert len(tints) == 2

    view.mark(Span(0, 10))

    assert view.quoted_text() == view.marked_text() == "Before it."


@given(st.lists(st.integers(0, 40), min_size=6, max_size=6))
def test_a_text_is_cut_into_pieces_of_one_strength(edges: list[int]) -> None:
    whole, passage, quote = (Span(*sorted(edges[i : i + 2])) for i in (0, 2, 4))
    marks = Marks(passage, (quote,))

    pieces = cut(whole, marks)

    assert [place for start, end, _ in pieces for place in range(start, end)] == list(range(whole.start, whole.end))
    for start, end, strength in pieces:
        assert {marks.strength(place) for place in range(start, end)} == {strength}
        assert (strength is Strength.FULL) == (quote.start <= start < quote.end)
