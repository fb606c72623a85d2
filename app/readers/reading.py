"""Read a file of any format, and list what is in it. Runs in the reader's process.

What is attached to a mail or packed into an archive is listed as members, each a document of its own. The files within
a PDF are read as further pages of it, under their names.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO, NamedTuple, Protocol

from app.core.members import MEMBER_LIMIT, MemberFile
from app.core.pages import Block, BlockKind, Page
from app.core.types import Reason
from app.readers import (
    archive,
    content_lines,
    delimited,
    doc,
    docx,
    epub,
    flat_office,
    html,
    mail,
    markdown,
    mbox,
    msg,
    odf,
    pdf,
    ppt,
    pptx,
    rtf,
    source_code,
    text,
    xls,
    xlsb,
    xlsx,
)
from app.readers.formats import Format, format_of
from app.readers.locked import unlocked
from app.readers.messages import INNER_LIMIT, Attached, Attachment, Message, attachments_of, message_parts
from app.readers.naming import OTHERS, not_listed, safe_names
from app.readers.refusal import Refusal
from app.readers.sections import paged

_DEEPEST_LEVEL = 6


class Reader(Protocol):
    """What a format's module offers. `pdf`, which takes a password too, draws its pages; all else `typeset` draws."""

    def pages(self, file: BinaryIO, name: str, /) -> tuple[str, tuple[Page, ...]]:
        """Return the title and the pages of a file, or raise `Refusal`."""
        ...


class MailReader(Protocol):
    """What the module of a format of mail offers."""

    def messages(self, file: BinaryIO, /) -> Sequence[Message]:
        """Return the mails of a file, or raise `Refusal`."""
        ...


class FileText(NamedTuple):
    """What a file reads as, what is in it, and as which format it was read."""

    title: str
    pages: tuple[Page, ...]
    members: tuple[MemberFile, ...] = ()
    kind: Format | None = None


_READERS: dict[Format, Reader] = {
    Format.DOCX: docx,
    Format.DOC: doc,
    Format.PPTX: pptx,
    Format.PPT: ppt,
    Format.XLSX: xlsx,
    Format.XLSB: xlsb,
    Format.XLS: xls,
    Format.ODF: odf,
    Format.FLAT_OFFICE: flat_office,
    Format.RTF: rtf,
    Format.EPUB: epub,
    Format.CONTENT_LINES: content_lines,
    Format.HTML: html,
    Format.MARKDOWN: markdown,
    Format.DELIMITED: delimited,
    Format.SOURCE_CODE: source_code,
    Format.TEXT: text,
    Format.IMAGE: pdf,
}

_MAIL_READERS: dict[Format, MailReader] = {Format.MAIL: mail, Format.MBOX: mbox, Format.MSG: msg}


def read(file: BinaryIO, name: str, password: str = "") -> FileText:
    """Return what a file reads as, or raise `Refusal`; `password` opens one that is locked."""
    file = unlocked(file, password) if password else file
    kind = format_of(file, name)
    return _read_as(kind, file, name, 0, password)._replace(kind=kind)


def is_locked(file: BinaryIO, name: str, password: str) -> bool:
    """Return whether a file is locked, and by this password; raise `Refusal` if the password is wrong."""
    open_file = unlocked(file, password)
    match format_of(open_file, name):
        case Format.PDF:
            return pdf.needs_password(open_file, password)
        case Format.ZIP:
            return archive.is_locked(open_file, password)
        case _:
            return open_file is not file


def _read_as(kind: Format, file: BinaryIO, name: str, depth: int, password: str = "") -> FileText:
    file.seek(0)
    if kind is Format.PDF:
        title, own = pdf.pages(file, name, password)
        return FileText(title, tuple(_numbered(chain(own, _pages_of_files(pdf.files(file, password), depth)))))
    if kind in _READERS:
        return FileText(*_READERS[kind].pages(file, name))
    if kind is Format.ZIP:
        pages, packed = archive.contents(file, password)
        return FileText(PurePath(name).stem, pages, tuple(packed))
    found = _MAIL_READERS[kind].messages(file)
    pages = tuple(_numbered(page for message in found for page in _mail_pages(message)))
    if not pages:
        raise Refusal(Reason.NO_TEXT)
    title = found[0].subject if len(found) == 1 else ""
    return FileText(title or PurePath(name).stem, pages, _members(attachments_of(found)))


def _members(attachments: Sequence[Attached]) -> tuple[MemberFile, ...]:
    """Return what is attached as members; where that is too much, the last one stands for all that is not listed."""
    listed = attachments if len(attachments) <= MEMBER_LIMIT else attachments[: MEMBER_LIMIT - 1]
    *names, others = safe_names([*(one.name for one in listed), OTHERS])
    members = tuple(
        MemberFile(name, one.address, one.size_bytes, one.sha256) for name, one in zip(names, listed, strict=True)
    )
    left = [one.size_bytes for one in attachments[len(listed) :]]
    return (*members, not_listed(others, left)) if left else members


def _mail_pages(message: Message) -> Iterator[Page]:
    yield from paged([list(message_parts(message))])
    for inner in message.inner:
        yield from _mail_pages(inner)


def _pages_of_files(files: Sequence[Attachment], depth: int) -> Iterator[Page]:
    """Yield a page that lists the files within another, and the pages of each."""
    if files:
        text = f"Attachments: {', '.join(file.name for file in files)}"
        yield Page(1, text, (Block(BlockKind.PARAGRAPH, 0, len(text)),))
    for file in files:
        yield from _attached_pages(file, depth + 1)


def _attached_pages(attachment: Attachment, depth: int) -> Iterator[Page]:
    """Yield the pages of an attachment under its name, none if it cannot be read: it is named in any case."""
    if depth > INNER_LIMIT:
        return
    try:
        file = io.BytesIO(attachment.content)
        found = _read_as(format_of(file, attachment.name), file, attachment.name, depth)
    except Refusal:
        return
    yield from (_under(attachment.name, page, is_first=n == 0) for n, page in enumerate(found.pages))


def _under(name: str, page: Page, *, is_first: bool) -> Page:
    """Return a page of an attachment, the first with its name above, all with their headings one level lower."""
    above = f"{name}\n\n" if is_first else ""
    named = [Block(BlockKind.HEADING, 0, len(name), 1)] if is_first else []
    moved = (
        Block(one.kind, one.start + len(above), one.end + len(above), one.level and min(one.level + 1, _DEEPEST_LEVEL))
        for one in page.blocks
    )
    return replace(page, text=above + page.text, blocks=(*named, *moved), carried_levels=page.carried_levels + 1)


def _numbered(pages: Iterable[Page]) -> Iterator[Page]:
    return (replace(page, number=number) for number, page in enumerate(pages, 1))
