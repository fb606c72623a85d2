"""One member of a zip behind its own header, and what its content is. Runs in the reader's process."""

import bz2
import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from app.readers import zips

_MARK = b"PK\x03\x04"
_HEADER = struct.Struct("<4s2xHHH2xI8xHH")  # mark, flags, method, time, sum, lengths of the name and of what is added
_LZMA = struct.Struct("<2xHBI")  # length of the properties, three of them in a byte, size of the dictionary
_LZMA_LEAST_BYTES = 1 << 12


@dataclass(frozen=True, slots=True)
class PackedMember:
    """A member's packed bytes and what its header says of them; `added` are the header's further fields."""

    content: bytes
    flags: int
    method: int
    time: int
    sum: int
    added: bytes

    @property
    def is_locked(self) -> bool:
        """Return whether it is locked with a password."""
        return zips.is_encrypted(self.flags)


def packed_at(file: BinaryIO, offset: int, packed_bytes: int) -> PackedMember | None:
    """Return the member whose header begins at `offset`, None if none does."""
    if offset < 0:  # as a directory may say
        return None
    file.seek(offset)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size or not header.startswith(_MARK):
        return None
    _mark, flags, method, time, checksum, name_bytes, added_bytes = _HEADER.unpack(header)
    added = file.read(name_bytes + added_bytes)[name_bytes:]
    return PackedMember(file.read(packed_bytes), flags, method, time, checksum, added)


def inflated(member: PackedMember, size_bytes: int) -> bytes:
    """Return the content of a member without a lock, no more of it than `size_bytes`; raise one of `zips.ERRORS`."""
    most = max(1, size_bytes)
    match member.method:
        case zipfile.ZIP_STORED:
            return member.content
        case zipfile.ZIP_DEFLATED:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(member.content, most)
        case zipfile.ZIP_BZIP2:
            return bz2.BZ2Decompressor().decompress(member.content, most)
        case zipfile.ZIP_LZMA:
            return _without_lzma(member.content, most)
        case _:
            raise NotImplementedError(f"packed by method {member.method}")


def _without_lzma(content: bytes, most: int) -> bytes:
    if len(content) < _LZMA.size:
        raise EOFError("cut off")
    _length, coded, dictionary_bytes = _LZMA.unpack_from(content)
    rest, lc = divmod(coded, 9)
    pb, lp = divmod(rest, 5)
    chain = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb}
    chain["dict_size"] = max(_LZMA_LEAST_BYTES, min(dictionary_bytes, most))
    decompressor = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chain])
    return decompressor.decompress(content[_LZMA.size :], most)
