"""Removes every trace of a folder or a file of the library, and looks for what is left. In the engine's process."""

import os

from app.answering.history import History
from app.answering.records import path_of
from app.core.errors import PathNotInLibrary, UsageWrong
from app.core.receipt_messages import Forgot
from app.library.catalog import Catalog
from app.library.indexer import Indexer
from app.library.scanner import covers
from app.library.spaces import Spaces
from app.library.traces import held_vectors, is_purged, left_of, traces_of


async def forget(path: bytes, catalog: Catalog, spaces: Spaces, indexer: Indexer, history: History) -> Forgot:
    """Take a folder of the library out with all that was made of it, and erase its texts in the receipts.

    A path that is no longer in the library, and that receipts still tell of, is erased there.

    Raises:
        PathNotInLibrary: neither the library nor a receipt knows it.
        UsageWrong: it lies in a folder of the library, which would be read again.
    """
    known = [folder.path for folder in catalog.folders()]
    above = next((folder for folder in known if folder != path and covers(folder, path)), None)
    if above is not None and os.path.lexists(path):
        raise UsageWrong(detail=_beside(above))
    told = sum(covers(path, path_of(source)) for _, source in history.sources())
    if path not in known and not told:
        raise PathNotInLibrary(path=os.fsdecode(path))
    traces = traces_of(catalog, path)
    before = held_vectors(spaces.stores, traces)
    if path in known:
        indexer.remove_folder(path)
        await indexer.until(lambda: is_purged(catalog, traces))
        spaces.remove_others()  # their vectors are not looked through: each is made anew of the catalog
    receipts = history.erase(lambda source: covers(path, path_of(source)))
    left = left_of(catalog, spaces.stores, traces)
    left += sum(covers(path, path_of(source)) for _, source in history.sources())
    held = held_vectors(spaces.stores, traces)
    return Forgot(len(traces.documents), len(traces.passages), before - held, receipts, left)


def _beside(folder: bytes) -> str:
    return f"it lies in {os.fsdecode(folder)}, which is followed: forget that folder, or move the file out of it first"
