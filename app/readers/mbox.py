"""Read mailboxes: mails one after the other in a file (MBOX). Runs in the reader's process."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from app.core.types import Reason
from app.readers.mail import message_of
from app.readers.messages import Message, by_thread
from app.readers.refusal import Refusal

_ENVELOPE = b"From "
_ADDRESS = re.compile(r"(\d{1,18})\+(\d{1,18})/(\d{1,9})")
_QUOTED_ENVELOPE = re.compile(rb"^>(>*From )", re.MULTILINE)


def messages(file: BinaryIO) -> list[Message]:
    """Return the mails of a mailbox by thread, or raise `Refusal`."""
    letters = list(_letters(file)) or _whole(file)
    found = by_thread([message_of(_unquoted(raw), f"{at}+{len(raw)}/") for at, raw in letters])
    if not found:
        raise Refusal(Reason.EMPTY)
    return found


def letter_at(file: BinaryIO, address: str) -> tuple[bytes, str]:
    """Return the mail that an address is in, and what of the address is within it; the other mails are not looked at.

    Raises:
        Refusal: it is no address.
    """
    place = _ADDRESS.fullmatch(address)
    if place is None:
        raise Refusal(Reason.CHANGED_WHILE_READ, "no such attachment")
    file.seek(int(place[1]))
    return _unquoted(file.read(int(place[2]))), place[3]


def _letters(mailbox: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the mails of a mailbox with where they begin, which lines beginning with "From " part."""
    held: list[bytes] = []
    begin = place = 0
    before = b"\n"
    for line in mailbox:
        if line.startswith(_ENVELOPE) and not before.strip():
            if any(map(bytes.strip, held)):
                yield begin, b"".join(held)
            held, begin = [], place + len(line)
        else:
            held.append(line)
        place += len(line)
        before = line
    if any(map(bytes.strip, held)):
        yield begin, b"".join(held)


def _whole(mailbox: BinaryIO) -> list[tuple[int, bytes]]:
    """Return a mailbox as one mail, none if it is empty: its lines may end in an old way."""
    mailbox.seek(0)
    content = mailbox.read()
    return [(0, content)] if content.strip() else []


def _unquoted(letter: bytes) -> bytes:
    return _QUOTED_ENVELOPE.sub(rb"\1", letter.removeprefix(_ENVELOPE))
