"""How the lines of a page's blocks are kept: columns of tables, code, headers of mails. Window process."""

import re

from PySide6.QtGui import QFontMetricsF, QTextOption

from app.core.types import BlockKind

COLUMN_GAP_PX = 24.0
MOST_COLUMN_PX = 320.0
# Space that lines something up, and lines of name and value; prose has neither.
_ALIGNED = re.compile(r"(?:\n|\A) {2,}\S|\S {3,}\S")
_NAMED = re.compile(r"[^\n:]{1,40}: [^\n]*(?:\n[^\n:]{1,40}: [^\n]*)+\Z")


def is_aligned(text: str, kind: BlockKind) -> bool:
    """Whether space lines up what a text says, as in code, so that it needs a font of one width."""
    return kind is BlockKind.PARAGRAPH and _ALIGNED.search(text) is not None


def keeps_lines(text: str, kind: BlockKind) -> bool:
    """Whether a block's lines are its own; those of prose are its source's."""
    return kind is BlockKind.TABLE or is_aligned(text, kind) or _NAMED.match(text) is not None


def tab_stops(table: str, metrics: QFontMetricsF) -> list[QTextOption.Tab]:
    """Return where the columns of a table begin, so that they stand under each other."""
    widths: list[float] = []
    for line in table.split("\n"):
        for column, cell in enumerate(line.split("\t")):
            widths += [0.0] if column == len(widths) else []
            widths[column] = max(widths[column], min(metrics.horizontalAdvance(cell), MOST_COLUMN_PX))
    stops: list[QTextOption.Tab] = []
    left = 0.0
    for width in widths[:-1]:
        left += width + COLUMN_GAP_PX
        stops.append(QTextOption.Tab(left, QTextOption.TabType.LeftTab))
    return stops
