"""Indexes a folder until killed or done, saying what it does; the child process of `test_kills`.

A third argument names another embedder, of another dimension, that is chosen then.

Prints a line for each text embedded ("embed"), each document reported READY ("ready NAME"), and at the end ("idle").
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.core.types import DocumentRow, DocumentState
from app.library.catalog import Catalog
from app.library.indexer import Indexer
from app.library.reports import IndexerCallbacks
from app.library.spaces import Spaces
from tests.library.libraries import SUFFIXES, WordsEmbedder, read_here


def tell(line: str) -> None:
    """Say a line in one piece: texts are embedded in several threads."""
    print(f"{line}\n", end="", flush=True)


class TellingEmbedder(WordsEmbedder):
    """Says that it embeds."""

    def embed(self, text: str) -> npt.NDArray[np.float32]:
        """Return float32[64] of unit length."""
        tell("embed")
        return super().embed(text)


def tell_ready(rows: Sequence[DocumentRow], removed: Sequence[int]) -> None:
    """Say which documents are READY."""
    for row in rows:
        if row.state is DocumentState.READY:
            tell(f"ready {Path(row.path.decode()).name}")


async def index(data: Path, papers: Path, another: str = "") -> None:
    """Index a folder into the library in a data folder."""
    catalog = Catalog.open(data / "catalog.sqlite")
    spaces = Spaces(data / "chroma", catalog)
    callbacks = IndexerCallbacks(tell_ready, lambda: None, lambda: False)
    indexer = Indexer(catalog, spaces, read_here, SUFFIXES, callbacks)
    if another:
        indexer.use_embedder(TellingEmbedder(another, 32), WordsEmbedder())
    else:
        indexer.use_embedder(TellingEmbedder())
    running = asyncio.create_task(indexer.run(watch=False))
    await indexer.add_folder(str(papers).encode())
    await indexer.until_idle()
    tell("idle")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    spaces.close()
    catalog.close()


if __name__ == "__main__":
    asyncio.run(index(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
