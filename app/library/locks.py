"""Which contents have a password in the keyring, so that only these are looked for there. Used in the engine's process.

Noted is the SHA-256 of the locked file alone.
"""

from app.library.catalog import Catalog
from app.library.ignoring import prefix

_NOTE = "password:"
_LEAVING = "leaving"


def note(catalog: Catalog, digest: str) -> None:
    """Note that the password of a content is kept."""
    catalog.set_meta(f"{_NOTE}{digest}", "1")


def is_noted(catalog: Catalog, digest: str) -> bool:
    """Return whether the password of a content is kept."""
    return bool(catalog.meta(f"{_NOTE}{digest}"))


def note_leaving(catalog: Catalog, digest: str) -> None:
    """Note, durably, that the password of a content goes with the documents that are about to leave."""
    catalog.set_meta(f"{_NOTE}{digest}", _LEAVING)


def leaving(catalog: Catalog) -> list[tuple[str, bool]]:
    """Return the contents whose password was about to go, each with whether a document has it all the same."""
    rows = catalog.database.read(
        "SELECT substr(m.key, ?), EXISTS (SELECT 1 FROM documents d JOIN texts t ON t.id = d.text_id"
        " WHERE ? || lower(hex(t.digest)) = m.key) FROM meta m WHERE m.key GLOB ? AND m.value = ?",
        (len(_NOTE) + 1, _NOTE, f"{_NOTE}*", _LEAVING),
    )
    return [(digest, bool(is_held)) for digest, is_held in rows]


def unnote(catalog: Catalog, digest: str) -> None:
    """Take a note away."""
    with catalog.database.transaction(durable=True):
        catalog.database.run("DELETE FROM meta WHERE key = ?", (f"{_NOTE}{digest}",))


def noted_below(catalog: Catalog, path: bytes) -> list[str]:
    """Return the noted contents that only documents at or below a path have."""
    below = prefix(path)
    rows = catalog.database.read(
        "SELECT lower(hex(t.digest)) AS content, min(d.path = ? OR (d.path > ? AND d.path < ?)) FROM documents d"
        " JOIN texts t ON t.id = d.text_id WHERE EXISTS (SELECT 1 FROM meta WHERE key = ? || lower(hex(t.digest)))"
        " GROUP BY content",
        (path, below, below[:-1] + bytes((below[-1] + 1,)), _NOTE),
    )
    return [content for content, is_below in rows if is_below]
