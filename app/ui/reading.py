"""How a passage becomes an opened page, and the page another one. Window process."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.messages import OpenPage, PageOpened
from app.core.pages import Span
from app.core.types import DocumentRow, Hit, Twin
from app.ui.error_words import explain_error
from app.ui.page_panel import PagePanel
from app.ui.page_view import Part

LATE_MS = 600  # a page that takes longer is said to be opened, instead of the one before


@dataclass(frozen=True, slots=True)
class Place:
    """What is open: a page of a document, a span of it or none, and the passage's text as it was read.

    `quotes` are the spans of it that carry the answer, in the page's text too.
    """

    document_id: int
    path: bytes
    page: int
    span: Span | None
    passage: str
    n: int | None
    quotes: tuple[Span, ...] = ()


class Reading(QObject):
    """Opens pages in the panel; only the last one asked for is shown.

    Signals:
        page_opening: a page was asked for, and the panel names it.
    """

    page_opening = Signal()

    def __init__(self, client: EngineClient, panel: PagePanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._panel = panel
        self._place: Place | None = None
        self._request_id = 0
        self._part_id = 0
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE_MS)
        self._late.timeout.connect(panel.show_late)
        client.page_opened.connect(self._on_page_opened)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)
        panel.page_wanted.connect(self._on_page_wanted)
        panel.scale_wanted.connect(self._on_scale_wanted)
        panel.drawn.part_wanted.connect(self._on_part_wanted)

    @property
    def open_number(self) -> int | None:
        """Return the evidence number of the passage that is open, None for a page without one."""
        return self._place.n if self._place else None

    def open_hit(self, n: int, hit: Hit, quotes: tuple[Span, ...] = ()) -> None:
        """Open the page of a passage with all of it marked, and its quotations, offsets in its text, before all."""
        self._open(_place_of(n, hit, quotes))

    def quote(self, n: int, hit: Hit, quotes: tuple[Span, ...]) -> None:
        """Mark the quotations of a passage if it is the open one: its answer may come after the page."""
        place = _place_of(n, hit, quotes)
        if self._place is not None and replace(self._place, quotes=place.quotes) == place != self._place:
            self._place = place
            self._request_sharp()

    @Slot(object)
    def open_passage(self, hit: Hit) -> None:
        """Open the page of a passage that no answer has numbered."""
        self._open(Place(hit.document_id, hit.path, hit.page, Span(hit.start, hit.end), hit.text, None))

    def open_twin(self, twin: Twin, passage: str) -> None:
        """Open another place of a passage, marked; `passage` is nearly its text."""
        self._open(Place(twin.document_id, twin.path, twin.page, Span(twin.start, twin.end), passage, None))

    def open_document(self, row: DocumentRow) -> None:
        """Open a document's first page."""
        self._open(Place(row.id, row.path, 1, None, "", None))

    def open_page(self, page: int) -> None:
        """Open another page of the same document, with nothing marked."""
        if self._place is not None:
            self._open(replace(self._place, page=page, span=None, passage="", n=None, quotes=()))

    def close(self) -> None:
        """Forget what is open."""
        self._place = None
        self._request_id = self._part_id = 0
        self._late.stop()

    def _open(self, place: Place) -> None:
        self._place = place
        self._panel.show_waiting(place.path, place.page)
        self._part_id = 0
        self._late.start()
        self.page_opening.emit()
        QTimer.singleShot(0, self, self._request_sharp)  # the panel has its size only then

    def _request(self, scale: float) -> None:
        if self._place is not None:
            place = self._place
            self._request_id = self._client.request(OpenPage(place.document_id, place.page, place.span, scale))

    @Slot()
    def _request_sharp(self) -> None:
        self._request(self._panel.drawn.scale)

    @Slot(object)
    def _on_page_opened(self, event: Event) -> None:
        opened = event.message
        if not isinstance(opened, PageOpened) or self._place is None:
            return
        if event.request_id == self._request_id:
            self._late.stop()
            self._panel.show_page(opened, self._place.passage, self._place.quotes)
        elif event.request_id == self._part_id and opened.image is not None and opened.clip is not None:
            self._panel.drawn.show_part(opened.image, opened.clip, opened.scale)

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if self._request_id and failure.request_id == self._request_id:
            self._late.stop()
            self._panel.show_failure(explain_error(failure.error).text)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        if self._request_id in death.lost:
            self._late.stop()
            self._panel.show_failure(self.tr("The engine stopped before the page was there. Open it again."))

    @Slot(int)
    def _on_page_wanted(self, page: int) -> None:
        self.open_page(page)

    @Slot(object)
    def _on_part_wanted(self, part: Part) -> None:
        if self._place is not None:
            place = self._place
            request = OpenPage(place.document_id, place.page, place.span, part.scale, clip=part.clip)
            self._part_id = self._client.request(request)

    @Slot(float)
    def _on_scale_wanted(self, scale: float) -> None:
        self._request(scale)


def _place_of(n: int, hit: Hit, quotes: tuple[Span, ...]) -> Place:
    spans = tuple(Span(hit.start + quote.start, hit.start + quote.end) for quote in quotes)
    return Place(hit.document_id, hit.path, hit.page, Span(hit.start, hit.end), hit.text, n, spans)
