"""A document that is a zip of parts, opened with care: office files and EPUB. Runs in the reader's process."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from app.core.pages import Page
from app.core.types import Reason
from app.readers import zips
from app.readers.refusal import UNOPENABLE, Refusal
from app.readers.sections import clean
from app.readers.xml_tree import Xml, XmlInvalid, attribute, child, parse, recovered, stream
from app.readers.zip_salvage import SalvagedZip, salvaged

# A real document's XML inflates to far less; a bomb of 1.5 MB inflates to 1.5 GiB.
READ_LIMIT_BYTES = 256 * 1024 * 1024
# What is read as a stream takes time, but no room.
STREAM_LIMIT_BYTES = 1024 * 1024 * 1024
PIECE_BYTES = 1024 * 1024
ENTRY_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: the last word of the relation's kind, and the name of the other part."""

    kind: str
    target: str


class Package:
    """A zip's parts by name; a lost or damaged part is None, because a document without it is still a document.

    Raises:
        Refusal: the file is no zip, is encrypted, or would inflate to more than a document does.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zip = opened(file)
        self._is_whole = isinstance(self._zip, zipfile.ZipFile)
        entries = self._zip.infolist()
        if len(entries) > ENTRY_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"{len(entries)} parts")
        if any(zips.is_encrypted(entry.flag_bits) for entry in entries):
            raise Refusal(Reason.ENCRYPTED, UNOPENABLE)
        self._entries = {zips.part_name(entry): entry for entry in entries}
        self._inflated_bytes = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parts in the zip's order."""
        return tuple(entry.filename for entry in self._entries.values())

    def refusal(self, of_whole: Refusal) -> Refusal:
        """Return what is to be raised where nothing was read, of a damaged document that it is damaged."""
        return of_whole if self._is_whole else Refusal(Reason.DAMAGED, "cut off")

    def read_pages(self, pages: Sequence[Page]) -> tuple[Page, ...]:
        """Return the pages that were read, behind them one without text where some of a damaged document is lost."""
        return (*pages,) if self._is_whole else (*pages, Page(len(pages) + 1, "", ()))

    def numbered(self, start: str) -> list[str]:
        """Return the names of the parts whose name begins so and goes on with a number, by their numbers."""
        pattern = re.compile(rf"{re.escape(start)}(\d{{1,6}})\.xml", re.IGNORECASE)
        found = {name: pattern.fullmatch(name) for name in self._entries}
        return sorted((name for name, one in found.items() if one), key=lambda name: int(re.findall(r"\d+", name)[-1]))

    def size(self, name: str) -> int:
        """Return how many bytes a part inflates to, as the zip tells it; 0 without such a part."""
        entry = self._entries.get(name.lower().lstrip("/"))
        return entry.file_size if entry is not None else 0

    def holds(self, name: str, *words: bytes) -> bool:
        """Return whether a part that is read anyway holds one of these; of a damaged one, what there is of it."""
        longest = max(map(len, words))
        entry = self._entries.get(name.lower().lstrip("/"))
        before = b""
        with suppress(*zips.ERRORS):
            part = self._zip.open(entry) if entry is not None else None
            while part is not None and (piece := part.read(PIECE_BYTES)):
                if any(word in before + piece for word in words):
                    return True
                before = piece[-longest:]
        return False

    def read(self, name: str) -> bytes | None:
        """Return a part's content, what there is of it if it is damaged, or None if there is none that can be read."""
        entry = self._entry(name, READ_LIMIT_BYTES)
        if entry is None:
            return None
        try:
            return self._zip.read(entry)
        except zips.ERRORS:
            self._is_whole = False
            return salvaged(self._file, entry) or None

    def open(self, name: str) -> IO[bytes] | None:
        """Return a part as a stream, or None if there is no such part."""
        entry = self._entry(name, STREAM_LIMIT_BYTES)
        try:
            return self._zip.open(entry) if entry is not None else None
        except zips.ERRORS:
            return None

    def xml(self, name: str) -> Xml | None:
        """Return a part's root, of a damaged one what can be read, or None if there is no such part or it is no XML."""
        content = self.read(name)
        try:
            return parse(content) if content else None
        except (XmlInvalid, ValueError):
            self._is_whole = False
            return recovered(content) if content else None

    def elements(self, name: str, tag: str) -> Iterator[Xml]:
        """Yield a large part's elements of a local name one by one, of a damaged part those that can be read."""
        part = self.open(name)
        try:
            yield from stream(cast(BinaryIO, part), tag) if part is not None else ()
        except (XmlInvalid, *zips.ERRORS):
            self._is_whole = False

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what a part refers to inside the package, by the reference's id; "" names the package itself."""
        place = PurePosixPath(name)
        root = self.xml(str(place.parent / "_rels" / f"{place.name}.rels"))
        found: dict[str, Relation] = {}
        for relation in root if root is not None else ():
            target = attribute(relation, "Target")
            if attribute(relation, "TargetMode") != "External":
                kind = attribute(relation, "Type").rsplit("/", 1)[-1]
                found[attribute(relation, "Id")] = Relation(kind, resolved(place.parent, target))
        return found

    def related(self, name: str, *kinds: str) -> list[str]:
        """Return the names of the parts that a part refers to under these kinds of relation."""
        return [relation.target for relation in self.relations(name).values() if relation.kind in kinds]

    def main(self, otherwise: str) -> str:
        """Return the name of the part that an office document begins with."""
        return next(iter(self.related("", "officeDocument")), otherwise)

    def title(self) -> str:
        """Return the title among an office document's properties, "" if it has none."""
        properties = self.related("", "core-properties")
        title = child(self.xml(properties[0]), "title") if properties else None
        return " ".join(clean((title.text if title is not None else None) or "").split())

    def _entry(self, name: str, limit_bytes: int) -> zipfile.ZipInfo | None:
        entry = self._entries.get(name.lower().lstrip("/"))
        if entry is not None:
            self._inflated_bytes += entry.file_size
            if self._inflated_bytes > limit_bytes:
                raise Refusal(Reason.TOO_LARGE, f"more than {limit_bytes} bytes inflated")
        return entry


def opened(file: BinaryIO) -> zipfile.ZipFile | SalvagedZip:
    """Return a document's zip, as far as it is there if it is cut off or damaged; raise `Refusal` if nothing is."""
    try:
        return zips.opened(file)
    except Refusal:
        found = SalvagedZip(file)
        if not found.infolist():
            raise
        return found


def resolved(folder: PurePosixPath, target: str) -> str:
    """Return the name of a part that is named relative to a folder; it cannot leave the package."""
    if target.startswith("/"):
        return target.lstrip("/")
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != "..":
            parts.append(part)
    return "/".join(parts)
