"""What an opened page wants beside itself: its letters' places, and small pictures of the others. Window process."""

from PySide6.QtCore import QObject, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.letters import LetterPlaces
from app.core.messages import OpenPage, PageOpened
from app.core.page_messages import LayOutPage, PageLaidOut
from app.ui.page_panel import PagePanel
from app.ui.thumbnails import PICTURE_PX

A4_WIDTH_PT = 595.0  # what a page is taken for whose size is not known yet


class PageLettering(QObject):
    """Asks for the places of letters once a drawn page is shown, and for pictures while the strip wants them."""

    def __init__(self, client: EngineClient, panel: PagePanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._panel = panel
        self._opened: PageOpened | None = None
        self._letters_id = 0
        self._picture_id = 0
        self._pictured = 0
        panel.page_shown.connect(self._on_page_shown)
        panel.strip.picture_wanted.connect(self._on_picture_wanted)
        client.page_laid_out.connect(self._on_laid_out)
        client.page_opened.connect(self._on_picture_opened)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)

    @Slot(object)
    def _on_page_shown(self, opened: PageOpened) -> None:
        before, self._opened = self._opened, opened
        if before is None or (before.document_id, before.pages) != (opened.document_id, opened.pages):
            self._picture_id = 0
            self._panel.strip.show_document(opened.pages)
        self._panel.strip.show_current(opened.page)
        if opened.image is None:
            self._letters_id = 0
        elif before is None or _letters_of(before) != _letters_of(opened) or before.image is None:
            self._letters_id = self._client.request(LayOutPage(*_letters_of(opened)))

    @Slot(object)
    def _on_laid_out(self, event: Event) -> None:
        if event.request_id == self._letters_id and isinstance(event.message, PageLaidOut):
            places = LetterPlaces(event.message.letters)
            self._panel.drawn.set_letters(places, is_as_indexed=event.message.is_as_indexed)

    @Slot(int)
    def _on_picture_wanted(self, page: int) -> None:
        if self._opened is not None:
            scale = PICTURE_PX.width() * self._panel.devicePixelRatioF() / A4_WIDTH_PT
            self._pictured = page
            request = OpenPage(self._opened.document_id, page, None, scale, as_image=True)
            self._picture_id = self._client.request(request)

    @Slot(object)
    def _on_picture_opened(self, event: Event) -> None:
        if event.request_id == self._picture_id and isinstance(event.message, PageOpened):
            self._panel.strip.show_picture(event.message.page, event.message.image)

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if self._picture_id and failure.request_id == self._picture_id:
            self._panel.strip.show_picture(self._pictured, None)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        if self._picture_id in death.lost:
            self._panel.strip.show_picture(self._pictured, None)


def _letters_of(opened: PageOpened) -> tuple[int, int, bool]:
    return opened.document_id, opened.page, opened.is_typeset
