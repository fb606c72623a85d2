"""The models that searching and indexing need, loaded and let go. Runs in the engine's process."""

import logging

from app.config.cores import usable_cores
from app.core.errors import AppError, ModelFileInvalid, NoModelInstalled
from app.engine.gguf_embedder import GgufEmbedder
from app.engine.shelving import Shelving
from app.library.embedder import Embedder, TextEmbedder
from app.library.reranker import Reranker
from app.llm.embedders import EmbedderChoice

log = logging.getLogger(__name__)

RERANK_BUDGET_MS = 330.0
"""How long judging passages may take on an idle computer; the rest of a search takes some 50 ms."""

FEWEST, MOST = 8, 16
"""Between these the figures of tests/quality/README.md hold; 12 is what they were measured with."""


class SearchModels:
    """The embedders that are in use, by the name of their vectors, and the reranker."""

    def __init__(self, shelving: Shelving) -> None:
        self._shelving = shelving
        self._embedders: dict[str, tuple[EmbedderChoice, TextEmbedder]] = {}
        self.reranker: Reranker | None = None
        self.candidates = MOST

    def take_reranker(self) -> None:
        """Use the reranker if there is one, and see how many passages it can judge in time on this computer."""
        try:
            folder, max_tokens = self._shelving.reranker()
            if self.reranker is None or self.reranker.name != folder.name:
                self.reranker = Reranker(folder, usable_cores(), max_tokens)
                self.candidates = candidates_for(self.reranker.ms_per_pair())
        except NoModelInstalled:
            self.reranker = None
        except ModelFileInvalid as error:  # the search does without it; `models check` says what is wrong
            self.reranker = None
            log.warning("the reranker is not used: %s", error)

    def chosen(self) -> TextEmbedder | None:
        """Return the embedder that is to be used, None if there is none that works."""
        try:
            return self._loaded(self._shelving.embedder())
        except NoModelInstalled:
            return None
        except AppError as error:
            log.warning("the embedder is not used: %s", error)
            return None

    def of_space(self, space: str) -> TextEmbedder | None:
        """Return the embedder whose vectors have this name, None if it is no longer installed, or not as it was."""
        for name in (space.partition("#")[0],) if space else ():
            try:
                choice = self._shelving.embedder(name)
                return self._loaded(choice) if choice.space == space else None
            except AppError:
                return None
        return None

    def try_out(self, name: str) -> None:
        """Load an embedder, or raise why it cannot be."""
        self._loaded(self._shelving.embedder(name))

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

    def _loaded(self, choice: EmbedderChoice) -> TextEmbedder:
        if choice.space not in self._embedders:
            if choice.is_gguf:
                embedder = GgufEmbedder(choice)
            else:
                embedder = Embedder(choice.path, usable_cores(), choice.settings, choice.space)
                embedder.embed("")  # a model that loads but cannot compute is told now
            self._embedders[choice.space] = (choice, embedder)
        return self._embedders[choice.space][1]


def candidates_for(ms_per_pair: float) -> int:
    """Return how many passages are judged in a search where one takes this long; the same all session long."""
    return round(min(MOST, max(FEWEST, RERANK_BUDGET_MS / max(ms_per_pair, 1.0))))
