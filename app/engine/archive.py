"""Requests about receipts: list, show, verify, write again, export, what changed since. In the engine's process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping

from app.answering.exporting import written
from app.answering.history import History
from app.answering.needs import AnswerModel, Versions
from app.answering.records import (
    KnownMember,
    Recorded,
    changed_sources,
    erased_checks,
    file_checks,
    path_of,
    receipt_rows,
    recorded,
)
from app.answering.stopping import stoppable, unless
from app.core.child_messages import Generated, TokenText
from app.core.examples import BEGINNING
from app.core.messages import AnswerGrew
from app.core.receipt_chain import checked
from app.core.receipt_messages import (
    ChangedSources,
    ExportReceipt,
    FindChangedSources,
    ListReceipts,
    OpenReceipt,
    ReceiptExported,
    ReceiptOpened,
    ReceiptRerun,
    ReceiptsListed,
    ReceiptsVerified,
    RerunReceipt,
    VerifyReceipts,
)
from app.core.receipts import UsedModel
from app.core.types import DocumentState
from app.library.catalog import Catalog

Load = Callable[[str, bytes, float], Coroutine[None, None, AnswerModel]]
"""Loads a model by its name and an adapter by its path, laid over it so many times."""

ArchiveRequest = ListReceipts | OpenReceipt | VerifyReceipts | ExportReceipt | FindChangedSources


class Archive:
    """The receipts of one library."""

    def __init__(self, history: History, catalog: Catalog, versions: Versions) -> None:
        self._history = history
        self._catalog = catalog
        self._versions = versions

    async def result(self, request: ArchiveRequest) -> object:
        """Return the final event of a request.

        Raises: ReceiptUnknown, ReceiptErased.
        """
        match request:
            case ListReceipts():
                return ReceiptsListed(receipt_rows(self._history.entries()))
            case OpenReceipt(identity):
                return ReceiptOpened(self._history.entry(identity))
            case VerifyReceipts(identity):
                return await self._verified(identity)
            case ExportReceipt(identity, wanted):
                entry = self._history.entry(identity)
                return ReceiptExported(entry.id, await asyncio.to_thread(written, entry, wanted))
            case FindChangedSources(receipts):
                return ChangedSources(changed_sources(self._history.sources(receipts), self._digest_at))

    async def rerun(
        self, request: RerunReceipt, load: Load, stopped: asyncio.Event
    ) -> AsyncIterator[AnswerGrew | ReceiptRerun]:
        """Yield the text as the same model writes it again, and last whether it is the same, soon after `stopped`.

        Where nothing was written because the model doubted, it is asked again whether it does.

        Raises:
            ReceiptUnknown, ReceiptErased, NothingWritten.
            AppError: the model is no longer there, or failed.
        """
        entry = self._history.entry(request.receipt)
        was = recorded(entry)
        text, reason, is_same = "", "", True
        model = await unless(
            stopped, load(was.model, was.adapter.encode("utf-8", "surrogateescape"), was.adapter_scale)
        )
        if model is None:
            yield ReceiptRerun(entry.id, "", is_same=False, differences=(), stopped=True)
            return
        async with stoppable(stopped, model):
            if was.check:
                is_aside = was.check[: len(BEGINNING)] == BEGINNING
                leaning = await model.yes_or_no(was.check, is_aside=is_aside)
                is_same = (leaning.log_odds or 0.0) < was.doubts_below
            for prompt, threads in () if stopped.is_set() else zip(was.prompts, was.threads, strict=True):
                text = ""
                async for event in model.generate(prompt, was.max_tokens, was.seed, threads):
                    match event:
                        case TokenText():
                            text += event.text
                            yield AnswerGrew(event.text)
                        case Generated():
                            reason = event.reason
                if reason == "stopped":
                    break
        differences = _differences(was, await model.identity(), self._versions())
        is_stopped = stopped.is_set()
        yield ReceiptRerun(entry.id, text, is_same and not is_stopped and text == was.text, differences, is_stopped)

    async def _verified(self, identity: str) -> ReceiptsVerified:
        entries = self._history.entries()
        asked = {self._history.entry(identity).id} if identity else {entry.id for entry in entries}
        sources = [(receipt, source) for receipt, source in self._history.sources() if receipt in asked]
        erased = [check for entry in entries if entry.id in asked for check in erased_checks(entry)]
        members = await self._members({path_of(source) for _, source in sources})
        checks = (*await asyncio.to_thread(file_checks, sources, members), *erased)
        head = entries[-1].hash if entries else ""
        return ReceiptsVerified(checked(entries), checks, self._history.links_missing(), head)

    async def _members(self, paths: Iterable[bytes]) -> dict[bytes, KnownMember]:
        """Return those of some documents, of which there may be thousands, that are in other files, by path."""
        known: dict[bytes, KnownMember] = {}
        digest = self._catalog.digest
        for path in paths:
            row = self._catalog.document_at(path)
            at = self._catalog.location(row.id) if row else None
            if row and at:
                known[path] = KnownMember(at.file, digest(at.file_id), digest(row.id))
            await asyncio.sleep(0)
        return known

    def _digest_at(self, path: bytes) -> str:
        """Return the SHA-256 of a document's content by the catalog, "" without one, or while it is not there."""
        row = self._catalog.document_at(path)
        return self._catalog.digest(row.id) if row and row.state is not DocumentState.ABSENT else ""


def _differences(was: Recorded, used: UsedModel, versions: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is not as it was when the answer was written."""
    changed = {
        "model": was.model_sha256 != used.sha256,
        "adapter": was.adapter_sha256 != used.adapter_sha256,
        "versions": dict(was.versions) != dict(versions),
    }
    return tuple(name for name, is_changed in changed.items() if is_changed)
