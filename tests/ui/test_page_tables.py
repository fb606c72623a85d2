"""Tables in a page that is text: nothing overlaps, and a span marks the right characters."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextTable
from pytestqt.qtbot import QtBot

from app.core.pages import Block, BlockKind, Page, Span
from app.ui.page_marks import Marks
from app.ui.page_tables import CELLS_AT_ONCE, column_widths, table_rows
from app.ui.page_text import PageTextView
from app.ui.theme import Look

ROWS = (
    ("Stage of the firing", "From", "To", "Rate, or time, and what to mind while it lasts: a rather long cell"),
    ("Warming", "20 °C", "600 °C", "100 °C an hour"),
    ("Glaze reduction, with the damper at one third", "900 °C", "1,280 °C", "80 °C an hour"),
    ("Cooling", "", "80 °C", "closed"),
)
BEFORE, AFTER = "Before the table.", "After it."
TABLE = "\n".join("\t".join(row) for row in ROWS)
TEXT = f"{BEFORE}\n{TABLE}\n{AFTER}"
PAGE = Page(
    1,
    TEXT,
    (
        Block(BlockKind.PARAGRAPH, 0, len(BEFORE)),
        Block(BlockKind.TABLE, len(BEFORE) + 1, len(BEFORE) + 1 + len(TABLE)),
        Block(BlockKind.PARAGRAPH, len(TEXT) - len(AFTER), len(TEXT)),
    ),
)


def shown(qtbot: QtBot, look: Look, page: Page, span: Span | None, width: int = 520) -> PageTextView:
    """Return a view that shows a page."""
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.resize(width, 700)
    view.show()
    view.show_page(page, Marks(span))
    qtbot.waitUntil(lambda: not view._steps.isActive())
    return view


def tables(view: PageTextView) -> list[QTextTable]:
    """Return the tables that a view shows."""
    frames = view.document().rootFrame().childFrames()
    return [frame for frame in frames if isinstance(frame, QTextTable)]


def rows_written(view: PageTextView) -> int:
    """Return how many rows of tables are written."""
    return sum(table.rows() for table in tables(view))


def right_edge(view: PageTextView, table: QTextTable, row: int, column: int) -> int:
    """Return how far to the right the text of a cell reaches."""
    cell = table.cellAt(row, column)
    cursor = QTextCursor(cell.firstCursorPosition())
    edges: list[int] = []
    while cursor.position() <= cell.lastCursorPosition().position():
        edges.append(view.cursorRect(cursor).right())
        if not cursor.movePosition(QTextCursor.MoveOperation.NextCharacter):
            break
    return max(edges)


def test_no_cell_reaches_into_the_next(qtbot: QtBot, look: Look) -> None:
    for width in (300, 520, 1200):
        view = shown(qtbot, look, PAGE, None, width)
        [table] = tables(view)
        for row in range(len(ROWS)):
            for column in range(3):
                following = view.cursorRect(table.cellAt(row, column + 1).firstCursorPosition()).left()
                assert right_edge(view, table, row, column) < following
        assert right_edge(view, table, 0, 3) <= view.viewport().width()
        tops = [view.cursorRect(table.cellAt(row, 0).firstCursorPosition()).top() for row in range(len(ROWS))]
        assert all(one < other for one, other in pairwise(tops))


def test_columns_take_the_width_that_a_page_gets_later(qtbot: QtBot, look: Look) -> None:
    text = "material\tpercent\tfor 7 kg\nSilica (quartz), 200 mesh\t27.0\t1,890 g"
    view = shown(qtbot, look, Page(1, text, (Block(BlockKind.TABLE, 0, len(text)),)), None, 900)
    [table] = tables(view)

    view.resize(420, 700)

    cells = [table.cellAt(row, column).firstCursorPosition().block() for row in range(2) for column in range(3)]
    assert [cell.layout().lineCount() for cell in cells] == [1] * 6
    view.resize(240, 700)
    assert view.horizontalScrollBar().maximum() == 0


def test_a_span_from_cell_to_cell_marks_its_characters(qtbot: QtBot, look: Look) -> None:
    start, end = TEXT.index("600 °C"), TEXT.index("1,280") + len("1,280")

    view = shown(qtbot, look, PAGE, Span(start, end))

    marked = view.marked_text().split("\n")
    assert marked == ["600 °C", "100 °C an hour", "Glaze reduction, with the damper at one third", "900 °C", "1,280"]
    assert view.toPlainText().index(BEFORE) < view.toPlainText().index("Warming") < view.toPlainText().index(AFTER)


def test_a_long_table_is_written_in_short_steps_and_opened_at_its_mark(qtbot: QtBot, look: Look) -> None:
    lines = [f"row {i}\tvalue {i}\tnote {i}" for i in range(600)]
    text = "\n".join(lines)
    start = text.index("row 400\t")
    page = Page(1, text, (Block(BlockKind.TABLE, 0, len(text)),))
    view = PageTextView(look)
    qtbot.addWidget(view)
    view.resize(520, 700)
    view.show()

    view.show_page(page, Marks(Span(start, start + len(lines[400]))))
    written = [rows_written(view)]
    while view._steps.isActive():
        view._on_step()
        written.append(rows_written(view))

    assert max(after - before for before, after in pairwise([0, *written])) * 3 <= CELLS_AT_ONCE
    assert view.marked_text() == "row 400\nvalue 400\nnote 400"
    assert view.viewport().rect().contains(view.marked_rects()[0].toRect().center())
    assert rows_written(view) == 600
    lefts = {view.cursorRect(table.cellAt(0, 1).firstCursorPosition()).left() for table in tables(view)}
    assert len(lefts) == 1


def test_a_long_table_is_laid_out_for_another_width_in_steps_and_stays_where_it_was(qtbot: QtBot, look: Look) -> None:
    lines = [f"row {i}\t" + "a value that takes some room " * 3 + f"\tnote {i}" for i in range(300)]
    text = "\n".join(lines)
    start = text.index("row 200\t")
    page = Page(1, text, (Block(BlockKind.TABLE, 0, len(text)),))
    view = shown(qtbot, look, page, Span(start, start + len(lines[200])))
    before_px = view.marked_rects()[0].top()
    height_px = view.document().size().height()

    view.resize(400, 700)
    assert rows_written(view) == 300  # nothing is laid out amid a drag
    assert view.document().size().height() == height_px

    qtbot.waitUntil(lambda: rows_written(view) < 300)
    qtbot.waitUntil(lambda: not view._steps.isActive())
    assert rows_written(view) == 300
    assert right_edge(view, tables(view)[0], 0, 2) <= view.viewport().width()
    assert view.viewport().rect().contains(view.marked_rects()[0].toRect().center())
    assert abs(view.marked_rects()[0].top() - before_px) < 96
    assert view.document().size().height() > height_px


def test_another_page_can_follow_a_long_table(qtbot: QtBot, look: Look) -> None:
    """The scroll bar that goes with the table resizes the view while its tables are deleted."""
    text = "\n".join(f"row {i}\tvalue {i}" for i in range(200))
    view = shown(qtbot, look, Page(1, text, (Block(BlockKind.TABLE, 0, len(text)),)), None)

    for page in (Page(2, AFTER, ()), Page(1, text, (Block(BlockKind.TABLE, 0, len(text)),)), Page(2, AFTER, ())):
        view.show_page(page, Marks())
        qtbot.waitUntil(lambda: not view._steps.isActive())

    assert view.toPlainText() == AFTER
    assert tables(view) == []


def test_cells_are_the_text_between_tabs_and_line_ends() -> None:
    rows = table_rows("x\na\t\tb\n\nc", Span(2, 9))

    assert [[(cell.start, cell.end) for cell in row] for row in rows] == [[(2, 3), (4, 4), (5, 6)], [(7, 7)], [(8, 9)]]


@given(st.lists(st.floats(1, 5_000), min_size=1, max_size=12), st.floats(50, 2_000))
def test_columns_fit_the_room_and_narrow_ones_stay_whole(natural: list[float], room: float) -> None:
    widths = column_widths(natural, room)

    assert sum(widths) <= max(room, sum(natural)) + 1e-6
    assert sum(widths) <= room + 1e-6 or sum(natural) <= room + 1e-6
    assert all(width <= wanted + 1e-6 for width, wanted in zip(widths, natural, strict=True))
    cut = [width for width, wanted in zip(widths, natural, strict=True) if width < wanted - 1e-6]
    assert max(cut, default=0) - min(cut, default=0) < 1e-6
