"""Words found in the opened document: asked for, gone through over its pages, tinted. Window process."""

from PySide6.QtCore import QObject, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.messages import PageOpened
from app.core.page_messages import DocumentSearched, FindInDocument, Place
from app.core.pages import Span
from app.ui.error_words import explain_error
from app.ui.page_panel import PagePanel
from app.ui.reading import Reading

SEED_LIMIT_CHARS = 60


class PageFinding(QObject):
    """Asks the engine where words stand, and shows the places one after the other."""

    def __init__(self, client: EngineClient, panel: PagePanel, reading: Reading, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._panel = panel
        self._reading = reading
        self._bar = panel.find_bar
        self._opened: PageOpened | None = None
        self._places: tuple[Place, ...] = ()
        self._has_more = False
        self._current = 0
        self._document_id = 0
        self._request_id = 0
        panel.find_pressed.connect(self.open)
        panel.closed.connect(self._on_closed)
        panel.page_shown.connect(self._on_page_shown)
        self._bar.wanted.connect(self._on_wanted)
        self._bar.stepped.connect(self._on_stepped)
        self._bar.closed.connect(self.escape)
        client.document_searched.connect(self._on_searched)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)

    @Slot()
    def open(self) -> None:
        """Let the person type, beginning with what is selected on the page if that is short."""
        selected = " ".join(self._panel.selected_text().split())
        self._bar.open(selected if len(selected) <= SEED_LIMIT_CHARS else "")

    @Slot()
    def escape(self) -> bool:
        """Close the field and take the tints away; tell whether it was open."""
        if self._bar.isHidden():
            return False
        self._on_closed()
        self._panel.take_focus()
        return True

    @Slot()
    def _on_closed(self) -> None:
        self._bar.hide()
        self._forget()

    @Slot(str)
    def _on_wanted(self, words: str) -> None:
        self._forget()
        if words.strip() and self._opened is not None:
            self._document_id = self._opened.document_id
            self._request_id = self._client.request(FindInDocument(self._document_id, words))
        else:
            self._bar.say("", can_step=False)

    @Slot(object)
    def _on_searched(self, event: Event) -> None:
        found = event.message
        if event.request_id != self._request_id or not isinstance(found, DocumentSearched):
            return
        self._places, self._has_more = found.places, found.has_more
        if not self._places:
            self._bar.say(self.tr("No match"), can_step=False)
            return
        self._current = self._first_from_here()
        self._show_current()

    def _first_from_here(self) -> int:
        """Return the first place at or behind what is open, the very first if there is none."""
        opened = self._opened
        if opened is None:
            return 0
        here = (opened.page, opened.span.start if opened.span else 0)
        return next((n for n, place in enumerate(self._places) if (place.page, place.start) >= here), 0)

    @Slot(int)
    def _on_stepped(self, step: int) -> None:
        if self._places:
            self._current = (self._current + step) % len(self._places)
            self._show_current()

    def _show_current(self) -> None:
        count = f"{len(self._places):,}{'+' if self._has_more else ''}"
        words = self.tr("{n} of {count}").format(n=f"{self._current + 1:,}", count=count)
        self._bar.say(words, can_step=len(self._places) > 1)
        page = self._places[self._current].page
        if self._opened is not None and self._opened.page == page:
            self._tint(page)
        else:
            self._reading.open_page(page)

    def _tint(self, page: int) -> None:
        spans = tuple(Span(place.start, place.end) for place in self._places if place.page == page)
        current = self._places[self._current] if self._places else None
        is_here = current is not None and current.page == page
        self._panel.show_finds(spans, Span(current.start, current.end) if current and is_here else None)

    @Slot(object)
    def _on_page_shown(self, opened: PageOpened) -> None:
        self._opened = opened
        if self._bar.isHidden():
            return
        if opened.document_id != self._document_id:
            self._bar.search_now()
        else:
            self._tint(opened.page)

    def _forget(self) -> None:
        self._places = ()
        self._request_id = 0
        self._panel.show_finds((), None)

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if self._request_id and failure.request_id == self._request_id:
            self._bar.say(explain_error(failure.error).text, can_step=False)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        if self._request_id in death.lost:
            self._bar.say(self.tr("The engine stopped. Try again."), can_step=False)
