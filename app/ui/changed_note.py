"""A badge under an answer whose sources changed, and the old passages beside the new ones. Window process."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.core.differences import differences
from app.core.pages import Span
from app.core.receipt_messages import SourceCompared
from app.core.receipts import SourceCheck, SourceState
from app.ui.labels import PlainLabel
from app.ui.safe_text import SafeTextView, start_block
from app.ui.sentences import counted, page_words, shown_name
from app.ui.theme import Look

BESIDE_FROM_PX = 420
TAB_PX = 24
GONE, NEW = "gone", "new"


class ChangedNote(QWidget):
    """Says that sources of an answer changed or left the library, and compares them when it is opened.

    Signals:
        compare_wanted: the number of a source that should be compared.
        page_wanted: the `Hit` whose page is wanted.
        again_wanted: the question should be asked again.
    """

    compare_wanted = Signal(int)
    page_wanted = Signal(object)
    again_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._checks: tuple[SourceCheck, ...] = ()
        self._words = ""
        self._compared: dict[int, Comparison] = {}
        self.badge = QPushButton()
        self.badge.setObjectName("amberLink")
        self.badge.setCheckable(True)
        self.badge.toggled.connect(self._on_toggled)
        self.badge.hide()
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.again = QPushButton(self.tr("Ask again"))
        self.again.clicked.connect(self.again_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._inside)
        self._column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self._inside.hide()
        self.hide()

    @property
    def words(self) -> str:
        """Return what the badge says, "" without one."""
        return "" if self.isHidden() else self.badge.text()

    def comparisons(self) -> tuple["Comparison", ...]:
        """Return what is compared, in the order of the sources."""
        return tuple(self._compared[n] for n in sorted(self._compared))

    def show_checks(self, checks: tuple[SourceCheck, ...]) -> None:
        """Show which sources are no longer what they were, nothing for none."""
        if checks == self._checks:
            return
        self._checks = checks
        gone = sum(check.state is SourceState.GONE for check in checks)
        changed = len(checks) - gone
        parts = [
            counted(changed, self.tr("1 source changed since"), self.tr("{n} sources changed since"))
            if changed
            else "",
            counted(gone, self.tr("1 source left the library"), self.tr("{n} sources left the library"))
            if gone
            else "",
        ]
        self._words = "△ " + ", ".join(filter(None, parts))
        self._name_badge()
        self.badge.setVisible(bool(checks))
        self.setVisible(bool(checks))
        if self.badge.isChecked():
            self._ask()

    def show_compared(self, compared: SourceCompared) -> None:
        """Show an old passage beside the new one."""
        n = compared.check.n
        before = self._compared.pop(n, None)
        if before is not None:
            self._column.removeWidget(before)
            before.hide()
            before.deleteLater()
        shown = Comparison(self._look, compared)
        shown.page_pressed.connect(partial(self.page_wanted.emit, compared.now))
        self._compared[n] = shown
        self._column.insertWidget(sorted(self._compared).index(n), shown)

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self._inside.setVisible(shown)
        self._name_badge()
        if shown:
            self._ask()

    def _name_badge(self) -> None:
        self.badge.setText(f"{self._words} {'▾' if self.badge.isChecked() else '▸'}")
        self.badge.setAccessibleDescription(self.tr("Shows the passages as they were beside those of now"))

    def _ask(self) -> None:
        wanted = {check.n for check in self._checks}
        for n in set(self._compared) - wanted:
            self._compared[n].hide()
            self._column.removeWidget(self._compared[n])
            self._compared.pop(n).deleteLater()
        for n in sorted(wanted):
            self.compare_wanted.emit(n)


class Comparison(QFrame):
    """One passage as it was read for an answer, beside the nearest one of now.

    Signals:
        page_pressed: the page of the new passage is wanted.
    """

    page_pressed = Signal()

    def __init__(self, look: Look, compared: SourceCompared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("why")
        check, now = compared.check, compared.now
        place = f"{check.n}  {shown_name(check.path)} · {page_words(check.path, check.page)}"
        told = differences(compared.was, now.text if now else "")
        self.was = DifferenceText(look, self.tr("As it was"))
        self.was.show_text(compared.was, told.gone if now else (), GONE)
        self.now = DifferenceText(look, self.tr("As it is now"))
        if now is not None:
            self.now.show_text(now.text, told.new, NEW)
        self.titles = (
            PlainLabel(self.tr("As it was, struck through what is gone"), "quiet", wraps=True),
            PlainLabel(self._now_title(compared), "quiet", wraps=True),
        )
        self._sides = QGridLayout()
        self._sides.setHorizontalSpacing(16)
        self._sides.setVerticalSpacing(4)
        self._is_beside = False
        self._place()
        self.page = QPushButton(self.tr("Open its page"))
        self.page.setObjectName("quietLink")
        self.page.clicked.connect(self.page_pressed)
        if now is None:
            self.page.hide()
            self.now.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(PlainLabel(place, "title", wraps=True))
        column.addLayout(self._sides)
        column.addWidget(self.page, 0, Qt.AlignmentFlag.AlignLeft)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand the texts side by side where there is room for both."""
        super().resizeEvent(event)
        if self._is_beside != (event.size().width() >= BESIDE_FROM_PX):
            self._is_beside = not self._is_beside
            self._place()

    def _place(self) -> None:
        """Stand the texts one under the other, or beside each other and then at one height."""
        places = ((0, 0), (1, 0), (0, 1), (1, 1)) if self._is_beside else ((0, 0), (1, 0), (2, 0), (3, 0))
        parts = (self.titles[0], self.was, self.titles[1], self.now)
        for part in parts:
            self._sides.removeWidget(part)
        for part, (row, column) in zip(parts, places, strict=True):
            self._sides.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)
        for column in (0, 1):
            self._sides.setColumnStretch(column, 1 if column == 0 or self._is_beside else 0)

    def _now_title(self, compared: SourceCompared) -> str:
        if compared.check.state is SourceState.GONE:
            return self.tr("The file is no longer in the library.")
        if compared.now is None:
            return self.tr("The file changed and is still to be read again.")
        place = page_words(compared.now.path, compared.now.page)
        return self.tr("As it is now, {place}, underlined what is new").replace("{place}", place)


class DifferenceText(SafeTextView):
    """Shows a text in which some words are struck through or underlined, and tinted."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(fits_text=True, parent=parent)
        self._look = look
        self._text, self._kind = "", NEW
        self._spans: tuple[Span, ...] = ()
        self.setAccessibleName(name)
        self.setTabStopDistance(TAB_PX)
        look.changed.connect(self._write)

    def marked(self) -> tuple[str, ...]:
        """Return the words that stand out."""
        return tuple(self._text[span.start : span.end] for span in self._spans)

    def show_text(self, text: str, spans: tuple[Span, ...], kind: str) -> None:
        """Show a text with these spans as `GONE` or `NEW`."""
        self._text, self._spans, self._kind = text, spans, kind
        self._write()

    @Slot()
    def _write(self) -> None:
        self.clear()
        plain = QTextCharFormat()
        plain.setFont(QFont(self._look.serif))
        plain.setForeground(self._look.theme.ink)
        marked = QTextCharFormat(plain)
        marked.setBackground(self._look.theme.mark)
        marked.setFontStrikeOut(self._kind == GONE)
        marked.setFontUnderline(self._kind == NEW)
        cursor = QTextCursor(self.document())
        start_block(cursor, QTextBlockFormat(), plain, first=True)
        at = 0
        for span in self._spans:
            cursor.insertText(self._text[at : span.start], plain)
            cursor.insertText(self._text[span.start : span.end], marked)
            at = span.end
        cursor.insertText(self._text[at:], plain)
        self.fit()
