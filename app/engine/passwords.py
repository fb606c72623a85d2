"""Passwords of locked files: in the system's keyring, else in memory until the engine ends. In the engine's process.

A password is known by the SHA-256 of the locked file: it is still found when the file is moved, renamed or copied, and
neither the keyring nor the catalog learns of a path by it.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

SERVICE = "Margent"

Result = TypeVar("Result")


class Passwords:
    """What the keyring and this session hold, by SHA-256 in hex; a password is never written anywhere else."""

    def __init__(self) -> None:
        self._session: dict[str, str] = {}

    async def of(self, digest: str) -> str:
        """Return the password of a content, "" if none is kept."""
        if digest not in self._session and (found := await _asked(lambda: _find(digest))):
            self._session[digest] = found
        return self._session.get(digest, "")

    async def keep(self, digest: str, password: str) -> bool:
        """Keep a password; return whether the keyring has it, and not this session alone."""
        self._session[digest] = password
        return bool(await _asked(lambda: _keep(digest, password)))

    async def forget(self, digest: str) -> None:
        """Forget the password of a content."""
        self._session.pop(digest, None)
        await _asked(lambda: _forget(digest))


async def _asked(ask: Callable[[], Result]) -> Result | None:
    """Ask the keyring in a thread, for it may have the person unlock it; None where it cannot be used."""
    (answer,) = await asyncio.gather(asyncio.to_thread(ask), return_exceptions=True)
    if isinstance(answer, Exception):  # a keyring raises whatever its system's library does
        return None
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _find(digest: str) -> str | None:
    import keyring  # takes 0.1 s, which libraries without a locked file need not wait for

    return keyring.get_password(SERVICE, digest)


def _keep(digest: str, password: str) -> bool:
    import keyring

    keyring.set_password(SERVICE, digest, password)
    return keyring.get_password(SERVICE, digest) == password


def _forget(digest: str) -> None:
    import keyring

    keyring.delete_password(SERVICE, digest)
