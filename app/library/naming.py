"""Which documents a question names by their files. Used in the engine's process."""

import os
import re
import unicodedata
from dataclasses import replace

from app.core.types import Filters
from app.library.database import Database

# What could be the last word of a file's name, with its suffix.
_MENTION = re.compile(r"[^\s\"'“”„‘’«»(),;/\\]+\.[A-Za-z][A-Za-z0-9]{0,4}\b")
_MOST = 8
_WILD = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def restricted_to_named(database: Database, question: str, filters: Filters) -> Filters:
    """Return the filters, restricted to the files that the question names in full (`lease.pdf`), if there are any.

    A choice of paths that the person made stays as it is.
    """
    if filters.paths:
        return filters
    paths = _named(database, question)
    return replace(filters, paths=tuple(paths)) if paths else filters


def _named(database: Database, question: str) -> list[bytes]:
    mentions = list(dict.fromkeys(match[0] for match in _MENTION.finditer(question)))[:_MOST]
    said = _folded(question)
    named: dict[bytes, None] = {}
    for mention in mentions:
        rows = database.read(
            "SELECT path FROM documents WHERE state = 'ready' AND CAST(path AS TEXT) LIKE ? ESCAPE '\\'",
            (f"%{mention.translate(_WILD)}",),
        )
        named |= {path: None for (path,) in rows if _folded(os.fsdecode(os.path.basename(path))) in said}
    return list(named)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
