"""The models that searching and indexing need, loaded in a thread and let go. Runs in the engine's process."""

import asyncio
import logging
from pathlib import Path

from app.config.cores import usable_cores
from app.core.errors import AppError, ModelFileInvalid, NoModelInstalled
from app.engine.gguf_embedder import GgufEmbedder
from app.engine.shelving import Shelving
from app.library.embedder import Embedder, TextEmbedder
from app.library.reranker import Reranker
from app.llm.embedders import EmbedderChoice

log = logging.getLogger(__name__)


class SearchModels:
    """The embedders that are in use, by the name of their vectors, and the reranker; one call at a time may load."""

    def __init__(self, shelving: Shelving) -> None:
        self._shelving = shelving
        self._embedders: dict[str, tuple[EmbedderChoice, TextEmbedder]] = {}
        self.reranker: Reranker | None = None

    async def take_reranker(self) -> None:
        """Use the reranker if there is one, and see how fast it is on this computer."""
        try:
            folder, max_tokens = self._shelving.reranker()
            if self.reranker is None or self.reranker.name != folder.name:
                self.reranker = await asyncio.to_thread(_reranker, folder, max_tokens)
        except NoModelInstalled:
            self.reranker = None
        except ModelFileInvalid as error:  # the search does without it; `models check` says what is wrong
            self.reranker = None
            log.warning("the reranker is not used: %s", error)

    async def chosen(self) -> TextEmbedder | None:
        """Return the embedder that is to be used, None if there is none that works."""
        try:
            return await self._loaded(self._shelving.embedder())
        except NoModelInstalled:
            return None
        except AppError as error:
            log.warning("the embedder is not used: %s", error)
            return None

    async def of_space(self, space: str) -> TextEmbedder | None:
        """Return the embedder whose vectors have this name, None if it is no longer installed, or not as it was."""
        for name in (space.partition("#")[0],) if space else ():
            try:
                choice = self._shelving.embedder(name)
                return await self._loaded(choice) if choice.space == space else None
            except AppError:
                return None
        return None

    async def try_out(self, name: str) -> None:
        """Load an embedder, or raise why it cannot be."""
        await self._loaded(self._shelving.embedder(name))

    def name_of(self, embedder: TextEmbedder | None) -> str:
        """Return what the shelf calls an embedder, "" for none."""
        return self._embedders[embedder.name][0].name if embedder else ""

    def keep_only(self, *used: TextEmbedder | None) -> None:
        """Let all other embedders go."""
        names = {embedder.name for embedder in used if embedder is not None}
        for space in self._embedders.keys() - names:
            _, embedder = self._embedders.pop(space)
            if isinstance(embedder, GgufEmbedder):
                embedder.end()

    async def _loaded(self, choice: EmbedderChoice) -> TextEmbedder:
        if choice.space not in self._embedders:
            self._embedders[choice.space] = (choice, await asyncio.to_thread(_embedder, choice))
        return self._embedders[choice.space][1]


def _reranker(folder: Path, max_tokens: int) -> Reranker:
    reranker = Reranker(folder, usable_cores(), max_tokens)
    reranker.keep_pace()
    return reranker


def _embedder(choice: EmbedderChoice) -> TextEmbedder:
    if choice.is_gguf:
        return GgufEmbedder(choice)
    embedder = Embedder(choice.path, choice.settings, choice.space)
    embedder.embed("")  # a model that loads but cannot compute is told now
    return embedder
