"""The parts of a Word document as XML, taken from its zip with care. Runs in the reader's process."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol, cast

from docx.oxml.parser import parse_xml

from app.core.types import Reason
from app.readers.refusal import Refusal

# A real document's XML inflates to far less; a bomb of 1.5 MB inflates to 1.5 GiB.
PART_LIMIT_BYTES = 256 * 1024 * 1024
ENTRY_LIMIT = 100_000
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
_IS_ENCRYPTED = 1  # bit of a zip entry's flags


class Xml(Protocol):
    """An XML element as far as it is used here."""

    @property
    def tag(self) -> object: ...
    @property
    def text(self) -> str | None: ...
    def __iter__(self) -> Iterator["Xml"]: ...
    def items(self) -> list[tuple[str, str]]: ...
    def iter(self) -> Iterator["Xml"]: ...


class WordPackage:
    """A Word document's zip; parts are named by their place in it.

    Raises:
        Refusal: the file is no zip, is encrypted, or would inflate to more than a document does.
    """

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        start = file.read(len(_OLE_MARK))
        if not start:
            raise Refusal(Reason.EMPTY)
        if start == _OLE_MARK:
            is_encrypted = _ENCRYPTED_MARK in start + file.read()
            raise Refusal(Reason.ENCRYPTED) if is_encrypted else Refusal(Reason.UNSUPPORTED, "an old Word document")
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise Refusal(Reason.DAMAGED, str(error)) from error
        entries = self._zip.infolist()
        inflated = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
        if inflated > PART_LIMIT_BYTES or len(entries) > ENTRY_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"{inflated} bytes of XML in {len(entries)} parts")
        if any(entry.flag_bits & _IS_ENCRYPTED for entry in entries):
            raise Refusal(Reason.ENCRYPTED)
        self._names = {entry.filename.lower(): entry.filename for entry in entries}

    def xml(self, name: str) -> Xml | None:
        """Return a part's root, or None if there is no such part or it is no XML."""
        stored = self._names.get(name.lower().lstrip("/"))
        if stored is None:
            return None
        try:
            content = self._zip.read(stored)
            return cast(Xml, parse_xml(content)) if content.strip() else None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, SyntaxError):
            return None

    def document_name(self) -> str:
        """Return the name of the part with the text."""
        targets = self.related("", ("officeDocument",))
        return targets[0] if targets else "word/document.xml"

    def related(self, name: str, kinds: tuple[str, ...]) -> list[str]:
        """Return the names of the parts that a part refers to under these kinds of relationship."""
        place = PurePosixPath(name)
        root = self.xml(str(place.parent / "_rels" / f"{place.name}.rels"))
        found: list[str] = []
        for relation in root if root is not None else ():
            kind, target = attribute(relation, "Type"), attribute(relation, "Target")
            if kind.rsplit("/", 1)[-1] in kinds and attribute(relation, "TargetMode") != "External":
                found.append(target.lstrip("/") if target.startswith("/") else _joined(place.parent, target))
        return found


def local(element: Xml) -> str:
    """Return an element's name without its namespace, of which Word has several for one meaning; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Xml, name: str) -> str:
    """Return an attribute by its name without the namespace, "" if absent."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def child(element: Xml | None, *path: str) -> Xml | None:
    """Return the first descendant along a path of local names."""
    for name in path:
        element = next((below for below in element if local(below) == name), None) if element is not None else None
    return element


def value(element: Xml | None, *path: str) -> str | None:
    """Return the `val` of the element along a path, None if there is no such element."""
    found = child(element, *path)
    return None if found is None else attribute(found, "val")


def _joined(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != "..":
            parts.append(part)
    return "/".join(parts)
