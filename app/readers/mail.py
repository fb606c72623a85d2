"""Read mail as it is sent and saved: EML, MHTML. Runs in the reader's process."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Mime
from itertools import count
from typing import BinaryIO, cast

from app.core.types import Reason
from app.readers import content_lines
from app.readers.encoding import is_charset, text_of
from app.readers.flowed import unflowed
from app.readers.mail_parts import HTML_KINDS, SUFFIXES, Leaf, What, content_of, leaves, mails_in, parsed
from app.readers.messages import INNER_LIMIT, SHOWN_PICTURE, Attached, Message, body_of, listed, message_parts
from app.readers.naming import NAMELESS
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean

_SHOWN = ("From", "To", "Cc", "Date")
_READ = ("subject", *map(str.lower, _SHOWN), "message-id", "references", "in-reply-to")
# A mail to some thousands has as much in one; the encoding of bare bytes in it takes time to tell.
_HEADER_LIMIT_CHARS = 256 * 1024
_ID = re.compile(r"<[^<>\s]+>")
_CARDS = frozenset(("text/calendar", "text/vcard", "text/x-vcard", "text/directory"))
_RICH = frozenset(("text/enriched", "text/richtext"))
_ESCAPE = b"\x1b$"
_RICH_TAG = re.compile(r"<(?:(<)|/?[A-Za-z][\w.-]*>)")


def messages(file: BinaryIO) -> list[Message]:
    """Return the one mail of a file, or raise `Refusal`."""
    found = message_of(file.read())
    if not any(message_parts(found)):
        raise Refusal(Reason.EMPTY)
    return [found]


def message_of(content: bytes, before: str = "") -> Message:
    """Return one mail; the addresses of what is attached to it begin with `before`."""
    return _message(parsed(content), 0, before, count())


class LastMail:
    """The mail that was asked about last, taken apart once for all that is attached to it."""

    def __init__(self) -> None:
        self._content = b""
        self._files: list[Mime] = []

    def attached(self, content: bytes, address: str) -> bytes:
        """Return the content of what is attached to a mail, by its address without what stands before it.

        Raises:
            Refusal: nothing is.
        """
        if content != self._content:
            self._files, self._content = list(_files(parsed(content), 0)), content
        if not address.isdecimal() or int(address) >= len(self._files):
            raise Refusal(Reason.CHANGED_WHILE_READ, "no such attachment")
        return content_of(self._files[int(address)])


def _message(mime: Mime, depth: int, before: str, numbers: Iterator[int]) -> Message:
    """Return a mail; `numbers` counts its files and those of the mails within it as `_files` yields them."""
    charset = mime.get_content_charset() or ""
    raw = {key.lower(): str(value)[:_HEADER_LIMIT_CHARS] for key, value in reversed(list(mime.raw_items()))}
    headers = {key: _decoded(raw[key], charset) for key in _READ if key in raw}
    bodies: list[Leaf] = []
    files: list[tuple[int, Mime]] = []
    inner: list[Message] = []
    for leaf in leaves(mime):
        match leaf.what:
            case What.MAIL:
                inner += [_message(one, depth + 1, before, numbers) for one in _mails(leaf.mime, depth)]
            case What.BODY:
                bodies.append(leaf)
            case What.FILE:
                files.append((next(numbers), leaf.mime))
            case What.OTHER:
                pass
    marked_up = [_text(leaf.mime) for leaf in bodies if leaf.mime.get_content_type() in HTML_KINDS]
    shown = {name.lower() for text in marked_up for name in SHOWN_PICTURE.findall(text)}
    return Message(
        " ".join(headers.get("subject", "").split()),
        [(name, headers.get(name.lower(), "")) for name in _SHOWN],
        _body(bodies),
        [_attached(part, f"{before}{number}") for number, part in files if not _is_shown(part, shown)],
        inner,
        headers.get("message-id", "").strip(),
        next(iter(_ID.findall(headers.get("references", "") or headers.get("in-reply-to", ""))), ""),
    )


def _files(mime: Mime, depth: int) -> Iterator[Mime]:
    """Yield the files of a mail and of the mails within it."""
    for leaf in leaves(mime):
        match leaf.what:
            case What.MAIL:
                for one in _mails(leaf.mime, depth):
                    yield from _files(one, depth + 1)
            case What.FILE:
                yield leaf.mime
            case _:
                pass


def _mails(part: Mime, depth: int) -> list[Mime]:
    """Return the mails in a part, none where they stand too deep."""
    return mails_in(part) if depth < INNER_LIMIT else []


@dataclass(slots=True)
class _Forms:
    """The forms of one text; `others` are read where it has neither of the first two, `cards` in any case."""

    plain: list[str] = field(default_factory=list[str])
    marked_up: list[str] = field(default_factory=list[str])
    others: list[str] = field(default_factory=list[str])
    cards: list[Part] = field(default_factory=list[Part])

    def parts(self) -> list[Part]:
        """Return the parts of the form that says more."""
        marked_up = "\n".join(self.marked_up)
        plain = self.plain if self.plain or self.marked_up else self.others
        return [*body_of("\n\n".join(plain), marked_up), *self.cards]


def _body(bodies: list[Leaf]) -> list[Part]:
    """Return the parts of a mail's texts one after the other, each in one form; what is spare only where it is all."""
    for is_spare in (False, True):
        texts: dict[int, _Forms] = {}
        for leaf in bodies:
            if leaf.is_spare is is_spare:
                _take(texts.setdefault(id(leaf.choice), _Forms()), leaf.mime)
        found: list[Part] = []
        before = ""
        for forms in texts.values():
            parts = forms.parts()
            words = " ".join(word for part in parts for word in part.text.split())
            if words != before:  # some programs send the forms of one text as if they were two
                found += parts
            before = words
        if found:
            return found
    return []


def _take(forms: _Forms, part: Mime) -> None:
    kind = part.get_content_type()
    if kind in HTML_KINDS:
        forms.marked_up.append(_text(part))
        return
    if part.get_content_maintype() in ("multipart", "message") or kind == "text/plain":
        forms.plain.append(_plain(part))
        return
    text = _text(part)
    cards = list(content_lines.parts_of(text)) if kind in _CARDS else []
    forms.cards += cards
    if not cards:
        forms.others.append(_RICH_TAG.sub(r"\1", text) if kind in _RICH else text)


def _plain(part: Mime) -> str:
    """Return a plain text, or the fields of a report, a block of them for each that it is about."""
    if part.is_multipart():
        blocks = cast(list[Mime], part.get_payload())
        lines = ("\n".join(f"{name}: {_decoded(value)}" for name, value in one.raw_items()) for one in blocks)
        return "\n\n".join(lines)
    text = _text(part)
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    return unflowed(text, deletes_space=str(part.get_param("delsp", "")).lower() == "yes")


def _is_shown(part: Mime, shown: Collection[str]) -> bool:
    """Return whether a picture is part of the mail's text, where it stands by its id."""
    return part.get_content_maintype() == "image" and str(part.get("Content-ID", "")).strip(" <>").lower() in shown


def _attached(part: Mime, address: str) -> Attached:
    name = _decoded(_named(part)) or NAMELESS + SUFFIXES.get(part.get_content_type(), "")
    return listed(name, address, content_of(part))


def _named(part: Mime) -> str:
    """Return a file's name; where it is written as bare bytes, Python's own way leaves nothing of them."""
    name = part.get_filename() or ""
    if "\ufffd" not in name:
        return name
    again = Mime()
    for key, value in part.raw_items():
        if key.lower() in ("content-disposition", "content-type"):
            again[key] = _bare(value, "")
    return again.get_filename() or name


def _text(part: Mime) -> str:
    content, charset = content_of(part), part.get_content_charset() or ""
    if _ESCAPE in content:  # what says that it is ASCII is Japanese at times
        return _guessed(content, charset)
    try:
        return content.decode(charset if is_charset(charset) else "ascii")
    except UnicodeDecodeError:
        return _guessed(content, charset)


def _guessed(content: bytes, charset: str) -> str:
    try:
        return text_of(content, charset)
    except Refusal:  # the rest of the mail is still a mail
        return ""


def _decoded(header: object, charset: str = "") -> str:
    """Return a header with its encoded words and its bare bytes as text."""
    raw = _bare(header, charset)
    try:
        return clean(str(make_header(decode_header(raw))))
    except (MessageError, LookupError, ValueError):
        return clean(raw)


def _bare(header: object, charset: str) -> str:
    """Return a header as it is written, its bare bytes as UTF-8, else in the mail's encoding or the likeliest one."""
    raw = str(header).encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(raw, charset) or raw.decode("utf-8", "replace")
