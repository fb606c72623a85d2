"""The model shelf behind the seam: list, get, add, remove, choose. Runs in the engine's process.

Downloads and copies run in a thread of their own, because they wait for the network and the disk only.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.core.messages import ModelProgress
from app.core.types import ModelRole, ModelRow
from app.engine.model_host import ModelChoice
from app.llm.gguf import read_header
from app.llm.shelf import Shelf

Result = TypeVar("Result")

PROGRESS_STEP = 0.005  # of the whole: 200 events a file are enough for any bar


class Shelving:
    """The shelf, and which answer model is in use."""

    def __init__(self, shelf: Shelf, chosen: str) -> None:
        self._shelf = shelf
        self._chosen = chosen
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
        return self._shelf.rows(self._chosen)

    def choice(self, name_or_path: str, adapter: bytes) -> ModelChoice:
        """Return the answer model to load; "" means the one in use.

        Raises:
            NoModelInstalled, ModelUnknown, ModelFileInvalid, PathMissing, PathUnreadable.
        """
        if adapter:
            read_header(Path(os.fsdecode(adapter)), "adapter")
        wanted = name_or_path or self._chosen
        path = self._shelf.find(wanted, ModelRole.ANSWER)
        return ModelChoice(path.stem, os.fsencode(path), adapter=adapter)

    def folder(self, role: ModelRole) -> Path:
        """Return the folder of the embedder or the reranker, or raise `NoModelInstalled`."""
        return self._shelf.find("", role)

    async def get(self, request_id: int, name: str, emit: Callable[[ModelProgress], None]) -> None:
        """Download a model of the catalogue; ends early, without an error, after `cancel`."""
        progress = _reporter(name, emit)
        await self._in_thread(request_id, lambda cancelled: self._shelf.get(name, progress, cancelled))

    async def add(self, request_id: int, path: bytes, emit: Callable[[ModelProgress], None]) -> None:
        """Put a file of the person's own on the shelf and use it from now on."""
        source = Path(os.fsdecode(path))
        progress = _reporter(source.name, emit)
        added = await self._in_thread(request_id, lambda cancelled: self._shelf.add(source, progress, cancelled))
        self._chosen = added or self._chosen

    def remove(self, name: str) -> None:
        """Delete a model."""
        self._shelf.remove(name)
        if name == self._chosen:
            self._chosen = ""

    def choose(self, name: str) -> None:
        """Use this model for answers, or raise `ModelUnknown` or `NoModelInstalled`."""
        self._shelf.find(name, ModelRole.ANSWER)
        self._chosen = name

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
