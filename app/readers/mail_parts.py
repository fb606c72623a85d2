"""The parts of a mail, and what each is: of its text, a file, or a mail again. Runs in the reader's process.

What a part encloses in a way of its own is laid open as parts: a signed whole, Outlook's `winmail.dat`, files that
are written into the text.
"""

import base64
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mime
from email.policy import Compat32
from enum import Enum, auto
from typing import cast

from app.readers import tnef
from app.readers.signed_mail import signed_content

_DESCRIPTION_LIMIT_CHARS = 16 * 1024
"""A file's name has some hundred. Python takes the square of what it is given: 1.2 s for 40,000 parameters."""
# A name in pieces (RFC 2231) and whole as well: Python cannot put them in order, and fails.
_IN_PIECES = re.compile(r"\*\d+\*?\s*+=")
_WHOLE = re.compile(r";\s*+[\w-]++\*\s*+=[^;]*+")

HTML_KINDS = frozenset(("text/html", "application/xhtml+xml"))
# Not by `mimetypes`, which looks for tables on the disk: they differ, and the reader may open nothing.
SUFFIXES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/epub+zip": ".epub",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.ms-outlook": ".msg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tiff",
}
_MAILS = frozenset(("message/rfc822", "message/global", "message/news", "message/partial"))
_SIGNED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_SIGNATURES = frozenset(("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"))
_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_TNEF_NAME = "winmail.dat"
_BODY_KINDS = frozenset(("text/plain", *HTML_KINDS, "text/calendar", "text/vcard"))
# Of a text's looks, not of its words.
_UNSEEN_KINDS = frozenset(("text/css", "text/javascript", "text/ecmascript", "text/x-amp-html"))
_UUENCODED = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]+)\r?\n((?:[ -`]+\r?\n)+?)(?:[ `]\r?\n)?end[ \t]*\r?$", re.MULTILINE
)
_BOUNDARY = re.compile(rb"^--([^\r\n\"]{1,200})\r?\n(?=Content-[\w-]+:)", re.MULTILINE | re.IGNORECASE)
# What programs write above the parts, for those that do not know parts.
_NOTICE = re.compile(rb"multi-?part|\bMIME\b", re.IGNORECASE)
_NOTICE_LIMIT_BYTES = 500
# So many parts of a mail are parted anew; each is read whole once more.
_REBOUND_LIMIT = 5
_LENGTH = re.compile(rb"(\d{1,12})[ \t]*\r?\n(?=[A-Za-z-]+:)")
_HEAD_END = re.compile(rb"\n\r?\n")
_BOM = b"\xef\xbb\xbf"


class What(Enum):
    """What a part of a mail is."""

    BODY = auto()
    FILE = auto()
    MAIL = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds something.

    `choice` is the part whose forms of one text it is among, itself if none; one that is spare says again what the
    mail's text says, where it has one.
    """

    mime: Mime
    choice: Mime
    is_spare: bool
    what: What


class _Describing(Compat32):
    """Reads headers as Python does by default, but of those that describe a part what it can read, and no more."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return a header's name and its value."""
        name, value = super().header_source_parse(sourcelines)
        if not name.lower().startswith("content-"):
            return name, value
        if len(value) > _DESCRIPTION_LIMIT_CHARS:
            value = value[:_DESCRIPTION_LIMIT_CHARS].rpartition(";")[0]
        return name, _WHOLE.sub("", value) if _IN_PIECES.search(value) else value


_POLICY = _Describing()


def parsed(content: bytes) -> Mime:
    """Return a mail taken apart; Apple's program writes above it how long it is, and behind it notes of its own."""
    content = content.removeprefix(_BOM).lstrip(b"\r\n")
    if length := _LENGTH.match(content):
        start, end = length.end(), length.end() + int(length[1])
        head = _HEAD_END.search(content, start)
        is_told = head is not None and head.end() <= end
        content = content[start:end] if is_told else content[start:]
    return email.message_from_bytes(content, policy=_POLICY)


def content_of(part: Mime) -> bytes:
    """Return what a part holds, decoded."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def leaves(mime: Mime) -> Iterator[Leaf]:
    """Yield the parts that hold something, a mail within the mail as one."""
    waiting: list[tuple[Mime, Mime | None, bool]] = [(mime, None, False)]
    left = _REBOUND_LIMIT
    while waiting:
        part, choice, is_spare = waiting.pop()
        kind = part.get_content_type()
        below = _below(part)
        if below is None and part.get_content_maintype() == "multipart" and left:
            left -= 1
            below = _rebound(part)
        if below is None:
            yield Leaf(part, choice or part, is_spare, _what(part))
            continue
        if kind == "multipart/alternative":
            choice = choice or part
        is_spare = is_spare or _is_tnef(part)
        waiting += [(one, choice, is_spare) for one in reversed(below)]


def mails_in(part: Mime) -> list[Mime]:
    """Return the mails in a part; some programs encode them, which is not allowed."""
    found = cast(list[Mime], part.get_payload())
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding != "base64" or any(one.keys() for one in found):
        return found
    for one in found:
        one["Content-Transfer-Encoding"] = encoding
    return [parsed(content_of(one)) for one in found]


def _below(part: Mime) -> list[Mime] | None:
    """Return the parts of a part, those that it encloses in a way of its own, too; None for one that is whole."""
    kind = part.get_content_type()
    if part.is_multipart():
        if part.get_content_maintype() == "message":
            return None
        below = cast(list[Mime], part.get_payload())
        return [one for one in below if kind != "multipart/signed" or one.get_content_type() not in _SIGNATURES]
    if kind in _SIGNED:
        signed = signed_content(content_of(part))
        return None if signed is None else [parsed(signed)]
    if _is_tnef(part):
        enclosed = tnef.enclosure_of(content_of(part))
        return None if enclosed is None else list(_laid_open(enclosed))
    if kind == "text/plain" and not part.get_filename():
        return _apart(part)
    return None


def _rebound(part: Mime) -> list[Mime] | None:
    """Return the parts between which another line stands than was said, None if there is no such line.

    What stands above them may be all that was written: the line may be one of a mail that is quoted.
    """
    content = content_of(part)
    found = _BOUNDARY.search(content)
    if found is None or not (boundary := found[1].rstrip()):
        return None
    kind = part.get_content_type().encode("ascii", "replace")
    whole = parsed(b'Content-Type: %s; boundary="%s"\n\n%s' % (kind, boundary, content))
    if not whole.is_multipart():
        return None
    above = content[: found.start()].strip()
    is_notice = len(above) <= _NOTICE_LIMIT_BYTES and _NOTICE.search(above) is not None
    first = [_mime("text/plain", above, charset="")] if above and not is_notice else []
    return [*first, *cast(list[Mime], whole.get_payload())]


def _what(part: Mime) -> What:
    kind, main = part.get_content_type(), part.get_content_maintype()
    if main == "multipart":  # whose boundary is nowhere in it
        return What.BODY
    if main == "message" and part.is_multipart():
        return What.MAIL if kind in _MAILS else What.BODY
    if part.get_filename() or part.get_content_disposition() == "attachment":
        return What.FILE
    if kind in SUFFIXES and kind not in _BODY_KINDS:  # a picture without a name is part of what the mail shows
        return What.OTHER if main == "image" else What.FILE
    is_text = main == "text" or kind in HTML_KINDS
    return What.BODY if is_text and kind not in _UNSEEN_KINDS else What.OTHER


def _is_tnef(part: Mime) -> bool:
    return part.get_content_type() in _TNEF or (part.get_filename() or "").lower() == _TNEF_NAME


def _laid_open(enclosed: tnef.Enclosure) -> Iterator[Mime]:
    if enclosed.marked_up.strip():
        yield _mime("text/html", enclosed.marked_up.encode("utf-8", "replace"))
    elif enclosed.plain.strip():
        yield _mime("text/plain", enclosed.plain.encode("utf-8", "replace"))
    for file in enclosed.files:
        inner = tnef.enclosure_of(file.content) if file.is_message else None
        if inner is None:
            yield _mime("application/octet-stream", file.content, file.name)
        else:
            yield _mail_of(inner, file.name)


def _mail_of(enclosed: tnef.Enclosure, name: str) -> Mime:
    """Return an enclosed mail as one that is attached."""
    mail = Mime()
    mail["Subject"] = enclosed.subject or name
    mail["Content-Type"] = "multipart/mixed"
    mail.set_payload(list(_laid_open(enclosed)))
    outer = Mime()
    outer["Content-Type"] = "message/rfc822"
    outer.set_payload([mail])
    return outer


def _apart(part: Mime) -> list[Mime] | None:
    """Return a text and the files that are written into it (uuencode), None if there are none."""
    content = content_of(part)
    found = list(_UUENCODED.finditer(content)) if b"begin " in content else []
    if not found:
        return None
    words = _mime("text/plain", _UUENCODED.sub(b"", content), charset=part.get_content_charset() or "")
    return [words, *(_uuencoded(one[0], one[1].decode("utf-8", "replace").strip()) for one in found)]


def _uuencoded(content: bytes, name: str) -> Mime:
    file = Mime()
    file.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    file["Content-Transfer-Encoding"] = "x-uuencode"
    file.set_payload(content.replace(b"\r\n", b"\n").decode("ascii", "replace"))
    return file


def _mime(kind: str, content: bytes, name: str = "", charset: str = "utf-8") -> Mime:
    """Return content as a part; `name` makes it a file."""
    part = Mime()
    part["Content-Type"] = f'{kind}; charset="{charset}"' if kind.startswith("text/") and charset else kind
    if not kind.startswith("text/"):
        part.add_header("Content-Disposition", "attachment", **({"filename": ("utf-8", "", name)} if name else {}))
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.b64encode(content).decode("ascii"))
    return part
