"""The records of old PowerPoint files, and which of them are the newest ([MS-PPT]). Runs in the reader's process."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from app.core.types import Reason
from app.readers.refusal import UNOPENABLE, Refusal

_HEAD_BYTES = 8
_IS_CONTAINER = 0xF
# Atoms that hold records as containers do.
_HOLDERS = frozenset((0x138B,))
_DEEPEST = 64
_USER_EDIT, _DIRECTORY = 0x0FF5, 0x1772
_LOCKED_MARK = 0xF3D1C4DF


class Record(NamedTuple):
    """A record's kind and instance, and where its content stands."""

    kind: int
    instance: int
    is_container: bool
    start: int
    end: int


def records(stream: bytes, start: int, end: int) -> Iterator[Record]:
    """Yield the records between two places, one after the other."""
    while start + _HEAD_BYTES <= end:
        told, kind, size = struct.unpack_from("<HHI", stream, start)
        start += _HEAD_BYTES
        after = min(start + size, end)
        is_container = told & 0xF == _IS_CONTAINER or kind in _HOLDERS
        yield Record(kind, told >> 4, is_container, start, after)
        start = after


def below(stream: bytes, record: Record) -> Iterator[Record]:
    """Yield the records in a container, and those in them, in order."""
    waiting = [records(stream, record.start, record.end)]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            continue
        yield found
        if found.is_container and len(waiting) < _DEEPEST:
            waiting.append(records(stream, found.start, found.end))


def record_at(stream: bytes, place: int | None) -> Record | None:
    """Return the record at a place, None if there is none."""
    return next(records(stream, place, len(stream)), None) if place is not None else None


def newest(stream: bytes, current: bytes) -> tuple[int, dict[int, int]]:
    """Return the number of the document, and where the newest of each numbered object stands; none if that is lost.

    Each time a file is saved, what changed is written behind all else, with a directory of it.

    Raises:
        Refusal: the file is locked.
    """
    if len(current) >= 20 and struct.unpack_from("<I", current, 12)[0] == _LOCKED_MARK:
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE)
    place = struct.unpack_from("<I", current, 16)[0] if len(current) >= 20 else 0
    document, places = 0, dict[int, int]()
    seen, directories = set[int](), set[int]()
    left = len(stream) // 4  # of the entries, which are no more than fit into the file
    while place not in seen and (edit := record_at(stream, place)) and edit.kind == _USER_EDIT:
        seen.add(place)
        if edit.end - edit.start < 20:
            break
        place, directory, number = struct.unpack_from("<III", stream, edit.start + 8)
        document = document or number
        for number, offset in _directory(stream, directory) if directory not in directories else ():
            places.setdefault(number, offset)
            left -= 1
        directories.add(directory)
        if not place or left < 0:
            break
    return document, places


def _directory(stream: bytes, place: int) -> Iterator[tuple[int, int]]:
    found = record_at(stream, place)
    if found is None or found.kind != _DIRECTORY:
        return
    place = found.start
    while place + 4 <= found.end:
        (told,) = struct.unpack_from("<I", stream, place)
        count = min(told >> 20, (found.end - place) // 4 - 1)
        offsets = struct.unpack_from(f"<{count}I", stream, place + 4)
        yield from enumerate(offsets, told & 0xFFFFF)
        place += 4 + 4 * count
