"""A page of a format that has no drawn pages: its text and structure, a span marked in one tint. Window process."""

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QTimer, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextTable,
)
from PySide6.QtWidgets import QWidget

from app.core.types import Block, BlockKind, Page, Span
from app.ui.page_tables import (
    CELLS_AT_ONCE,
    Row,
    column_widths,
    insert_table,
    leave_room_below,
    natural_widths,
    resize_columns,
    table_rows,
)
from app.ui.safe_text import SafeTextView, start_block
from app.ui.theme import ANSWER_PX, Look

HEADING_PX = {1: 24, 2: 18, 3: 16}
EDGE_PX = 24
ABOVE_MARK_PX = 96
CHARACTERS_A_CELL = 400


class PageTextView(SafeTextView):
    """Shows a page's text."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(fits_text=False, parent=parent)
        self._look = look
        self._page: Page | None = None
        self._span: Span | None = None
        self._zoom = 1.0
        self._marked: list[tuple[int, int]] = []
        self._tables: list[tuple[QTextTable, tuple[float, ...]]] = []
        self._is_at_mark = False
        self._parts: Iterator[int] = iter(())
        self._steps = QTimer(self)
        self._steps.setInterval(0)
        self._steps.timeout.connect(self._on_step)
        self.document().setDocumentMargin(EDGE_PX)
        self.setAccessibleName(self.tr("Page"))
        look.changed.connect(self._on_look_changed)

    @property
    def zoom(self) -> float:
        """Return the zoom, 1.0 for 100 %."""
        return self._zoom

    def show_page(self, page: Page, span: Span | None) -> None:
        """Show a page and go to its marked span."""
        self._page, self._span = page, span
        self._write()

    def zoom_to(self, zoom: float | None) -> None:
        """Take a zoom, None for 100 %."""
        self._zoom = min(max(zoom or 1.0, 0.8), 3.0)
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share a new width among the columns of tables."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            for table, natural in self._tables:
                resize_columns(table, column_widths(natural, self._room))

    @property
    def _room(self) -> int:
        return self.viewport().width() - 2 * EDGE_PX

    def marked_text(self) -> str:
        """Return the text under the tint, a line for each block."""
        return "\n".join(self._selected(start, end).selectedText() for start, end in self._marked)

    def marked_rects(self) -> tuple[QRectF, ...]:
        """Return the first and last lines of the tint as they lie in the viewport now."""
        ends = [place for start, end in self._marked for place in (start, end)]
        return tuple(QRectF(self.cursorRect(self._selected(place, place))) for place in ends)

    def _selected(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _write(self) -> None:
        """Write the page anew: what the first step holds at once, the rest in steps too short to be felt."""
        self._steps.stop()
        self._marked = []
        self._tables = []  # before they are deleted: to clear may take the scroll bar away, and so resize the view
        self.clear()
        self._is_at_mark = False
        if self._page is not None:
            self._parts = self._write_parts(self._page, QTextCursor(self.document()))
            self._steps.start()
            self._on_step()

    @Slot()
    def _on_step(self) -> None:
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        written = 0
        while written < CELLS_AT_ONCE and (cost := next(self._parts, None)) is not None:
            written += cost
        edit.endEditBlock()
        if written < CELLS_AT_ONCE:
            self._steps.stop()
        if not self._is_at_mark and (self._marked or not self._steps.isActive()):
            self._is_at_mark = self._go_to_mark() or not self._steps.isActive()

    def _write_parts(self, page: Page, cursor: QTextCursor) -> Iterator[int]:
        """Write the page part by part, and yield what each cost, in cells."""
        is_fresh = True  # whether the cursor stands in an empty block, to be used first
        for block in page.blocks or (Block(BlockKind.PARAGRAPH, 0, len(page.text)),):
            rows = table_rows(page.text, Span(block.start, block.end)) if block.kind is BlockKind.TABLE else ()
            if len(max(rows, key=len, default=())) > 1:
                yield from self._write_table(page.text, rows, self._character_format(block), cursor)
                is_fresh = True
            else:
                form = self._character_format(block)
                start_block(cursor, _block_format(block, self._zoom), form, first=is_fresh)
                self._write_span(cursor, Span(block.start, block.end), block.kind, form)
                is_fresh = False
                yield 1 + (block.end - block.start) // CHARACTERS_A_CELL

    def _write_table(
        self, text: str, rows: tuple[Row, ...], form: QTextCharFormat, cursor: QTextCursor
    ) -> Iterator[int]:
        """Write a table's cells side by side; a wide one breaks its lines within its own column."""
        natural = natural_widths(text, rows, QFontMetricsF(form.font()))
        widths = column_widths(natural, self._room)
        at_once = max(CELLS_AT_ONCE // len(widths), 1)
        for first in range(0, len(rows), at_once):
            some = rows[first : first + at_once]
            table = insert_table(cursor, len(some), widths, self._look.theme.hairline, goes_on=first > 0)
            if first + at_once >= len(rows):
                leave_room_below(table)
            self._tables.append((table, natural))
            for r, row in enumerate(some):
                for c, cell in enumerate(row):
                    inside = table.cellAt(r, c).firstCursorPosition()
                    inside.setBlockFormat(_line_format(self._zoom))
                    self._write_span(inside, cell, BlockKind.TABLE, form)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            yield len(some) * len(widths)

    def _write_span(self, cursor: QTextCursor, span: Span, kind: BlockKind, form: QTextCharFormat) -> None:
        """Write a span of the page's text, and tint what of it is marked."""
        text = self._page.text if self._page else ""
        for start, end, marked in _cut(span, self._span):
            place = cursor.position()
            marked_form = QTextCharFormat(form)
            if marked:
                marked_form.setBackground(self._look.theme.mark)
            cursor.insertText(_on_one_line(text[start:end], kind), marked_form)
            if marked:
                self._marked.append((place, cursor.position()))

    def _go_to_mark(self) -> bool:
        """Scroll to the mark, or the top without one; return whether there was text enough below it to get there."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._marked[0][0] if self._marked else 0)
        self.setTextCursor(cursor)
        bar = self.verticalScrollBar()
        wanted = bar.value() + self.cursorRect(cursor).top() - ABOVE_MARK_PX
        bar.setValue(wanted)
        return wanted <= bar.maximum()

    def _character_format(self, block: Block) -> QTextCharFormat:
        form = QTextCharFormat()
        font = QFont(self.font() if block.kind is BlockKind.HEADING else self._look.serif)
        size = HEADING_PX.get(block.level, ANSWER_PX) if block.kind is BlockKind.HEADING else ANSWER_PX
        font.setPixelSize(round(size * self._zoom))
        if block.kind is BlockKind.HEADING:
            font.setWeight(QFont.Weight.DemiBold)
        form.setFont(font)
        form.setForeground(self._look.theme.ink)
        return form

    @Slot()
    def _on_look_changed(self) -> None:
        self._write()


def _cut(whole: Span, span: Span | None) -> list[tuple[int, int, bool]]:
    """Cut a stretch of text where the marked span begins and ends; tell what is inside."""
    if span is None:
        return [(whole.start, whole.end, False)]
    start = min(max(span.start, whole.start), whole.end)
    end = min(max(span.end, start), whole.end)
    pieces = [(whole.start, start, False), (start, end, True), (end, whole.end, False)]
    return [piece for piece in pieces if piece[0] < piece[1]]


def _on_one_line(text: str, kind: BlockKind) -> str:
    """Keep a table's lines as lines, all others as spaces; a character stays a character."""
    return text.replace("\n", "\u2028" if kind is BlockKind.TABLE else " ")


def _line_format(zoom: float) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(ANSWER_PX * 1.5 * zoom, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    return form


def _block_format(block: Block, zoom: float) -> QTextBlockFormat:
    form = _line_format(zoom)
    form.setBottomMargin(4 if block.kind is BlockKind.LIST_ITEM else 12)
    if block.kind is BlockKind.HEADING:
        form.setTopMargin(12)
        form.setBottomMargin(8)
    if block.kind is BlockKind.LIST_ITEM:
        form.setLeftMargin(20)
    return form
