"""Wires the list of files and the folders' rules to the engine. Window process."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.client.engine_client import EngineClient, Event, Failure
from app.core.file_messages import ReadAgain
from app.core.messages import DocumentsChanged, DocumentsListed
from app.core.rule_messages import ChangeRules, ListRules, PreviewRules, RulesListed, RulesPreviewed
from app.core.types import FolderRules
from app.ui.error_words import explain_error
from app.ui.files_dialog import FilesDialog
from app.ui.files_model import FilesModel, Group
from app.ui.icons import Icons
from app.ui.opening_outside import OpeningOutside
from app.ui.rules_dialog import RulesDialog
from app.ui.sentences import shown_name


class FilesKeeping(QObject):
    """Keeps the list true, and has done what is asked for there.

    Signals:
        failure_told: what could not be done, in words.
    """

    failure_told = Signal(str)

    def __init__(self, client: EngineClient, icons: Icons, window: QWidget) -> None:
        super().__init__(window)
        self._client = client
        self.model = FilesModel(self)
        self.dialog = FilesDialog(self.model, icons, window)
        self.rules = RulesDialog(self.dialog)
        self._outside = OpeningOutside(self)
        self._outside.failed.connect(self._on_outside_failed)
        self._known: dict[bytes, FolderRules] = {}
        self._undo: tuple[bytes, FolderRules] | None = None
        self._previews: set[int] = set()
        self._changes: set[int] = set()
        self._readings: set[int] = set()
        client.documents_listed.connect(self._on_documents_listed)
        client.documents_changed.connect(self._on_documents_changed)
        client.rules_listed.connect(self._on_rules_listed)
        client.rules_previewed.connect(self._on_rules_previewed)
        client.request_failed.connect(self._on_request_failed)
        self.dialog.again_wanted.connect(self._on_again_wanted)
        self.dialog.place_wanted.connect(self._on_place_wanted)
        self.dialog.rules_wanted.connect(self.show_rules)
        self.dialog.undo_bar.undone.connect(self._on_undone)
        self.rules.preview_wanted.connect(self._on_preview_wanted)
        self.rules.rules_chosen.connect(self._on_rules_chosen)

    def show_files(self, group: Group = Group.ALL) -> None:
        """Show the list with the files of a group."""
        self.dialog.open_at(group)

    @Slot(object)
    def show_rules(self, folder: bytes) -> None:
        """Show the rules of a folder of the library."""
        self._client.request(ListRules(folder))

    @Slot(object)
    def show_rules_among_files(self, folder: bytes) -> None:
        """Show the rules of a folder over the list, which tells what they did and lets it be undone."""
        self.show_files()
        self.show_rules(folder)

    @Slot(object)
    def _on_documents_listed(self, event: Event) -> None:
        if isinstance(event.message, DocumentsListed):
            self.model.set_documents(event.message.documents)

    @Slot(object)
    def _on_documents_changed(self, event: Event) -> None:
        if isinstance(event.message, DocumentsChanged):
            self.model.apply(event.message.changed, event.message.removed)

    @Slot(object)
    def _on_rules_listed(self, event: Event) -> None:
        if isinstance(event.message, RulesListed):
            self._known[event.message.path] = event.message.rules
            self.rules.edit(event.message)

    @Slot(object)
    def _on_rules_previewed(self, event: Event) -> None:
        self._previews.discard(event.request_id)
        if isinstance(event.message, RulesPreviewed):
            self.rules.show_preview(event.message)

    @Slot(object)
    def _on_preview_wanted(self, rules: FolderRules) -> None:
        self._previews.add(self._client.request(PreviewRules(self.rules.path, rules)))

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if failure.request_id in self._previews:
            self._previews.discard(failure.request_id)
            self.rules.show_trouble(explain_error(failure.error).text)
        elif failure.request_id in self._changes | self._readings:
            if failure.request_id in self._changes:
                self.dialog.undo_bar.hide()
            self._changes.discard(failure.request_id)
            self._readings.discard(failure.request_id)
            self.failure_told.emit(explain_error(failure.error).text)

    @Slot(object)
    def _on_rules_chosen(self, rules: FolderRules) -> None:
        path = self.rules.path
        self._undo = path, self._known[path]
        self._changes.add(self._client.request(ChangeRules(path, rules)))
        self.dialog.undo_bar.offer(self.tr("Changed what is read of {name}").replace("{name}", shown_name(path)))

    @Slot()
    def _on_undone(self) -> None:
        if self._undo is not None:
            self._changes.add(self._client.request(ChangeRules(*self._undo)))
            self._undo = None

    @Slot(object)
    def _on_again_wanted(self, document_ids: tuple[int, ...]) -> None:
        self._readings.add(self._client.request(ReadAgain(document_ids)))

    @Slot(object)
    def _on_place_wanted(self, path: bytes) -> None:
        self._outside.show_in_folder(path)

    @Slot(bytes)
    def _on_outside_failed(self, path: bytes) -> None:
        self.failure_told.emit(self.tr("{name} is not there any more.").replace("{name}", shown_name(path)))
