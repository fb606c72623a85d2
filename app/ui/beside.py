"""Cards beside the sentences that cite them: where each stands, and how both sides scroll as one. Window process."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.ui.conversation_view import ConversationView
from app.ui.margin_panel import GAP_PX, TOP_PX, MarginPanel
from app.ui.turn_view import TurnView

HEAD_PX = 8  # a card's number stands that far below its edge


def stacked(wanted: Sequence[int], heights: Sequence[int], top: int, bottom: int, gap: int) -> tuple[int, ...]:
    """Return where boxes stand one under the other, each at its wanted top unless others or the ends are in its way.

    None stands above `top`; they reach below `bottom` only if all of them do not fit between.
    """
    tops: list[int] = []
    free = top
    for place, height in zip(wanted, heights, strict=True):
        tops.append(max(place, free))
        free = tops[-1] + height + gap
    limit = bottom
    for i in reversed(range(len(tops))):
        tops[i] = min(tops[i], limit - heights[i])
        limit = tops[i] - gap
    free = top
    for i, height in enumerate(heights):
        tops[i] = max(tops[i], free)
        free = tops[i] + height + gap
    return tuple(tops)


class Beside(QObject):
    """Keeps the cards of the shown turn beside its sentences while the margin stands beside the conversation.

    Signals:
        turn_wanted: a `TurnView` that was scrolled to while the shown one went out of sight.
    """

    turn_wanted = Signal(object)

    def __init__(
        self,
        conversation: ConversationView,
        margin: MarginPanel,
        is_beside: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """Take a function that tells whether the margin stands beside, and not under, the conversation."""
        super().__init__(parent)
        self._conversation = conversation
        self._margin = margin
        self._is_beside = is_beside
        self._turn: TurnView | None = None
        self._moving = False
        self._placing = QTimer(self)
        self._placing.setSingleShot(True)
        self._placing.setInterval(0)
        self._placing.timeout.connect(self._place)
        conversation.content_moved.connect(self._placing.start)
        conversation.bar.valueChanged.connect(self._on_conversation_scrolled)
        margin.cards_moved.connect(self._placing.start)
        margin.scrolled.connect(self._on_margin_scrolled)

    @Slot(object)
    def follow(self, turn: TurnView | None) -> None:
        """Stand beside this turn from now on."""
        self._turn = turn
        self._placing.start()

    @Slot()
    def _place(self) -> None:
        if self._turn is None or not self._is_beside():
            self._margin.stack_cards()
            return
        conversation, margin = self._conversation, self._margin
        more_room = margin.view_height - conversation.view_height
        height = conversation.content_height + more_room
        cards = margin.cited_cards()
        top = conversation.top_of(self._turn)
        marks = self._turn.answer_view.mark_tops()
        above = conversation.top_of(self._turn.answer_view)
        wanted: list[int] = []
        for card in cards:
            wanted.append(above + marks[card.n] - HEAD_PX if card.n in marks else wanted[-1] if wanted else top)
        heights = [card.sizeHint().height() for card in cards]
        bottom = height - TOP_PX - margin.given_height
        margin.place_cards(stacked(wanted, heights, top, bottom, GAP_PX), height)
        self._move(margin.scroll_to, conversation.bar.value())

    def _move(self, scroll: Callable[[int], None], value: int) -> None:
        self._moving = True
        scroll(value)
        self._moving = False

    @Slot(int)
    def _on_conversation_scrolled(self, value: int) -> None:
        if self._moving or not self._is_beside():
            return
        self._move(self._margin.scroll_to, value)
        in_sight = self._conversation.turn_in_sight(self._turn)
        if in_sight is not self._turn and in_sight is not None and self._margin.isVisible():
            self.turn_wanted.emit(in_sight)

    @Slot(int)
    def _on_margin_scrolled(self, value: int) -> None:
        if not self._moving and self._turn is not None and self._is_beside():
            self._move(self._conversation.bar.setValue, value)
