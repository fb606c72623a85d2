"""How a question becomes a turn: asked, passages shown, answer written, stopped, finished or failed. Window process."""

from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.errors import NoModelInstalled
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, ModelState, Stop
from app.core.types import Answer, Filters, Hit, LibraryStatus, Turn
from app.ui.card_content import MarginContent, answer_content, evidence_content
from app.ui.chosen_filters import filter_words
from app.ui.conversation_view import ConversationView
from app.ui.error_words import explain_error
from app.ui.margin_panel import MarginPanel
from app.ui.sentences import counted
from app.ui.turn_view import TurnView


@dataclass(slots=True, eq=False)
class AskedTurn:
    """A turn and what is known of it."""

    question: str
    view: TurnView
    request_id: int
    earlier: tuple[Turn, ...]
    filters: Filters
    without_model: bool
    evidence: tuple[Hit, ...] = ()
    content: MarginContent = field(default_factory=MarginContent)
    answer: Answer | None = None
    title: str = ""


class Asking(QObject):
    """Keeps the conversation's turns and lets conversation and margin show the same one.

    Signals:
        answering_changed: whether an answer is being written.
        models_wanted: the person should see the model shelf.
        passages_changed: the passages of the turn in the margin changed.
        turn_shown: the `TurnView` whose passages stand in the margin, None for none.
        source_wanted: the evidence number of a passage of the turn in the margin.
    """

    answering_changed = Signal(bool)
    models_wanted = Signal()
    passages_changed = Signal()
    turn_shown = Signal(object)
    source_wanted = Signal(int)

    def __init__(
        self, client: EngineClient, conversation: ConversationView, margin: MarginPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._conversation = conversation
        self._margin = margin
        self._turns: list[AskedTurn] = []
        self._active: AskedTurn | None = None
        self._writing: AskedTurn | None = None
        self._has_model = True
        self._filters = Filters()
        self._left_out: tuple[bytes, ...] = ()
        self._status: LibraryStatus | None = None
        client.evidence_found.connect(self._on_evidence_found)
        client.answer_grew.connect(self._on_answer_grew)
        client.answer_finished.connect(self._on_answer_finished)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)
        client.model_state_changed.connect(self._on_model_state_changed)
        margin.source_lifted.connect(self._on_card_lifted)

    @property
    def is_answering(self) -> bool:
        """Return whether an answer is being written."""
        return self._writing is not None

    def passages(self) -> tuple[int, ...]:
        """Return the evidence numbers in the order of the margin."""
        if self._active is None:
            return ()
        return tuple(card.n for card in (*self._active.content.cited, *self._active.content.given))

    def hit(self, n: int) -> Hit | None:
        """Return the passage of an evidence number of the turn in the margin."""
        evidence = self._active.evidence if self._active else ()
        return evidence[n - 1] if 1 <= n <= len(evidence) else None

    def set_status(self, status: LibraryStatus) -> None:
        """Know what a search covers."""
        self._status = status

    def set_has_model(self, has_model: bool) -> None:
        """Know whether a model can write answers; without one, questions find passages only."""
        self._has_model = has_model

    def set_left_out(self, paths: tuple[bytes, ...]) -> None:
        """Know which folders are on their way out of the library: no question looks there."""
        self._left_out = paths

    def set_filters(self, filters: Filters) -> None:
        """Keep the questions from now on to some of the documents."""
        self._filters = filters

    def last_turn(self) -> AskedTurn | None:
        """Return the conversation's last question and what came of it."""
        return self._turns[-1] if self._turns else None

    def ask(self, question: str) -> None:
        """Ask a question; nothing happens while an answer is written."""
        if self._writing is not None:
            return
        earlier = tuple(
            Turn(turn.question, turn.answer.text, tuple(hit.passage_id for hit in turn.answer.evidence))
            for turn in self._turns
            if turn.answer and turn.answer.text
        )
        view = self._conversation.add_turn(question)
        view.show_doing(self.tr("Looking through your documents…"))
        filters = replace(self._filters, without_paths=self._left_out)
        request = self._client.request(Ask(question, turns=earlier, filters=filters, no_model=not self._has_model))
        turn = AskedTurn(question, view, request, earlier, filters, without_model=not self._has_model)
        view.mark_opened.connect(partial(self._open_mark, turn))
        view.mark_lifted.connect(partial(self._lift_mark, turn))
        view.remedy_chosen.connect(partial(self._remedy, turn))
        self._turns.append(turn)
        self._writing = turn
        self._activate(turn)
        self.answering_changed.emit(True)

    def stop(self) -> None:
        """Stop the answer that is being written."""
        if self._writing is not None:
            self._writing.view.show_doing(self.tr("Stopping…"))
            self._client.request(Stop(self._writing.request_id))

    @Slot(object)
    def show_turn(self, view: TurnView) -> None:
        """Show the passages of another turn in the margin."""
        for turn in self._turns:
            if turn.view is view:
                self._activate(turn)

    def start_anew(self) -> None:
        """Begin a new conversation; an answer in hand is stopped."""
        self.stop()
        self._writing = None
        self._active = None
        self._turns = []
        self._conversation.clear()
        self._margin.clear()
        self.turn_shown.emit(None)
        self.answering_changed.emit(False)
        self.passages_changed.emit()

    @Slot(object)
    def _on_evidence_found(self, event: Event) -> None:
        turn = self._turn_of(event)
        if turn is None or not isinstance(event.message, EvidenceFound):
            return
        turn.evidence = event.message.evidence
        turn.content = evidence_content(turn.evidence)
        turn.title = self.tr("Passages")
        count = len(turn.evidence)
        turn.view.show_evidence(count)
        turn.view.show_doing(self._reading_words(count))
        self._show_margin(turn)

    @Slot(object)
    def _on_answer_grew(self, event: Event) -> None:
        turn = self._turn_of(event)
        if turn is not None and isinstance(event.message, AnswerGrew):
            turn.view.grow(event.message.text)

    @Slot(object)
    def _on_answer_finished(self, event: Event) -> None:
        turn = self._turn_of(event)
        if turn is None or not isinstance(event.message, AnswerFinished):
            return
        answer = event.message.answer
        turn.answer = answer
        turn.evidence = answer.evidence
        turn.content = answer_content(answer)
        turn.title = self.tr("Sources") if answer.citations else self.tr("Nearest passages")
        turn.view.finish(answer, self._verdict(turn, answer), self._coverage(turn, answer))
        if turn.without_model:
            turn.view.fail(
                self.tr("No model is installed to write an answer. The nearest passages stand in the margin."),
                self.tr("Get a model"),
            )
        self._end_writing(turn)

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        turn = next((turn for turn in self._turns if turn.request_id == failure.request_id), None)
        if turn is None:
            return
        no_model = isinstance(failure.error, NoModelInstalled)
        turn.view.fail(explain_error(failure.error).text, self.tr("Get a model") if no_model else self.tr("Ask again"))
        self._end_writing(turn)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        if self._writing is not None and self._writing.request_id in death.lost:
            self._writing.view.fail(self.tr("The engine stopped before the answer was finished."), self.tr("Ask again"))
            self._end_writing(self._writing)

    @Slot(object)
    def _on_model_state_changed(self, event: Event) -> None:
        if self._writing is None or not isinstance(event.message, ModelState):
            return
        if event.message.state == "loading":
            self._writing.view.show_doing(self.tr("Loading the model…"))
        elif event.message.state == "ready":
            self._writing.view.show_doing(self._reading_words(len(self._writing.evidence)))

    @Slot(int)
    def _on_card_lifted(self, n: int) -> None:
        if self._active is not None:
            self._active.view.answer_view.lift(n)

    def _turn_of(self, event: Event) -> AskedTurn | None:
        """Return the turn in hand if an event is about it; what belongs to an older one is dropped."""
        return self._writing if self._writing is not None and self._writing.request_id == event.request_id else None

    def _end_writing(self, turn: AskedTurn) -> None:
        if self._writing is turn:
            self._writing = None
            self.answering_changed.emit(False)
        self._show_margin(turn)

    def _activate(self, turn: AskedTurn) -> None:
        if self._active is not turn:
            self._active = turn
            self._show_margin(turn)
            self.turn_shown.emit(turn.view)

    def _show_margin(self, turn: AskedTurn) -> None:
        if turn is self._active:
            self._margin.show_content(turn.content, turn.title or self.tr("Sources"))
            self.passages_changed.emit()

    def _open_mark(self, turn: AskedTurn, n: int) -> None:
        self._activate(turn)
        self._margin.lift(n)
        self.source_wanted.emit(n)

    def _lift_mark(self, turn: AskedTurn, n: int) -> None:
        if n:
            self._activate(turn)
        self._margin.lift(n)
        turn.view.answer_view.lift(n)

    def _remedy(self, turn: AskedTurn) -> None:
        if self._has_model:
            self.ask(turn.question)
        else:
            self.models_wanted.emit()

    def _reading_words(self, passages: int) -> str:
        return counted(passages, self.tr("Reading 1 passage…"), self.tr("Reading {n} passages…"))

    def _verdict(self, turn: AskedTurn, answer: Answer) -> str:
        if answer.found or turn.without_model:
            return ""
        if answer.stopped:
            return "" if answer.text else self.tr("Stopped")
        return self.tr("Not found in your documents")

    def _coverage(self, turn: AskedTurn, answer: Answer) -> str:
        parts = [self.tr("Stopped")] if answer.stopped else []
        if answer.ended == "loop":
            parts.append(self.tr("The model began to repeat itself and was ended"))
        elif answer.ended == "length":
            parts.append(self.tr("Cut off: no room for more"))
        given = len(answer.evidence)
        if answer.citations:
            words = counted(given, self.tr("{cited} of 1 passage cited"), self.tr("{cited} of {n} passages cited"))
            parts.append(words.replace("{cited}", str(len(answer.citations))))
        elif given:
            many = self.tr("the {n} nearest passages in the margin")
            parts.append(counted(given, self.tr("the nearest passage in the margin"), many))
        only = filter_words(turn.filters)
        if only:
            parts.append(only)
        elif self._status is not None:
            searched = self.tr("1 document searched"), self.tr("{n} documents searched")
            parts.append(counted(self._status.ready, *searched))
        if self._status is not None:
            if self._status.queued:
                parts.append(self.tr("{n} still to be read").format(n=f"{self._status.queued:,}"))
            if self._status.failed:
                parts.append(self.tr("{n} could not be read").format(n=f"{self._status.failed:,}"))
        parts.append(self.tr("{n}\u00a0s").format(n=f"{answer.total_ms / 1000:.1f}"))
        return " · ".join(parts)
