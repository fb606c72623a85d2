"""Why a passage of an opened page was not used for the last question: asked, shown, gone through. Window process."""

from bisect import bisect_right

from PySide6.QtCore import QObject, QPointF, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.explanation import Explanation, Fate
from app.core.messages import Explain, Explained, PageOpened
from app.core.pages import Span
from app.ui.asking import Asking
from app.ui.error_words import explain_error
from app.ui.page_panel import PagePanel


class WhyNot(QObject):
    """Asks the engine what became of a page's passages, and marks the one that is looked at."""

    def __init__(self, client: EngineClient, panel: PagePanel, asking: Asking, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._panel = panel
        self._asking = asking
        self._opened: PageOpened | None = None
        self._wanted: Span | QPointF | None = None
        self._request_id = 0
        self._question = ""
        self._explanations: tuple[Explanation, ...] = ()
        self._picked = 0
        client.explained.connect(self._on_explained)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)
        panel.why_pressed.connect(self.ask)
        panel.page_shown.connect(self._on_page_shown)
        panel.picking.picked.connect(self._on_place_picked)
        panel.picking.why_wanted.connect(self._on_place_asked)
        panel.why_bar.stepped.connect(self._on_stepped)
        panel.why_bar.closed.connect(self.escape)
        asking.passages_changed.connect(self._offer)
        self._offer()

    @property
    def picked(self) -> Explanation | None:
        """Return what is shown."""
        return self._explanations[self._picked] if self._explanations else None

    @Slot()
    def ask(self) -> None:
        """Ask about the passage that is selected or marked on the page, else about the page's first unused one."""
        opened = self._opened
        if opened is not None:
            self._wanted = self._panel.picking.selected_span() or opened.span
            self._request(opened)

    @Slot(object)
    def _on_place_asked(self, place: QPointF | Span | None) -> None:
        if self._opened is not None:
            self._wanted = place
            self._request(self._opened)

    @Slot()
    def escape(self) -> bool:
        """Close the bar and mark the page as it was before; tell whether there was one."""
        if self._panel.why_bar.isHidden():
            return False
        self._panel.why_bar.hide()
        self._explanations = ()
        self._request_id = 0
        if self._opened is not None:
            self._panel.mark(self._opened.span, self._opened.rects)
        self._panel.take_focus()
        return True

    def _request(self, opened: PageOpened) -> None:
        turn = self._asking.last_turn()
        if turn is None:
            return
        self._question = turn.ask.question
        self._explanations = ()
        request = Explain(
            turn.ask.question,
            opened.document_id,
            opened.page,
            turns=turn.ask.turns,
            filters=turn.ask.filters,
            given=tuple(hit.passage_id for hit in turn.evidence),
            drawn=opened.image is not None,
        )
        self._request_id = self._client.request(request)
        self._panel.why_bar.say(self.tr("Searching once more…"), self._question)

    @Slot(object)
    def _on_explained(self, event: Event) -> None:
        if event.request_id != self._request_id or not isinstance(event.message, Explained):
            return
        self._explanations = event.message.explanations
        if not self._explanations:
            self._panel.why_bar.say(self.tr("Nothing on this page can be searched."), self._question)
            return
        self._pick(self._wanted_place())

    def _pick_wanted(self) -> None:
        if self._explanations:
            self._pick(self._wanted_place())

    def _wanted_place(self) -> int:
        """Return which passage the person means: the one marked, the one at the point, the first that was not used."""
        if isinstance(self._wanted, Span):
            starts = [one.hit.start for one in self._explanations]
            return max(bisect_right(starts, self._wanted.start) - 1, 0)
        at_point = self._place_at(self._wanted) if self._wanted is not None else None
        unused = (place for place, one in enumerate(self._explanations) if one.fate is not Fate.USED)
        return next(unused, 0) if at_point is None else at_point

    def _place_at(self, point: QPointF) -> int | None:
        """Return the passage that stands at a point of the drawn page, in points, or nearest above or below it."""
        distances = [
            (max(rect.y0 - point.y(), point.y() - rect.y1, 0) + max(rect.x0 - point.x(), point.x() - rect.x1, 0), place)
            for place, one in enumerate(self._explanations)
            for rect in one.rects
        ]
        return min(distances)[1] if distances else None

    def _pick(self, place: int) -> None:
        self._picked = place
        one = self._explanations[place]
        self._panel.why_bar.show_passage(one, place + 1, len(self._explanations), self._question)
        self._panel.mark(Span(one.hit.start, one.hit.end), one.rects)

    @Slot(int)
    def _on_stepped(self, step: int) -> None:
        if 0 <= self._picked + step < len(self._explanations):
            self._pick(self._picked + step)

    @Slot(object)
    def _on_place_picked(self, place: QPointF | Span | None) -> None:
        if not self._panel.why_bar.isHidden() and place is not None:
            self._wanted = place
            self._pick_wanted()

    @Slot(object)
    def _on_page_shown(self, opened: PageOpened) -> None:
        before, self._opened = self._opened, opened
        self._offer()
        if self._panel.why_bar.isHidden():
            return
        if before is None or (before.document_id, before.page) != (opened.document_id, opened.page):
            self._wanted = opened.span
            self._request(opened)
        elif before.span != opened.span:
            self._wanted = opened.span
            self._pick_wanted()
        elif self._explanations:
            self._pick(self._picked)

    @Slot()
    def _offer(self) -> None:
        self._panel.offer_why(self._asking.last_turn() is not None)
        if self._asking.last_turn() is None:
            self.escape()

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if self._request_id and failure.request_id == self._request_id:
            self._panel.why_bar.say(explain_error(failure.error).text, self._question)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        if self._request_id in death.lost:
            self._panel.why_bar.say(self.tr("The engine stopped before this was known. Ask once more."), self._question)
