"""Tells whether anything changed the files of a folder since they were sealed. Used in the engine's process.

Chroma checks next to nothing of what it reads: a byte that flipped in one of half a million vectors is found by no
sample of them.
"""

import hashlib
from pathlib import Path

_SUFFIX = ".sealed"


def seal(folder: Path) -> None:
    """Note what the files in a folder contain, beside it; nobody may have them open for writing."""
    _place(folder).write_text(_digest(folder), encoding="ascii")


def break_seal(folder: Path) -> bool:
    """Take a folder's seal away; tell whether there was none, or one that fits."""
    place = _place(folder)
    try:
        sealed = place.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return True
    is_whole = sealed == _digest(folder)
    place.unlink()
    return is_whole


def _place(folder: Path) -> Path:
    return folder.with_name(folder.name + _SUFFIX)


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            name = path.relative_to(folder).as_posix().encode(errors="surrogateescape")
            whole.update(b"%d:%s%s" % (len(name), name, content))
    return whole.hexdigest()
