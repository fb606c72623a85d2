"""What can still be read of a document's zip that is cut off or damaged. Runs in the reader's process.

The directory at a zip's end may be lost; each part says by itself what it is and how it is packed.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO

from app.readers import zips
from app.readers.zip_members import PackedMember, inflated, packed_at

FILE_LIMIT_BYTES = 256 * 1024 * 1024
PART_LIMIT_BYTES = 64 * 1024 * 1024
PARTS_LIMIT = 10_000
_MARK = b"PK\x03\x04"
_MARKS = (_MARK, b"PK\x01\x02", b"PK\x07\x08")
_HEADER = struct.Struct("<4s2xHH4xIIIHH")  # mark, flags, method, sum, sizes packed and not, lengths of name and added
_NAME_LIMIT_BYTES = 1024
_AT_ONCE_BYTES = 4096


class SalvagedZip:
    """A zip's parts as they follow each other in a file, for want of a directory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.seek(0)
        self._entries = list(_entries(file.read(FILE_LIMIT_BYTES)))

    def infolist(self) -> list[zipfile.ZipInfo]:
        """Return the parts in the file's order."""
        return self._entries

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """Return what there is of a part."""
        return salvaged(self._file, entry)

    def open(self, entry: zipfile.ZipInfo) -> IO[bytes]:
        """Return what there is of a part as a stream."""
        return io.BytesIO(self.read(entry))


def salvaged(file: BinaryIO, entry: zipfile.ZipInfo) -> bytes:
    """Return what there is of a damaged part, b"" if nothing."""
    member = packed_at(file, entry.header_offset, entry.compress_size)
    if member is None or member.is_locked:
        return b""
    if member.method == zipfile.ZIP_DEFLATED:
        return _as_far_as_it_goes(member)
    try:
        return inflated(member, PART_LIMIT_BYTES)
    except zips.ERRORS:
        return b""


def _as_far_as_it_goes(member: PackedMember) -> bytes:
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
    found = bytearray()
    try:
        for place in range(0, len(member.content), _AT_ONCE_BYTES):
            found += decompressor.decompress(member.content[place : place + _AT_ONCE_BYTES])
            if len(found) > PART_LIMIT_BYTES:
                break
    except zlib.error:
        pass
    return bytes(found[:PART_LIMIT_BYTES])


def _entries(content: bytes) -> Iterator[zipfile.ZipInfo]:
    place, count = content.find(_MARK), 0
    while 0 <= place <= len(content) - _HEADER.size and count < PARTS_LIMIT:
        _mark, flags, method, _sum, packed_bytes, size_bytes, name_bytes, added_bytes = _HEADER.unpack_from(
            content, place
        )
        start = place + _HEADER.size
        begin = start + name_bytes + added_bytes
        if 0 < name_bytes <= _NAME_LIMIT_BYTES:
            entry = zipfile.ZipInfo(content[start : start + name_bytes].decode("utf-8", "replace"))
            entry.flag_bits, entry.compress_type, entry.header_offset = flags, method, place
            entry.compress_size = packed_bytes or _following(content, begin) - begin
            entry.file_size = min(size_bytes, PART_LIMIT_BYTES)
            yield entry
            count += 1
        place = content.find(_MARK, start)


def _following(content: bytes, begin: int) -> int:
    """Return where a part of unknown length ends at the latest: where another one, or the directory, begins."""
    places = (content.find(mark, begin) for mark in _MARKS)
    return min((place for place in places if place >= 0), default=len(content))
