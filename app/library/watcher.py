"""Says which paths may have changed, from the system's own notices and the clock. Used in the engine's process.

The notices are a hint only: they may be lost, late or of a folder that has gone. What is true is found by a rescan of
the paths that are named here, and of everything every `PERIOD_S`.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable

from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] - one of its events is of an absent trio

from app.library.scanner import covers

_LOG = logging.getLogger(__name__)

PERIOD_S = 30.0
"""How often everything is looked at again: finds a drive that came back, and what no notice told."""

BLIND_PERIOD_S = 5.0
"""The same where the system gives no notices, e.g. because it has no watches left."""

_SETTLED_MS = 200
_AT_MOST_MS = 1000
_MANY = 300
_UNDECODABLE = "\N{REPLACEMENT CHARACTER}"


class Watcher:
    """Watches folders and calls back with the paths to look at, None for all."""

    def __init__(
        self,
        folders: Callable[[], tuple[bytes, ...]],
        on_hint: Callable[[tuple[bytes, ...] | None], None],
        period_s: float = PERIOD_S,
    ) -> None:
        """Watch what `folders` returns, asked anew after `refresh` and every `period_s`."""
        self._period_s = period_s
        self._blind_period_s = min(BLIND_PERIOD_S, period_s)
        self._folders = folders
        self._on_hint = on_hint
        self._refresh = asyncio.Event()

    def refresh(self) -> None:
        """Look at once which folders there are to watch."""
        self._refresh.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._refresh.clear()
            watched = _identities(self._folders())
            stop = asyncio.Event()
            notices = asyncio.create_task(self._pass_on(tuple(watched), stop))
            try:
                # The watches are set before anything is looked at, so that nothing falls between.
                await asyncio.sleep(0)
                self._on_hint(None)
                while not await self._is_refreshed(self._period_s if not notices.done() else self._blind_period_s):
                    if _identities(self._folders()) != watched:
                        break
                    self._on_hint(None)
            finally:
                stop.set()
                await notices

    async def _is_refreshed(self, within_s: float) -> bool:
        try:
            async with asyncio.timeout(within_s):
                return await self._refresh.wait()
        except TimeoutError:
            return False

    async def _pass_on(self, folders: tuple[bytes, ...], stop: asyncio.Event) -> None:
        """Pass the system's notices on until `stop`; return early if there are none to be had."""
        if not folders:
            return
        notices = awatch(
            *map(os.fsdecode, folders),
            watch_filter=None,
            debounce=_AT_MOST_MS,
            step=_SETTLED_MS,
            stop_event=stop,
            ignore_permission_denied=True,
        )
        try:
            async for notice in notices:
                if scopes := hinted(folders, (path for _, path in notice)):
                    self._on_hint(scopes)
        except (OSError, RuntimeError) as error:  # the system's, and the watching library's own
            _LOG.warning("No notices of changes: %s", error)


def hinted(folders: Iterable[bytes], paths: Iterable[str]) -> tuple[bytes, ...]:
    """Return what to look at for the paths of a notice: few and exact ones, or whole folders if there are many."""
    scopes: dict[bytes, bytes] = {}
    for path in paths:
        known, _, _ = path.partition(_UNDECODABLE)
        scope = os.fsencode(path if known == path else os.path.dirname(known))
        for folder in folders:
            if covers(folder, scope):
                scopes[scope] = folder
    return tuple(scopes) if len(scopes) <= _MANY else tuple(set(scopes.values()))


def _identities(folders: Iterable[bytes]) -> dict[bytes, tuple[int, int]]:
    """Return the folders that are there, with what tells one that was made anew from the one before."""
    found: dict[bytes, tuple[int, int]] = {}
    for folder in folders:
        try:
            status = os.stat(folder)
        except OSError:
            continue
        found[folder] = (status.st_dev, status.st_ino)
    return found
