"""The library's vector spaces: one is filled, another may answer until that is complete. Used in the engine's process.

Each embedder's vectors lie in a folder of their own. The catalog's note "embedder" names the one whose space answers.
"""

import hashlib
import shutil
from pathlib import Path

from app.library.catalog import Catalog
from app.library.embedder import TextEmbedder
from app.library.vectors import Vectors
from app.library.writing import Library


class Spaces:
    """At most two open vector stores under one folder; `filling` is the chosen embedder's, None without one."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        self.filling: Library | None = None
        self.answering: Library | None = None

    def use(self, chosen: TextEmbedder | None, before: TextEmbedder | None = None) -> None:
        """Fill the space of `chosen` from now on; until it is complete, that of `before` answers if it did till now.

        Raises: DataDirectoryUnwritable, DiskFull, VectorsDamaged.
        """
        noted = self._catalog.meta("embedder")
        if before is not None and (chosen is None or before.name != noted or before.name == chosen.name):
            before = None
        wanted = {embedder.name: embedder for embedder in (before, chosen) if embedder is not None}
        opened = {space.embedder.name: space.vectors for space in self._open()}
        for name in opened.keys() - wanted.keys():
            opened.pop(name).close()
        spaces = {
            name: Library(self._catalog, opened.get(name) or Vectors(space_folder(self._folder, name)), embedder)
            for name, embedder in wanted.items()
        }
        self.filling = spaces[chosen.name] if chosen else None
        self.answering = spaces[before.name] if before else self.filling
        if self.filling is self.answering and chosen is not None and noted != chosen.name:
            self._catalog.set_meta("embedder", chosen.name)

    def switch(self) -> None:
        """Have the space that was filled answer, and close for good the one that did so far."""
        if self.filling is None or self.answering is self.filling:
            return
        self._catalog.set_meta("embedder", self.filling.embedder.name)
        before, self.answering = self.answering, self.filling
        if before is not None:
            before.vectors.close(for_good=True)

    def remove_others(self) -> None:
        """Remove the folders of all spaces that are not open."""
        kept = {space_folder(self._folder, space.embedder.name) for space in self._open()}
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if folder.is_dir() and folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def stores(self) -> tuple[Vectors, ...]:
        """Return the open vector stores."""
        return tuple(space.vectors for space in self._open())

    def close(self) -> None:
        """Close all stores."""
        for space in self._open():
            space.vectors.close()
        self.filling = self.answering = None

    def _open(self) -> tuple[Library, ...]:
        spaces = (self.filling, self.answering if self.answering is not self.filling else None)
        return tuple(space for space in spaces if space is not None)


def space_folder(folder: Path, embedder: str) -> Path:
    """Return where the vectors of an embedder lie."""
    return folder / hashlib.sha256(embedder.encode()).hexdigest()[:16]
