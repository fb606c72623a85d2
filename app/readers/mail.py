"""Read mail as it is sent and saved: EML, MHTML. Runs in the reader's process."""

import email
import re
from collections.abc import Collection, Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Mime
from enum import Enum, auto
from itertools import count
from typing import BinaryIO, cast

from app.core.types import Reason
from app.readers.encoding import is_charset, text_of
from app.readers.messages import INNER_LIMIT, SHOWN_PICTURE, Attached, Message, body_of, listed, message_parts
from app.readers.naming import NAMELESS
from app.readers.refusal import Refusal
from app.readers.sections import clean

_SHOWN = ("From", "To", "Cc", "Date")
_ID = re.compile(r"<[^<>\s]+>")
_BODY_KINDS = frozenset(("text/plain", "text/html"))
_OTHER = "text/*"
# Not by `mimetypes`, which looks for tables on the disk: they differ, and the reader may open nothing.
_SUFFIXES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/epub+zip": ".epub",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-outlook": ".msg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tiff",
}


class _What(Enum):
    """What a part of a mail is."""

    BODY = auto()
    FILE = auto()
    MAIL = auto()
    OTHER = auto()


def messages(file: BinaryIO) -> list[Message]:
    """Return the one mail of a file, or raise `Refusal`."""
    found = message_of(file.read())
    if not any(message_parts(found)):
        raise Refusal(Reason.EMPTY)
    return [found]


def message_of(content: bytes, before: str = "") -> Message:
    """Return one mail; the addresses of what is attached to it begin with `before`."""
    return _message(_parsed(content), 0, before, count())


class LastMail:
    """The mail that was asked about last, taken apart once for all that is attached to it."""

    def __init__(self) -> None:
        self._content = b""
        self._files: list[Mime] = []

    def attached(self, content: bytes, address: str) -> bytes:
        """Return the content of what is attached to a mail, by its address without what stands before it.

        Raises:
            Refusal: nothing is.
        """
        if content != self._content:
            self._files, self._content = list(_files(_parsed(content), 0)), content
        if not address.isdecimal() or int(address) >= len(self._files):
            raise Refusal(Reason.CHANGED_WHILE_READ, "no such attachment")
        return _content(self._files[int(address)])


def _parsed(content: bytes) -> Mime:
    return email.message_from_bytes(content.lstrip(b"\r\n"))


def _message(mime: Mime, depth: int, before: str, numbers: Iterator[int]) -> Message:
    """Return a mail; `numbers` counts its files and those of the mails within it as `_files` yields them."""
    headers = {key.lower(): _decoded(value) for key, value in reversed(list(mime.raw_items()))}
    bodies: dict[str, list[str]] = {kind: [] for kind in (*_BODY_KINDS, _OTHER)}
    files: list[tuple[int, Mime]] = []
    inner: list[Message] = []
    for part in _leaves(mime):
        match _what(part):
            case _What.MAIL:
                inner += [_message(one, depth + 1, before, numbers) for one in _mails(part, depth)]
            case _What.BODY:
                bodies[_body_kind(part)].append(_text(part))
            case _What.FILE:
                files.append((next(numbers), part))
            case _What.OTHER:
                pass
    marked_up = "\n".join(bodies["text/html"])
    shown = {name.lower() for name in SHOWN_PICTURE.findall(marked_up)}
    return Message(
        " ".join(headers.get("subject", "").split()),
        [(name, headers.get(name.lower(), "")) for name in _SHOWN],
        body_of("\n\n".join(bodies["text/plain"] or (bodies[_OTHER] if not marked_up else ())), marked_up),
        [_attached(part, f"{before}{number}") for number, part in files if not _is_shown(part, shown)],
        inner,
        headers.get("message-id", "").strip(),
        next(iter(_ID.findall(headers.get("references", "") or headers.get("in-reply-to", ""))), ""),
    )


def _files(mime: Mime, depth: int) -> Iterator[Mime]:
    """Yield the files of a mail and of the mails within it."""
    for part in _leaves(mime):
        match _what(part):
            case _What.MAIL:
                for one in _mails(part, depth):
                    yield from _files(one, depth + 1)
            case _What.FILE:
                yield part
            case _:
                pass


def _what(part: Mime) -> _What:
    kind, file_name = part.get_content_type(), part.get_filename()
    if part.get_content_maintype() == "multipart":  # whose boundary is nowhere in it
        return _What.BODY
    if kind == "message/rfc822" and isinstance(part.get_payload(), list):
        return _What.MAIL
    if file_name or part.get_content_disposition() == "attachment":
        return _What.FILE
    if kind in _SUFFIXES and kind not in _BODY_KINDS:  # a picture without a name is part of what the mail shows
        return _What.OTHER if part.get_content_maintype() == "image" else _What.FILE
    return _What.BODY if part.get_content_maintype() == "text" else _What.OTHER


def _body_kind(part: Mime) -> str:
    """Return as what a part's text is read: another text than plain or HTML, a calendar's say, if there is no other."""
    kind = part.get_content_type()
    if kind in _BODY_KINDS:
        return kind
    return "text/plain" if part.get_content_maintype() == "multipart" else _OTHER


def _mails(part: Mime, depth: int) -> list[Mime]:
    """Return the mails in a part, none where they stand too deep; some programs encode them, which is not allowed."""
    if depth >= INNER_LIMIT:
        return []
    found = cast(list[Mime], part.get_payload())
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding != "base64" or any(one.keys() for one in found):
        return found
    for one in found:
        one["Content-Transfer-Encoding"] = encoding
    return [_parsed(_content(one)) for one in found]


def _is_shown(part: Mime, shown: Collection[str]) -> bool:
    """Return whether a picture is part of the mail's text, where it stands by its id."""
    return part.get_content_maintype() == "image" and str(part.get("Content-ID", "")).strip(" <>").lower() in shown


def _attached(part: Mime, address: str) -> Attached:
    name = _decoded(part.get_filename() or "") or NAMELESS + _SUFFIXES.get(part.get_content_type(), "")
    return listed(name, address, _content(part))


def _leaves(mime: Mime) -> Iterator[Mime]:
    """Yield the parts that hold something, a mail within the mail as one."""
    waiting = [mime]
    while waiting:
        part = waiting.pop()
        below = part.get_payload() if part.is_multipart() and part.get_content_type() != "message/rfc822" else None
        if isinstance(below, list):
            waiting += reversed(cast(list[Mime], below))
        else:
            yield part


def _content(part: Mime) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Mime) -> str:
    content, charset = _content(part), part.get_content_charset() or ""
    try:
        return content.decode(charset if is_charset(charset) else "ascii")
    except UnicodeDecodeError:
        return _guessed(content, charset)


def _guessed(content: bytes, charset: str) -> str:
    try:
        return text_of(content, charset)
    except Refusal:  # the rest of the mail is still a mail
        return ""


def _decoded(header: object) -> str:
    """Return a header with its encoded words and its bare bytes as text."""
    raw = str(header).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return clean(str(make_header(decode_header(raw))))
    except (MessageError, LookupError, ValueError):
        return clean(raw)
