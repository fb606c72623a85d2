"""Mails and mailboxes, built where they are needed."""

from collections.abc import Mapping
from email.message import EmailMessage


def mail(
    subject: str, body: str, attached: Mapping[str, bytes | EmailMessage] | None = None, **headers: str
) -> EmailMessage:
    """Return a mail with files, or mails, attached to it."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"], message["To"] = "Anna <anna@example.org>", "Bo"
    message["Date"] = "Fri, 5 Jan 2024 10:00:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    for name, content in (attached or {}).items():
        if isinstance(content, EmailMessage):
            message.add_attachment(content)
        else:
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def mailbox(*mails: EmailMessage) -> bytes:
    """Return a mailbox of mails."""
    return b"\n".join(b"From a Fri Jan  5\n" + one.as_bytes() for one in mails)
