"""A passage's text, drawn in the text serif with its quotations in the mark tint, cut to some lines. Window process."""

from PySide6.QtCore import QPointF, QSize, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.pages import Span
from app.ui.card_content import excerpt_start, one_line
from app.ui.theme import Look

LINE_SPACING = 1.5
ELLIPSIS = "… "


class QuotedText(QWidget):
    """Draws text with marked spans; shows at most `lines` lines around the first of them, or all for None.

    Signals:
        cut_changed: whether some of the text is out of sight.
    """

    cut_changed = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = ""
        self._quotes: tuple[Span, ...] = ()
        self._lines: int | None = None
        self._layout = QTextLayout()
        self._shown = 0
        self._cut = False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        look.changed.connect(self._on_look_changed)

    @property
    def is_cut(self) -> bool:
        """Return whether some of the text is out of sight."""
        return self._cut

    def set_text(self, text: str, quotes: tuple[Span, ...], lines: int | None) -> None:
        """Show a text; white space of the page's lines is drawn as single spaces."""
        self._text, self._quotes = one_line(text, quotes)
        self._lines = lines
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def minimumSizeHint(self) -> QSize:
        """Allow narrow panes."""
        return QSize(80, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines that are shown; the marks' tint lies under the text."""
        painter = QPainter(self)
        painter.setPen(self._look.theme.ink)
        for i in range(self._shown):
            line = self._layout.lineAt(i)
            line.draw(painter, QPointF(0, 0))
        painter.end()

    def _lay_out(self) -> None:
        start = excerpt_start(self._text, self._quotes) if self._lines is not None else 0
        lead = ELLIPSIS if start else ""
        shown = lead + self._text[start:]
        spans = [
            Span(max(q.start - start, 0) + len(lead), q.end - start + len(lead)) for q in self._quotes if q.end > start
        ]
        width = max(self.width(), 80)
        lines = self._break(shown, spans, width)
        limit = len(lines) if self._lines is None else min(self._lines, len(lines))
        was_cut, self._cut = self._cut, bool(start) or limit < len(lines)
        if limit < len(lines):
            end = lines[limit - 1]
            self._break(_shortened(shown, end) + " …", [s for s in spans if s.start < end], width)
        self._shown = min(self._layout.lineCount(), limit)
        last = self._layout.lineAt(self._shown - 1) if self._shown else None
        self.setFixedHeight(round(last.y() + last.height()) + 2 if last else 0)
        self.update()
        if self._cut != was_cut:
            self.cut_changed.emit(self._cut)

    def _break(self, text: str, spans: list[Span], width: int) -> list[int]:
        """Lay out a text and return the offsets at which its lines end."""
        font = QFont(self._look.serif)
        self._layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats([self._mark(span, len(text)) for span in spans])
        ends: list[int] = []
        y = 0.0
        self._layout.beginLayout()
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += max(round(font.pixelSize() * LINE_SPACING), line.height())
            ends.append(line.textStart() + line.textLength())
        self._layout.endLayout()
        return ends

    def _mark(self, span: Span, length: int) -> QTextLayout.FormatRange:
        marked = QTextLayout.FormatRange()
        marked.start = span.start
        marked.length = min(span.end, length) - span.start
        marked.format = QTextCharFormat()
        marked.format.setBackground(self._look.theme.mark)
        return marked

    @Slot()
    def _on_look_changed(self) -> None:
        self._lay_out()


def _shortened(text: str, end: int) -> str:
    """Return a text up to a line's end less a word, so that an ellipsis fits behind it."""
    cut = text[:end].rstrip()
    return cut[: max(len(cut) - 2, 0)].rpartition(" ")[0] or cut
