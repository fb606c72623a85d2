"""The evidence in the order of the prompt, as cards that are moved by drag or key. Window process."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.types import Hit
from app.ui.review_card import ReviewCard
from app.ui.theme import Look

GAP_PX = 12


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The evidence as the person has it now: all passages in order, and what is known of them by their ids.

    `tokens` has a number for each passage that fits, none while they are counted.
    """

    hits: tuple[Hit, ...] = ()
    pinned: frozenset[int] = frozenset()
    added: frozenset[int] = frozenset()
    without_room: frozenset[int] = frozenset()
    tokens: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A passage that should go to another place, counted from 0 among those that stay."""

    passage_id: int
    to: int


class ReviewList(QWidget):
    """Shows a card for each passage.

    Signals:
        opened: the `Hit` whose page is wanted.
        dropped: the id of a passage that should not be given.
        pinned: the id of a passage that should be pinned, or let go if it was.
        moved: a `Move`.
    """

    opened = Signal(object)
    dropped = Signal(int)
    pinned = Signal(int)
    moved = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._cards: dict[int, ReviewCard] = {}
        self._order: tuple[int, ...] = ()
        self._line_y: int | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP_PX)

    def cards(self) -> tuple[ReviewCard, ...]:
        """Return the cards in order."""
        return tuple(self._cards[number] for number in self._order)

    def show_reviewed(self, reviewed: Reviewed) -> None:
        """Show the passages in their order; cards that stay keep the keyboard and what is unfolded."""
        order = tuple(hit.passage_id for hit in reviewed.hits)
        focused = next((number for number, card in self._cards.items() if card.hasFocus()), None)
        was_at = self._order.index(focused) if focused in self._order else 0
        for number in set(self._cards) - set(order):
            card = self._cards.pop(number)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, hit in enumerate(reviewed.hits):
            card = self._cards.get(hit.passage_id) or self._new_card(hit)
            if self._column.indexOf(card) != place:
                self._column.removeWidget(card)
                self._column.insertWidget(place, card)
        self._order = order
        self._show_places(reviewed)
        if focused is not None and order:
            stays = focused if focused in order else order[min(was_at, len(order) - 1)]
            self._cards[stays].setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw where a dragged card would go."""
        if self._line_y is not None:
            painter = QPainter(self)
            painter.setPen(QPen(self._look.theme.accent, 2))
            painter.drawLine(0, self._line_y, self.width(), self._line_y)
            painter.end()

    def _show_places(self, reviewed: Reviewed) -> None:
        tokens = iter(reviewed.tokens)
        for n, hit in enumerate(reviewed.hits, start=1):
            fits = hit.passage_id not in reviewed.without_room
            self._cards[hit.passage_id].show_place(
                n,
                len(reviewed.hits),
                pinned=hit.passage_id in reviewed.pinned,
                fits=fits,
                tokens=next(tokens, None) if fits else 0,
                added=hit.passage_id in reviewed.added,
            )

    def _new_card(self, hit: Hit) -> ReviewCard:
        card = ReviewCard(self._look, hit)
        number = hit.passage_id
        card.opened.connect(partial(self.opened.emit, hit))
        card.drop_wanted.connect(partial(self.dropped.emit, number))
        card.pin_wanted.connect(partial(self.pinned.emit, number))
        card.step_wanted.connect(partial(self._on_step_wanted, number))
        card.dragged.connect(partial(self._on_dragged, number))
        card.let_go.connect(partial(self._on_let_go, number))
        self._cards[number] = card
        return card

    def _on_step_wanted(self, number: int, step: int) -> None:
        self.moved.emit(Move(number, self._order.index(number) + step))

    def _on_dragged(self, number: int, place: QPoint) -> None:
        to = self._place_at(number, place)
        others = [self._cards[one] for one in self._order if one != number]
        below = others[to].y() - GAP_PX // 2 if to < len(others) else others[-1].geometry().bottom() + GAP_PX // 2
        self._line_y = max(below, 1) if others else None
        self.update()

    def _on_let_go(self, number: int, place: QPoint) -> None:
        self._line_y = None
        self.update()
        self.moved.emit(Move(number, self._place_at(number, place)))

    def _place_at(self, number: int, place: QPoint) -> int:
        y = self._cards[number].mapTo(self, place).y()
        others = [self._cards[one] for one in self._order if one != number]
        return sum(card.geometry().center().y() < y for card in others)
