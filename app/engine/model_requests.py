"""Requests about models: list, get, add, remove, choose, use for scans. Runs in the engine's process."""

from collections.abc import Callable
from dataclasses import dataclass

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
from app.engine.recognising import Recognising
from app.engine.searching import Searching
from app.engine.shelving import Shelving
from app.library.indexer import Indexer


@dataclass(frozen=True, slots=True)
class ModelRequests:
    """What a change of the shelf is told to."""

    shelving: Shelving
    searching: Searching
    recognising: Recognising
    indexer: Indexer
    note_progress: Callable[[], None]

    async def result(
        self, request_id: int, message: ModelRequest, tell: Callable[[ModelProgress], None]
    ) -> ModelsListed:
        """Do what is asked for and return all models.

        Raises: AppError, for whatever keeps a model from being got, added, removed or used.
        """
        match message:
            case ListModels():
                pass
            case GetModel(name):
                await self.shelving.get(request_id, name, tell)
                await self.searching.take_models(self.indexer)
            case AddModel(path):
                await self.shelving.add(request_id, path, tell)
                await self.searching.take_models(self.indexer)
            case RemoveModel(name):
                self.shelving.remove(name)
                await self.searching.take_models(self.indexer)
            case UseForRecognition(name, is_used):
                self.recognising.use(name, is_used=is_used)
            case ChooseModel(name):
                await self.searching.choose(name, self.indexer)
        self.recognising.take_models()
        self.note_progress()
        return ModelsListed(self.recognising.marked(self.shelving.rows()))
