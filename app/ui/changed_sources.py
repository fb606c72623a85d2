"""How an answer learns that a file it cites changed or left the library; what was and what is. Window process."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.client.engine_client import EngineClient, Event
from app.core.receipt_messages import ChangedSources, CompareSource, FindChangedSources, SourceCompared
from app.core.receipts import SourceCheck
from app.ui.asked_turn import AskedTurn
from app.ui.asking import Asking

SETTLED_MS = 400
"""Documents change in bursts: the sources are looked at once a burst is over."""


class SourceWatch(QObject):
    """Asks which sources of the answers in sight changed whenever documents did, and compares them on demand.

    Signals:
        source_wanted: the `Hit` whose page is wanted.
    """

    source_wanted = Signal(object)

    def __init__(self, client: EngineClient, asking: Asking, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._asking = asking
        self._request_id = 0
        self._comparing: dict[int, AskedTurn] = {}
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLED_MS)
        self._settling.timeout.connect(self._ask)
        client.documents_changed.connect(self._settling.start)
        client.receipt_told.connect(self._on_told)
        client.engine_started.connect(self._settling.start)
        asking.turn_answered.connect(self._on_turn_answered)

    def _cited(self) -> tuple[AskedTurn, ...]:
        """Return the turns whose answer left a receipt and cites something."""
        turns = self._asking.turns()
        return tuple(turn for turn in turns if turn.answer and turn.answer.receipt and turn.answer.citations)

    @Slot(object)
    def _on_turn_answered(self, turn: AskedTurn) -> None:
        if turn.answer and turn.answer.receipt:
            note = turn.view.changed
            note.compare_wanted.connect(partial(self._compare, turn))
            note.again_wanted.connect(partial(self._asking.ask_again, turn))
            note.page_wanted.connect(self.source_wanted)
            self._settling.start()

    @Slot()
    def _ask(self) -> None:
        receipts = tuple({turn.answer.receipt for turn in self._cited() if turn.answer})
        if receipts:
            self._request_id = self._client.request(FindChangedSources(receipts))

    def _compare(self, turn: AskedTurn, n: int) -> None:
        if turn.answer is not None:
            self._comparing[self._client.request(CompareSource(turn.answer.receipt, n))] = turn

    @Slot(object)
    def _on_told(self, event: Event) -> None:
        match event.message:
            case ChangedSources(sources) if event.request_id == self._request_id:
                for turn in self._cited():
                    turn.view.changed.show_checks(tuple(check for check in sources if _is_cited(check, turn)))
            case SourceCompared() as compared if event.request_id in self._comparing:
                self._comparing.pop(event.request_id).view.changed.show_compared(compared)
            case _:
                pass


def _is_cited(check: SourceCheck, turn: AskedTurn) -> bool:
    """Return whether a source is one that a turn's answer cites."""
    answer = turn.answer
    cited = {citation.n for citation in answer.citations} if answer else set[int]()
    return answer is not None and check.receipt == answer.receipt and check.n in cited
