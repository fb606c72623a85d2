"""How models are got, chosen and removed, on every shelf that is shown. Window process."""

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.messages import ModelState, Stop
from app.core.model_messages import (
    AddModel,
    ChooseModel,
    GetModel,
    ListModels,
    ModelProgress,
    ModelRequest,
    ModelsListed,
    RemoveModel,
    UseForRecognition,
)
from app.core.models import ModelRole, ModelRow
from app.ui.error_words import explain_error
from app.ui.model_shelf import ModelShelf


class Shelving(QObject):
    """Keeps the shelves and the line that names the model alike.

    Signals:
        models_changed: the rows of the shelf.
        model_named: the model and what it runs on, in words.
    """

    models_changed = Signal(object)
    model_named = Signal(str)

    def __init__(self, client: EngineClient, shelves: tuple[ModelShelf, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._shelves = shelves
        self._rows: tuple[ModelRow, ...] = ()
        self._chosen = ""
        self._state = ModelState("none")
        self._requests: dict[int, str] = {}
        client.models_listed.connect(self._on_models_listed)
        client.model_progress.connect(self._on_model_progress)
        client.model_state_changed.connect(self._on_model_state_changed)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)
        for shelf in shelves:
            shelf.model_wanted.connect(self._on_model_wanted)
            shelf.download_cancelled.connect(self._on_download_cancelled)
            shelf.model_chosen.connect(self._on_model_chosen)
            shelf.model_removed.connect(self._on_model_removed)
            shelf.file_added.connect(self._on_file_added)

    def has(self, role: ModelRole) -> bool:
        """Return whether a model of a role is installed."""
        return any(row.installed and row.role is role for row in self._rows)

    @property
    def chosen_model(self) -> str:
        """Return the answer model that the person chose in this window, "" if they did not."""
        return self._chosen

    def list_models(self) -> None:
        """Ask for the shelf; an engine that was started again is told of the choice."""
        self._request(self._chosen, ChooseModel(self._chosen) if self._chosen else ListModels())

    def _request(self, name: str, message: ModelRequest) -> None:
        self._requests[self._client.request(message)] = name

    @Slot(str)
    def _on_model_wanted(self, name: str) -> None:
        if name not in self._requests.values():
            self._request(name, GetModel(name))
            size = next((row.size_bytes for row in self._rows if row.name == name), 0)
            for shelf in self._shelves:
                shelf.show_progress(ModelProgress(name, "download", 0, size))

    @Slot(str)
    def _on_download_cancelled(self, name: str) -> None:
        for request_id, requested in self._requests.items():
            if requested == name:
                self._client.request(Stop(request_id))

    @Slot(str)
    def _on_model_chosen(self, name: str) -> None:
        row = next((row for row in self._rows if row.name == name), None)
        if row is not None and row.role is ModelRole.RECOGNISE:
            self._request(name, UseForRecognition(name, not row.chosen))
            return
        if row is not None and row.role is ModelRole.ANSWER:
            self._chosen = name
        self._request(name, ChooseModel(name))

    @Slot(str)
    def _on_model_removed(self, name: str) -> None:
        if name == self._chosen:
            self._chosen = ""
        self._request(name, RemoveModel(name))

    @Slot(object)
    def _on_file_added(self, path: bytes) -> None:
        self._request("", AddModel(path))

    @Slot(object)
    def _on_models_listed(self, event: Event) -> None:
        if not isinstance(event.message, ModelsListed):
            return
        self._requests.pop(event.request_id, None)
        self._rows = event.message.models
        for shelf in self._shelves:
            shelf.show_models(self._rows)
            for name in self._requests.values():
                row = next((row for row in self._rows if row.name == name), None)
                if row is not None and not row.installed:
                    shelf.show_progress(ModelProgress(name, "download", 0, row.size_bytes))
        self.models_changed.emit(self._rows)
        self._name_model()

    @Slot(object)
    def _on_model_progress(self, event: Event) -> None:
        if isinstance(event.message, ModelProgress):
            for shelf in self._shelves:
                shelf.show_progress(event.message)

    @Slot(object)
    def _on_model_state_changed(self, event: Event) -> None:
        if isinstance(event.message, ModelState):
            self._state = event.message
            self._name_model()

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if failure.request_id in self._requests:
            name = self._requests.pop(failure.request_id)
            for shelf in self._shelves:
                shelf.show_failure(name, explain_error(failure.error).text)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        self._state = ModelState("none")
        for request_id in death.lost & self._requests.keys():
            name = self._requests.pop(request_id)
            for shelf in self._shelves:
                shelf.show_failure(name, self.tr("The engine stopped. What has arrived is kept; try again."))
        if self._rows:
            self._name_model()

    def _name_model(self) -> None:
        """Name the model that writes the next answer, and what it runs on once it does."""
        row = next((row for row in self._rows if row.role is ModelRole.ANSWER and row.chosen and row.installed), None)
        if row is None:
            self.model_named.emit(self.tr("No model to write answers · get one"))
            return
        about = row.title or row.name
        match self._state:
            case ModelState(name=name) if name != row.name:
                pass  # another one is loaded still
            case ModelState("loading"):
                about += self.tr(" · loading…")
            case ModelState("ready", device=device) if device:
                about += f" · {device}"
            case ModelState("failed"):
                about += self.tr(" · could not be loaded")
            case _:
                pass
        self.model_named.emit(about)
