"""How evidence is looked at and changed before the model is asked, and what stays pinned. Window process."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.messages import AnswerFinished, Ask, EvidenceFound, PromptPrepared, Search, Searched, Stop
from app.core.styles import Style
from app.core.types import Hit
from app.ui.error_words import explain_error
from app.ui.review_list import Move, Reviewed
from app.ui.review_panel import ReviewPanel

SEARCH_LIMIT = 8


@dataclass(slots=True)
class Review:
    """One question under review; `found` is None until the search is done, `is_ready` once the prompt is counted.

    `is_by_hand` says that the person changed the evidence, all of which is then given if there is room.
    """

    ask: Ask
    found: tuple[Hit, ...] | None = None
    hits: tuple[Hit, ...] = ()
    left_out: tuple[Hit, ...] = ()
    given: frozenset[int] = frozenset()
    prepared: PromptPrepared | None = None
    is_by_hand: bool = False

    @property
    def is_ready(self) -> bool:
        """Return whether the prompt that is shown is the one that would be sent."""
        return self.prepared is not None


class Reviewing(QObject):
    """Keeps the question under review and the passages that are pinned in the conversation.

    Signals:
        review_shown: whether a question is under review.
        ask_ready: the `Ask` that the person let go.
        question_returned: the question that the person wants to go on writing.
        pins_changed: how many passages are pinned.
        source_wanted: the `Hit` whose page is wanted.
    """

    review_shown = Signal(bool)
    ask_ready = Signal(object)
    question_returned = Signal(str)
    pins_changed = Signal(int)
    source_wanted = Signal(object)

    def __init__(self, client: EngineClient, panel: ReviewPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._panel = panel
        self._review: Review | None = None
        self._pins: dict[int, Hit] = {}
        self._request_id = 0
        self._search_id = 0
        client.evidence_found.connect(self._on_evidence_found)
        client.prompt_prepared.connect(self._on_prompt_prepared)
        client.answer_finished.connect(self._on_answer_finished)
        client.searched.connect(self._on_searched)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)
        panel.answer_wanted.connect(self._on_answer_wanted)
        panel.question_wanted.connect(self.escape)
        panel.brought_back.connect(self.add)
        panel.style_section.editing.connect(self._on_style_edited)
        panel.style_section.style_changed.connect(self._on_style_changed)
        panel.search.searched.connect(self._on_search_wanted)
        panel.search.added.connect(self.add)
        panel.list.opened.connect(self.source_wanted)
        panel.list.dropped.connect(self._on_dropped)
        panel.list.pinned.connect(self._on_pinned)
        panel.list.moved.connect(self._on_moved)

    @property
    def is_on(self) -> bool:
        """Return whether a question is under review."""
        return self._review is not None

    def pinned(self) -> tuple[Hit, ...]:
        """Return the passages that are given with every question, in order."""
        return tuple(self._pins.values())

    def with_pins(self, ask: Ask) -> Ask:
        """Return a question with what is pinned."""
        return replace(ask, pinned=tuple(self._pins))

    def begin(self, ask: Ask) -> None:
        """Look for a question's evidence and show it."""
        self._panel.style_section.show_style(ask.style)
        self._review = Review(replace(self.with_pins(ask), style=self._panel.style_section.style_shown))
        self._panel.begin(ask.question)
        self._request(self._review.ask)
        self.review_shown.emit(True)
        self._panel.take_focus()

    @Slot()
    def escape(self) -> bool:
        """Go back to the question; tell whether one was under review."""
        review = self._review
        if review is None:
            return False
        self._end()
        self.question_returned.emit(review.ask.question)
        return True

    @Slot(object)
    def add(self, hit: Hit) -> None:
        """Give a passage to the model: with the question under review, else with every question from the next on."""
        review = self._review
        if review is None:
            self._pins[hit.passage_id] = hit
            self._tell_pins()
        elif hit.passage_id not in {one.passage_id for one in review.hits}:
            review.left_out = _without(review.left_out, hit.passage_id)
            self._change((*review.hits, hit))

    def let_go_of_pins(self) -> None:
        """Pin nothing any more."""
        self._pins.clear()
        self._tell_pins()
        self._show()

    def forget(self) -> None:
        """Let everything go when another conversation begins."""
        self._end()
        self.let_go_of_pins()

    @Slot()
    def _on_answer_wanted(self) -> None:
        """Send the prompt that is shown; nothing happens while it is still being counted."""
        review = self._review
        if review is None or not review.is_ready:
            return
        given = tuple(hit.passage_id for hit in review.hits if hit.passage_id in review.given)
        decided = {*given, *_ids(review.left_out)}  # what had no room was not dropped by the person
        found = tuple(number for number in _ids(review.found or ()) if number in decided)
        self._end()
        self.ask_ready.emit(replace(review.ask, passages=given, found=found, pinned=tuple(self._pins)))

    @Slot(int)
    def _on_dropped(self, number: int) -> None:
        if self._review is not None:
            dropped = [hit for hit in self._review.hits if hit.passage_id == number]
            self._review.left_out = (*self._review.left_out, *dropped)
            if self._pins.pop(number, None) is not None:
                self._tell_pins()
            self._change(_without(self._review.hits, number))

    @Slot(int)
    def _on_pinned(self, number: int) -> None:
        if self._review is None:
            return
        hit = next(hit for hit in self._review.hits if hit.passage_id == number)
        if self._pins.pop(number, None) is None:
            self._pins[number] = hit
        self._tell_pins()
        self._show()

    @Slot(object)
    def _on_moved(self, move: Move) -> None:
        if self._review is not None:
            moved = next(hit for hit in self._review.hits if hit.passage_id == move.passage_id)
            rest = _without(self._review.hits, move.passage_id)
            to = min(max(move.to, 0), len(rest))
            changed = (*rest[:to], moved, *rest[to:])
            if changed != self._review.hits:
                self._change(changed)

    @Slot()
    def _on_style_edited(self) -> None:
        """Send nothing before the style that is being written is in the prompt that is shown."""
        if self._review is not None:
            self._review.prepared = None
            self._stop_counting()
            self._panel.tokens.show_waiting(self.tr("Counting the tokens…"))
        self._panel.answer.setDisabled(self._panel.style_section.is_too_long)

    @Slot(object)
    def _on_style_changed(self, style: Style) -> None:
        review = self._review
        self._panel.answer.setEnabled(True)
        if review is not None:
            review.ask, review.prepared = replace(review.ask, style=style), None
            if review.is_by_hand:
                self._change(review.hits)
            else:
                self._request(review.ask)
                self._show()

    @Slot(str)
    def _on_search_wanted(self, words: str) -> None:
        if self._review is not None:
            self._search_id = self._client.request(Search(words, SEARCH_LIMIT, self._review.ask.filters))

    @Slot(object)
    def _on_searched(self, event: Event) -> None:
        if event.request_id == self._search_id and self._review and isinstance(event.message, Searched):
            hits = event.message.result.hits
            self._panel.search.say("" if hits else self.tr("Nothing was found for these words."))
            self._panel.search.show_hits(hits, frozenset(_ids(self._review.hits)))

    @Slot(object)
    def _on_evidence_found(self, event: Event) -> None:
        review = self._review
        if review is None or event.request_id != self._request_id or not isinstance(event.message, EvidenceFound):
            return
        evidence, searched = event.message.evidence, event.message.searched
        review.given = frozenset(_ids(evidence))
        if review.found is None or searched != review.ask.searched:  # first as it is, then in the documents' language
            review.found = tuple(hit for hit in evidence if not hit.chosen)
            review.hits = evidence
            review.ask = replace(review.ask, searched=searched)
            self._panel.show_searched("" if searched == review.ask.question else searched)
        self._show()

    @Slot(object)
    def _on_prompt_prepared(self, event: Event) -> None:
        if self._review and event.request_id == self._request_id and isinstance(event.message, PromptPrepared):
            self._review.prepared = event.message
            self._show()

    @Slot(object)
    def _on_answer_finished(self, event: Event) -> None:
        """Notice that nothing was found: no prompt is made of nothing."""
        review = self._review
        if review and event.request_id == self._request_id and isinstance(event.message, AnswerFinished):
            self._request_id = 0
            if not review.is_ready:
                self._panel.fail(self.tr("The prompt could not be counted. Go back to the question and ask again."))

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if failure.request_id and failure.request_id == self._request_id:
            self._panel.fail(explain_error(failure.error).text)
        elif failure.request_id and failure.request_id == self._search_id:
            self._panel.search.say(explain_error(failure.error).text)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        review = self._review
        if review is not None and self._request_id in death.lost:
            self._request_id = 0
            if review.found is None:
                self._request(review.ask)
            else:
                self._change(review.hits)

    def _change(self, hits: tuple[Hit, ...]) -> None:
        """Take other evidence, and have its prompt counted."""
        review = self._review
        if review is not None:
            review.hits, review.prepared, review.is_by_hand = hits, None, True
            review.given = frozenset(_ids(hits))
            changed = replace(review.ask, passages=_ids(hits), found=_ids(review.found or ()))
            self._request(replace(changed, pinned=tuple(self._pins)))
            self._show()

    def _stop_counting(self) -> None:
        if self._request_id:
            self._client.request(Stop(self._request_id))
        self._request_id = 0

    def _request(self, ask: Ask) -> None:
        self._stop_counting()
        self._request_id = self._client.request(replace(ask, evidence_only=True))

    def _show(self) -> None:
        review = self._review
        if review is None or review.found is None:
            return
        ids = frozenset(_ids(review.hits))
        reviewed = Reviewed(
            hits=review.hits,
            pinned=ids & frozenset(self._pins),
            added=ids - frozenset(_ids(review.found)),
            without_room=ids - review.given,
            tokens=review.prepared.tokens.passages if review.prepared else (),
        )
        self._panel.show_reviewed(reviewed, review.left_out)
        if review.prepared is not None:
            self._panel.show_prompt(review.prepared, reviewed)

    def _tell_pins(self) -> None:
        self.pins_changed.emit(len(self._pins))

    def _end(self) -> None:
        if self._review is not None:
            self._stop_counting()
            self._review, self._search_id = None, 0
            self.review_shown.emit(False)


def _ids(hits: Iterable[Hit]) -> tuple[int, ...]:
    return tuple(hit.passage_id for hit in hits)


def _without(hits: tuple[Hit, ...], number: int) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if hit.passage_id != number)
