"""What the window and the engine say to each other about the passwords of locked files. Used in both.

A password is in no representation of a message, so that it cannot come into a log.
"""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class GivePassword:
    """Try a password on a document; if it fits, it is kept and the document read again. Ends with `PasswordKept`."""

    document_id: int
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForgetPassword:
    """Forget a document's password, if one is kept, but not what was read with it; ends with `Done`."""

    document_id: int


@dataclass(frozen=True, slots=True)
class PasswordKept:
    """The password fits. Without `in_keyring` it is kept until the engine ends: the system offers no keyring."""

    document_id: int
    in_keyring: bool


PasswordRequest: TypeAlias = GivePassword | ForgetPassword
