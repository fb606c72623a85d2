"""The margin: the cards of one question's passages, cited ones first, the rest folded away. Window process."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.card_content import CardContent, MarginContent
from app.ui.labels import PlainLabel
from app.ui.source_card import SourceCard
from app.ui.theme import Look

GAP_PX = 12
TOP_PX = 16
BOTTOM_PX = 24


class MarginPanel(QWidget):
    """Shows the passages beside the answer.

    Signals:
        source_opened: the evidence number of a card.
        twin_opened: the `Twin` of a card whose page is wanted, and the card's text.
        source_lifted: the evidence number under the pointer or the focus, 0 when it left.
        cards_moved: cards may have come, gone or changed their height.
        scrolled: the person, and not a layout or a lifted card, scrolled the cards to this place, pixels.
    """

    source_opened = Signal(int)
    twin_opened = Signal(object, str)
    source_lifted = Signal(int)
    cards_moved = Signal()
    scrolled = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._content = MarginContent()
        self._cards: dict[int, SourceCard] = {}
        self._gaps: list[QSpacerItem] = []
        self._title = PlainLabel(self.tr("Sources"), "title")
        words = self.tr("The passages that an answer rests on stand here, beside it.")
        self._teaching = PlainLabel(words, "quiet", wraps=True)
        self._given_button = QPushButton()
        self._given_button.setObjectName("quietLink")
        self._given_button.setCheckable(True)
        self._given_button.toggled.connect(self._on_given_toggled)
        self._cited_column = _column()
        self._given_holder = QWidget()
        self._given_column = _column()
        self._given_holder.setLayout(self._given_column)
        self._inside = QWidget()
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(self.tr("Sources"))
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the cards have the keyboard
        self._scroll.verticalScrollBar().actionTriggered.connect(self._on_scroll_asked)
        self._lay_out()
        self.clear()

    @property
    def content(self) -> MarginContent:
        """Return what is shown."""
        return self._content

    @property
    def title(self) -> str:
        """Return what the cards are, in a word or two."""
        return self._title.text()

    def cards(self) -> tuple[SourceCard, ...]:
        """Return all cards, those under the fold too."""
        return tuple(self._cards.values())

    def cited_cards(self) -> tuple[SourceCard, ...]:
        """Return the cards above the fold, in order."""
        return tuple(self._cards[part.n] for part in self._content.cited)

    @property
    def view_height(self) -> int:
        """Return the height of what is in sight."""
        return self._scroll.viewport().height()

    @property
    def given_height(self) -> int:
        """Return the height that is needed under the cited cards."""
        shown = [part for part in (self._given_button, self._given_holder) if not part.isHidden()]
        return sum(part.sizeHint().height() + GAP_PX for part in shown)

    def place_cards(self, tops: Sequence[int], height: int) -> None:
        """Let the cited cards begin at these places of a content of at least this height."""
        free = TOP_PX
        gaps: list[int] = []
        for card, top in zip(self.cited_cards(), tops, strict=True):
            gaps.append(max(top - free, 0))
            free = max(top, free) + card.sizeHint().height()
        layout = self._inside.layout()
        if self._set_gaps(gaps, max(height, free + self.given_height + BOTTOM_PX)) and layout is not None:
            layout.activate()

    def stack_cards(self) -> None:
        """Let the cited cards stand one under the other from the top."""
        self._set_gaps([GAP_PX if i else 0 for i in range(len(self._gaps))], 0)

    def scroll_to(self, value: int) -> None:
        """Show the content from this place on, pixels."""
        self._scroll.verticalScrollBar().setValue(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when cards change their heights, or the room for them."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.cards_moved.emit()
        return super().eventFilter(watched, event)

    def clear(self) -> None:
        """Show no passages."""
        self.show_content(MarginContent(), self.tr("Sources"))

    def show_content(self, content: MarginContent, title: str) -> None:
        """Show passages under a title; cards that stay the same passage stay where they are."""
        self._title.setText(title)
        same = [card.content.hit for card in self._cards.values()] == [
            part.hit for part in (*content.cited, *content.given)
        ] and len(self._content.cited) == len(content.cited)
        self._content = content
        self._teaching.setVisible(not content.cited and not content.given)
        if same:
            for part in (*content.cited, *content.given):
                self._cards[part.n].set_content(part)
        else:
            self._rebuild()
        self._name_given()

    def lift(self, n: int) -> None:
        """Let the card of a number stand out and be in sight, none for 0."""
        for number, card in self._cards.items():
            card.set_lifted(number == n)
        if n in self._cards:
            if not self._cards[n].isVisibleTo(self) and not self._given_button.isChecked():
                self._given_button.setChecked(True)
            self._scroll.ensureWidgetVisible(self._cards[n], 0, GAP_PX)

    @property
    def has_keyboard(self) -> bool:
        """Return whether a card has the focus, and not by the pointer."""
        return any(card.has_keyboard for card in self._cards.values())

    def take_focus(self, n: int = 0) -> None:
        """Give the keyboard to the card of a number, the first for 0; without cards it stays where it is."""
        card = self._cards.get(n) or next(iter(self._cards.values()), None)
        if card is not None:
            card.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _rebuild(self) -> None:
        for card in self._cards.values():
            card.hide()
            card.deleteLater()
        self._cards = {}
        self._gaps = []
        while self._cited_column.takeAt(0) is not None:
            pass
        for part in self._content.cited:
            self._gaps.append(QSpacerItem(0, GAP_PX if self._gaps else 0))
            self._cited_column.addItem(self._gaps[-1])
            self._cited_column.addWidget(self._card(part, used=True))
        for part in self._content.given:
            self._given_column.addWidget(self._card(part, used=False))
        self.cards_moved.emit()

    def _card(self, content: CardContent, *, used: bool) -> SourceCard:
        card = SourceCard(self._look, content, used=used)
        card.opened.connect(self.source_opened)
        card.twin_opened.connect(self.twin_opened)
        card.lifted.connect(self._on_card_lifted)
        self._cards[content.n] = card
        return card

    def _name_given(self) -> None:
        count = len(self._content.given)
        sign = "▾" if self._given_button.isChecked() else "▸"
        self._given_button.setText(self.tr("Given, not cited · {count} {sign}").format(count=count, sign=sign))
        self._given_button.setVisible(count > 0)
        self._given_holder.setVisible(count > 0 and self._given_button.isChecked())

    def _set_gaps(self, gaps: Sequence[int], height: int) -> bool:
        """Return whether that changed anything: else nothing is laid out again, which would be told as a move."""
        kept = [gap.sizeHint().height() for gap in self._gaps]
        if kept == list(gaps) and self._inside.minimumHeight() == height:
            return False
        for gap, gap_px in zip(self._gaps, gaps, strict=True):
            gap.changeSize(0, gap_px, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._inside.setMinimumHeight(height)
        self._cited_column.invalidate()
        return True

    @Slot(bool)
    def _on_given_toggled(self, _unfolded: bool) -> None:
        self._name_given()

    @Slot(int)
    def _on_card_lifted(self, n: int) -> None:
        for number, card in self._cards.items():
            card.set_lifted(number == n)
        self.source_lifted.emit(n)

    @Slot(int)
    def _on_scroll_asked(self, _action: int) -> None:
        self.scrolled.emit(self._scroll.verticalScrollBar().sliderPosition())

    def _lay_out(self) -> None:
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(16, 0, 8, 0)
        row.addWidget(self._title)
        row.addStretch(1)
        self._inside.installEventFilter(self)
        self._cited_column.setSpacing(0)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(16, TOP_PX, 16, BOTTOM_PX)
        column.setSpacing(GAP_PX)
        column.addWidget(self._teaching)
        column.addLayout(self._cited_column)
        column.addWidget(self._given_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._given_holder)
        column.addStretch(1)
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(header)
        outer.addWidget(self._scroll, 1)


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP_PX)
    return column
