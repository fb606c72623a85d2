"""Takes a file out of the files around it: of mails, mailboxes and archives. Runs in the reader's process."""

import hashlib
import io
import os
from itertools import zip_longest
from typing import BinaryIO

from app.core.members import Inside
from app.core.types import Reason
from app.readers import archive, mbox, msg
from app.readers.formats import Format, format_of
from app.readers.mail import LastMail
from app.readers.refusal import Refusal


class TakingOut:
    """What was opened last on a way into a file stays open: the next member to take out most often lies behind it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Keep nothing of what was opened last."""
        self._way: tuple[object, ...] = ()
        self._container: BinaryIO | None = None
        self._mail = LastMail()

    def member(self, file: BinaryIO, inside: Inside) -> BinaryIO:
        """Return the member that a way into a file leads to.

        Raises:
            Refusal: there is no such member, or it is another now.
        """
        *before, (name, address, password) = zip_longest(
            inside.containers, inside.addresses, inside.passwords, fillvalue=""
        )
        content = self._content(self._opened(file, tuple(before)), name, address, password)
        if hashlib.sha256(content).digest() != inside.sha256:
            self.forget()
            raise Refusal(Reason.CHANGED_WHILE_READ, "another content")
        return io.BytesIO(content)

    def _opened(self, file: BinaryIO, way: tuple[tuple[str, str, str], ...]) -> BinaryIO:
        """Return the innermost container on a way, which is kept for the next one where the file is the same."""
        if not way:
            return file
        known = (*_stamp(file), *way)
        if self._container is None or known != self._way:
            self.forget()
            opened = file
            for name, address, password in way:
                opened = io.BytesIO(self._content(opened, name, address, password))
            self._way, self._container = known, opened
        return self._container

    def _content(self, file: BinaryIO, container: str, address: str, password: str) -> bytes:
        kind = format_of(file, container)
        file.seek(0)
        match kind:
            case Format.ZIP:
                return archive.packed(file, address, password)
            case Format.MAIL:
                return self._mail.attached(file.read(), address)
            case Format.MBOX:
                return self._mail.attached(*mbox.letter_at(file, address))
            case Format.MSG:
                return msg.attached(file, address)
            case _:
                raise Refusal(Reason.CHANGED_WHILE_READ, "no container")


def _stamp(file: BinaryIO) -> tuple[int, ...]:
    """Return what tells an open file from others, and from what it was before."""
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
