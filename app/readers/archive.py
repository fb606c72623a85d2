"""Archives (.zip): what is packed in them, told before anything is unpacked. Runs in the reader's process.

Nothing is unpacked to a disk, and no name is ever a path there: a member is found by its place in the archive.
"""

import hashlib
import os
import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from app.core.members import MemberFile
from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers import zips
from app.readers.formats import FORMATS
from app.readers.naming import safe_names
from app.readers.refusal import UNOPENABLE, Refusal
from app.readers.sections import Part, pages_of

MEMBERS_LIMIT = 10_000
MEMBER_LIMIT_BYTES = 512 * 1024 * 1024
ALL_LIMIT_BYTES = 4 * 1024 * 1024 * 1024
RATIO_LIMIT = 200
"""Text packs to a tenth, logs to a fiftieth; what inflates to more than this and `_FREE_BYTES` was made to harm."""
_FREE_BYTES = 64 * 1024 * 1024
_READ_BYTES = 1 << 20
# Number, where its header begins, how many bytes it is packed in, how many it has, and how it is packed: with thousands
# of members, the archive's directory would take longer to read each time than the member.
_ADDRESS = re.compile(r"(\d{1,6})/(\d{1,18})/(\d{1,18})/(\d{1,18})/(\d{1,5})")
_HEADER_MARK = b"PK\x03\x04"
_HEADER = struct.Struct("<4s2xH18xHH")  # mark, flags, length of the name, length of what is added


def contents(file: BinaryIO) -> tuple[tuple[Page, ...], list[MemberFile]]:
    """Return the pages that list what is in an archive, and its members, or raise `Refusal`."""
    archive, size_bytes = zips.opened(file), file.seek(0, os.SEEK_END)
    entries = [(number, entry) for number, entry in enumerate(archive.infolist()) if not entry.is_dir()]
    _check(entries, size_bytes)
    names = safe_names([entry.filename for _, entry in entries])
    members = [_member(archive, number, entry, name) for name, (number, entry) in zip(names, entries, strict=True)]
    if not members:
        raise Refusal(Reason.EMPTY)
    return pages_of([Part(BlockKind.LIST_ITEM, member.name) for member in members]), members


def packed(file: BinaryIO, address: str) -> bytes:
    """Return the content of the member at an address, or raise `Refusal`; the other members are not looked at."""
    place = _ADDRESS.fullmatch(address)
    if place is None:
        raise Refusal(Reason.CHANGED_WHILE_READ, "no such member")
    number, offset, packed_bytes, size_bytes, method = map(int, place.groups())
    if size_bytes > MEMBER_LIMIT_BYTES:
        raise Refusal(Reason.TOO_LARGE, f"{size_bytes} bytes inflated")
    try:
        if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return _by_directory(file, number)
        content = _behind_header(file, offset, packed_bytes)
        if method == zipfile.ZIP_STORED:
            return content
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, max(1, size_bytes))
    except zips.ERRORS as error:
        raise Refusal(Reason.DAMAGED, str(error)) from error


def _by_directory(file: BinaryIO, number: int) -> bytes:
    """Return a member that is packed in a rarer way."""
    archive = zips.opened(file)
    entries = archive.infolist()
    if number >= len(entries) or entries[number].file_size > MEMBER_LIMIT_BYTES:
        raise Refusal(Reason.CHANGED_WHILE_READ, "no such member")
    try:
        return archive.read(entries[number])
    except RuntimeError as error:  # as zipfile says that a password is wanted
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE) from error


def _behind_header(file: BinaryIO, offset: int, packed_bytes: int) -> bytes:
    """Return the packed bytes of a member whose header begins at `offset`."""
    file.seek(offset)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise Refusal(Reason.CHANGED_WHILE_READ, "no such member")
    mark, flags, name_bytes, extra_bytes = _HEADER.unpack(header)
    if mark != _HEADER_MARK:
        raise Refusal(Reason.CHANGED_WHILE_READ, "no such member")
    if zips.is_encrypted(flags):
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE)
    file.seek(name_bytes + extra_bytes, os.SEEK_CUR)
    return file.read(packed_bytes)


def _check(entries: list[tuple[int, zipfile.ZipInfo]], size_bytes: int) -> None:
    """Raise `Refusal` for an archive that says itself that it is a bomb; what it says is all that is inflated."""
    inflated = sum(entry.file_size for _, entry in entries)
    if len(entries) > MEMBERS_LIMIT:
        raise Refusal(Reason.TOO_LARGE, f"{len(entries)} files")
    if inflated > ALL_LIMIT_BYTES or inflated > max(_FREE_BYTES, RATIO_LIMIT * size_bytes):
        raise Refusal(Reason.TOO_LARGE, f"{inflated} bytes inflated")


def _member(archive: zipfile.ZipFile, number: int, entry: zipfile.ZipInfo, name: str) -> MemberFile:
    """Return a member with the hash of its content, or why there is none; what no reader reads is not inflated."""
    address = f"{number}/{entry.header_offset}/{entry.compress_size}/{entry.file_size}/{entry.compress_type}"

    def refused(reason: Reason, detail: str = "") -> MemberFile:
        return MemberFile(name, address, entry.file_size, b"", reason, detail)

    if os.path.splitext(name)[1].lower() not in FORMATS:
        return refused(Reason.UNSUPPORTED, os.path.splitext(name)[1][1:].lower())
    if zips.is_encrypted(entry.flag_bits):
        return refused(Reason.ENCRYPTED, UNOPENABLE)
    if entry.file_size > MEMBER_LIMIT_BYTES:
        return refused(Reason.TOO_LARGE, f"{entry.file_size} bytes inflated")
    digest = hashlib.sha256()
    try:
        with archive.open(entry) as stream:
            while some := stream.read(_READ_BYTES):
                digest.update(some)
    except (*zips.ERRORS, RuntimeError) as error:
        return refused(Reason.DAMAGED, str(error))
    return MemberFile(name, address, entry.file_size, digest.digest())
