"""Removes every trace of a folder or a file of the library, and looks for what is left. In the engine's process.

Also what nobody would see any more is taken off the disk: deleted rows, deleted vectors, logs of databases, and damaged
databases that were set aside, in which nothing can be erased.
"""

import asyncio
import os
from collections.abc import Callable

from app.answering.history import History
from app.answering.records import path_of
from app.core.errors import PathNotInLibrary, UsageWrong
from app.core.receipt_messages import Forgot
from app.library.catalog import Catalog
from app.library.database import remove_aside
from app.library.indexer import Indexer
from app.library.scanner import covers
from app.library.spaces import Spaces
from app.library.traces import held_vectors, is_purged, left_of, scrub_steps, traces_of
from app.library.upkeep import have_scrubbed, is_scrubbed

_LOOKS_EVERY_S = 0.05


async def forget(path: bytes, catalog: Catalog, spaces: Spaces, indexer: Indexer, history: History) -> Forgot:
    """Take a folder of the library out with all that was made of it, and erase its texts in the receipts.

    A path that is no longer in the library, and that receipts still tell of, is erased there.

    Raises:
        PathNotInLibrary: neither the library nor a receipt knows it.
        UsageWrong: it lies in a folder of the library, which would be read again.
    """
    known = [folder.path for folder in catalog.folders()]
    above = next((folder for folder in known if folder != path and covers(folder, path)), None)
    if above is not None and not os.path.lexists(path):
        await indexer.rescan((above,))  # it may have been moved out just now
    if above is not None and (os.path.lexists(path) or catalog.document_at(path) is not None):
        raise UsageWrong(detail=_beside(above))
    told = sum(covers(path, path_of(source)) for _, source in history.sources(dropped=True))
    if path not in known and not told:
        raise PathNotInLibrary(path=os.fsdecode(path))
    traces = traces_of(catalog, path)
    before = held_vectors(spaces.stores, traces)
    if path in known:
        indexer.remove_folder(path)
        await _done(lambda: is_purged(catalog, traces), indexer)
    await _scrubbed(catalog, spaces, indexer)  # also of what was removed before
    receipts = history.erase(lambda source: covers(path, path_of(source)))
    history.remove_damaged()
    left = left_of(catalog, spaces.stores, traces)
    left += sum(covers(path, path_of(source)) for _, source in history.sources(dropped=True))
    held = held_vectors(spaces.stores, traces)
    return Forgot(len(traces.documents), len(traces.passages), before - held, receipts, left)


async def _done(is_done: Callable[[], bool], indexer: Indexer) -> None:
    """Wait until the indexer has done something: not for all that there is to embed, which may take hours."""
    idle = asyncio.create_task(indexer.until_idle())
    try:
        while not idle.done() and not is_done():
            await asyncio.wait((idle,), timeout=_LOOKS_EVERY_S)
        if idle.done():
            idle.result()
    finally:
        idle.cancel()


async def _scrubbed(catalog: Catalog, spaces: Spaces, indexer: Indexer) -> None:
    """Leave nothing on the disk of what was deleted: Chroma and the index of words only mark it as such.

    A damaged catalog that was set aside, and the vectors of other embedders, are removed: they can be made anew.
    """
    spaces.remove_others()
    have_scrubbed(catalog)
    indexer.take_up()
    await _done(lambda: is_scrubbed(catalog), indexer)
    database = catalog.database
    for _ in database.in_slices(scrub_steps(database)):
        await asyncio.sleep(0)
    while not database.empty_log():  # a search reads what was there when it began
        await asyncio.sleep(_LOOKS_EVERY_S)
    remove_aside(database.path)


def _beside(folder: bytes) -> str:
    return f"it lies in {os.fsdecode(folder)}, which is followed: forget that folder, or move the file out of it first"
