"""Keyrings for tests: real backends of the keyring package, none of which is the person's."""

from collections.abc import Generator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps passwords for as long as a test runs."""

    priority = 0.1  # pyright: ignore[reportAssignmentType] - a property of the class there

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.looked_up = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.looked_up += 1
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@contextmanager
def keyring_in_memory() -> Generator[MemoryKeyring]:
    """Have passwords kept in memory for a while."""
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    try:
        yield memory
    finally:
        keyring.set_keyring(NoKeyring())


@contextmanager
def without_keyring() -> Generator[None]:
    """Be a computer that has no keyring."""
    keyring.set_keyring(NoKeyring())
    yield
