"""The engine as a Qt object: requests go out without waiting, events come in as signals. Window process, QtCore only.

Two threads of its own do what could wait: the listener starts the engine, receives, and starts it again when it
died; the sender writes to the socket. Everything public happens in the thread that made the object.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot

from app.core import messages
from app.core.answer_messages import AnswerReached
from app.core.conversation_messages import ConversationOpened, ConversationsListed
from app.core.errors import AppError, error_from_facts
from app.core.evidence_messages import PassagesFound
from app.core.model_messages import ModelProgress, ModelsListed
from app.core.opening_messages import LibraryAwaited
from app.core.page_messages import DocumentSearched, PageLaidOut
from app.core.password_messages import PasswordKept
from app.core.receipt_messages import RECEIPT_FINAL_EVENTS
from app.core.rule_messages import RulesListed, RulesPreviewed
from app.core.style_messages import StylesListed
from app.engine.wire import Connection, ConnectionClosed, FrameInvalid, Received

log = logging.getLogger(__name__)

# An engine that dies this often in a row, each time within the span of its start, is not started again unasked.
DEATHS_IN_A_ROW = 3
EARLY_DEATH_S = 20.0
RESTART_AFTER_S = (0.0, 1.0, 3.0)

SENDING_S = 2.0


@dataclass(frozen=True, slots=True)
class Event:
    """A message of the engine; `request_id` is 0 where nobody asked."""

    request_id: int
    message: object


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that ended with an error; `request_id` is 0 for what the engine does unasked, such as indexing."""

    request_id: int
    error: AppError


@dataclass(frozen=True, slots=True)
class EngineDeath:
    """The engine is gone, and the requests in `lost` with it.

    `restarting` is False once it died too often, or said in `refusal` why it cannot run (a locked library, say).
    """

    restarting: bool
    lost: frozenset[int]
    refusal: AppError | None = None


_Outbox: TypeAlias = "queue.SimpleQueue[tuple[int, object] | None]"


@dataclass(frozen=True, slots=True)
class _End:
    """An engine is gone, and what was put into `outbox` went with it."""

    restarting: bool
    outbox: _Outbox
    refusal: AppError | None


class EngineClient(QObject):
    """Speaks with one engine and keeps it alive.

    Signals:
        engine_started: an engine is running and receives what was requested so far.
        engine_died: an `EngineDeath`.
        request_failed: a `Failure`.
        receipt_told: an `Event` with the last message about a receipt.
        All others: an `Event` with the message that the name says.
    """

    engine_started = Signal()
    engine_died = Signal(object)
    request_failed = Signal(object)
    request_done = Signal(object)
    status_changed = Signal(object)
    damage_found = Signal(object)
    library_awaited = Signal(object)
    documents_changed = Signal(object)
    documents_listed = Signal(object)
    model_state_changed = Signal(object)
    evidence_found = Signal(object)
    prompt_prepared = Signal(object)
    passages_found = Signal(object)
    receipt_told = Signal(object)
    answer_reached = Signal(object)
    answer_grew = Signal(object)
    answer_finished = Signal(object)
    searched = Signal(object)
    explained = Signal(object)
    page_opened = Signal(object)
    page_laid_out = Signal(object)
    document_searched = Signal(object)
    rules_listed = Signal(object)
    rules_previewed = Signal(object)
    models_listed = Signal(object)
    conversations_listed = Signal(object)
    conversation_opened = Signal(object)
    password_kept = Signal(object)
    styles_listed = Signal(object)
    model_progress = Signal(object)

    _arrived = Signal(object)
    _began = Signal()
    _ended = Signal(object)

    def __init__(self, start: Callable[[], Connection], parent: QObject | None = None) -> None:
        """Take the function that starts an engine and returns this end of the seam; the listener thread calls it."""
        super().__init__(parent)
        self._start_engine = start
        self._next_id = 1
        self._open: dict[int, _Outbox] = {}
        self._outbox: _Outbox = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._closing = threading.Event()
        self._listener: threading.Thread | None = None
        self._signals: dict[type, SignalInstance] = {
            messages.Done: self.request_done,
            messages.DocumentsListed: self.documents_listed,
            messages.Searched: self.searched,
            messages.Explained: self.explained,
            messages.AnswerFinished: self.answer_finished,
            messages.PageOpened: self.page_opened,
            messages.StatusChanged: self.status_changed,
            messages.DamageFound: self.damage_found,
            LibraryAwaited: self.library_awaited,
            messages.DocumentsChanged: self.documents_changed,
            messages.ModelState: self.model_state_changed,
            messages.EvidenceFound: self.evidence_found,
            messages.PromptPrepared: self.prompt_prepared,
            AnswerReached: self.answer_reached,
            messages.AnswerGrew: self.answer_grew,
            RulesListed: self.rules_listed,
            RulesPreviewed: self.rules_previewed,
            PageLaidOut: self.page_laid_out,
            DocumentSearched: self.document_searched,
            PassagesFound: self.passages_found,
            ModelsListed: self.models_listed,
            ModelProgress: self.model_progress,
            ConversationsListed: self.conversations_listed,
            ConversationOpened: self.conversation_opened,
            PasswordKept: self.password_kept,
            StylesListed: self.styles_listed,
        }
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self._began.connect(self.engine_started, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the engine, or start it again after it was given up."""
        if self._listener is not None and self._listener.is_alive():
            return
        self._listener = threading.Thread(target=self._listen, name="engine-listener", daemon=True)
        self._listener.start()

    def request(self, message: messages.WindowRequest) -> int:
        """Send a request at once, or as soon as an engine runs, and return its id."""
        request_id = self._next_id
        self._next_id += 1
        outbox = self._outbox  # once: the listener puts another in its place when an engine has died
        if not isinstance(message, messages.Stop):
            self._open[request_id] = outbox
        outbox.put((request_id, message))
        return request_id

    def close(self, patience_s: float = 10.0) -> None:
        """End the conversation with the engine, which then ends itself, and wait for this object's threads.

        What was requested before is sent, unless the engine does not take it.
        """
        self._closing.set()
        self._outbox.put(None)
        if self._listener is not None:
            self._listener.join(SENDING_S)
        if self._connection is not None:
            self._connection.shut_down()
        if self._listener is not None:
            self._listener.join(patience_s)

    def _listen(self) -> None:
        """Start engines and receive from them until one was told to end or too many died (listener thread)."""
        deaths = 0
        while not self._closing.wait(RESTART_AFTER_S[min(deaths, len(RESTART_AFTER_S) - 1)]):
            started_at = time.monotonic()
            outbox = self._outbox
            refusal = self._serve_one_engine(outbox)
            self._outbox = queue.SimpleQueue()
            deaths = deaths + 1 if time.monotonic() - started_at < EARLY_DEATH_S else 1
            if self._closing.is_set():
                return
            restarting = deaths < DEATHS_IN_A_ROW and refusal is None
            self._ended.emit(_End(restarting, outbox, refusal))
            if not restarting:
                return

    def _serve_one_engine(self, outbox: _Outbox) -> AppError | None:
        """Receive from a new engine until it is gone; return why it cannot run if it said so (listener thread)."""
        refusal: AppError | None = None
        try:
            connection = self._start_engine()
        except OSError as error:
            log.error("the engine cannot be started: %s", error)
            return None
        self._connection = connection
        sender = threading.Thread(target=_send_all, args=(connection, outbox), name="engine-sender", daemon=True)
        sender.start()
        self._began.emit()
        try:
            while True:
                received = connection.receive()
                match received:  # a refusal is an engine's last word; one that goes on only told what went wrong
                    case Received(request_id=0, message=messages.Failed(error=name, facts=facts)):
                        refusal = error_from_facts(name, facts)
                    case _:
                        refusal = None
                self._arrived.emit(Event(received.request_id, received.message))
        except ConnectionClosed:
            log.info("the engine closed the connection")
        except FrameInvalid as error:
            log.error("the engine sent what is no message: %s", error)
        finally:
            outbox.put(None)
            connection.shut_down()
            sender.join()
            self._connection = None
            connection.close()
        return refusal

    @Slot(object)
    def _on_arrived(self, event: Event) -> None:
        message = event.message
        if isinstance(message, messages.FINAL_EVENTS):
            self._open.pop(event.request_id, None)
        if isinstance(message, messages.Failed):
            self._on_failed(event.request_id, message.error, message.facts)
        elif isinstance(message, RECEIPT_FINAL_EVENTS):
            self.receipt_told.emit(event)
        elif type(message) in self._signals:
            self._signals[type(message)].emit(event)
        else:
            raise TypeError(f"the engine may not send {type(message).__name__}")

    @Slot(object)
    def _on_ended(self, end: "_End") -> None:
        lost = frozenset(request_id for request_id, outbox in self._open.items() if outbox is end.outbox)
        for request_id in lost:
            del self._open[request_id]
        self.engine_died.emit(EngineDeath(end.restarting, lost, end.refusal))

    def _on_failed(self, request_id: int, name: str, facts: dict[str, str]) -> None:
        if not name:
            log.error("the engine failed in request %s: %s", request_id, facts.get("traceback", ""))
        self.request_failed.emit(Failure(request_id, error_from_facts(name, facts)))


def _send_all(connection: Connection, outbox: _Outbox) -> None:
    """Send what is put into the outbox until None comes or the engine is gone, and end there (sender thread)."""
    with suppress(ConnectionClosed):
        while (item := outbox.get()) is not None:
            connection.send(*item)
    connection.shut_down()
