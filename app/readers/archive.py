"""Archives (.zip): what is packed in them, told before anything is unpacked. Runs in the reader's process.

Nothing is unpacked to a disk, and no name is ever a path there: a member is found by its place in the archive.
"""

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import BinaryIO

from app.core.members import MemberFile
from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers import zips
from app.readers.formats import FORMATS
from app.readers.naming import OTHERS, not_listed, safe_names
from app.readers.refusal import Refusal
from app.readers.sections import Part, pages_of
from app.readers.zip_locks import AES_METHOD, PasswordWrong, unlocked
from app.readers.zip_members import PackedMember, inflated, packed_at

MEMBERS_LIMIT = 10_000
MEMBER_LIMIT_BYTES = 512 * 1024 * 1024
ALL_LIMIT_BYTES = 4 * 1024 * 1024 * 1024
RATIO_LIMIT = 200
"""Text packs to a tenth, logs to a fiftieth; what inflates to more than this and `_FREE_BYTES` was made to harm."""
_FREE_BYTES = 64 * 1024 * 1024
_READ_BYTES = 1 << 20
# Where its header begins, how many bytes it is packed in, and how many it has: with thousands of members, the archive's
# directory would take longer to read each time than the member.
_ADDRESS = re.compile(r"(\d{1,18})/(\d{1,18})/(\d{1,18})")


def contents(file: BinaryIO, password: str = "") -> tuple[tuple[Page, ...], list[MemberFile]]:
    """Return the pages that list what is in an archive, and its members, or raise `Refusal`.

    Members that are locked, and not by this password, are listed as such. Of very many the last one stands for those
    that are not listed.
    """
    archive, entries = _opened(file)
    if not entries:
        raise Refusal(Reason.EMPTY)
    read, left = entries[:MEMBERS_LIMIT], entries[MEMBERS_LIMIT:]
    *names, others = safe_names([*(entry.filename for entry in read), OTHERS])
    members = [_member(file, archive, entry, name, password) for name, entry in zip(names, read, strict=True)]
    members += [not_listed(others, [entry.file_size for entry in left])] if left else []
    return pages_of([Part(BlockKind.LIST_ITEM, member.name) for member in members]), members


def packed(file: BinaryIO, address: str, password: str = "") -> bytes:
    """Return the content of the member at an address, or raise `Refusal`; the other members are not looked at."""
    place = _ADDRESS.fullmatch(address)
    offset, packed_bytes, size_bytes = map(int, place.groups()) if place is not None else (0, 0, 0)
    if size_bytes > MEMBER_LIMIT_BYTES:
        raise Refusal(Reason.TOO_LARGE, f"{size_bytes} bytes inflated")
    member = packed_at(file, offset, packed_bytes) if place is not None else None
    if member is None:
        raise Refusal(Reason.CHANGED_WHILE_READ, "no such member")
    return _content(member, size_bytes, password)


def is_locked(file: BinaryIO, password: str) -> bool:
    """Return whether any member that would be read is locked, and one by this password.

    Raises:
        Refusal: none is by this password, or the archive cannot be read.
    """
    _archive, entries = _opened(file)
    refused: list[Refusal] = []
    for entry in sorted(entries, key=lambda one: one.file_size):  # a small one tells as much as a large one
        is_read = _has_reader(entry.filename) and entry.file_size <= MEMBER_LIMIT_BYTES
        if is_read and zips.is_encrypted(entry.flag_bits):
            try:
                _locked_content(file, entry, password)
            except Refusal as refusal:
                is_guess = refusal.reason is Reason.DAMAGED and entry.compress_type != AES_METHOD
                refused.append(Refusal(Reason.ENCRYPTED) if is_guess else refusal)  # one in 256 passes for right there
            else:
                return True
    if refused:
        raise min(refused, key=lambda one: (one.reason is not Reason.ENCRYPTED, one.detail))
    return False


def _opened(file: BinaryIO) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Return an archive and the files in it; what it says of itself is all that is inflated, so it tells a bomb."""
    archive, size_bytes = zips.opened(file), file.seek(0, os.SEEK_END)
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]  # which may be ""
    inflated_bytes = sum(entry.file_size for entry in entries)
    if inflated_bytes > ALL_LIMIT_BYTES or inflated_bytes > max(_FREE_BYTES, RATIO_LIMIT * size_bytes):
        raise Refusal(Reason.TOO_LARGE, f"{inflated_bytes} bytes inflated")
    return archive, entries


def _member(file: BinaryIO, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, password: str) -> MemberFile:
    """Return a member with the hash of its content, or why there is none; what no reader reads is not inflated."""
    address = f"{entry.header_offset}/{entry.compress_size}/{entry.file_size}"

    def refused(reason: Reason, detail: str = "") -> MemberFile:
        return MemberFile(name, address, entry.file_size, b"", reason, detail)

    if not _has_reader(name):
        return refused(Reason.UNSUPPORTED, os.path.splitext(name)[1][1:].lower())
    if entry.file_size > MEMBER_LIMIT_BYTES:
        return refused(Reason.TOO_LARGE, f"{entry.file_size} bytes inflated")
    try:
        is_locked = zips.is_encrypted(entry.flag_bits)
        digest = _locked_digest(file, entry, password) if is_locked else _streamed_digest(archive, entry)
    except Refusal as refusal:
        return refused(refusal.reason, refusal.detail)
    return MemberFile(name, address, entry.file_size, digest)


def _has_reader(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in FORMATS


def _streamed_digest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    digest = hashlib.sha256()
    with _refusing(entry.compress_type), archive.open(entry) as stream:
        while some := stream.read(_READ_BYTES):
            digest.update(some)
    return digest.digest()


def _locked_digest(file: BinaryIO, entry: zipfile.ZipInfo, password: str) -> bytes:
    return hashlib.sha256(_locked_content(file, entry, password)).digest()


def _locked_content(file: BinaryIO, entry: zipfile.ZipInfo, password: str) -> bytes:
    """Return what a locked member holds, the whole of it; raise `Refusal`."""
    member = packed_at(file, entry.header_offset, entry.compress_size)
    if member is None or not member.is_locked:
        raise Refusal(Reason.DAMAGED, "its header does not agree")
    content = _content(member, entry.file_size + 1, password)
    if len(content) != entry.file_size or (entry.CRC and zlib.crc32(content) != entry.CRC):
        raise Refusal(Reason.DAMAGED, "its sum does not agree")
    return content


def _content(member: PackedMember, size_bytes: int, password: str) -> bytes:
    """Return what a member holds, at most `size_bytes` of it; raise `Refusal`."""
    try:
        member = unlocked(member, password) if member.is_locked else member
    except PasswordWrong as error:
        raise Refusal(Reason.ENCRYPTED) from error
    with _refusing(member.method):
        return inflated(member, size_bytes)


@contextmanager
def _refusing(method: int) -> Generator[None]:
    """Raise `Refusal` for what is raised about a member that is packed in a way."""
    try:
        yield
    except NotImplementedError as error:
        raise Refusal(Reason.UNSUPPORTED, f"packed by method {method}") from error
    except zips.ERRORS as error:
        raise Refusal(Reason.DAMAGED, str(error)) from error
