"""What Outlook encloses in a mail as `winmail.dat` ([MS-OXTNEF]): a text, files, mails. In the reader's process."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.readers import rtf
from app.readers.compressed_rtf import decompressed
from app.readers.encoding import text_of
from app.readers.refusal import Refusal
from app.readers.rtf_tokens import codec_of_page

MARK = struct.pack("<I", 0x223E9F78)
_HEADER_BYTES = len(MARK) + 2
_ATTRIBUTE = struct.Struct("<BII")  # level, what it is, length
_SUM_BYTES = 2
_SUBJECT, _BODY, _PROPERTIES, _CODE_PAGE = 0x00018004, 0x0002800C, 0x00069003, 0x00069007
_FILE_BEGINS, _FILE_TITLE, _FILE_CONTENT, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_P_SUBJECT, _P_BODY, _P_HTML, _P_RTF, _P_PAGE = 0x0037, 0x1000, 0x1013, 0x1009, 0x3FDE
_P_LONG_NAME, _P_NAME, _P_SHOWN_NAME, _P_CONTENT = 0x3707, 0x3704, 0x3001, 0x3701
_NAMED, _MANY = 0x8000, 0x1000
_ANSI, _UNICODE = 0x1E, 0x1F
_OBJECT_ID_BYTES = 16
_FIXED_BYTES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_INTEGER = 0x03
_DEFAULT_CODEC = "cp1252"


@dataclass(slots=True)
class EnclosedFile:
    """A file; `is_message` if its content is such an enclosure again."""

    name: str = ""
    content: bytes = b""
    is_message: bool = False


@dataclass(slots=True)
class Enclosure:
    """What a `winmail.dat` holds."""

    subject: str = ""
    plain: str = ""
    marked_up: str = ""
    files: list[EnclosedFile] = field(default_factory=list[EnclosedFile])


def enclosure_of(content: bytes) -> Enclosure | None:
    """Return what is enclosed, as far as it is there; None if the content is no such enclosure."""
    if not content.startswith(MARK):
        return None
    found = Enclosure()
    codec = _DEFAULT_CODEC
    for kind, value in _attributes(content):
        if kind == _CODE_PAGE:
            codec = codec_of_page(int.from_bytes(value[:4], "little"))
        elif kind == _SUBJECT:
            found.subject = _text(value, codec)
        elif kind == _BODY:
            found.plain = _text(value, codec)
        elif kind == _PROPERTIES:
            _take_properties(found, _Properties.of(value, codec))
        elif kind == _FILE_BEGINS:
            found.files.append(EnclosedFile())
        elif found.files:
            _take_file(found.files[-1], kind, value, codec)
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = _HEADER_BYTES
    while place + _ATTRIBUTE.size <= len(content):
        _level, kind, length = _ATTRIBUTE.unpack_from(content, place)
        place += _ATTRIBUTE.size
        yield kind, content[place : place + length]
        place += length + _SUM_BYTES


def _take_properties(found: Enclosure, told: "_Properties") -> None:
    page = told.integer(_P_PAGE)
    marked_up = told.first(_P_HTML)
    found.subject = told.text(_P_SUBJECT) or found.subject
    found.plain = told.text(_P_BODY) or found.plain
    found.marked_up = _decoded(marked_up, codec_of_page(page) if page else "")
    if not found.plain.strip() and not found.marked_up.strip():
        parts = rtf.text_of(decompressed(told.first(_P_RTF)))[1]
        found.plain = "\n\n".join(part.text for part in parts)


def _take_file(file: EnclosedFile, kind: int, value: bytes, codec: str) -> None:
    if kind == _FILE_TITLE:
        file.name = file.name or _text(value, codec)
    elif kind == _FILE_CONTENT:
        file.content = value
    elif kind == _FILE_PROPERTIES:
        told = _Properties.of(value, codec)
        names = (told.text(number) for number in (_P_LONG_NAME, _P_NAME, _P_SHOWN_NAME))
        file.name = next(filter(None, names), file.name)
        content = told.first(_P_CONTENT)
        enclosed = content[_OBJECT_ID_BYTES:]
        file.is_message = enclosed.startswith(MARK)
        file.content = enclosed if file.is_message else file.content or content


@dataclass(frozen=True, slots=True)
class _Properties:
    """The first value of each property by its number, with its type."""

    values: dict[int, tuple[int, bytes]]
    codec: str

    @classmethod
    def of(cls, content: bytes, codec: str) -> "_Properties":
        """Read properties as far as they are there."""
        values: dict[int, tuple[int, bytes]] = {}
        place = 4  # behind their count
        try:
            while place + 4 <= len(content):
                kind, number = struct.unpack_from("<HH", content, place)
                place = _behind_name(content, place + 4) if number >= _NAMED else place + 4
                found, place = _values(content, place, kind)
                if found:
                    values.setdefault(number, (kind, found[0]))
        except struct.error:
            pass
        return cls(values, codec)

    def first(self, number: int) -> bytes:
        """Return a property's bytes, b"" if it has none."""
        return self.values.get(number, (0, b""))[1]

    def text(self, number: int) -> str:
        """Return a property's text, "" if it has none."""
        kind, value = self.values.get(number, (0, b""))
        if kind == _UNICODE:
            return value.decode("utf-16-le", "replace").rstrip("\0")
        return _text(value, self.codec) if kind == _ANSI else ""

    def integer(self, number: int) -> int:
        """Return a property's number, 0 if it has none."""
        kind, value = self.values.get(number, (0, b""))
        return int.from_bytes(value[:4], "little") if kind == _INTEGER else 0


def _behind_name(content: bytes, place: int) -> int:
    """Return where a named property's values begin: behind the set that it is of, and its number or its name."""
    (is_text,) = struct.unpack_from("<I", content, place + 16)
    place += 20
    (length,) = struct.unpack_from("<I", content, place)
    return place + 4 + (_padded(length) if is_text else 0)


def _values(content: bytes, place: int, kind: int) -> tuple[list[bytes], int]:
    """Return the values of a property, and where the next one begins; raise `struct.error` where there are none."""
    size_bytes = _FIXED_BYTES.get(kind & ~_MANY)
    count = 1
    if size_bytes is None or kind & _MANY:
        (count,) = struct.unpack_from("<I", content, place)
        place += 4
    values: list[bytes] = []
    for _ in range(count):
        length = size_bytes
        if length is None:
            (length,) = struct.unpack_from("<I", content, place)
            place += 4
        if place + length > len(content):
            raise struct.error("cut off")
        values.append(content[place : place + length])
        place += _padded(length)
    return values, place


def _padded(length: int) -> int:
    return -(-length // 4) * 4


def _decoded(value: bytes, codec: str) -> str:
    try:
        return text_of(value, codec) if value else ""
    except Refusal:
        return ""


def _text(value: bytes, codec: str) -> str:
    return value.decode(codec, "replace").rstrip("\0")
