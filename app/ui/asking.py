"""How a question becomes a turn: asked, passages shown, answer written, stopped, finished or failed. Window process."""

from dataclasses import replace
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.answer_messages import AnswerReached, AnswerStep
from app.core.conversation_messages import KeptTurn
from app.core.errors import NoModelInstalled
from app.core.messages import AnswerFinished, AnswerGrew, Ask, EvidenceFound, ModelState, Stop
from app.core.pages import Span
from app.core.styles import Style
from app.core.types import Answer, Filters, Hit
from app.ui.asked_turn import (
    AskedTurn,
    doing,
    is_of_nothing,
    kept_rests_on,
    remedy_without_model,
    rests_on,
    unanswered,
    verdict,
    without_model,
)
from app.ui.asking_terms import AskingTerms
from app.ui.card_content import MarginContent, answer_content, evidence_content
from app.ui.chosen_filters import filter_words
from app.ui.conversation_view import ConversationView
from app.ui.error_words import explain_error
from app.ui.margin_panel import MarginPanel
from app.ui.turn_view import TurnView


class Asking(QObject):
    """Keeps the conversation's turns and lets conversation and margin show the same one.

    Signals:
        answering_changed: whether an answer is being written.
        models_wanted: the person should see the model shelf.
        folder_wanted: the person should choose a folder.
        passages_changed: the passages of the turn in the margin changed.
        turn_shown: the `TurnView` whose passages stand in the margin, None for none.
        source_wanted: the evidence number of a passage of the turn in the margin.
        turn_answered: the `AskedTurn` that has an answer now.
        files_wanted: files of the library that an answer tells of, a `Group`.
        receipt_wanted: the id of the receipt that should be shown.
        document_wanted: the id of a document that should be shown in the library.
    """

    answering_changed = Signal(bool)
    models_wanted = Signal()
    folder_wanted = Signal()
    passages_changed = Signal()
    turn_shown = Signal(object)
    source_wanted = Signal(int)
    turn_answered = Signal(object)
    files_wanted = Signal(object)
    receipt_wanted = Signal(str)
    document_wanted = Signal(int)

    def __init__(
        self, client: EngineClient, conversation: ConversationView, margin: MarginPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._conversation = conversation
        self._margin = margin
        self.conversation = uuid4().hex
        self._turns: list[AskedTurn] = []
        self._active: AskedTurn | None = None
        self._writing: AskedTurn | None = None
        self._following: Ask | None = None
        self._terms = AskingTerms()
        client.evidence_found.connect(self._on_evidence_found)
        client.answer_reached.connect(self._on_answer_reached)
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

    def quotes(self, n: int) -> tuple[Span, ...]:
        """Return where the answer's quotations stand in the text of such a passage."""
        content = self._active.content if self._active else MarginContent()
        return next((card.quotes for card in content.cited if card.n == n), ())

    def set_has_model(self, has_model: bool) -> None:
        """Know whether a model can write answers; without one, questions find passages only."""
        self._terms.has_model = has_model

    def set_left_out(self, paths: tuple[bytes, ...]) -> None:
        """Know which folders are on their way out of the library: no question looks there."""
        self._terms.left_out = paths

    def set_filters(self, filters: Filters) -> None:
        """Keep the questions from now on to some of the documents."""
        self._terms.filters = filters

    def set_style(self, style: Style) -> None:
        """Have the answers from now on written in a style."""
        self._terms.style = style

    def last_turn(self) -> AskedTurn | None:
        """Return the conversation's last question and what came of it."""
        return self._turns[-1] if self._turns else None

    def turns(self) -> tuple[AskedTurn, ...]:
        """Return the conversation's questions, oldest first."""
        return tuple(self._turns)

    def ask_again(self, turn: AskedTurn, searched: str | None = None) -> None:
        """Ask a question once more as it was asked, or with other words to search for, of the library as it is now."""
        again = replace(turn.ask, passages=None, found=(), no_model=not self._terms.has_model)
        self._ask_instead(again if searched is None else replace(again, searched=searched))

    def open_receipt(self, turn: AskedTurn | None = None) -> None:
        """Want the receipt of an answer, or of the one whose sources stand in the margin; not all leave one."""
        turn = turn or self._active
        if turn is not None and turn.answer is not None and turn.answer.receipt:
            self.receipt_wanted.emit(turn.answer.receipt)

    def request_for(self, question: str) -> Ask:
        """Return a question as it is asked in this conversation now."""
        return self._terms.request(question, self._turns, self.conversation)

    @Slot(int)
    def set_first_token(self, seconds: int) -> None:
        """Have the first word of answers come within so many seconds, 0 for any time."""
        self._terms.first_token_s = seconds

    def ask(self, question: str) -> None:
        """Ask a question; nothing happens while an answer is written (`Checking` lets it wait)."""
        self.send(self.request_for(question))

    @Slot(object)
    def send(self, ask: Ask) -> None:
        """Ask what was prepared; nothing happens while an answer is written."""
        if self._writing is not None:
            return
        turn = self._added(ask, self._client.request(ask))
        turn.view.show_doing(self.tr("Looking through your documents…"))
        self._writing = turn
        self._activate(turn)
        self.answering_changed.emit(True)

    def show_kept(self, kept: KeptTurn) -> None:
        """Add a turn of the conversation as it was kept."""
        turn = self._added(replace(self.request_for(kept.question), no_model=False), 0)
        self._activate(turn)
        if kept.answer is not None:
            self._show_searched(turn, kept.answer.searched)
            turn.ask = replace(turn.ask, style=kept.answer.style)
            self._finish(turn, kept.answer, kept_rests_on(kept.answer, kept.asked_ns), "")
            self.turn_answered.emit(turn)
            return
        turn.view.fail(unanswered(is_erased=kept.is_erased), self.tr("Ask again"))

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

    def start_anew(self, conversation: str = "") -> None:
        """Begin a new conversation, or go on with a kept one; an answer in hand is stopped."""
        self.stop()
        self.conversation = conversation or uuid4().hex
        self._writing = None
        self._following = None
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
        self._show_searched(turn, event.message.searched)
        turn.view.show_evidence(len(turn.evidence))
        turn.view.show_doing(doing(AnswerStep.READING, len(turn.evidence)))
        self._show_margin(turn)

    @Slot(object)
    def _on_answer_reached(self, event: Event) -> None:
        turn = self._turn_of(event)
        if turn is not None and isinstance(event.message, AnswerReached):
            turn.view.show_doing(doing(event.message.step, len(turn.evidence)))

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
        self._finish(turn, answer, rests_on(turn.ask, answer), filter_words(turn.ask.filters))
        if turn.ask.no_model:
            turn.view.fail(without_model(answer), remedy_without_model(answer))
        self._end_writing(turn)
        self.turn_answered.emit(turn)

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
            self._writing.view.show_doing(doing(AnswerStep.READING, len(self._writing.evidence)))

    @Slot(int)
    def _on_card_lifted(self, n: int) -> None:
        if self._active is not None:
            self._active.view.answer_view.lift(n)

    def _turn_of(self, event: Event) -> AskedTurn | None:
        """Return the turn in hand if an event is about it; what belongs to an older one is dropped."""
        return self._writing if self._writing is not None and self._writing.request_id == event.request_id else None

    def _added(self, ask: Ask, request_id: int) -> AskedTurn:
        view = self._conversation.add_turn(ask.question)
        turn = AskedTurn(ask, view, request_id)
        view.mark_opened.connect(partial(self._open_mark, turn))
        view.mark_lifted.connect(partial(self._lift_mark, turn))
        view.remedy_chosen.connect(partial(self._remedy, turn))
        view.foot.files_wanted.connect(self.files_wanted)
        view.foot.receipt_wanted.connect(partial(self.open_receipt, turn))
        view.not_found.document_wanted.connect(self.document_wanted)
        view.searched.reworded.connect(partial(self.ask_again, turn))
        self._turns.append(turn)
        return turn

    def _finish(self, turn: AskedTurn, answer: Answer, rests: str, only: str) -> None:
        turn.answer = answer
        turn.evidence = answer.evidence
        turn.content = answer_content(answer)
        turn.title = self.tr("Sources") if answer.citations or not answer.evidence else self.tr("Nearest passages")
        turn.view.finish(answer, verdict(turn.ask, answer), rests, only)
        self._show_margin(turn)

    def _end_writing(self, turn: AskedTurn) -> None:
        if self._writing is turn:
            self._writing = None
            self.answering_changed.emit(False)
        self._show_margin(turn)
        following, self._following = self._following, None
        if following is not None:
            self.send(following)

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

    def _show_searched(self, turn: AskedTurn, searched: str) -> None:
        """Say how a question of a conversation was taken: as a follow-up, in what words, or as a new topic."""
        if searched and searched != turn.ask.question:
            turn.view.searched.show_searched(searched)
        elif searched and turn.ask.turns:
            turn.view.searched.show_new_topic(searched)

    def _ask_instead(self, ask: Ask) -> None:
        """Ask this at once, or as soon as the answer in hand has stopped."""
        if self._writing is None:
            self.send(ask)
        else:
            self._following = ask
            self.stop()

    def _remedy(self, turn: AskedTurn) -> None:
        if turn.ask.no_model and is_of_nothing(turn.answer):
            self.folder_wanted.emit()
        elif self._terms.has_model:
            now = self.request_for("")  # filters and style may be why it failed
            turn.ask = replace(turn.ask, filters=now.filters, style=now.style)
            self.ask_again(turn)
        else:
            self.models_wanted.emit()
