"""Tells whether a file, or those of a folder, changed since they were sealed. Used in the engine's process.

Neither SQLite nor Chroma knows what it wrote: a bit that flipped in a passage's text or in one of many vectors is found
by none of their checks, and by no sample.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

_SUFFIX = ".sealed"
_MOST_BYTES = 1 << 29
"""What is larger is not sealed: reading it at each opening and closing would be felt (half a second here)."""


def seal(place: Path) -> None:
    """Note beside a file or folder what it contains, if there is one; nobody may have it open for writing."""
    if not place.exists() or sum(file.stat().st_size for file in _files(place)) > _MOST_BYTES:
        return
    new = _seal_of(place).with_suffix(".new")
    try:
        new.write_text(_digest(place), encoding="ascii")
        new.replace(_seal_of(place))
    except OSError:  # without room for a seal there is none
        new.unlink(missing_ok=True)


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
