"""What lets an answer be checked, before and after: built and wired to each other here. Window process."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.client.engine_client import EngineClient
from app.core.messages import Ask
from app.ui.adding import Adding
from app.ui.asking import Asking
from app.ui.changed_sources import SourceWatch
from app.ui.icons import Icons
from app.ui.page_panel import PagePanel
from app.ui.question_box import QuestionBox
from app.ui.receipts import Receipts
from app.ui.review_options import ReviewOptions
from app.ui.review_panel import ReviewPanel
from app.ui.reviewing import Reviewing
from app.ui.shortcuts import Command
from app.ui.styling import Styling
from app.ui.theme import Look
from app.ui.waiting_questions import WaitingQuestion, WaitingQuestions


class Checking(QObject):
    """Reviews evidence before it is sent; what is asked while an answer is written waits for it.

    Signals:
        waiting_began: a question that waited is asked now.
        review_shown: whether the evidence of a question is shown in place of the conversation.
        source_wanted: the `Hit` whose page is wanted.
    """

    waiting_began = Signal()
    review_shown = Signal(bool)
    source_wanted = Signal(object)

    def __init__(
        self,
        client: EngineClient,
        look: Look,
        icons: Icons,
        asking: Asking,
        box: QuestionBox,
        page: PagePanel,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._asking = asking
        self._box = box
        self.panel = ReviewPanel(look, icons)
        self.options = ReviewOptions()
        self.waiting = WaitingQuestions()
        self.reviewing = Reviewing(client, self.panel, self)
        self.styling = Styling(client, asking, self.reviewing, self.panel, self)
        self.adding = Adding(client, page, self)
        self.watch = SourceWatch(client, asking, self)
        self.receipts = Receipts(client, look, window)
        self._is_reworded = False  # a question came back from its review, and is not asked again yet
        self._soon = QTimer(self)  # a turn of the loop later: whatever ended may begin something itself
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask_next)
        asking.answering_changed.connect(lambda: self._soon.start())
        self.reviewing.review_shown.connect(lambda: self._soon.start())
        self.waiting.taken_back.connect(self._on_taken_back)
        box.text_edit.textChanged.connect(lambda: self._soon.start())
        box.question_asked.connect(self._on_question_asked)
        box.addAction(self.options.every)
        self.options.unpin_pressed.connect(self.reviewing.let_go_of_pins)
        self.reviewing.pins_changed.connect(self.options.show_pins)
        self.reviewing.review_shown.connect(self.review_shown)
        self.reviewing.source_wanted.connect(self.source_wanted)
        self.watch.source_wanted.connect(self.source_wanted)
        self.reviewing.ask_ready.connect(asking.send)
        self.reviewing.question_returned.connect(self._on_question_returned)
        self.adding.passage_added.connect(self.reviewing.add)
        asking.turn_shown.connect(self._on_turn_shown)
        asking.receipt_wanted.connect(self.receipts.open)

    def take_focus(self) -> None:
        """Give the keyboard to what is shown in the middle: the evidence under review, or the question."""
        if self.reviewing.is_on:
            self.panel.take_focus()
        else:
            self._box.take_focus()

    def commands(self) -> tuple[Command, ...]:
        """Return what can be done by key or from the palette."""
        return (
            Command(self.tr("Review the next question before it is answered"), "Ctrl+R", self.options.review.toggle),
            Command(self.tr("Review every question first, or no more"), "", self.options.every.toggle),
            *self.styling.commands(),
            Command(self.tr("Receipt of the answer"), "Ctrl+Shift+R", self._asking.open_receipt),
            Command(self.tr("Add what is marked on the page to the evidence"), "Ctrl+E", self.adding.add),
        )

    @Slot(str)
    def _on_question_asked(self, question: str) -> None:
        asked = WaitingQuestion(self._asking.request_for(question), self.options.wanted)
        self.options.settle()
        is_first, self._is_reworded = self._is_reworded, False
        if self._asking.is_answering:
            self.waiting.add(asked, is_first=is_first)
        else:
            self._begin(asked.ask, is_reviewed=asked.is_reviewed)

    @Slot()
    def _ask_next(self) -> None:
        """Ask what has waited longest as it was asked, but after all the answers that came meanwhile.

        A question that came back from its review keeps its turn until it is asked, or nothing is in the box any more.
        """
        self._is_reworded = self._is_reworded and bool(self._box.text)
        if self._asking.is_answering or self.reviewing.is_on or self._is_reworded:
            return
        waiting = self.waiting.next()
        if waiting is not None:
            now = self._asking.request_for(waiting.ask.question)
            filters = replace(waiting.ask.filters, without_paths=now.filters.without_paths)
            self.waiting_began.emit()
            self._begin(replace(now, filters=filters, style=waiting.ask.style), is_reviewed=waiting.is_reviewed)

    def _begin(self, ask: Ask, *, is_reviewed: bool) -> None:
        if is_reviewed and not ask.no_model:
            self.reviewing.begin(ask)
        else:
            self._asking.send(self.reviewing.with_pins(ask))

    @Slot(object)
    def _on_turn_shown(self, turn: object) -> None:
        """Let nothing wait any more when another conversation begins; what a person wrote is in the box again."""
        if turn is None:
            self.waiting.take_all_back()
            self.reviewing.forget()
            self._is_reworded = False

    @Slot(str)
    def _on_taken_back(self, question: str) -> None:
        """Write a question into the box, before what is there."""
        self._box.set_text("\n".join(filter(None, (question, self._box.text))))
        self._box.take_focus()

    @Slot(str)
    def _on_question_returned(self, question: str) -> None:
        self.options.review.setChecked(True)
        self._is_reworded = True
        self._on_taken_back(question)
