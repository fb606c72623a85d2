"""The engine's process: requests from the window in, events out, until the window is gone."""

import asyncio
import contextlib
import os
import socket

from app.config.lock import LibraryLock
from app.config.logs import log_to_file
from app.config.paths import DataPaths
from app.config.settings import load_settings
from app.core.errors import AppError
from app.core.messages import Failed
from app.core.opening_messages import LibraryAwaited
from app.engine.channel import Channel
from app.engine.opening import library_in_hand
from app.engine.service import Engine
from app.engine.wire import ConnectionClosed

NICENESS = 5  # the window comes first: on two cores, indexing and answering take both


def run(sock: socket.socket, paths: DataPaths) -> int:
    """Serve the window at the other end of a socket; return the exit status. Its children give way as it does."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    return asyncio.run(_serve(Channel(sock), paths))


async def _serve(channel: Channel, paths: DataPaths) -> int:
    try:
        paths.create()
        async with library_in_hand(paths.lock, lambda: _tell(channel, LibraryAwaited())) as lock:
            log_to_file(paths.logs, "engine")
            await _serve_locked(channel, paths, lock)
    except AppError as error:
        await _tell(channel, Failed(type(error).__name__, error.facts))
        return 1
    return 0


async def _tell(channel: Channel, event: object) -> None:
    """Tell the window something that it did not ask for, if it is still there."""
    with contextlib.suppress(ConnectionClosed):
        await channel.send(0, event)


async def _serve_locked(channel: Channel, paths: DataPaths, lock: LibraryLock) -> None:
    outgoing: asyncio.Queue[tuple[int, object]] = asyncio.Queue()
    engine = Engine(paths, load_settings(paths.settings), lambda request, event: outgoing.put_nowait((request, event)))
    try:
        await engine.start(watch=True)
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(_send_events(channel, outgoing))
            await _receive_requests(channel, engine)
            sender.cancel()
    finally:
        lock.note_letting_go()
        await engine.close()


async def _receive_requests(channel: Channel, engine: Engine) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            received = await channel.receive()
            engine.handle(received.request_id, received.message)


async def _send_events(channel: Channel, outgoing: asyncio.Queue[tuple[int, object]]) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            request_id, event = await outgoing.get()
            await channel.send(request_id, event)
