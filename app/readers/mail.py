"""Read mail as it is sent and saved: EML, MHTML. Runs in the reader's process."""

import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Mime
from typing import BinaryIO, cast

from app.core.types import Reason
from app.readers.encoding import text_of
from app.readers.messages import INNER_LIMIT, Attachment, Message, body_of, message_parts
from app.readers.refusal import Refusal
from app.readers.sections import clean

_SHOWN = ("From", "To", "Cc", "Date")
_ID = re.compile(r"<[^<>\s]+>")
_BODY_KINDS = ("text/plain", "text/html")


def messages(file: BinaryIO) -> list[Message]:
    """Return the one mail of a file, or raise `Refusal`."""
    found = message_of(file.read())
    if not any(message_parts(found)):
        raise Refusal(Reason.EMPTY)
    return [found]


def message_of(content: bytes) -> Message:
    """Return one mail."""
    return _message(email.message_from_bytes(content.lstrip(b"\r\n")), 0)


def _message(mime: Mime, depth: int) -> Message:
    headers = {key.lower(): _decoded(value) for key, value in reversed(list(mime.raw_items()))}
    bodies: dict[str, list[str]] = {kind: [] for kind in _BODY_KINDS}
    attachments: list[Attachment] = []
    inner: list[Message] = []
    for part in _leaves(mime):
        kind, file_name = part.get_content_type(), _decoded(part.get_filename() or "")
        below = part.get_payload()
        if kind == "message/rfc822" and isinstance(below, list):
            inner += [_message(one, depth + 1) for one in cast(list[Mime], below) if depth < INNER_LIMIT]
        elif kind in _BODY_KINDS and not file_name and part.get_content_disposition() != "attachment":
            bodies[kind].append(_text(part))
        elif file_name:
            attachments.append(Attachment(file_name, _content(part)))
    return Message(
        " ".join(headers.get("subject", "").split()),
        [(name, headers.get(name.lower(), "")) for name in _SHOWN],
        body_of("\n\n".join(bodies["text/plain"]), "\n".join(bodies["text/html"])),
        attachments,
        inner,
        headers.get("message-id", "").strip(),
        next(iter(_ID.findall(headers.get("references", "") or headers.get("in-reply-to", ""))), ""),
    )


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
        return content.decode(charset or "ascii")
    except (UnicodeDecodeError, LookupError):
        return text_of(content, charset) if content else ""


def _decoded(header: object) -> str:
    """Return a header with its encoded words and its bare bytes as text."""
    raw = str(header).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return clean(str(make_header(decode_header(raw))))
    except (MessageError, LookupError, ValueError):
        return clean(raw)
