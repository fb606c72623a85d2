"""The locks of a zip's members: ZipCrypto and WinZip's AES, opened in memory. Runs in the reader's process.

ZipCrypto is as the ZIP specification has it (APPNOTE.TXT, 6.1), AES as WinZip (AE-1 and AE-2).
"""

import hashlib
import hmac
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from app.core.types import Reason
from app.readers.refusal import UNOPENABLE, Refusal
from app.readers.zip_members import PackedMember

AES_METHOD = 99
"""How an archive's directory says that a member is locked by AES."""
_IS_STRONG, _HAS_NO_SUM = 1 << 6, 1 << 3
_ENCODINGS = ("utf-8", "cp1252", "cp437")
"""How programs spell a password that is not ASCII."""
_FIELD = struct.Struct("<HH")  # of what is added to a header: what it is, its length
_AES_FIELD, _AES = 0x9901, struct.Struct("<4xBH")  # strength 1 to 3, how the member is packed
_ROUNDS, _VERIFIER_BYTES, _CODE_BYTES, _BLOCK_BYTES = 1000, 2, 10, 16
_AT_ONCE_BYTES = 1 << 20
_Keys: TypeAlias = tuple[int, int, int]
_KEYS: _Keys = (0x12345678, 0x23456789, 0x34567890)
_KEY_FACTOR, _PREFIX_BYTES = 134775813, 12
_SUMS = [zlib.crc32(bytes((byte,)), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256)]
"""CRC-32 of each byte without the inversions before and after."""


class PasswordWrong(Exception):
    """It is not this password that locks a member."""


def unlocked(member: PackedMember, password: str) -> PackedMember:
    """Return a locked member as it is under its lock.

    One in 256 wrong passwords passes for the right one of ZipCrypto: what is under it is then no content.

    Raises:
        PasswordWrong: the password does not open it.
        Refusal: no password opens it here, or it is damaged.
    """
    if member.flags & _IS_STRONG:
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE)
    is_aes = member.method == AES_METHOD
    open_with = partial(_without_aes, *_aes_of(member.added)) if is_aes else _without_zipcrypto
    for spelling in dict.fromkeys(_spellings(password)) if password else ():
        with suppress(PasswordWrong):
            return open_with(member, spelling)
    raise PasswordWrong


def warm() -> None:
    """Have everything loaded that AES loads when it is first done: in the jail no file can be opened."""
    hashlib.pbkdf2_hmac("sha1", b"", b"", 1)
    hmac.digest(b"", b"", "sha1")
    _with_counters(b" ", bytes(16))


def _spellings(password: str) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        with suppress(UnicodeEncodeError):
            yield password.encode(encoding)


def _without_aes(strength: int, method: int, member: PackedMember, password: bytes) -> PackedMember:
    salt_bytes, key_bytes = 4 + 4 * strength, 8 + 8 * strength
    begin = salt_bytes + _VERIFIER_BYTES
    if len(member.content) < begin + _CODE_BYTES:
        raise Refusal(Reason.DAMAGED, "its lock is cut off")
    salt, verifier = member.content[:salt_bytes], member.content[salt_bytes:begin]
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 2 * key_bytes + _VERIFIER_BYTES)
    if keys[2 * key_bytes :] != verifier:
        raise PasswordWrong
    content, code = member.content[begin:-_CODE_BYTES], member.content[-_CODE_BYTES:]
    if hmac.digest(keys[key_bytes : 2 * key_bytes], content, "sha1")[:_CODE_BYTES] != code:
        raise Refusal(Reason.DAMAGED, "its code does not agree")
    return replace(member, content=_with_counters(content, keys[:key_bytes]), method=method, flags=0)


def _aes_of(added: bytes) -> tuple[int, int]:
    """Return the strength of a member's AES, and how the member is packed under it."""
    place = 0
    while place + _FIELD.size <= len(added):
        kind, length = _FIELD.unpack_from(added, place)
        place += _FIELD.size
        if kind == _AES_FIELD and place + _AES.size <= len(added):
            strength, method = _AES.unpack_from(added, place)
            if 1 <= strength <= 3:
                return strength, method
        place += length
    raise Refusal(Reason.ENCRYPTED, UNOPENABLE)


def _with_counters(content: bytes, key: bytes) -> bytes:
    """Return bytes decrypted by AES with a counter that begins at 1, its lowest byte first."""
    encryptor = Cipher(AES(key), ECB()).encryptor()
    parts: list[bytes] = []
    for begin in range(0, len(content), _AT_ONCE_BYTES):
        part = content[begin : begin + _AT_ONCE_BYTES]
        first, blocks = begin // _BLOCK_BYTES + 1, -(-len(part) // _BLOCK_BYTES)
        counters = array("Q", bytes(blocks * _BLOCK_BYTES))
        counters[::2] = array("Q", range(first, first + blocks))
        if sys.byteorder == "big":
            counters.byteswap()
        stream = int.from_bytes(encryptor.update(counters.tobytes())[: len(part)], "little")
        parts.append((int.from_bytes(part, "little") ^ stream).to_bytes(len(part), "little"))
    return b"".join(parts)


def _without_zipcrypto(member: PackedMember, password: bytes) -> PackedMember:
    _, keys = _passed(password, _KEYS, 0)
    prefix, keys = _passed(member.content[:_PREFIX_BYTES], keys, 0xFF)
    check = member.time >> 8 if member.flags & _HAS_NO_SUM else member.sum >> 24
    if prefix[-1:] != bytes((check & 0xFF,)):
        raise PasswordWrong
    content, _ = _passed(member.content[_PREFIX_BYTES:], keys, 0xFF)
    return replace(member, content=content, flags=0)


def _passed(content: bytes, keys: _Keys, mask: int) -> tuple[bytes, _Keys]:
    """Pass bytes through ZipCrypto's keys: mask 0xFF decrypts them, 0 has the keys take them as they are."""
    first, second, third = keys
    clear = bytearray()
    for byte in content:
        near = third | 2
        byte ^= (near * (near ^ 1) >> 8) & mask
        clear.append(byte)
        first = first >> 8 ^ _SUMS[(first ^ byte) & 0xFF]
        second = ((second + (first & 0xFF)) * _KEY_FACTOR + 1) & 0xFFFFFFFF
        third = third >> 8 ^ _SUMS[(third ^ second >> 24) & 0xFF]
    return bytes(clear), (first, second, third)
