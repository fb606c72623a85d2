"""The engine: answers what is asked and indexes in between, in one loop. In the engine's or a command's process."""

import asyncio
import logging
import os
import traceback
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from app.answering.ask import Answering
from app.answering.conversations import Conversations
from app.answering.history import History
from app.answering.needs import AnswerLimits
from app.config.paths import DataPaths, resources_dir
from app.config.settings import Settings
from app.config.styles import StyleFolders
from app.core import messages
from app.core.conversation_messages import DeleteConversation, ListConversations, OpenConversation, RenameConversation
from app.core.errors import AppError, NoModelInstalled
from app.core.evidence_messages import FindPassages
from app.core.file_messages import ReadAgain
from app.core.messages import StatusChanged
from app.core.model_messages import (
    AddModel,
    ChooseModel,
    GetModel,
    ListModels,
    RemoveModel,
    UseForRecognition,
)
from app.core.models import ModelRole
from app.core.page_messages import FindInDocument, LayOutPage
from app.core.password_messages import ForgetPassword, GivePassword
from app.core.power_messages import SpareBattery
from app.core.receipt_messages import (
    CompareSource,
    ExportReceipt,
    FindChangedSources,
    Forget,
    Forgot,
    ListReceipts,
    OpenReceipt,
    RerunReceipt,
    VerifyReceipts,
)
from app.core.rule_messages import ChangeRules, ListRules, PreviewRules
from app.core.style_messages import DeleteStyle, KeepStyle, ListStyles
from app.core.types import DocumentRow, FolderRules, LibraryStatus
from app.engine.answer_ports import SearchedLibrary, package_versions
from app.engine.archive import Archive
from app.engine.asking import Asking
from app.engine.comparing import compare_source
from app.engine.conversing import converse
from app.engine.explaining import explain_page
from app.engine.forgetting import forget
from app.engine.model_requests import ModelRequests
from app.engine.pages import lay_out_page, open_page
from app.engine.placing import find_passages
from app.engine.readers import Reader
from app.engine.recognising import Recognising
from app.engine.rules import rules_result
from app.engine.search_thread import SearchThread
from app.engine.searching import Searching
from app.engine.shelving import Shelving
from app.engine.styling import styles_result
from app.engine.thrift import Thrift
from app.engine.unlocking import Unlocking
from app.library.catalog import CHOSEN_EMBEDDER, Catalog
from app.library.ignoring import check_patterns
from app.library.indexer import Indexer
from app.library.real_paths import real_path
from app.library.reports import IndexerCallbacks, IndexReport
from app.library.spaces import Spaces
from app.llm.shelf import Shelf, load_catalogue
from app.readers.formats import SUPPORTED_SUFFIXES

log = logging.getLogger(__name__)

Emit = Callable[[int, object], None]
STATUS_EVERY_S = 0.25
_SUFFIXES = frozenset(suffix.removeprefix(".") for suffix in SUPPORTED_SUFFIXES)


class Engine:
    """All of Margent behind the seam; `emit(request_id, event)` takes every event.

    `damage` is what had to be set aside when the library was opened, None if nothing.
    """

    def __init__(self, paths: DataPaths, settings: Settings, emit: Emit) -> None:
        self._emit = emit
        self._catalog = Catalog.open(paths.catalog)
        self._spaces = Spaces(paths.vectors, self._catalog)
        shelf = Shelf(paths.model_places, load_catalogue(resources_dir() / "models.toml"))
        self._shelving = Shelving(shelf, settings.model, self._catalog.meta(CHOSEN_EMBEDDER))
        self._history = History(paths.history)
        self.damage = _damage(self._catalog.damaged, self._history.damaged)
        self._unlocking = Unlocking(self._catalog)
        self._thrift = Thrift(is_wanted=settings.spare_battery)
        self._reader = Reader(self._unlocking)
        self._drawer = Reader(self._unlocking)
        self._search = SearchThread(paths.catalog)
        self._searching = Searching(self._shelving, self._catalog, self._spaces, self._search)
        callbacks = IndexerCallbacks(self._tell_rows, self._note_progress, self._is_busy, self._searching.take_spaces)
        self._indexer = Indexer(self._catalog, self._spaces, self._reader.read, _SUFFIXES, callbacks)
        self._recognising = Recognising(self._catalog, self._shelving, self._indexer, self._unlocking, self._is_busy)
        self._models = ModelRequests(
            self._shelving, self._searching, self._recognising, self._indexer, self._note_progress
        )
        library = SearchedLibrary(self._search, self._catalog)
        limits = AnswerLimits(settings.evidence_tokens, settings.answer_tokens, settings.first_token_s)
        answering = Answering(library, self._history.append, limits, self._versions)
        self._archive = Archive(self._history, self._catalog, self._versions)
        self._conversations = Conversations(self._history, library.place)
        self._styles = StyleFolders(resources_dir() / "styles", paths.styles)
        self._asking = Asking(answering, self._archive, self._conversations, self._shelving, self._styles, emit)
        self._evidence_tokens = settings.evidence_tokens
        self._running: dict[int, asyncio.Task[None]] = {}
        self._background: list[asyncio.Task[None]] = []
        self._status_due = asyncio.Event()
        self._asked = asyncio.Event()

    async def start(self, *, watch: bool) -> None:
        """Begin to index; with `watch`, follow the folders, tell the status unasked, and load the answer model."""
        if self.damage is not None:
            self._emit(0, self.damage)
        await self._searching.take_models(self._indexer)
        self._background.append(asyncio.create_task(self._keep_indexing(watch=watch)))
        self._background.append(asyncio.create_task(self._keep_telling_status()))
        self._background.append(asyncio.create_task(self._recognising.run()))
        self._background.append(asyncio.create_task(self._unlocking.finish_leaving()))
        self._note_progress()
        if watch:
            self._background.append(asyncio.create_task(self._thrift.run(self._note_progress)))
            self._background.append(asyncio.create_task(self._drawer.start()))
            self._background.append(asyncio.create_task(self._asking.load_early()))

    async def close(self) -> None:
        """End everything; what was acknowledged is on disk."""
        tasks = [*self._running.values(), *self._background]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._asking.end()
        self._reader.end()
        self._drawer.end()
        self._searching.close()
        self._spaces.close()
        self._history.close()
        self._catalog.close()

    def handle(self, request_id: int, message: object) -> None:
        """Begin to answer a request; its events carry its id, the final one last."""
        if isinstance(message, messages.Stop):
            # Soon, not now: a request that came just before has not begun, and would not hear of it.
            asyncio.get_running_loop().call_soon(self._stop, message.request)
            return
        self._asked.set()
        task = asyncio.create_task(self._answered(request_id, message))
        self._running[request_id] = task
        task.add_done_callback(lambda _task: self._running.pop(request_id, None))

    def status(self) -> LibraryStatus:
        """Return the library as it stands."""
        return replace(
            self._catalog.status(),
            embedder=self._searching.embedder,
            model=self._shelving.chosen,
            unembedded=self._indexer.progress.unembedded,
            answering_embedder=self._searching.answering_embedder,
            foreign=self._indexer.foreign,
            recognises_with=self._recognising.names,
        )

    async def settle(self) -> IndexReport:
        """Index until nothing is left and return what was done.

        Raises:
            NoModelInstalled: documents wait for an embedder.
        """
        await self._recognising.settle()
        if self._indexer.progress.waiting_for == "embedder":
            raise NoModelInstalled(role=ModelRole.EMBED.value)
        return self._indexer.report

    # Requests

    async def _answered(self, request_id: int, message: object) -> None:
        try:
            final = await self._result(request_id, message)
        except AppError as error:
            final = messages.Failed(type(error).__name__, error.facts)
        except Exception:
            log.exception("%s failed", type(message).__name__)
            final = messages.Failed("", {"traceback": traceback.format_exc()})
        self._emit(request_id, final)

    async def _result(self, request_id: int, message: object) -> object:
        """Return a request's final event."""
        match message:
            case messages.AddFolder(path, ignore):
                check_patterns(ignore)
                await self._indexer.add_folder(path, FolderRules(ignore))
            case messages.RemoveFolder(path):
                async with self._leaving(real_path(path)):
                    self._indexer.remove_folder(path)
            case ListRules() | ChangeRules() | PreviewRules():
                return await rules_result(message, self._catalog, self._indexer, _SUFFIXES)
            case ReadAgain(document_ids):
                self._recognising.try_again(document_ids)
                self._indexer.read_again(document_ids)
            case SpareBattery(is_spared):
                self._thrift.use(is_wanted=is_spared)
            case GivePassword():
                return await self._unlocking.give(message, self._drawer.try_password, self._indexer)
            case ForgetPassword(document_id):
                await self._unlocking.forget(document_id)
            case messages.Rescan():
                await self._indexer.rescan()
            case messages.Pause() | messages.Resume():
                self._indexer.pause(paused=isinstance(message, messages.Pause))
                self._recognising.take_models()
            case messages.ListDocuments():
                return messages.DocumentsListed(self._catalog.document_rows())
            case messages.Explain():
                return await explain_page(message, self._search, self._catalog, self._evidence_tokens, self._drawer)
            case messages.Search(query, limit, filters):
                return messages.Searched(await self._search.search(query, limit, filters))
            case messages.Ask():
                return await self._asking.ask(request_id, message)
            case messages.OpenPage():
                return await open_page(message, self._catalog, self._drawer)
            case LayOutPage():
                return await lay_out_page(message, self._catalog, self._drawer)
            case FindInDocument():
                return await self._search.find(message)
            case FindPassages():
                return find_passages(message, self._catalog)
            case ListReceipts() | OpenReceipt() | VerifyReceipts() | ExportReceipt() | FindChangedSources():
                return await self._archive.result(message)
            case ListConversations() | OpenConversation() | RenameConversation() | DeleteConversation():
                return converse(message, self._conversations)
            case ListStyles() | KeepStyle() | DeleteStyle():
                return styles_result(message, self._styles)
            case CompareSource():
                return await compare_source(message, self._history, self._catalog, self._search)
            case Forget(path):
                return await self._forget(real_path(path))
            case RerunReceipt():
                return await self._asking.rerun(request_id, message)
            case ListModels() | GetModel() | AddModel() | RemoveModel() | UseForRecognition() | ChooseModel():
                return await self._models.result(request_id, message, lambda now: self._emit(request_id, now))
            case _:
                raise TypeError(f"{type(message).__name__} is no request")
        self._note_progress()
        return messages.Done()

    async def _forget(self, path: bytes) -> Forgot:
        async with self._leaving(path):
            forgot = await forget(path, self._catalog, self._spaces, self._indexer, self._history)
            return replace(forgot, left=forgot.left + self._conversations.forget_path(path))

    @asynccontextmanager
    async def _leaving(self, path: bytes) -> AsyncGenerator[None]:
        """Have what is at or below a path taken out in the block, as fast as can be, and its passwords after it."""
        with self._thrift.lifted():
            async with self._unlocking.leaving(path):
                yield

    def _versions(self) -> dict[str, str]:
        searched_with = {"embedder": self._searching.answering_embedder, "reranker": self._searching.reranker}
        return {**package_versions(), **searched_with}

    def _stop(self, request_id: int) -> None:
        self._shelving.cancel(request_id)
        self._asking.stop(request_id)

    # What nobody asked for

    async def _keep_indexing(self, *, watch: bool) -> None:
        """Index for ever; what ends it, a full disk say, is told, and it is tried again after the next request."""
        while True:
            try:
                await self._indexer.run(watch=watch)
            except AppError as error:
                self._emit(0, messages.Failed(type(error).__name__, error.facts))
            except Exception:
                log.exception("indexing ended")
                self._emit(0, messages.Failed("", {"traceback": traceback.format_exc()}))
            self._asked.clear()
            await self._asked.wait()

    async def _keep_telling_status(self) -> None:
        """Tell the status whenever it may have changed; what goes wrong once (a full disk) need not the next time."""
        while True:
            await self._status_due.wait()
            self._status_due.clear()
            try:
                self._emit(0, self._status_now())
            except Exception:
                log.exception("the status cannot be told")
            await asyncio.sleep(STATUS_EVERY_S)

    def _status_now(self) -> StatusChanged:
        now = self._indexer.progress
        at_work = now.indexing or self._recognising.is_at_work
        return StatusChanged(
            self.status(), at_work, now.documents_per_s, now.seconds_left, now.waiting_for, self._thrift.pace
        )

    def _is_busy(self) -> bool:
        """Return whether indexing is to wait: a person would be slowed down, or the battery is spared."""
        return self._asking.is_busy or self._search.is_busy or self._thrift.is_resting

    def _note_progress(self) -> None:
        self._status_due.set()

    def _tell_rows(self, changed: Sequence[DocumentRow], removed: Sequence[int]) -> None:
        self._recognising.take_rows(changed)
        self._emit(0, messages.DocumentsChanged(tuple(changed), tuple(removed)))


def _damage(catalog: Path | None, history: Path | None) -> messages.DamageFound | None:
    if catalog is None and history is None:
        return None
    return messages.DamageFound(*(os.fsencode(path) if path else b"" for path in (catalog, history)))
