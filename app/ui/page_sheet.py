"""A page of a sheet as a table: its header kept in sight, what is cited marked. Window process."""

from PySide6.QtCore import QAbstractTableModel, QPoint, QRect, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QFrame, QStyle, QTableView, QWidget

from app.core.pages import Page, Span
from app.ui.indexes import NO_INDEX, Index
from app.ui.page_marks import Marks
from app.ui.page_tints import around_tint, find_tint
from app.ui.sheet_cells import ROOM, SheetCells
from app.ui.sheet_rows import RowKind, SheetRow, rows_in, sheet_rows
from app.ui.theme import TEXT_PX, Look, laid_over

WIDEST_PX, NARROWEST_PX = 280, 48
CELL_SPACE_PX = 32
MOST_LINES = 6
ROWS_MEASURED = 100
CHARS_MEASURED = 80


class SheetModel(QAbstractTableModel):
    """The cells of one page, tinted where they are marked or found."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.rows: tuple[SheetRow, ...] = ()
        self._text = ""
        self._columns = 0
        self.marked: frozenset[tuple[int, int]] = frozenset()
        self.quoted: frozenset[tuple[int, int]] = frozenset()
        self.found: frozenset[tuple[int, int]] = frozenset()
        self.current: frozenset[tuple[int, int]] = frozenset()
        self.font_px = TEXT_PX

    def show(self, page: Page | None) -> None:
        """Take a page, None to show nothing."""
        self.beginResetModel()
        self.rows = sheet_rows(page) if page else ()
        self._text = page.text if page else ""
        self._columns = max((len(row.cells) for row in self.rows), default=0)
        self.marked = self.quoted = self.found = self.current = frozenset()
        self.endResetModel()

    def cells_in(self, *spans: Span) -> frozenset[tuple[int, int]]:
        """Return row and column of the cells that spans touch."""
        return frozenset(cell for span in spans for cell in rows_in(self.rows, span))

    def cell_text(self, row: int, column: int) -> str:
        """Return a cell's text, "" for one that its row does not have."""
        cells = self.rows[row].cells
        return self._text[cells[column].start : cells[column].end] if column < len(cells) else ""

    def tell_tints(self) -> None:
        """Have all cells drawn anew."""
        last = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.BackgroundRole])

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Return the number of columns of the widest row."""
        return 0 if parent.isValid() else self._columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, its tint, or its type."""
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return self.cell_text(row, column)
            case Qt.ItemDataRole.BackgroundRole:
                return self._tint(row, column)
            case Qt.ItemDataRole.FontRole:
                return self.font(self.rows[row].kind)
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            case _:
                return None

    def font(self, kind: RowKind) -> QFont:
        """Return the font of a kind of row."""
        font = QFont(QGuiApplication.font())
        font.setPixelSize(self.font_px + (3 if kind is RowKind.HEADING else 0))
        font.setWeight(QFont.Weight.DemiBold if kind in (RowKind.HEADING, RowKind.HEADER) else QFont.Weight.Normal)
        return font

    def _tint(self, row: int, column: int) -> QColor | None:
        cell, theme = (row, column), self._look.theme
        if cell in self.current:
            return laid_over(find_tint(is_current=True), theme.surface)
        if cell in self.found:
            return laid_over(find_tint(is_current=False), theme.surface)
        if cell in self.quoted or (cell in self.marked and not self.quoted):
            return laid_over(theme.mark, theme.surface)
        if cell in self.marked:
            return laid_over(around_tint(theme.mark), theme.surface)
        return theme.hover if self.rows[row].kind is RowKind.HEADER else None


class PageSheetView(QTableView):
    """Shows a page of a sheet."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._zoom = 1.0
        self._model = SheetModel(look)
        self.setModel(self._model)
        self.setItemDelegate(SheetCells(self))
        self.setAccessibleName(self.tr("Sheet"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName(self.tr("All cells"))
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        look.changed.connect(self._on_look_changed)

    @property
    def zoom(self) -> float:
        """Return the zoom, 1.0 for 100 %."""
        return self._zoom

    def show_page(self, page: Page, marks: Marks) -> None:
        """Show a page, go to what is marked on it and give every column its width."""
        self.clearSpans()
        self._model.show(page)
        for number, row in enumerate(self._model.rows):
            if len(row.cells) == 1 and self._model.columnCount() > 1:
                self.setSpan(number, 0, 1, self._model.columnCount())
        self._size()
        self._mark(marks)

    def mark(self, span: Span | None) -> None:
        """Mark the cells of another span of the same page, alone, and go there."""
        self._mark(Marks(span))

    def show_finds(self, finds: tuple[Span, ...], current: Span | None) -> None:
        """Tint the cells in which something was found, the current one stronger, and go there."""
        self._model.found = self._model.cells_in(*finds)
        self._model.current = self._model.cells_in(current) if current else frozenset()
        self._model.tell_tints()
        self._go_to(self._model.current, top=False)

    def zoom_to(self, zoom: float | None) -> None:
        """Take a zoom, None for 100 %."""
        self._zoom = min(max(zoom or 1.0, 0.7), 3.0)
        self._model.font_px = round(TEXT_PX * self._zoom)
        self._size()

    def marked_text(self) -> str:
        """Return the marked cells, a line for each row."""
        return self._lines(self._model.marked)

    def quoted_text(self) -> str:
        """Return the cells of the quotations, a line for each row."""
        return self._lines(self._model.quoted)

    def selected_text(self) -> str:
        """Return the selected cells, tabs between columns."""
        selected = frozenset((index.row(), index.column()) for index in self.selectedIndexes())
        return self._lines(selected) if len(selected) > 1 or self.hasFocus() else ""

    def selected_span(self) -> Span | None:
        """Return from where to where cells are selected in the page's text."""
        spans = [
            self._model.rows[index.row()].cells[index.column()]
            for index in self.selectedIndexes()
            if index.column() < len(self._model.rows[index.row()].cells)
        ]
        return Span(min(one.start for one in spans), max(one.end for one in spans)) if spans else None

    def span_at(self, place: QPoint) -> Span | None:
        """Return the span of the cell at a place of the viewport, None beside all cells."""
        index = self.indexAt(place)
        cells = self._model.rows[index.row()].cells if index.isValid() else ()
        return cells[index.column()] if index.isValid() and index.column() < len(cells) else None

    def header_in_sight(self) -> str:
        """Return the names of columns that are kept at the top, "" for none."""
        row = self._kept_header()
        return "" if row is None else self._lines(frozenset((row, c) for c in range(self._model.columnCount())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected cells with their tabs."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give long lines the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._size()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Draw the header that is kept in sight anew where it is."""
        super().scrollContentsBy(dx, dy)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells, and over them the header of those at the top."""
        super().paintEvent(event)
        header = self._kept_header()
        if header is None:
            return
        height, theme = self.rowHeight(header), self._look.theme
        painter = QPainter(self.viewport())
        painter.fillRect(0, 0, self.viewport().width(), height, theme.hover)
        painter.setPen(theme.ink)
        painter.setFont(self._model.font(RowKind.HEADER))
        beside = self.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1  # as Qt draws the cells' texts
        for column in range(self._model.columnCount()):
            cell = QRect(self.columnViewportPosition(column) + beside, 0, self.columnWidth(column), height)
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(cell.marginsRemoved(ROOM), flags, self._model.cell_text(header, column))
        painter.setPen(theme.edge)
        painter.drawLine(0, height, self.viewport().width(), height)
        painter.end()

    def _kept_header(self) -> int | None:
        """Return the row that names the columns at the top of the view, if it is above it."""
        top = self.rowAt(1)
        if top < 0:
            return None
        header = self._model.rows[top].header
        return header if header is not None and self.rowViewportPosition(header) < 0 else None

    def _mark(self, marks: Marks) -> None:
        self._model.marked = self._model.cells_in(marks.passage) if marks.passage else frozenset()
        self._model.quoted = self._model.cells_in(*marks.quotes) & self._model.marked
        self._model.tell_tints()
        self._go_to(self._model.quoted or self._model.marked, top=marks.passage is None)

    def _size(self) -> None:
        """Give columns what their first rows need, and rows so many lines as they may have."""
        metrics = QFontMetrics(self._model.font(RowKind.HEADER))
        widths = [NARROWEST_PX] * self._model.columnCount()
        for number, row in enumerate(self._model.rows[:ROWS_MEASURED]):
            if len(row.cells) > 1:
                for column in range(len(row.cells)):
                    shown = self._model.cell_text(number, column)[:CHARS_MEASURED]
                    widths[column] = max(widths[column], metrics.horizontalAdvance(shown) + CELL_SPACE_PX)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, min(width, round(WIDEST_PX * self._zoom)))
        if len(widths) == 1:
            self.setColumnWidth(0, max(self.viewport().width(), NARROWEST_PX))
        self.resizeRowsToContents()
        most = round(MOST_LINES * 1.4 * TEXT_PX * self._zoom)
        for number in range(self._model.rowCount()):
            self.setRowHeight(number, min(self.rowHeight(number), most))

    def _go_to(self, cells: frozenset[tuple[int, int]], *, top: bool) -> None:
        if cells:
            row, column = min(cells)
            self.scrollTo(self._model.index(row, column), QAbstractItemView.ScrollHint.PositionAtCenter)
        elif top:
            self.scrollToTop()

    def _lines(self, cells: frozenset[tuple[int, int]]) -> str:
        rows = sorted({row for row, _column in cells})
        return "\n".join(
            "\t".join(self._model.cell_text(*cell) for cell in sorted(cells) if cell[0] == row) for row in rows
        )

    @Slot()
    def _on_look_changed(self) -> None:
        self._model.tell_tints()
        self.viewport().update()
