"""Read mail that Outlook keeps (.msg). Runs in the reader's process.

A message is a storage of properties, each a stream that is named by its number and type ([MS-OXMSG]); a message within
it is a storage again, so that a message cannot hold itself.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from app.core.types import Reason
from app.readers import rtf
from app.readers.compressed_rtf import decompressed
from app.readers.encoding import text_of
from app.readers.messages import INNER_LIMIT, SHOWN_PICTURE, Attached, Message, body_of, listed
from app.readers.ole import Ole
from app.readers.refusal import Refusal
from app.readers.rtf_tokens import codec_of_page
from app.readers.sections import Part

_SUBJECT, _BODY, _HTML, _RTF = 0x0037, 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _TO, _CC = 0x0C1A, 0x0C1F, 0x5D01, 0x0E04, 0x0E03
_SENT, _DELIVERED, _BODY_PAGE, _PAGE = 0x0039, 0x0E06, 0x3FDE, 0x3FFD
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _CONTENT, _CONTENT_ID = 0x3707, 0x3704, 0x3001, 0x3701, 0x3712
_UNICODE, _ANSI, _BYTES, _STORAGE = "001F", "001E", "0102", "000D"
_FIXED = "__properties_version1.0"
_ENTRY = struct.Struct("<HHIQ")  # type, number, flags, value
_HEADER_BYTES = {True: 32, False: 24}  # of the whole message, of one within
_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)


def messages(file: BinaryIO) -> list[Message]:
    """Return the one message of a file, or raise `Refusal`."""
    ole = Ole(file)
    if _FIXED not in ole.paths:
        raise Refusal(Reason.DAMAGED, "no message")
    return [_message(_Storage(ole, ""), 0)]


def attached(file: BinaryIO, address: str) -> bytes:
    """Return the content of what is attached at an address, which is its storage's path, or raise `Refusal`."""
    return _Storage(Ole(file), address).bytes_of(_CONTENT, _BYTES)


@dataclass(frozen=True, slots=True)
class _Storage:
    """A storage of properties; `path` is "" for the whole file."""

    ole: Ole
    path: str

    def bytes_of(self, number: int, kind: str) -> bytes:
        return self.ole.read(self.at(f"__substg1.0_{number:04X}{kind}"))

    def text(self, number: int, codec: str) -> str:
        wide = self.bytes_of(number, _UNICODE)
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return self.bytes_of(number, _ANSI).decode(codec, "replace").rstrip("\0")

    def fixed(self) -> dict[int, int]:
        """Return the properties of a fixed size by their number."""
        content = self.ole.read(self.at(_FIXED))[_HEADER_BYTES[not self.path] :]
        whole = content[: len(content) // _ENTRY.size * _ENTRY.size]
        return {number: value for _kind, number, _flags, value in _ENTRY.iter_unpack(whole)}

    def at(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name


def _message(storage: _Storage, depth: int) -> Message:
    fixed = storage.fixed()
    codec = codec_of_page(fixed.get(_PAGE, 1252) & 0xFFFF)
    address = storage.text(_SENDER_SMTP, codec) or storage.text(_SENDER_ADDRESS, codec)
    sender = " ".join(filter(None, (storage.text(_SENDER, codec), f"<{address}>" if "@" in address else "")))
    lines = [
        ("From", sender),
        ("To", storage.text(_TO, codec)),
        ("Cc", storage.text(_CC, codec)),
        ("Date", _moment(fixed.get(_SENT) or fixed.get(_DELIVERED) or 0)),
    ]
    marked_up = _marked_up(storage, codec, fixed)
    shown = {name.lower() for name in SHOWN_PICTURE.findall(marked_up)}
    attachments: list[Attached] = []
    inner: list[Message] = []
    for name in storage.ole.below(storage.path):
        attached = _Storage(storage.ole, storage.at(name))
        within = attached.at(f"__substg1.0_{_CONTENT:04X}{_STORAGE}")
        if not name.startswith("__attach"):
            continue
        if f"{within}/{_FIXED}".lower() in storage.ole.paths:
            inner += [_message(_Storage(storage.ole, within), depth + 1)] if depth < INNER_LIMIT else []
        else:
            names = (attached.text(number, codec) for number in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME))
            if attached.text(_CONTENT_ID, codec).strip(" <>").lower() not in shown:
                content = attached.bytes_of(_CONTENT, _BYTES)
                attachments.append(listed(next(filter(None, names), ""), attached.path, content))
    subject = " ".join(storage.text(_SUBJECT, codec).split())
    return Message(subject, lines, _body(storage, codec, marked_up), attachments, inner)


def _marked_up(storage: _Storage, codec: str, fixed: dict[int, int]) -> str:
    """Return the text as HTML, "" if it has no such form."""
    page = fixed.get(_BODY_PAGE, 0) & 0xFFFF
    raw = storage.bytes_of(_HTML, _BYTES)
    return text_of(raw, codec_of_page(page) if page else codec) if raw else storage.text(_HTML, codec)


def _body(storage: _Storage, codec: str, marked_up: str) -> list[Part]:
    plain = storage.text(_BODY, codec)
    if not plain.strip() and not marked_up.strip():
        return rtf.text_of(decompressed(storage.bytes_of(_RTF, _BYTES)))[1]
    return body_of(plain, marked_up)


def _moment(filetime: int) -> str:
    """Return a time in 100 ns since 1601 as ISO writes it, "" for none."""
    try:
        moment = _FILETIME_START + timedelta(microseconds=filetime // 10)
    except OverflowError:
        return ""
    return moment.strftime("%Y-%m-%d %H:%M UTC") if filetime else ""
