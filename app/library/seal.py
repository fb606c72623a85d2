"""Tells whether a file, or those of a folder, changed since they were sealed. Used in the engine's process.

Neither SQLite nor Chroma knows what it wrote: a bit that flipped in a passage's text or in one of many vectors is found
by none of their checks, and by no sample.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.config.whole_files import write_whole

_SUFFIX = ".sealed"
_MOST_BYTES = 1 << 29
"""What is larger is not sealed: reading it at each opening and closing would be felt (half a second here)."""


def seal(place: Path) -> None:
    """Note beside a file or folder what it contains, if there is one; nobody may have it open for writing."""
    if not place.exists() or sum(file.stat().st_size for file in _files(place)) > _MOST_BYTES:
        return
    with suppress(OSError):  # without room for a seal there is none
        write_whole(_seal_of(place), _digest(place).encode())


def break_seal(place: Path) -> bool:
    """Take a seal away; tell whether there was none, or one that fits."""
    try:
        sealed = _seal_of(place).read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    is_whole = sealed == _digest(place)
    _seal_of(place).unlink()
    return is_whole


def _seal_of(place: Path) -> Path:
    return place.with_name(place.name + _SUFFIX)


def _files(place: Path) -> Iterator[Path]:
    yield from (path for path in sorted((place, *place.rglob("*"))) if path.is_file())


def _digest(place: Path) -> str:
    whole = hashlib.sha256()
    for path in _files(place):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        name = path.relative_to(place).as_posix().encode(errors="surrogateescape")
        whole.update(b"%d:%s%s" % (len(name), name, content))
    return whole.hexdigest()
