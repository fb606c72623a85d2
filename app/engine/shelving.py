"""The model shelf behind the seam: list, get, add, remove, choose. Runs in the engine's process.

Downloads and copies run in a thread of their own, because they wait for the network and the disk only.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.config.paths import resources_dir
from app.core.child_messages import ModelLoaded
from app.core.errors import UsageWrong
from app.core.model_messages import ModelProgress
from app.core.models import ModelRole, ModelRow
from app.core.receipts import UsedModel
from app.engine.model_host import ModelChoice
from app.llm.catalogue import load_families
from app.llm.embedders import EmbedderChoice, embedder_choice
from app.llm.gguf import read_header
from app.llm.shelf import Shelf

Result = TypeVar("Result")

_RERANKED_TOKENS = 512
PROGRESS_STEP = 0.005  # of the whole: 200 events a file are enough for any bar
ADAPTER_SCALE_MOST = 4.0


class Shelving:
    """The shelf, and which answer model and which embedder are in use."""

    def __init__(self, shelf: Shelf, chosen: str, chosen_embedder: str = "") -> None:
        self._shelf = shelf
        self._chosen = chosen
        self._chosen_embedder = chosen_embedder
        self._families = load_families(resources_dir() / "models.toml")
        self._cancelled: dict[int, threading.Event] = {}
        self._turn = asyncio.Lock()

    @property
    def chosen(self) -> str:
        """Return the name of the answer model in use, "" if none is installed."""
        return next(
            (row.name for row in self.rows() if row.chosen and row.installed and row.role is ModelRole.ANSWER), ""
        )

    def rows(self) -> tuple[ModelRow, ...]:
        """Return all models with what is known of them."""
        return self._shelf.rows(self._chosen, self._chosen_embedder)

    def choice(self, name_or_path: str, adapter: bytes, scale: float) -> ModelChoice:
        """Return the answer model to load, with so much of an adapter; "" means the one in use.

        Raises:
            NoModelInstalled, ModelUnknown, ModelFileInvalid, PathMissing, PathUnreadable, UsageWrong.
        """
        if not 0 <= scale <= ADAPTER_SCALE_MOST:
            raise UsageWrong(detail=f"an adapter is laid over a model 0 to {ADAPTER_SCALE_MOST:g} times, not {scale:g}")
        if adapter:
            read_header(Path(os.fsdecode(adapter)), is_adapter=True)
        wanted = name_or_path or self._chosen
        path = self._shelf.find(wanted, ModelRole.ANSWER)
        return ModelChoice(path.stem, os.fsencode(path), adapter=adapter, adapter_scale=scale)

    def embedder(self, name: str = "") -> EmbedderChoice:
        """Return an embedder as it is to be loaded; "" means the one that was chosen, or whichever there is.

        Raises:
            NoModelInstalled, ModelUnknown, ModelFileInvalid.
        """
        rows = {row.name for row in self.rows() if row.installed and row.role is ModelRole.EMBED}
        chosen = self._chosen_embedder if self._chosen_embedder in rows else ""
        return embedder_choice(self._shelf, self._families, name or chosen)

    def reranker(self) -> tuple[Path, int]:
        """Return the reranker's folder and how many tokens of a pair it reads, or raise `NoModelInstalled`."""
        folder = self._shelf.find("", ModelRole.RERANK)
        entry = self._shelf.entry(folder.name)
        return folder, entry.reranking.max_tokens if entry and entry.reranking else _RERANKED_TOKENS

    def doubts_below(self, choice: ModelChoice) -> float | None:
        """Return below which log odds of a yes a model does not know an answer; None for one that was never measured.

        An adapter makes another model of it.
        """
        entry = self._shelf.entry(choice.name)
        return entry.doubts_below if entry and not choice.adapter else None

    def used(self, choice: ModelChoice, loaded: ModelLoaded) -> asyncio.Task[UsedModel]:
        """Begin to find out what a loaded model is, by the hashes of its files; each is computed once."""
        files = tuple(os.fsdecode(path) for path in (choice.path, choice.adapter))
        scale = choice.adapter_scale if choice.adapter else 0.0
        return asyncio.create_task(self._used(choice.name, files, scale, loaded))

    async def _used(self, name: str, files: tuple[str, ...], scale: float, loaded: ModelLoaded) -> UsedModel:
        model, adapter = [
            await asyncio.to_thread(self._shelf.fingerprint, Path(file)) if file else "" for file in files
        ]
        return UsedModel(
            name=name,
            sha256=model,
            adapter=files[1],
            adapter_sha256=adapter,
            adapter_scale=scale,
            device=loaded.device,
            context_tokens=loaded.context_tokens,
        )

    async def get(self, request_id: int, name: str, emit: Callable[[ModelProgress], None]) -> None:
        """Download a model of the catalogue; ends early, without an error, after `cancel`."""
        progress = _reporter(name, emit)
        await self._in_thread(request_id, lambda cancelled: self._shelf.get(name, progress, cancelled))

    async def add(self, request_id: int, path: bytes, emit: Callable[[ModelProgress], None]) -> None:
        """Put a model of the person's own on the shelf; one that writes answers is used from now on."""
        source = Path(os.fsdecode(path))
        progress = _reporter(source.name, emit)
        added = await self._in_thread(request_id, lambda cancelled: self._shelf.add(source, progress, cancelled))
        if added and self._shelf.role(added) is ModelRole.ANSWER:
            self._chosen = added

    def path(self, name: str) -> Path:
        """Return where an installed model lies; raises `ModelUnknown`, `NoModelInstalled`, `ModelFileInvalid`."""
        return self._shelf.find(name, self._shelf.role(name))

    def role(self, name: str) -> ModelRole:
        """Return what a model is for, or raise `ModelUnknown`."""
        return self._shelf.role(name)

    def remove(self, name: str) -> None:
        """Delete a model."""
        self._shelf.remove(name)
        if name == self._chosen:
            self._chosen = ""

    def choose(self, name: str) -> ModelRole:
        """Use this model for its role, which is returned, or raise `ModelUnknown` or `NoModelInstalled`."""
        role = self._shelf.role(name)
        self._shelf.find(name, role)
        match role:
            case ModelRole.ANSWER:
                self._chosen = name
            case ModelRole.EMBED:
                self._chosen_embedder = name
            case ModelRole.RERANK | ModelRole.RECOGNISE:
                pass
        return role

    def cancel(self, request_id: int) -> None:
        """End the download or copy of a request."""
        if request_id in self._cancelled:
            self._cancelled[request_id].set()

    async def _in_thread(self, request_id: int, work: Callable[[Callable[[], bool]], Result]) -> Result:
        """Do this once what was asked for before is done: downloads share a folder and clear it up."""
        cancelled = self._cancelled[request_id] = threading.Event()
        try:
            async with self._turn:
                return await asyncio.to_thread(work, cancelled.is_set)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        finally:
            del self._cancelled[request_id]


def _reporter(name: str, emit: Callable[[ModelProgress], None]) -> Callable[[str, int, int], None]:
    """Return a callback for another thread that reports progress to the loop in steps a person can see."""
    loop = asyncio.get_running_loop()
    last: tuple[str, float] = ("", 0.0)

    def report(stage: str, done_bytes: int, total_bytes: int) -> None:
        nonlocal last
        share = done_bytes / total_bytes if total_bytes else 0.0
        if stage != last[0] or share >= last[1] + PROGRESS_STEP or done_bytes == total_bytes:
            last = (stage, share)
            loop.call_soon_threadsafe(emit, ModelProgress(name, stage, done_bytes, total_bytes))

    return report
