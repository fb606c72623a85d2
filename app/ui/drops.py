"""The paths of a drop, as the file system spells them. Window process."""

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl


def dropped_paths(dropped: QMimeData) -> tuple[bytes, ...]:
    """Return the local paths in a drop; names that are not UTF-8 survive, which `toLocalFile` would not let them."""
    return tuple(_path(url) for url in dropped.urls() if url.isLocalFile() and not url.host())


def _path(url: QUrl) -> bytes:
    if os.name == "nt":
        return os.fsencode(url.toLocalFile())
    path = unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))
    return path.rstrip(b"/") or b"/"
