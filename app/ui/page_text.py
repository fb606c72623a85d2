"""A page of a format that has no drawn pages: its text and structure, a span marked in one tint. Window process."""

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from app.core.types import Block, BlockKind, Page, Span
from app.ui.page_lines import is_aligned, keeps_lines, tab_stops
from app.ui.safe_text import SafeTextView, start_block
from app.ui.theme import ANSWER_PX, Look

HEADING_PX = {1: 24, 2: 18, 3: 16}
EDGE_PX = 24
ABOVE_MARK_PX = 96


class PageTextView(SafeTextView):
    """Shows a page's text."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(fits_text=False, parent=parent)
        self._look = look
        self._page: Page | None = None
        self._span: Span | None = None
        self._zoom = 1.0
        self._marked: list[tuple[int, int]] = []
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
        self._go_to_mark()

    def zoom_to(self, zoom: float | None) -> None:
        """Take a zoom, None for 100 %."""
        self._zoom = min(max(zoom or 1.0, 0.8), 3.0)
        self._write()
        self._go_to_mark()

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
        self.clear()
        self._marked = []
        if self._page is None:
            return
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for i, block in enumerate(self._page.blocks or (Block(BlockKind.PARAGRAPH, 0, len(self._page.text)),)):
            text = self._page.text[block.start : block.end]
            form = self._character_format(block, is_fixed=is_aligned(text, block.kind))
            block_format = _block_format(block, self._zoom)
            if block.kind is BlockKind.TABLE:
                block_format.setTabPositions(tab_stops(text, QFontMetricsF(form.font())))
            start_block(cursor, block_format, form, first=i == 0)
            line_end = "\u2028" if keeps_lines(text, block.kind) else " "
            for start, end, marked in _cut(block, self._span):
                place = cursor.position()
                marked_form = QTextCharFormat(form)
                if marked:
                    marked_form.setBackground(self._look.theme.mark)
                cursor.insertText(self._page.text[start:end].replace("\n", line_end), marked_form)
                if marked:
                    self._marked.append((place, cursor.position()))
        cursor.endEditBlock()

    def _go_to_mark(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._marked[0][0] if self._marked else 0)
        self.setTextCursor(cursor)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(cursor).top() - ABOVE_MARK_PX)

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
        self._write()
        self._go_to_mark()


def _cut(block: Block, span: Span | None) -> list[tuple[int, int, bool]]:
    """Cut a block where the span begins and ends; tell what is inside."""
    if span is None:
        return [(block.start, block.end, False)]
    start = min(max(span.start, block.start), block.end)
    end = min(max(span.end, start), block.end)
    pieces = [(block.start, start, False), (start, end, True), (end, block.end, False)]
    return [piece for piece in pieces if piece[0] < piece[1]]


def _block_format(block: Block, zoom: float) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(ANSWER_PX * 1.5 * zoom, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    form.setBottomMargin(4 if block.kind is BlockKind.LIST_ITEM else 12)
    if block.kind is BlockKind.HEADING:
        form.setTopMargin(12)
        form.setBottomMargin(8)
    if block.kind is BlockKind.LIST_ITEM:
        form.setLeftMargin(20)
    return form
