"""An answer as it is read: set at 15 px on a line of 1.5, its marks small, raised and clickable. Window process."""

from itertools import zip_longest

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from app.ui.answer_layout import AnswerBlock, Run
from app.ui.safe_text import SafeTextView, citation_url, cited_number, start_block
from app.ui.theme import ANSWER_PX, Look

MEASURE_CHARACTERS = 68
LINE_PX = ANSWER_PX * 1.5
MARK_PX = 12
INDENT_PX = 24


class AnswerView(SafeTextView):
    """Shows blocks of an answer.

    Signals:
        mark_opened: the number of a mark that was clicked or entered.
        mark_lifted: the number of the mark under the pointer or the focus, 0 when it left.
    """

    mark_opened = Signal(int)
    mark_lifted = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(fits_text=True, parent=parent)
        self._look = look
        self._blocks: tuple[AnswerBlock, ...] = ()
        self._marks: dict[int, list[tuple[int, int]]] = {}
        self.setAccessibleName(self.tr("Answer"))
        self.setTabStopDistance(INDENT_PX)
        self.anchorClicked.connect(self._on_anchor_clicked)
        self.highlighted.connect(self._on_anchor_highlighted)
        look.changed.connect(self._on_look_changed)

    @staticmethod
    def measure_px(font: QFont) -> int:
        """Return the width of a column in which lines hold about 68 characters of English."""
        sized = QFont(font)
        sized.setPixelSize(ANSWER_PX)
        sample = "the quick brown fox jumps over the lazy dog and naps in the sun "
        return round(QFontMetricsF(sized).horizontalAdvance(sample) / len(sample) * MEASURE_CHARACTERS)

    @property
    def blocks(self) -> tuple[AnswerBlock, ...]:
        """Return what is shown."""
        return self._blocks

    def marks(self) -> tuple[int, ...]:
        """Return the numbers of the marks, in reading order, each once."""
        return tuple(self._marks)

    def mark_tops(self) -> dict[int, int]:
        """Return where the line of each number's first mark begins in this view."""
        tops: dict[int, int] = {}
        for n, [(start, _), *_] in self._marks.items():
            place = QTextCursor(self.document())
            place.setPosition(start)
            tops[n] = self.cursorRect(place).top()
        return tops

    def show_blocks(self, blocks: tuple[AnswerBlock, ...]) -> None:
        """Show these blocks; a selection stays where it is."""
        selected = self.textCursor()
        anchor, position = selected.anchor(), selected.position()
        self._blocks = blocks
        self._write()
        end = self.document().characterCount() - 1
        if anchor != position and max(anchor, position) <= end:
            selected = self.textCursor()
            selected.setPosition(anchor)
            selected.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(selected)
        self.fit()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Go from mark to mark by Tab, and tell which has the focus."""
        stays = super().focusNextPrevChild(next)
        self._tell_focused_mark(there=stays)
        return stays

    def focusOutEvent(self, ev: QFocusEvent) -> None:
        """Tell that no mark has the focus any more."""
        super().focusOutEvent(ev)
        self._tell_focused_mark(there=False)

    def _tell_focused_mark(self, *, there: bool) -> None:
        focused = self.textCursor()
        is_mark = there and focused.hasSelection()
        self.mark_lifted.emit(cited_number(QUrl(focused.charFormat().anchorHref())) or 0 if is_mark else 0)

    def lift(self, n: int) -> None:
        """Tint the marks of a number, none for 0."""
        selections: list[QTextEdit.ExtraSelection] = []
        for start, end in self._marks.get(n, []):
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(self.document())
            selection.cursor.setPosition(start)
            selection.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            selection.format.setBackground(self._look.theme.mark)
            selection.format.setForeground(self._look.theme.ink)
            selections.append(selection)
        self.setExtraSelections(selections)

    def _write(self) -> None:
        self.clear()
        self._marks = {}
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for i, (block, following) in enumerate(zip_longest(self._blocks, self._blocks[1:])):
            plain = self._plain_format(block)
            start_block(cursor, _block_format(block, following), plain, first=i == 0)
            if block.marker:
                cursor.insertText(f"{block.marker}\t", plain)
            for run in block.runs:
                self._write_run(cursor, run, plain)
        cursor.endEditBlock()

    def _write_run(self, cursor: QTextCursor, run: Run, plain: QTextCharFormat) -> None:
        if run.mark is None:
            cursor.insertText(run.text, self._run_format(run, plain))
            return
        start = cursor.position()
        cursor.insertText(f"\u202f{run.mark}", self._mark_format(run.mark))  # narrow, and no line breaks there
        self._marks.setdefault(run.mark, []).append((start, cursor.position()))

    def _plain_format(self, block: AnswerBlock) -> QTextCharFormat:
        form = QTextCharFormat()
        font = QFont(self.font())
        font.setPixelSize(ANSWER_PX)
        font.setBold(block.heading)
        form.setFont(font)
        form.setForeground(self._look.theme.ink)
        return form

    def _run_format(self, run: Run, plain: QTextCharFormat) -> QTextCharFormat:
        form = QTextCharFormat(plain)
        if run.bold:
            form.setFontWeight(QFont.Weight.DemiBold)
        if run.unsupported:
            form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            form.setUnderlineColor(self._look.theme.amber)
            form.setToolTip(self.tr("not found in the sources"))
        return form

    def _mark_format(self, n: int) -> QTextCharFormat:
        form = QTextCharFormat()
        font = QFont(self.font())
        font.setPixelSize(MARK_PX + 3)  # Qt draws raised text at two thirds: 12 px asked for would be 8
        font.setWeight(QFont.Weight.DemiBold)
        form.setFont(font)
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        form.setForeground(self._look.theme.accent)
        form.setAnchor(True)
        form.setAnchorHref(citation_url(n))
        form.setFontUnderline(False)
        return form

    @Slot(QUrl)
    def _on_anchor_clicked(self, url: QUrl) -> None:
        n = cited_number(url)
        if n is not None:
            self.mark_opened.emit(n)

    @Slot(QUrl)
    def _on_anchor_highlighted(self, url: QUrl) -> None:
        self.mark_lifted.emit(cited_number(url) or 0)

    @Slot()
    def _on_look_changed(self) -> None:
        self.show_blocks(self._blocks)


def _block_format(block: AnswerBlock, following: AnswerBlock | None) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(LINE_PX, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    form.setBottomMargin(0 if following is None else 4 if block.marker and following.marker else 12)
    if block.marker:
        form.setLeftMargin(INDENT_PX)
        form.setTextIndent(-INDENT_PX)
    return form
