"""Tables of a page that is text: their cells, how wide each column is, and how they are written. Window process."""

from collections.abc import Sequence
from itertools import islice
from math import ceil

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)

from app.core.pages import Span

CELLS_AT_ONCE = 48  # Qt lays out a cell in 0.1 to 0.2 ms (2 cores, PySide6 6.11)
ROWS_MEASURED = 200
CELL_GAP_PX = 16
ROUNDING_PX = 2  # Qt lays out with fractions and breaks a word that lacks one
CELL_CHARS_MEASURED = 200

Row = tuple[Span, ...]


def table_rows(text: str, whole: Span) -> tuple[Row, ...]:
    """Return the spans of a table's cells, row by row: lines are rows, and tabs part cells."""
    rows: list[Row] = []
    start = whole.start
    for line in text[whole.start : whole.end].split("\n"):
        row: list[Span] = []
        for cell in line.split("\t"):
            row.append(Span(start, start + len(cell)))
            start += len(cell) + 1
        rows.append(tuple(row))
    return tuple(rows)


def natural_widths(text: str, rows: tuple[Row, ...], metrics: QFontMetricsF) -> tuple[float, ...]:
    """Return how wide each column would be without breaking a line, in pixels, by its first rows."""
    widths = [0.0] * max(map(len, rows))
    for row in islice(rows, ROWS_MEASURED):
        for column, cell in enumerate(row):
            shown = text[cell.start : min(cell.end, cell.start + CELL_CHARS_MEASURED)]
            widths[column] = max(widths[column], metrics.horizontalAdvance(shown))
    return tuple(ceil(width) + CELL_GAP_PX + ROUNDING_PX for width in widths)


def column_widths(natural: Sequence[float], room: float) -> tuple[float, ...]:
    """Return the widths that columns get: their natural ones, the widest sharing what room the others leave."""
    widths = list(natural)
    wide = set(range(len(widths)))
    while sum(widths) > room:
        left = room - sum(width for n, width in enumerate(widths) if n not in wide)
        share = left / len(wide)
        fitting = {n for n in wide if natural[n] <= share}
        if not fitting:
            return tuple(share if n in wide else width for n, width in enumerate(widths))
        wide -= fitting
    return tuple(widths)


def insert_table(cursor: QTextCursor, rows: int, widths: Sequence[float], rule: QColor, *, goes_on: bool) -> QTextTable:
    """Insert an empty table with columns of these widths, pixels.

    `goes_on` says that its rows follow those of the table before without a gap.
    """
    if goes_on:
        seam = QTextBlockFormat()
        seam.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        thin = QTextCharFormat()
        thin.setFontPointSize(1)
        cursor.setBlockFormat(seam)
        cursor.setBlockCharFormat(thin)
    form = QTextTableFormat()
    form.setBorder(0)
    form.setCellSpacing(0)
    form.setCellPadding(0)
    form.setTopMargin(0 if goes_on else 4)
    _set_widths(form, widths)
    table = cursor.insertTable(rows, len(widths), form)
    cell_form = _cell_format(rule)
    for row in range(rows):
        for column in range(len(widths)):
            table.cellAt(row, column).setFormat(cell_form)
    return table


def resize_columns(table: QTextTable, widths: Sequence[float]) -> None:
    """Give a table's columns other widths, pixels."""
    form = table.format().toTableFormat()
    _set_widths(form, widths)
    table.setFormat(form)


def leave_room_below(table: QTextTable) -> None:
    """Part a table from the text that follows it."""
    form = table.format().toTableFormat()
    form.setBottomMargin(12)
    table.setFormat(form)


def _set_widths(form: QTextTableFormat, widths: Sequence[float]) -> None:
    form.setColumnWidthConstraints([QTextLength(QTextLength.Type.FixedLength, width) for width in widths])


def _cell_format(rule: QColor) -> QTextTableCellFormat:
    """Return a cell with a hairline under it and room to the next column."""
    form = QTextTableCellFormat()
    form.setBottomBorder(1)
    form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBottomBorderBrush(QBrush(rule))
    form.setTopPadding(4)
    form.setBottomPadding(4)
    form.setRightPadding(CELL_GAP_PX)
    return form
