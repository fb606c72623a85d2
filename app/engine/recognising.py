"""Text recognition behind the seam: which of its models are used, and when it works. Runs in the engine's process."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from app.core.errors import AppError
from app.core.models import ModelRole, ModelRow
from app.core.types import DocumentRow
from app.engine.recogniser import Recogniser
from app.engine.shelving import Shelving
from app.engine.unlocking import Unlocking
from app.library import scans
from app.library.catalog import UNUSED_RECOGNITION, Catalog
from app.library.indexer import Indexer
from app.library.recognition import Recognition, RecognitionCallbacks
from app.llm.recognition_models import marked, recogniser_choice

log = logging.getLogger(__name__)

_AGAIN_S = 10.0


class Recognising:
    """The recogniser with its models, and the task that gives scanned pages their text."""

    def __init__(
        self,
        catalog: Catalog,
        shelving: Shelving,
        indexer: Indexer,
        unlocking: Unlocking,
        is_busy: Callable[[], bool],
    ) -> None:
        self._catalog = catalog
        self._shelving = shelving
        self._indexer = indexer
        self._recogniser = Recogniser(is_busy, unlocking=unlocking)
        callbacks = RecognitionCallbacks(indexer.until_idle, self._note_page, is_busy)
        self._recognition = Recognition(catalog, self._recogniser, callbacks)
        self.take_models()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the models that are used."""
        return self._recogniser.choice.names if self._recogniser.choice else ()

    @property
    def is_at_work(self) -> bool:
        """Return whether pages are being recognised, or will be as soon as all else is indexed."""
        return self._recognition.is_at_work

    def marked(self, rows: Sequence[ModelRow]) -> tuple[ModelRow, ...]:
        """Return the rows of the shelf with those of the recogniser's models marked that are used: any number."""
        return marked(rows, self._unused)

    def use(self, name: str, *, is_used: bool) -> None:
        """Recognise with a model from now on, or no longer; the library remembers it. Raises: ModelUnknown."""
        if self._shelving.role(name) is ModelRole.RECOGNISE:
            unused = self._unused - {name} if is_used else self._unused | {name}
            self._catalog.set_meta(UNUSED_RECOGNITION, " ".join(sorted(unused)))

    def take_models(self) -> None:
        """Recognise with the models that are installed and wanted; others than before look at empty pages again."""
        before = self.names
        self._recogniser.use(recogniser_choice(self._shelving.rows(), self._shelving.path, self._unused))
        if before and self.names and self.names != before:
            scans.wait_again(self._catalog.database)
        self._recognition.look_again()

    def try_again(self, document_ids: Sequence[int]) -> None:
        """Look once more at the pages of some documents that were given up, or on which nothing was found."""
        for document_id in scans.try_again(self._catalog.database, document_ids):
            self._indexer.take_up(document_id)
        self._recognition.look_again()

    def take_rows(self, rows: Iterable[DocumentRow]) -> None:
        """Look for pages to recognise if there are any in these documents."""
        if any(row.pages_waiting for row in rows):
            self._recognition.look_again()

    async def settle(self) -> None:
        """Wait until everything is indexed and recognised. Raises what ended the indexer or the recognition."""
        await self._indexer.until_idle()
        await self._recognition.until_idle()
        await self._indexer.until_idle()

    async def run(self) -> None:
        """Recognise for ever; what ends it (a full disk, of which the indexer tells) is tried again after a while."""
        while True:
            try:
                await self._recognition.run()
            except AppError as error:
                log.warning("no text is recognised for now: %s", error)
            except Exception:
                log.exception("recognition ended")
            await asyncio.sleep(_AGAIN_S)

    def _note_page(self, document_id: int, passages: int) -> None:
        row = self._catalog.document(document_id)
        if row is not None and passages:
            self._indexer.counts.recognised(passages, is_first=row.passages == passages)
        self._indexer.take_up(document_id)

    @property
    def _unused(self) -> frozenset[str]:
        return frozenset(self._catalog.meta(UNUSED_RECOGNITION).split())
