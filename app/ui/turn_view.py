"""One turn: the question in the person's words, the answer as it grows, and what it covers. Window process."""

import time

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.core.types import Answer
from app.ui.answer_foot import AnswerFoot
from app.ui.answer_layout import finished_layout, growing_layout, withheld_layout
from app.ui.answer_view import AnswerView
from app.ui.changed_note import ChangedNote
from app.ui.labels import PlainLabel
from app.ui.not_found_note import NotFoundNote
from app.ui.searched_line import SearchedLine
from app.ui.theme import Look

GROWTH_INTERVAL_MS = 40  # 25 updates a second
PATIENCE_S = 3.0


class TurnView(QWidget):
    """Shows one question and what became of it.

    Signals:
        mark_opened: the number of a mark that was clicked.
        mark_lifted: the number of the mark under the pointer, 0 when it left.
        remedy_chosen: the person wants what the failure's button offers.
    """

    mark_opened = Signal(int)
    mark_lifted = Signal(int)
    remedy_chosen = Signal()

    def __init__(self, look: Look, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        self._text = ""
        self._evidence = 0
        self._doing = ""
        self._began_s = time.monotonic()
        self._question = PlainLabel(question, "question", wraps=True, selectable=True)
        self.searched = SearchedLine()
        self._status = PlainLabel("", "quiet", wraps=True)
        self._withheld = PlainLabel("", "quiet", wraps=True)
        self._verdict = PlainLabel("", "amber", wraps=True)
        self.answer_view = AnswerView(look)
        self.foot = AnswerFoot()
        self.not_found = NotFoundNote()
        self.not_found.source_wanted.connect(self.mark_opened)
        self.changed = ChangedNote(look)
        self._failure = PlainLabel("", "body", wraps=True)
        self._remedy = QPushButton()
        self._remedy.clicked.connect(self.remedy_chosen)
        self._growth = QTimer(self)
        self._growth.setSingleShot(True)
        self._growth.setInterval(GROWTH_INTERVAL_MS)
        self._growth.timeout.connect(self._show_growth)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_status)
        self.answer_view.mark_opened.connect(self.mark_opened)
        self.answer_view.mark_lifted.connect(self.mark_lifted)
        self._lay_out()

    @property
    def verdict(self) -> str:
        """Return the words of the amber line, "" without one."""
        return self._verdict.text()

    @property
    def withheld(self) -> str:
        """Return what is said of a text that is shown and is no answer, "" where there is none."""
        return self._withheld.text()

    @property
    def coverage(self) -> str:
        """Return the line that says what the answer rests on."""
        return self.foot.words

    @property
    def status(self) -> str:
        """Return what is going on, "" when nothing is."""
        return self._status.text()

    @property
    def failure(self) -> str:
        """Return what went wrong, "" when nothing did."""
        return self._failure.text()

    def show_doing(self, doing: str) -> None:
        """Say what is going on until more text comes."""
        if self._growth.isActive():
            self._show_growth()
        self._doing = doing
        self._clock.start()
        self._show_status()

    def show_evidence(self, count: int) -> None:
        """Know how many passages the answer may cite."""
        self._evidence = count

    def grow(self, text: str) -> None:
        """Add text; it is shown within 40 ms, together with what comes until then."""
        self._text += text
        if not self._growth.isActive():
            self._growth.start()

    def finish(self, answer: Answer, verdict: str, rests: str, only: str) -> None:
        """Show the finished answer, or a verdict; `only` is what the search was kept to.

        What a person read while it was written stays where it was, though it is no answer.
        """
        self._end_status()
        self._text = answer.text
        cited = frozenset(citation.n for citation in answer.citations)
        blocks = (
            finished_layout(answer.text, len(answer.evidence), cited, answer.sentences)
            if answer.found or answer.stopped
            else withheld_layout(answer.withheld, len(answer.evidence))
        )
        kept = self.tr("The model wrote this, but the passages do not bear it out.")
        if answer.found:  # a sentence was quoted in its place
            kept = self.tr("The model wrote this first, in words that the quoted passage does not say: {text}")
        self._withheld.show_text(kept.replace("{text}", answer.withheld) if answer.withheld else "")
        self.answer_view.show_blocks(blocks)
        self.answer_view.setVisible(bool(blocks))
        self._verdict.show_text(verdict)
        if verdict:
            self.not_found.show_answer(answer, self.question, only)
        self.foot.show_answer(rests, answer.coverage, has_receipt=bool(answer.receipt))

    def fail(self, what: str, remedy: str) -> None:
        """Say what went wrong; `remedy` names a button, "" for none."""
        self._end_status()
        self._show_growth()
        self._failure.show_text(what)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))

    @Slot()
    def _show_growth(self) -> None:
        if self._text:
            self._end_status()
            self.answer_view.show_blocks(growing_layout(self._text, self._evidence))
            self.answer_view.show()

    @Slot()
    def _show_status(self) -> None:
        seconds = time.monotonic() - self._began_s
        waited = self.tr(" {n} s").format(n=int(seconds)) if seconds >= PATIENCE_S else ""
        self._status.show_text(self._doing + waited)

    def _end_status(self) -> None:
        self._growth.stop()
        self._clock.stop()
        self._status.show_text("")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self._question, self.searched, self.answer_view, self._status, self._withheld):
            column.addWidget(part)
        column.addWidget(self._verdict)
        column.addWidget(self.not_found)
        column.addWidget(self._failure)
        column.addWidget(self._remedy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.foot)
        column.addWidget(self.changed)
        for part in (self._status, self.answer_view, self._withheld, self._verdict, self._failure, self._remedy):
            part.hide()
