"""What a reader says when it cannot read or draw a file. Runs in the reader's process."""

from app.core.types import Reason

UNOPENABLE = "no password opens it here"
"""The detail of a refusal as ENCRYPTED where asking for a password would be in vain."""


class Refusal(Exception):
    """A file cannot be read: a reason that people are told, and a detail for the curious."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
