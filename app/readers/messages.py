"""A mail as its formats tell it, and the parts of its page. Pure; runs in the reader's process."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.pages import BlockKind
from app.readers import html, text
from app.readers.naming import last_part
from app.readers.sections import Part, clean

# Mails stand within mails; so deep that no person put them there, they are left out.
INNER_LIMIT = 8
# Of two forms of one text, HTML is read where the plain one has less than this share of it, or lost a table.
_PLAIN_SHARE = 0.5
SHOWN_PICTURE = re.compile(r"""\bcid:([^"'<>\s)]+)""", re.IGNORECASE)
"""Finds in HTML the ids of pictures that it shows, which are part of the mail's text."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within a mail or a PDF."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attached:
    """A file within a mail as it is listed, and the address at which `attached` of the mail's format finds it again."""

    name: str
    address: str
    size_bytes: int
    sha256: bytes


def listed(name: str, address: str, content: bytes) -> Attached:
    """Return a file within a mail, its content as a hash alone: a mailbox may hold thousands."""
    return Attached(last_part(name), address, len(content), hashlib.sha256(content).digest())


@dataclass(frozen=True, slots=True)
class Message:
    """A mail: `lines` are its headers as shown, name and value; `inner` are mails that it holds.

    `thread` is the `id` of the mail that its thread began with.
    """

    subject: str
    lines: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    attachments: Sequence[Attached]
    inner: Sequence["Message"] = ()
    id: str = ""
    thread: str = ""


def message_parts(message: Message) -> Iterator[Part]:
    """Yield a mail's parts: subject, headers, the names of what is attached, and the text."""
    if message.subject:
        yield Part(BlockKind.HEADING, message.subject, 1)
    attached = (*(attachment.name for attachment in message.attachments), *(inner.subject for inner in message.inner))
    names = ", ".join(filter(None, attached))
    shown = [(name, " ".join(clean(value).split())) for name, value in (*message.lines, ("Attachments", names))]
    lines = "\n".join(f"{name}: {value}" for name, value in shown if value)
    if lines:
        yield Part(BlockKind.PARAGRAPH, lines)
    for part in message.parts:
        yield Part(part.kind, part.text, min(part.level + 1, 6) if part.level else 0)


def attachments_of(messages: Sequence[Message]) -> list[Attached]:
    """Return all that is attached to mails and to those within them, in their order."""
    found: list[Attached] = []
    for message in messages:
        found += (*message.attachments, *attachments_of(message.inner))
    return found


def body_of(plain: str, marked_up: str) -> list[Part]:
    """Return the parts of a mail's text, of its plain form where that says as much as its HTML."""
    plain_parts = list(text.parts_of(clean(plain)))
    if not marked_up.strip():
        return plain_parts
    html_parts = html.parts_of(clean(marked_up))
    has_table = any(part.kind is BlockKind.TABLE for part in html_parts)
    is_less = _chars(plain_parts) < _PLAIN_SHARE * _chars(html_parts)
    return html_parts if has_table or is_less else plain_parts


def by_thread(messages: Sequence[Message]) -> list[Message]:
    """Return mails with the answers after what they answer, threads in the order in which they began."""
    begun: dict[str, int] = {}
    for place, message in enumerate(messages):
        begun.setdefault(message.thread or message.id or f"#{place}", place)
        begun.setdefault(message.id or f"#{place}", begun[message.thread or message.id or f"#{place}"])
    order = sorted(range(len(messages)), key=lambda n: (begun[messages[n].thread or messages[n].id or f"#{n}"], n))
    return [messages[n] for n in order]


def _chars(parts: Sequence[Part]) -> int:
    return sum(len(part.text) for part in parts)
