"""How folders come into the library and go, with ten seconds to think again. Window process."""

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, Event, Failure
from app.core.messages import AddFolder, DocumentsChanged, DocumentsListed, ListDocuments, RemoveFolder, StatusChanged
from app.core.types import DocumentRow
from app.ui.bars import UndoBar
from app.ui.documents_model import DocumentsModel
from app.ui.library_panel import LibraryPanel
from app.ui.sentences import explain_error, shown_name


class LibraryKeeping(QObject):
    """Keeps the panel true to the engine, and takes a folder out only when it can no longer be undone.

    Signals:
        status_shown: the `StatusChanged` that the panel now shows.
        failure_told: what went wrong with a folder or with indexing, in words.
    """

    status_shown = Signal(object)
    failure_told = Signal(str)

    def __init__(
        self,
        client: EngineClient,
        model: DocumentsModel,
        panel: LibraryPanel,
        undo_bar: UndoBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._model = model
        self._panel = panel
        self._undo_bar = undo_bar
        self._leaving: bytes | None = None
        self._requests: set[int] = set()
        self._documents: dict[int, DocumentRow] = {}
        client.status_changed.connect(self._on_status_changed)
        client.documents_listed.connect(self._on_documents_listed)
        client.documents_changed.connect(self._on_documents_changed)
        client.request_failed.connect(self._on_request_failed)
        panel.folder_chosen.connect(self.add)
        panel.folder_removed.connect(self.remove)
        undo_bar.undone.connect(self._on_undone)
        undo_bar.expired.connect(self._on_expired)

    def list_documents(self) -> None:
        """Ask for all rows."""
        self._client.request(ListDocuments())

    def document(self, document_id: int) -> DocumentRow | None:
        """Return a document's row."""
        return self._documents.get(document_id)

    @Slot(object)
    def add(self, path: bytes) -> None:
        """Add a folder or a file; one that is just being removed stays instead."""
        if path == self._leaving:
            self._undo_bar.hide()
            self._on_undone()
        self._requests.add(self._client.request(AddFolder(path)))

    @Slot(object)
    def remove(self, path: bytes) -> None:
        """Take a folder out of sight at once, and out of the library when it can no longer be undone."""
        self.settle()
        self._leaving = path
        self._model.hide_folder(path, hidden=True)
        self._undo_bar.offer(self.tr("Removed {name}").format(name=shown_name(path)))

    def settle(self) -> None:
        """Do now what still could be undone, because the window closes or something else is removed."""
        self._undo_bar.expire()

    @Slot()
    def _on_undone(self) -> None:
        if self._leaving is not None:
            self._model.hide_folder(self._leaving, hidden=False)
            self._leaving = None

    @Slot()
    def _on_expired(self) -> None:
        if self._leaving is not None:
            self._requests.add(self._client.request(RemoveFolder(self._leaving)))
            self._leaving = None

    @Slot(object)
    def _on_status_changed(self, event: Event) -> None:
        if not isinstance(event.message, StatusChanged):
            return
        folders = event.message.status.folders
        self._model.set_folders(folders)
        self._panel.show_folders_present(bool(folders))
        self._panel.show_status(event.message)
        self.status_shown.emit(event.message)

    @Slot(object)
    def _on_documents_listed(self, event: Event) -> None:
        if isinstance(event.message, DocumentsListed):
            self._documents = {row.id: row for row in event.message.documents}
            self._model.set_documents(event.message.documents)

    @Slot(object)
    def _on_documents_changed(self, event: Event) -> None:
        if isinstance(event.message, DocumentsChanged):
            self._documents.update({row.id: row for row in event.message.changed})
            for document_id in event.message.removed:
                self._documents.pop(document_id, None)
            self._model.apply(event.message.changed, event.message.removed)

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if failure.request_id == 0 or failure.request_id in self._requests:  # 0: what stopped the indexing
            self._requests.discard(failure.request_id)
            self.failure_told.emit(explain_error(failure.error).text)
