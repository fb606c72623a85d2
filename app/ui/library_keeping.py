"""How folders come into the library and go, with ten seconds to think again. Window process."""

import os

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, Event, Failure
from app.core.messages import (
    AddFolder,
    DocumentsChanged,
    DocumentsListed,
    ListDocuments,
    Pause,
    RemoveFolder,
    Rescan,
    Resume,
    StatusChanged,
)
from app.core.power_messages import SpareBattery
from app.core.types import DocumentRow
from app.ui.bars import UndoBar
from app.ui.document_words import without_folders
from app.ui.documents_model import DocumentsModel
from app.ui.error_words import explain_error
from app.ui.library_panel import LibraryPanel
from app.ui.sentences import shown_name


class LibraryKeeping(QObject):
    """Keeps the panel true to the engine, and takes a folder out only when it can no longer be undone.

    Signals:
        status_shown: the `StatusChanged` that the panel now shows.
        left_out_changed: the paths of folders that are on their way out and not part of the library any more.
        failure_told: what went wrong with a folder or with indexing, in words.
    """

    status_shown = Signal(object)
    left_out_changed = Signal(object)
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
        self.spares_battery = True
        """What is kept in the settings: whether indexing goes slower on battery."""
        self._leaving: bytes | None = None  # what the bar offers to bring back
        self._left_out: frozenset[bytes] = frozenset()  # that, and what was sent away and is not gone yet
        self._status: StatusChanged | None = None
        self._requests: set[int] = set()
        self._documents: dict[int, DocumentRow] = {}
        client.status_changed.connect(self._on_status_changed)
        client.documents_listed.connect(self._on_documents_listed)
        client.documents_changed.connect(self._on_documents_changed)
        client.request_failed.connect(self._on_request_failed)
        panel.folder_chosen.connect(self.add)
        panel.folder_removed.connect(self.remove)
        panel.pause_wanted.connect(self.pause)
        panel.battery.spare_wanted.connect(self.spare_battery)
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
        elif self._leaving is not None and _overlap(path, self._leaving):
            self.settle()  # else the folder that leaves would take the new one along
        self._show_again(frozenset({path}))
        self._requests.add(self._client.request(AddFolder(path)))

    @Slot(object)
    def remove(self, path: bytes) -> None:
        """Take a folder out of sight and search at once, and out of the library when it can no longer be undone."""
        self.settle()
        self._leaving = path
        self._left_out |= {path}
        self._model.hide_folder(path, hidden=True)
        self._tell_left_out()
        self._undo_bar.offer(self.tr("Removed {name}").format(name=shown_name(path)))

    @Slot(bool)
    def pause(self, paused: bool) -> None:
        """Have indexing pause, also after a restart, or go on."""
        self._client.request(Pause() if paused else Resume())

    def look_again(self) -> None:
        """Have all folders looked at now."""
        self._requests.add(self._client.request(Rescan()))

    def toggle_pause(self) -> None:
        """Have indexing pause, or go on if it was paused."""
        self.pause(self._status is None or not self._status.status.paused)

    @Slot(bool)
    def spare_battery(self, is_spared: bool) -> None:
        """Have indexing go slower on battery, or not."""
        self.spares_battery = is_spared
        self._client.request(SpareBattery(is_spared))

    def settle(self) -> None:
        """Do now what still could be undone, because the window closes or something else is removed."""
        self._undo_bar.expire()

    @Slot()
    def _on_undone(self) -> None:
        if self._leaving is not None:
            self._show_again(frozenset({self._leaving}))
            self._leaving = None

    @Slot()
    def _on_expired(self) -> None:
        if self._leaving is not None:
            self._requests.add(self._client.request(RemoveFolder(self._leaving)))
            self._leaving = None

    def _show_again(self, paths: frozenset[bytes]) -> None:
        """Let folders that were left out be part of the library again."""
        for path in paths & self._left_out:
            self._model.hide_folder(path, hidden=False)
        if paths & self._left_out:
            self._left_out -= paths
            self._tell_left_out()

    def _tell_left_out(self) -> None:
        self.left_out_changed.emit(tuple(self._left_out))
        if self._status is not None:
            self._show_status(self._status)

    @Slot(object)
    def _on_status_changed(self, event: Event) -> None:
        if isinstance(event.message, StatusChanged):
            self._status = event.message
            self._model.set_folders(event.message.status.folders)
            gone = self._left_out - {row.path for row in event.message.status.folders} - {self._leaving}
            self._show_again(gone)
            self._show_status(event.message)

    def _show_status(self, changed: StatusChanged) -> None:
        shown = without_folders(changed, self._left_out)
        self._panel.show_folders_present(bool(shown.status.folders))
        self._panel.show_status(shown)
        self.status_shown.emit(shown)

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


def _overlap(one: bytes, other: bytes) -> bool:
    separator = os.fsencode(os.sep)
    shorter, longer = sorted((one.rstrip(separator), other.rstrip(separator)), key=len)
    return longer.startswith(shorter + separator)
