"""The one path of a file that may be told by several. Used in the engine's process."""

import os
import unicodedata


def real_path(path: bytes) -> bytes:
    """Return an absolute path without links, each name as it is written on the disk; what is not there stays as it is.

    Where names differ by case or by Unicode's forms alone, a file system may take both for the same file: `Papers` and
    `papers` would be two folders of the library with the same documents.
    """
    return _spelled(os.path.realpath(path))


def _spelled(path: bytes) -> bytes:
    """Return a path without links with its names as they are written on the disk."""
    parent, name = os.path.split(path)
    if not name:
        return parent
    parent = _spelled(parent)
    return os.path.join(parent, _name_in(parent, name))


def _name_in(parent: bytes, name: bytes) -> bytes:
    """Return the name of a file in its folder, given one by which it is found there."""
    try:
        wanted, names = os.lstat(os.path.join(parent, name)), os.listdir(parent)
        alike = () if name in names else [one for one in names if _folded(one) == _folded(name)]
        return next((one for one in alike if os.path.samestat(wanted, os.lstat(os.path.join(parent, one)))), name)
    except OSError:
        return name


def _folded(name: bytes) -> str:
    return unicodedata.normalize("NFC", os.fsdecode(name)).casefold()
