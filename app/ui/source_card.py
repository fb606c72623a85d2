"""A card of the margin: one passage with its number, place, headings and text. Window process."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.core.types import Twin
from app.ui.card_content import CardContent
from app.ui.card_footer import CardFooter
from app.ui.folded_text import FoldedText
from app.ui.labels import PlainLabel
from app.ui.rows import row_of
from app.ui.sentences import page_words, place_in_document, shown_name
from app.ui.theme import Look

LINES_FOLDED = 5
LEAST_LABEL_PX = 24


class SourceCard(QFrame):
    """Shows one passage; a click or Enter opens its page.

    Signals:
        opened: the evidence number.
        twin_opened: the `Twin` whose page is wanted, and this card's text.
        lifted: the evidence number while the pointer or the focus is here, 0 when it left.
    """

    opened = Signal(int)
    twin_opened = Signal(object, str)
    lifted = Signal(int)

    def __init__(self, look: Look, content: CardContent, *, used: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = content
        self.setObjectName("card")
        self.setProperty("given", not used)
        self._by_key = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        hit = content.hit
        self._name = shown_name(hit.path)
        self._place = page_words(hit.path, hit.page)
        self._headings = place_in_document(hit)
        self._number_label = PlainLabel(str(content.n), "badge")
        self._name_label = PlainLabel(self._name, "title")
        self._place_label = PlainLabel(self._place, "quiet")
        self._heading_label = PlainLabel(self._headings, "quiet")
        for label in (self._name_label, self._heading_label):
            label.setMinimumWidth(LEAST_LABEL_PX)  # else a text that was cut for a wide card would keep it wide
        self._text = FoldedText(look, LINES_FOLDED, self)
        self.footer = CardFooter(hit)
        self.footer.put_first(self._text.more)
        self.footer.twin_opened.connect(self._on_twin_opened)
        self._lay_out()
        self._heading_label.setVisible(bool(self._headings))
        self.setAccessibleName(
            self.tr("Source {n}: {name}, {place}").format(n=content.n, name=self._name, place=self._place)
        )
        self.setAccessibleDescription(hit.text)
        self.set_content(content)

    @property
    def n(self) -> int:
        """Return the evidence number."""
        return self.content.n

    @property
    def has_keyboard(self) -> bool:
        """Return whether it has the focus, and not by the pointer."""
        return self._by_key and self.hasFocus()

    def set_content(self, content: CardContent) -> None:
        """Show the same passage with other quotations marked."""
        self.content = content
        self._text.show_text(content.hit.text, content.quotes)

    def set_lifted(self, lifted: bool) -> None:
        """Stand out, because a mark of this passage is looked at."""
        if self.property("lifted") != lifted:
            self.setProperty("lifted", lifted)
            self.style().unpolish(self)
            self.style().polish(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell that the pointer is here."""
        super().enterEvent(event)
        self.lifted.emit(self.n)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.lifted.emit(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the focus is here."""
        super().focusInEvent(event)
        self._by_key = event.reason() is not Qt.FocusReason.MouseFocusReason
        self.lifted.emit(self.n)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the focus left."""
        super().focusOutEvent(event)
        self.lifted.emit(0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the page."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self.n)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the page on Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.hasFocus():
            self.opened.emit(self.n)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten what no longer fits, in the middle of names and at the start of heading paths."""
        super().resizeEvent(event)
        room = self.width() - 24
        beside = self._number_label.sizeHint().width() + self._place_label.sizeHint().width() + 24
        _elide(self._name_label, self._name, room - beside, Qt.TextElideMode.ElideMiddle)
        _elide(self._heading_label, self._headings, room, Qt.TextElideMode.ElideLeft)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(row_of(self._number_label, self._name_label, self._place_label))
        column.addWidget(self._heading_label)
        column.addWidget(self._text.view)
        column.addWidget(self.footer)

    @Slot(object)
    def _on_twin_opened(self, twin: Twin) -> None:
        self.twin_opened.emit(twin, self.content.hit.text)


def _elide(label: QLabel, text: str, room_px: int, mode: Qt.TextElideMode) -> None:
    label.setText(QFontMetrics(label.font()).elidedText(text, mode, max(room_px, LEAST_LABEL_PX)))
