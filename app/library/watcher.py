"""Says which paths may have changed, from the system's own notices and the clock. Used in the engine's process.

The notices are a hint only: they may be lost, late or of a folder that has gone. What is true is found by a rescan of
the paths that are named here, and of everything every `PERIOD_S`.
"""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] - one of its events is of an absent trio

from app.library.drives import drives, silent_places
from app.library.ignoring import IGNORE_FILE, Ignoring

_LOG = logging.getLogger(__name__)

PERIOD_S = 30.0
"""How often everything is looked at again: finds a drive that came back, and what no notice told."""

SILENT_PERIOD_S = 1.5
"""The same where the system gives no notices: no watches are left, or others write to a drive in the network."""

_SILENT_SHARE = 10
"""There a look at a large folder is begun again after so many times as long as it takes, so that it costs little."""

_ILLEGIBLE_PERIOD_S = 1.2
_SETTLED_MS = 200
_AT_MOST_MS = 1000
_MANY = 300
_UNDECODABLE = "\N{REPLACEMENT CHARACTER}"


class Watcher:
    """Watches folders and calls back with the paths to look at, None for all."""

    def __init__(
        self,
        folders: Callable[[], Mapping[bytes, Ignoring]],
        on_hint: Callable[[tuple[bytes, ...] | None], None],
        look: Callable[[Sequence[bytes] | None], Awaitable[object]],
        period_s: float = PERIOD_S,
    ) -> None:
        """Watch what `folders` returns, asked anew after `refresh`, at every notice and every `period_s`.

        `look` looks at some paths, None for all, and returns when that is done.
        """
        self._period_s = period_s
        self._look = look
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
            looks = asyncio.create_task(self._look_at_the_silent(tuple(watched), notices))
            try:
                # The watches are set before anything is looked at, so that nothing falls between.
                await asyncio.sleep(0)
                self._on_hint(None)
                while not await _happens(self._refresh, self._period_s):
                    if _identities(self._folders()) != watched:
                        break
                    self._on_hint(None)
            finally:
                stop.set()
                looks.cancel()
                for end in await asyncio.gather(notices, looks, return_exceptions=True):
                    if isinstance(end, Exception):
                        _LOG.error("Watching ended early", exc_info=end)

    async def _look_at_the_silent(self, folders: tuple[bytes, ...], notices: "asyncio.Task[None]") -> None:
        """Look, until cancelled, at what no notice tells of: everything once there are no `notices` any more."""
        lasted_s = 0.0
        while True:
            silent = () if notices.done() else silent_places(folders, await asyncio.to_thread(drives))
            pause_s = max(SILENT_PERIOD_S, _SILENT_SHARE * lasted_s)
            if notices.done():
                await asyncio.sleep(min(pause_s, self._period_s))
            else:
                within_s = min(pause_s, self._period_s) if silent else self._period_s
                await asyncio.wait((notices,), timeout=within_s)
            if silent or notices.done():
                began_s = time.monotonic()
                await self._look(silent or None)
                lasted_s = time.monotonic() - began_s

    async def _pass_on(self, folders: tuple[bytes, ...], stop: asyncio.Event) -> None:
        """Pass the system's notices on until `stop`; return early if there are none to be had."""
        if not folders:
            await stop.wait()
        delay_s = _SETTLED_MS / 1000
        while not stop.is_set():
            began_s = time.monotonic()
            try:
                await self._pass_on_while_legible(folders, stop)
            except (OSError, RuntimeError) as error:  # the system's, and the watching library's own
                _LOG.warning("No notices of changes: %s", error)
                return
            except ExceptionGroup:
                # WORKAROUND: watchfiles 1.3 ends at a name that is not UTF-8. Start it anew and look at everything; a
                # folder of such a name ends it at every look, which comes to looking as often as was promised.
                lasted = time.monotonic() - began_s > _AT_MOST_MS / 1000
                delay_s = _SETTLED_MS / 1000 if lasted else min(2 * delay_s, _ILLEGIBLE_PERIOD_S)
                await _happens(stop, delay_s)
                asyncio.get_running_loop().call_soon(self._on_hint, None)  # when the watches are set again

    async def _pass_on_while_legible(self, folders: tuple[bytes, ...], stop: asyncio.Event) -> None:
        """Pass notices on until `stop`.

        Raises:
            OSError, RuntimeError: there are none to be had.
            ExceptionGroup: there was one that watchfiles cannot read.
        """
        notices = awatch(
            *map(os.fsdecode, folders),
            watch_filter=None,
            debounce=_AT_MOST_MS,
            step=_SETTLED_MS,
            stop_event=stop,
            ignore_permission_denied=True,
        )
        async for notice in notices:
            paths = [path for _, path in notice]
            if scopes := await asyncio.to_thread(hinted, self._folders(), paths):
                self._on_hint(scopes)


def hinted(folders: Mapping[bytes, Ignoring], paths: Iterable[str]) -> tuple[bytes, ...]:
    """Return what to look at for the paths of a notice: few and exact ones, or whole folders if there are many."""
    scopes: dict[bytes, bytes] = {}
    for path in paths:
        known, _, _ = path.partition(_UNDECODABLE)
        scope = os.fsencode(path if known == path else os.path.dirname(known))
        if os.path.basename(scope) == IGNORE_FILE:
            scope = os.path.dirname(scope)
        for folder, ignoring in folders.items():
            if scope not in scopes and not ignoring.is_beyond(scope):
                scopes[scope] = folder
    return tuple(scopes) if len(scopes) <= _MANY else tuple(set(scopes.values()))


async def _happens(event: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            return await event.wait()
    except TimeoutError:
        return False


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
