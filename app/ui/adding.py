"""How what is marked on an opened page comes into the evidence. Window process."""

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, Event, Failure
from app.core.evidence_messages import FindPassages, PassagesFound
from app.core.messages import PageOpened
from app.ui.error_words import explain_error
from app.ui.page_panel import PagePanel
from app.ui.sentences import counted


class Adding(QObject):
    """Finds the passages that a mark on the page touches, and hands them on.

    Signals:
        passage_added: the `Hit` of a passage that the model should be given.
    """

    passage_added = Signal(object)

    def __init__(self, client: EngineClient, panel: PagePanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._panel = panel
        self._opened: PageOpened | None = None
        self._request_id = 0
        client.passages_found.connect(self._on_passages_found)
        client.request_failed.connect(self._on_request_failed)
        panel.page_shown.connect(self._on_page_shown)
        panel.add_pressed.connect(self.add)

    @Slot()
    def add(self) -> None:
        """Add the passages that are marked: by the selection, or by having been opened."""
        opened = self._opened
        span = self._panel.picking.selected_span() or (opened.span if opened else None)
        if opened is None or span is None:
            self._panel.say_of_adding(self.tr("Mark text on the page first"))
        else:
            self._request_id = self._client.request(FindPassages(opened.document_id, opened.page, span))

    @Slot(object)
    def _on_passages_found(self, event: Event) -> None:
        if event.request_id != self._request_id or not isinstance(event.message, PassagesFound):
            return
        passages = event.message.passages
        for passage in passages:
            self.passage_added.emit(passage)
        many = self.tr("{n} passages added")
        none = self.tr("There is no text that can be given here")
        self._panel.say_of_adding(counted(len(passages), self.tr("1 passage added"), many) if passages else none)

    @Slot(object)
    def _on_page_shown(self, opened: PageOpened) -> None:
        before, self._opened = self._opened, opened
        if before is None or (before.document_id, before.page, before.span) != (
            opened.document_id,
            opened.page,
            opened.span,
        ):
            self._request_id = 0
            self._panel.say_of_adding("")

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if self._request_id and failure.request_id == self._request_id:
            self._panel.say_of_adding(explain_error(failure.error).text)
