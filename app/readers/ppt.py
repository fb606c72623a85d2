"""Read old PowerPoint presentations (.ppt): a page a slide, with notes and comments. Runs in the reader's process."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.ole import Ole
from app.readers.ppt_records import Record, below, newest, record_at, records
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean
from app.readers.slides import Slide, pages_of_slides

# Kinds of records ([MS-PPT] 2.13.24, [MS-ODRAW]).
_DOCUMENT, _SLIDE, _NOTES, _NOTES_ATOM = 0x03E8, 0x03EE, 0x03F0, 0x03F1
_LIST, _PERSIST, _BOX = 0x0FF0, 0x03F3, 0xF00D
_HEADER, _CHARS, _BYTES, _REFERENCE = 0x0F9F, 0x0FA0, 0x0FA8, 0x0F9E
_COMMENT, _STRING, _COMMENT_TEXT = 0x2EE0, 0x0FBA, 1
_SLIDES, _NOTES_LIST = 0, 2  # which list of slides it is
_TITLES, _ITEMS, _NOTE, _OTHER = frozenset((0, 6)), frozenset((1, 7, 8)), 2, 4
_MARK = "*"  # where a date or a slide's number is put in


@dataclass(frozen=True, slots=True)
class _Text:
    kind: int
    text: str


@dataclass(slots=True)
class _Listed:
    """A slide as the document lists it: its numbers, and its texts that its shapes refer to."""

    number: int
    id: int
    texts: list[_Text] = field(default_factory=list[_Text])


@dataclass(slots=True)
class _Objects:
    """The numbered objects of a presentation; records that lie one in the other would make it grow without end."""

    stream: bytes
    places: dict[int, int]
    left_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.left_bytes = len(self.stream)

    def read(self, place: int | None, kind: int) -> Record | None:
        """Return the record at a place if it is of this kind, or raise `Refusal`."""
        found = record_at(self.stream, place)
        if found is None or found.kind != kind:
            return None
        self.left_bytes -= found.end - found.start
        if self.left_bytes < 0:
            raise Refusal(Reason.DAMAGED, "its records lie in each other")
        return found


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a presentation, or raise `Refusal`."""
    ole = Ole(file)
    stream = ole.read("PowerPoint Document")
    number, places = newest(stream, ole.read("Current User"))
    document = record_at(stream, places.get(number))
    is_whole = document is not None and document.kind == _DOCUMENT
    slides = _slides(_Objects(stream, places), document) if document is not None and is_whole else _stray_slides(stream)
    found = pages_of_slides(slides)
    if not any(page.text for page in found):
        raise Refusal(Reason.NO_TEXT)
    # What is lost of a damaged one counts as a page without text.
    return PurePath(name).stem, found if is_whole else (*found, Page(len(found) + 1, "", ()))


def _stray_slides(stream: bytes) -> list[Slide]:
    """Return the slides of a file whose list of them is lost, as they stand in it."""
    top = list(records(stream, 0, len(stream)))
    if top and all(one.kind not in (_DOCUMENT, _SLIDE) for one in top):
        raise Refusal(Reason.UNSUPPORTED, "a presentation from before 1997")
    slides = [_slide(list(_texts(stream, one, [])), list(_comments(stream, one))) for one in top if one.kind == _SLIDE]
    if not slides:
        raise Refusal(Reason.DAMAGED, "its slides are lost")
    return slides


def _slides(objects: _Objects, document: Record) -> list[Slide]:
    stream = objects.stream
    notes = _notes(objects, _listed(stream, document, _NOTES_LIST))
    read: set[int] = set()  # a place is read for one slide only
    slides: list[Slide] = []
    for listed in _listed(stream, document, _SLIDES):
        place = objects.places.get(listed.number)
        found = objects.read(place, _SLIDE) if place is not None and place not in read else None
        read |= {place} if place is not None else set()
        texts = list(_texts(stream, found, listed.texts)) if found is not None else listed.texts
        comments = _comments(stream, found) if found is not None else ()
        slides.append(_slide(texts, [*notes.pop(listed.id, ()), *comments]))
    return slides


def _listed(stream: bytes, document: Record, which: int) -> list[_Listed]:
    """Return the slides, or the notes, that the document lists, in order."""
    found: list[_Listed] = []
    kind = _OTHER
    for part in records(stream, document.start, document.end):
        if part.kind != _LIST or part.instance != which:
            continue
        for one in records(stream, part.start, part.end):
            if one.kind == _PERSIST and one.end - one.start >= 16:
                number, slide = struct.unpack_from("<I8xI", stream, one.start)
                found.append(_Listed(number, slide))
            elif one.kind == _HEADER:
                kind = _number(stream, one)
                if found:
                    found[-1].texts.append(_Text(kind, ""))
            elif one.kind in (_CHARS, _BYTES) and found and found[-1].texts:
                found[-1].texts[-1] = _Text(kind, _decoded(stream, one))
    return found


def _texts(stream: bytes, slide: Record, referred: list[_Text]) -> Iterator[_Text]:
    """Yield the texts of a slide's shapes in order, each that is referred to once."""
    left = dict(enumerate(referred))
    for record in below(stream, slide):
        if record.kind != _BOX:
            continue
        kind = _OTHER
        for one in records(stream, record.start, record.end):
            if one.kind == _HEADER:
                kind = _number(stream, one)
            elif one.kind in (_CHARS, _BYTES):
                yield _Text(kind, _decoded(stream, one))
            elif one.kind == _REFERENCE and (text := left.pop(_number(stream, one), None)) is not None:
                yield text


def _slide(texts: list[_Text], notes: list[Part]) -> Slide:
    titles = [text for text in texts if text.kind in _TITLES]
    title = titles[0] if titles else None
    parts = [part for text in texts if text is not title for part in _parts(text)]
    return Slide(" ".join(title.text.split()) if title is not None else "", parts, notes)


def _parts(text: _Text) -> Iterator[Part]:
    for paragraph in text.text.split("\r"):
        words = clean(paragraph.replace("\x0b", "\n")).strip()
        if not words or words == _MARK:
            continue
        is_item = text.kind in _ITEMS
        yield Part(BlockKind.LIST_ITEM, f"• {words}") if is_item else Part(BlockKind.PARAGRAPH, words)


def _notes(objects: _Objects, listed: list[_Listed]) -> dict[int, list[Part]]:
    """Return what speakers noted, by the id of the slide."""
    found: dict[int, list[Part]] = {}
    stream = objects.stream
    for place in dict.fromkeys(objects.places.get(one.number) for one in listed):
        page = objects.read(place, _NOTES)
        if page is None:
            continue
        of_slide = next((one for one in records(stream, page.start, page.end) if one.kind == _NOTES_ATOM), None)
        texts = [_Text(_OTHER, text.text) for text in _texts(stream, page, []) if text.kind == _NOTE]
        if of_slide is not None:
            found[_number(stream, of_slide)] = [part for text in texts for part in _parts(text)]
    return found


def _comments(stream: bytes, slide: Record) -> Iterator[Part]:
    for record in below(stream, slide):
        for one in records(stream, record.start, record.end) if record.kind == _COMMENT else ():
            if one.kind == _STRING and one.instance == _COMMENT_TEXT:
                text = stream[one.start : one.end].decode("utf-16-le", "replace")
                yield from _parts(_Text(_OTHER, text))


def _decoded(stream: bytes, record: Record) -> str:
    content = stream[record.start : record.end]
    return content.decode("utf-16-le", "replace") if record.kind == _CHARS else content.decode("latin-1")


def _number(stream: bytes, record: Record) -> int:
    return struct.unpack_from("<i", stream, record.start)[0] if record.end - record.start >= 4 else -1
