"""A page of a format that has no drawn pages: its text and structure, a passage marked in it. Window process."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextTable,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from app.core.pages import Block, BlockKind, Page, Span
from app.ui.page_lines import is_aligned, keeps_lines, named_values
from app.ui.page_marks import Marks, Strength, cut
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
from app.ui.page_tints import around_tint, find_tint
from app.ui.safe_text import SafeTextView, start_block
from app.ui.theme import ANSWER_PX, Look

HEADING_PX = {1: 24, 2: 18, 3: 16}
EDGE_PX = 24
ABOVE_MARK_PX = 96
CHARACTERS_A_CELL = 400
PAGE_OFFSET = int(QTextFormat.Property.UserProperty) + 1
"""The property of a run of text that says where it begins in the page's text."""
LONG_CELLS = 200  # from here on a page is not laid out again at once
SETTLED_MS = 120


class PageTextView(SafeTextView):
    """Shows a page's text."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(fits_text=False, parent=parent)
        self._look = look
        self._page: Page | None = None
        self._marks = Marks()
        self._zoom = 1.0
        self._marked: list[tuple[int, int, Strength]] = []
        self._pieces: list[tuple[Span, int]] = []  # of the page's text, and where they begin in this one
        self._finds: tuple[Span, ...] = ()
        self._current: Span | None = None
        self._tables: list[tuple[QTextTable, tuple[float, ...]]] = []
        self._is_long = False
        self._is_there = False
        self._kept: tuple[int, int] | None = None
        self._written_px = 0
        self._parts: Iterator[int] = iter(())
        self._steps = QTimer(self)
        self._steps.setInterval(0)
        self._steps.timeout.connect(self._on_step)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLED_MS)
        self._settling.timeout.connect(self._on_settled)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(EDGE_PX)
        self.setAccessibleName(self.tr("Page"))
        look.changed.connect(self._on_look_changed)

    @property
    def zoom(self) -> float:
        """Return the zoom, 1.0 for 100 %."""
        return self._zoom

    def show_page(self, page: Page, marks: Marks) -> None:
        """Show a page and go to what is marked on it."""
        self._page, self._marks = page, marks
        self._finds, self._current = (), None
        self._kept = None
        self._is_long = _cells(page) >= LONG_CELLS
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if self._is_long else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)  # a bar that came and went would change the width while it is written
        self._write()

    def mark(self, span: Span | None) -> None:
        """Mark another span of the same page, alone, and go there."""
        if Marks(span) != self._marks:
            self._marks = Marks(span)
            self._write()

    def show_finds(self, finds: tuple[Span, ...], current: Span | None) -> None:
        """Tint what was found on the page, the current one stronger, and go there."""
        self._finds, self._current = finds, current
        self._tint_finds()
        cursors = self._cursors(current) if current else []
        if cursors and not self.viewport().rect().contains(self.cursorRect(cursors[0]).center()):
            self._go_to(cursors[0].selectionStart(), ABOVE_MARK_PX)

    def found_texts(self) -> list[str]:
        """Return what is tinted because it was found."""
        return [one.cursor.selectedText() for one in self.extraSelections()]  # pyright: ignore

    def selected_text(self) -> str:
        """Return the selected text, "" for none."""
        return self.textCursor().selection().toPlainText()

    def zoom_to(self, zoom: float | None) -> None:
        """Take a zoom, None for 100 %."""
        self._zoom = min(max(zoom or 1.0, 0.8), 3.0)
        self._write_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out a short page for a new width, a long one once that stays as it is."""
        super().resizeEvent(event)
        if self._is_long:
            self._settling.start()
        elif event.size().width() != event.oldSize().width():
            edit = QTextCursor(self.document())
            edit.beginEditBlock()
            for table, natural in self._tables:
                resize_columns(table, column_widths(natural, self._room))
            edit.endEditBlock()

    @Slot()
    def _on_settled(self) -> None:
        if self.viewport().width() != self._written_px:
            self._write_again()

    @property
    def _room(self) -> int:
        return self.viewport().width() - 2 * EDGE_PX

    def marked_text(self) -> str:
        """Return the text under the tints, a line for each piece of a block."""
        return "\n".join(self._selected(start, end).selectedText() for start, end, _strength in self._marked)

    def quoted_text(self) -> str:
        """Return the text under the full tint."""
        full = (piece for piece in self._marked if piece[2] is Strength.FULL)
        return "\n".join(self._selected(start, end).selectedText() for start, end, _strength in full)

    def marked_rects(self) -> tuple[QRectF, ...]:
        """Return the first and last lines of the tint as they lie in the viewport now."""
        ends = [place for start, end, _strength in self._marked for place in (start, end)]
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
        self._pieces = []
        self.setExtraSelections([])
        self._tables = []  # before they are deleted: to clear may take the scroll bar away, and so resize the view
        self.clear()
        self._is_there = False
        self._written_px = self.viewport().width()
        if self._is_long:
            self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
            self.setLineWrapColumnOrWidth(self._written_px)
        else:
            self.setLineWrapMode(QTextEdit.LineWrapMode.WidgetWidth)
        if self._page is not None:
            self._parts = self._write_parts(self._page, QTextCursor(self.document()))
            self._steps.start()
            self._on_step()

    def _write_again(self) -> None:
        """Write the same page otherwise, and keep what is at the top of the view there."""
        if self._is_there:
            first = self.cursorForPosition(QPoint(EDGE_PX, 0))
            self._kept = first.position(), self.cursorRect(first).top()
        self._write()

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
            self._tint_finds()
        place, below_px = self._place()
        is_whole = not self._steps.isActive()
        if not self._is_there and (place is not None or is_whole):
            self._is_there = self._go_to(place or 0, below_px) or is_whole

    def _write_parts(self, page: Page, cursor: QTextCursor) -> Iterator[int]:
        """Write the page part by part, and yield what each cost, in cells."""
        is_fresh = True  # whether the cursor stands in an empty block, to be used first
        for block in page.blocks or (Block(BlockKind.PARAGRAPH, 0, len(page.text)),):
            rows = table_rows(page.text, Span(block.start, block.end)) if block.kind is BlockKind.TABLE else ()
            text = page.text[block.start : block.end]
            form = self._character_format(block, is_fixed=is_aligned(text, block.kind))
            names = tuple(named_values(page.text, Span(block.start, block.end), block.kind))
            if names:
                yield from self._write_table(page.text, names, form, cursor, has_names=True)
                is_fresh = True
            elif len(max(rows, key=len, default=())) > 1:
                yield from self._write_table(page.text, rows, form, cursor)
                is_fresh = True
            else:
                start_block(cursor, _block_format(block, self._zoom), form, first=is_fresh)
                line_end = "\u2028" if keeps_lines(text, block.kind) else " "
                self._write_span(cursor, Span(block.start, block.end), line_end, form)
                is_fresh = False
                yield 1 + (block.end - block.start) // CHARACTERS_A_CELL

    def _write_table(
        self, text: str, rows: tuple[Row, ...], form: QTextCharFormat, cursor: QTextCursor, *, has_names: bool = False
    ) -> Iterator[int]:
        """Write a table's cells side by side; a wide one breaks its lines within its own column.

        With `has_names`, the first column is of names, less ink.
        """
        quiet = QTextCharFormat(form)
        quiet.setForeground(self._look.theme.quiet)
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
                    self._write_span(inside, cell, "\u2028", quiet if has_names and c == 0 else form)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            yield len(some) * len(widths)

    def _write_span(self, cursor: QTextCursor, span: Span, line_end: str, form: QTextCharFormat) -> None:
        """Write a span of the page's text, its lines ended by one character, and tint what of it is marked."""
        text = self._page.text if self._page else ""
        for start, end, strength in cut(span, self._marks):
            place = cursor.position()
            self._pieces.append((Span(start, end), place))
            marked_form = QTextCharFormat(form)
            marked_form.setProperty(PAGE_OFFSET, start)
            if strength is not Strength.NONE:
                mark = self._look.theme.mark
                marked_form.setBackground(mark if strength is Strength.FULL else around_tint(mark))
                marked_form.setForeground(self._look.theme.ink)
            cursor.insertText(text[start:end].replace("\n", line_end), marked_form)
            if strength is not Strength.NONE:
                self._marked.append((place, cursor.position(), strength))

    def _tint_finds(self) -> None:
        """Lay the tints of what was found over what is written."""
        tints: list[QTextEdit.ExtraSelection] = []
        for span in self._finds:
            for cursor in self._cursors(span):
                tint = QTextEdit.ExtraSelection()
                tint.cursor = cursor  # pyright: ignore
                tint.format.setBackground(find_tint(is_current=span == self._current))  # pyright: ignore
                tints.append(tint)
        self.setExtraSelections(tints)

    def _cursors(self, span: Span) -> list[QTextCursor]:
        """Return the stretches of what is written that a span of the page's text is."""
        text = self._page.text if self._page else ""
        cursors: list[QTextCursor] = []
        for piece, position in self._pieces:
            start, end = max(span.start, piece.start), min(span.end, piece.end)
            if start < end:
                first = position + _units(text[piece.start : start])
                cursors.append(self._selected(first, first + _units(text[start:end])))
        return cursors

    def _place(self) -> tuple[int | None, int]:
        """Return the position to go to, None while it is not written, and how far below the view's top it belongs."""
        if self._kept is not None:
            position, below_px = self._kept
            return (position if position < self.document().characterCount() else None), below_px
        first = self._marked[0][0] if self._marked and not self._steps.isActive() else None
        return next((start for start, _, strength in self._marked if strength is Strength.FULL), first), ABOVE_MARK_PX

    def _go_to(self, position: int, below_px: int) -> bool:
        """Scroll to a position; return whether there was text enough below it to get there."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        self.setTextCursor(cursor)
        bar = self.verticalScrollBar()
        wanted = bar.value() + self.cursorRect(cursor).top() - below_px
        bar.setValue(wanted)
        return wanted <= bar.maximum()

    def _character_format(self, block: Block, *, is_fixed: bool) -> QTextCharFormat:
        form = QTextCharFormat()
        font = QFont(self.font() if block.kind is BlockKind.HEADING else self._look.serif)
        if is_fixed:
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        size = HEADING_PX.get(block.level, ANSWER_PX) if block.kind is BlockKind.HEADING else ANSWER_PX
        font.setPixelSize(round(size * self._zoom))
        if block.kind is BlockKind.HEADING:
            font.setWeight(QFont.Weight.DemiBold)
        form.setFont(font)
        form.setForeground(self._look.theme.ink)
        return form

    @Slot()
    def _on_look_changed(self) -> None:
        self._write_again()


def _cells(page: Page) -> int:
    """Return about how much there is to lay out, in cells."""
    return page.text.count("\t") + len(page.text) // CHARACTERS_A_CELL


def _units(text: str) -> int:
    """Return how long Qt takes a text to be: in units of UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


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
