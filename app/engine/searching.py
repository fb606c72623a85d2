"""What questions are searched with, renewed whenever a part of it changes. Runs in the engine's process."""

import asyncio

from app.core.models import ModelRole
from app.engine.search_models import SearchModels
from app.engine.search_thread import SearchThread
from app.engine.shelving import Shelving
from app.library.catalog import CHOSEN_EMBEDDER, Catalog
from app.library.indexer import Indexer
from app.library.spaces import Spaces
from app.library.vectors import import_chroma
from app.library.writing import Library


class Searching:
    """The vectors that answer with their embedder, and the reranker, as the search thread uses them."""

    def __init__(self, shelving: Shelving, catalog: Catalog, spaces: Spaces, thread: SearchThread) -> None:
        self._shelving = shelving
        self._models = SearchModels(shelving)
        self._catalog = catalog
        self._spaces = spaces
        self._thread = thread
        self._turn = asyncio.Lock()

    @property
    def embedder(self) -> str:
        """Return the name of the embedder that is to be used, "" for none."""
        return self._name_of(self._spaces.filling)

    @property
    def answering_embedder(self) -> str:
        """Return the name of the embedder whose vectors are searched, "" for none."""
        return self._name_of(self._spaces.answering)

    @property
    def reranker(self) -> str:
        """Return the name of the reranker, "" for none."""
        return self._models.reranker.name if self._models.reranker else ""

    async def take_models(self, indexer: Indexer) -> None:
        """Use the embedder and the reranker that are installed; each may be missing."""
        async with self._turn:
            await self._take_models(indexer)

    def take_spaces(self) -> None:
        """Search the vectors that answer from now on, and let the embedders go that nothing is searched with."""
        self._use_answering()
        if self._turn.locked():
            return  # what is being loaded is in no space yet; once it is, this comes again
        self._models.keep_only(*(space.embedder for space in (self._spaces.filling, self._spaces.answering) if space))

    async def choose(self, name: str, indexer: Indexer) -> None:
        """Use a model for its role from now on; the library remembers which embedder.

        Raises: ModelUnknown, NoModelInstalled, ModelFileInvalid.
        """
        if self._shelving.role(name) is not ModelRole.EMBED:
            self._shelving.choose(name)
            return
        async with self._turn:
            await self._models.try_out(name)
            self._shelving.choose(name)
            self._catalog.set_meta(CHOSEN_EMBEDDER, name)
            await self._take_models(indexer)

    def close(self) -> None:
        """Wait for the search in hand, and let all models go."""
        self._thread.close()
        self._models.keep_only()

    async def _take_models(self, indexer: Indexer) -> None:
        await self._models.take_reranker()
        chosen = await self._models.chosen()
        before = await self._models.of_space(self._catalog.meta("embedder"))
        if chosen or before:
            await asyncio.to_thread(import_chroma)
        indexer.use_embedder(chosen, before)
        self._use_answering()

    def _use_answering(self) -> None:
        answering = self._spaces.answering
        vectors, embedder = (answering.vectors, answering.embedder) if answering else (None, None)
        self._thread.use(vectors, embedder, self._models.reranker)

    def _name_of(self, space: Library | None) -> str:
        return self._models.name_of(space.embedder if space else None)
