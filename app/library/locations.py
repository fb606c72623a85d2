"""Where the bytes of a document are: in a file of its own, or inside one. Used in the engine's process."""

import os
from dataclasses import dataclass

from app.core.members import Inside
from app.library.database import Database


@dataclass(frozen=True, slots=True)
class Location:
    """The file that a member is in, by its document's id and path, and the way to the member.

    `digests` are the SHA-256 of the containers in hex, outermost first, as they were read; "" while one is read anew.
    """

    file_id: int
    file: bytes
    inside: Inside
    digests: tuple[str, ...] = ()


def location_of(database: Database, document_id: int) -> Location | None:
    """Return where a member is, None for a document that is a file of its own."""
    containers: list[str] = []
    addresses: list[str] = []
    digests: list[str] = []
    found: Location | None = None
    at = document_id
    while rows := database.read(
        "SELECT c.id, c.path, d.address, d.digest, coalesce(t.digest, c.digest) FROM documents d"
        " JOIN documents c ON c.id = d.container_id LEFT JOIN texts t ON t.id = c.text_id WHERE d.id = ?",
        (at,),
    ):
        at, path, address, digest, container = rows[0]
        digests.insert(0, container.hex())
        containers.insert(0, os.path.basename(path).decode("utf-8", "replace"))
        addresses.insert(0, address)
        sha256 = found.inside.sha256 if found else digest
        found = Location(at, path, Inside(tuple(containers), tuple(addresses), sha256), tuple(digests))
    return found
