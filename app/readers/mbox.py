"""Read mailboxes: mails one after the other in a file (MBOX). Runs in the reader's process."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from app.core.types import Reason
from app.readers.mail import message_of
from app.readers.messages import Message, by_thread
from app.readers.refusal import Refusal

_ENVELOPE = b"From "
_QUOTED_ENVELOPE = re.compile(rb"^>(>*From )", re.MULTILINE)


def messages(file: BinaryIO) -> list[Message]:
    """Return the mails of a mailbox by thread, or raise `Refusal`."""
    found = by_thread([message_of(content) for content in _letters(file)])
    if not found:
        raise Refusal(Reason.EMPTY)
    return found


def _letters(mailbox: BinaryIO) -> Iterator[bytes]:
    """Yield the mails of a mailbox, which lines beginning with "From " part."""
    held: list[bytes] = []
    before = b"\n"
    for line in chain(mailbox, (b"\n", _ENVELOPE)):
        if line.startswith(_ENVELOPE) and not before.strip():
            content = b"".join(held).removeprefix(_ENVELOPE)
            if content.strip():
                yield _QUOTED_ENVELOPE.sub(rb"\1", content)
            held = []
        else:
            held.append(line)
        before = line
