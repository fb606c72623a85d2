"""The texts of old Word documents (Word 2 to 2003): their characters in order. Runs in the reader's process.

Since Word 97 the text stands in pieces that a table of pieces puts in order ([MS-DOC]). Before, it stood in one place
as a rule, in the code page of the document's language, or of whatever fonts it is in.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress

from app.core.types import Reason
from app.readers.formats import OLD_WORD_MARKS
from app.readers.guessing import guessed
from app.readers.refusal import Refusal

WORD_97 = 0xA5EC
_OLDEST = frozenset((0xA59B, 0xA59C))
_BEFORE_97 = frozenset(int.from_bytes(mark, "little") for mark in OLD_WORD_MARKS) - _OLDEST
_IS_COMPLEX, _IS_ENCRYPTED, _USES_TABLE_1, _IS_WIDE, _IS_OBFUSCATED = 0x0004, 0x0100, 0x0200, 0x1000, 0x8000
_TEXTS = 8
# Where the file says how many characters each of its texts has, and where its table of pieces is.
_LENGTHS_97, _PIECES_97 = 0x4C, 0x01A2
_LENGTHS, _PIECES, _LENGTHS_END = 0x34, 0x0160, 0x54
_WITH_PIECES = 101  # the version whose header says where they are
_COMPRESSED = 1 << 30
_MAC = 256
_EAST_ASIAN = {0xA697: "cp932", 0xA698: "cp949"}
_CHINESE = ("gb18030", "big5")
_SINGLE = frozenset("cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp874 mac_roman".split())
# The code page of a language ([MS-LCID]); of the western ones it says little, because old programs told none else.
_PAGES = {
    **dict.fromkeys((0x405, 0x40E, 0x415, 0x418, 0x41A, 0x41B, 0x41C, 0x424, 0x81A), "cp1250"),
    **dict.fromkeys((0x402, 0x419, 0x422, 0x423, 0x42F, 0xC1A), "cp1251"),
    **{0x408: "cp1253", 0x41F: "cp1254", 0x40D: "cp1255", 0x401: "cp1256", 0x41E: "cp874"},
    **dict.fromkeys((0x425, 0x426, 0x427), "cp1257"),
}


def texts(stream: bytes, tables: tuple[bytes, bytes]) -> Iterator[str]:
    """Yield a document's texts: body, footnotes, headers, macros, comments, endnotes, two kinds of boxes.

    Raises:
        Refusal: it is no document, is locked, or is of the first Word.
    """
    if len(stream) < _LENGTHS_END:
        raise Refusal(Reason.DAMAGED, "no Word document")
    magic, flags = struct.unpack_from("<H", stream)[0], struct.unpack_from("<H", stream, 10)[0]
    if magic in _OLDEST:
        raise Refusal(Reason.UNSUPPORTED, "a document of Word 1")
    if magic != WORD_97 and magic not in _BEFORE_97:
        raise Refusal(Reason.DAMAGED, "no Word document")
    if flags & _IS_ENCRYPTED or (magic == WORD_97 and flags & _IS_OBFUSCATED):
        raise Refusal(Reason.ENCRYPTED)
    if magic == WORD_97:
        whole = _of_97(stream, tables[bool(flags & _USES_TABLE_1)])
        return _parted(whole, stream, _LENGTHS_97)
    return _parted(_before_97(stream, magic, flags), stream, _LENGTHS)


def _parted(whole: str, stream: bytes, place: int) -> Iterator[str]:
    start = 0
    for chars in struct.unpack_from(f"<{_TEXTS}i", stream.ljust(place + 4 * _TEXTS, b"\0"), place):
        yield whole[start : start + max(chars, 0)]
        start += max(chars, 0)


def _of_97(stream: bytes, table: bytes) -> str:
    if len(stream) < _PIECES_97 + 8:
        raise Refusal(Reason.DAMAGED, "no Word document")
    found: list[str] = []
    left = len(stream)
    for offset, chars in _pieces(table, *struct.unpack_from("<II", stream, _PIECES_97)):
        if offset & _COMPRESSED:
            first = (offset & ~_COMPRESSED) // 2
            found.append(stream[first : first + chars].decode("cp1252", "replace"))
        else:
            found.append(stream[offset : offset + 2 * chars].decode("utf-16-le", "replace"))
        left -= len(found[-1])
        _check(left)
    return "".join(found)


def _before_97(stream: bytes, magic: int, flags: int) -> str:
    width = 2 if flags & _IS_WIDE else 1
    start, end = struct.unpack_from("<II", stream, 0x18)
    content = stream[start:end]
    if flags & _IS_COMPLEX and _version(stream) >= _WITH_PIECES and len(stream) >= _PIECES + 8:
        with suppress(Refusal):  # without the table, as it was before it was last saved
            places = _pieces(stream, *struct.unpack_from("<II", stream, _PIECES))
            content = b"".join(_joined(stream, width, places))
    return _wide(content, magic) if width == 2 else content.decode(_page(content, stream), "replace")


def _joined(stream: bytes, width: int, places: Iterator[tuple[int, int]]) -> Iterator[bytes]:
    left = len(stream)
    for offset, chars in places:
        piece = stream[offset : offset + width * chars]
        left -= len(piece)
        _check(left)
        yield piece


def _check(left: int) -> None:
    """Raise `Refusal` if pieces have more in all than there is: then they lie in each other."""
    if left < 0:
        raise Refusal(Reason.DAMAGED, "its pieces lie in each other")


def _version(stream: bytes) -> int:
    return struct.unpack_from("<H", stream, 2)[0]


def _page(content: bytes, stream: bytes) -> str:
    """Return the code page of a text whose bytes are its characters."""
    language, letters = struct.unpack_from("<6xH", stream)[0], struct.unpack_from("<H", stream, 0x14)[0]
    if letters == _MAC:
        return "mac_roman"
    found = _PAGES.get(language) or guessed(content)
    return found if found in _SINGLE else "cp1252"


def _wide(content: bytes, magic: int) -> str:
    """Return a text of two bytes a character, which is one of a code page of East Asia."""
    codes = [code for (code,) in struct.iter_unpack("<H", content[: len(content) // 2 * 2])]
    codec = _EAST_ASIAN.get(magic) or _chinese(b"".join(map(_bytes_of, codes)))
    return "".join(_bytes_of(code).decode(codec, "replace")[:1] for code in codes)


def _bytes_of(code: int) -> bytes:
    return bytes((code >> 8, code & 0xFF)) if code > 0xFF else bytes((code,))


def _chinese(content: bytes) -> str:
    found = guessed(content)
    return found if found in _CHINESE else _CHINESE[0]


def _pieces(table: bytes, place: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield where each piece of the text stands, and how many characters it has."""
    end = min(place + size, len(table))
    while place + 5 <= end and table[place] == 1:  # properties, which come before the table of pieces
        place += 3 + struct.unpack_from("<H", table, place + 1)[0]
    if place + 5 > end or table[place] != 2:
        raise Refusal(Reason.DAMAGED, "its table of pieces is lost")
    length = min(struct.unpack_from("<I", table, place + 1)[0], end - place - 5)
    count = (length - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", table, place + 5)
    for n in range(count):
        offset = struct.unpack_from("<I", table, place + 5 + 4 * (count + 1) + 8 * n + 2)[0]
        yield offset, max(places[n + 1] - places[n], 0)
