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
from app.engine.wire import ConnectionClosed, Received

NICENESS = 5  # the window comes first: on two cores, indexing and answering take both


def run(sock: socket.socket, paths: DataPaths) -> int:
    """Serve the window at the other end of a socket; return the exit status. Its children give way as it does.

    The loop is left open: to close it would wait for threads that hash a large file, or load a model, for nobody.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    return asyncio.Runner().run(_serve(Channel(sock), paths))


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
    incoming: asyncio.Queue[Received] = asyncio.Queue()
    outgoing: asyncio.Queue[tuple[int, object]] = asyncio.Queue()
    engine = Engine(paths, load_settings(paths.settings), lambda request, event: outgoing.put_nowait((request, event)))
    work = (_receive_requests(channel, incoming), _handle_requests(engine, incoming), _send_events(channel, outgoing))
    tasks = [asyncio.create_task(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        lock.note_letting_go()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while not incoming.empty():  # a folder that was removed, say, as the window closed
            received = incoming.get_nowait()
            engine.handle(received.request_id, received.message)
        await asyncio.sleep(0)
        await engine.close()


async def _receive_requests(channel: Channel, incoming: asyncio.Queue[Received]) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            incoming.put_nowait(await channel.receive())


async def _handle_requests(engine: Engine, incoming: asyncio.Queue[Received]) -> None:
    """Start the engine, which may take its time, and hand it what is asked for."""
    await engine.start(watch=True)
    while True:
        received = await incoming.get()
        engine.handle(received.request_id, received.message)


async def _send_events(channel: Channel, outgoing: asyncio.Queue[tuple[int, object]]) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            request_id, event = await outgoing.get()
            await channel.send(request_id, event)
