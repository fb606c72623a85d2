"""Read calendars and address cards (.ics, .vcf): an entry each, what it says in lines. Runs in the reader's process.

Both are written in content lines (RFC 5545 and 6350): a name, parameters, a value; a line that is too long goes on
behind a space.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.encoding import is_charset, text_of
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, pages_of

_FOLDED = re.compile(r"\n[ \t]")
_ENCODED = re.compile(r"(?im)^[^:\n]*quoted-printable[^:\n]*:(?:.*=\n)+.*")
_SOFT_BREAK = re.compile(r"=\n[ \t]?")
_LINE = re.compile(r"([A-Za-z0-9.-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)")
_PARAMETER = re.compile(r';([^=;:]*)(?:=("[^"]*"|[^;]*))?')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?\d\d)?(Z?))?$")
_HEADINGS = ("SUMMARY", "FN")
_SHOWN = {
    **{"DTSTART": "Start", "DTEND": "End", "DUE": "Due", "DURATION": "Duration", "RRULE": "Repeats"},
    **{"LOCATION": "Location", "ORGANIZER": "Organizer", "ATTENDEE": "Attendee", "CONTACT": "Contact"},
    **{"STATUS": "Status", "CATEGORIES": "Categories", "URL": "URL", "DESCRIPTION": "Description"},
    **{"COMMENT": "Comment", "NICKNAME": "Nickname", "ORG": "Organization", "TITLE": "Title", "ROLE": "Role"},
    **{"TEL": "Telephone", "EMAIL": "Email", "ADR": "Address", "LABEL": "Address", "BDAY": "Birthday", "NOTE": "Note"},
}
_ENTRIES = frozenset(("VEVENT", "VTODO", "VJOURNAL", "VCARD"))
_PLACED = frozenset(("ADR", "ORG", "N"))  # whose values are several, between semicolons


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a calendar or of cards, or raise `Refusal`."""
    found = list(parts_of(text_of(file.read())))
    if not found:
        raise Refusal(Reason.NO_TEXT)
    return PurePath(name).stem, pages_of(found)


def parts_of(text: str) -> Iterator[Part]:
    """Yield the parts of each entry: what it is called, and what it says."""
    heading, lines = "", list[str]()
    within: list[str] = []
    for line in _lines(text):
        if line.name == "BEGIN":
            within.append(line.value.upper())
            if within[-1] in _ENTRIES:
                heading, lines = "", []
        elif line.name == "END" and within:
            if within.pop() in _ENTRIES:
                yield from _entry(heading, lines)
        elif within and within[-1] in _ENTRIES:
            heading = line.value if line.name in _HEADINGS and not heading else heading
            lines += [f"{_SHOWN[line.name]}: {line.value}"] if line.name in _SHOWN and line.value else []
    if within and within[-1] in _ENTRIES:  # cut off
        yield from _entry(heading, lines)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's name, in capitals, and its value as it is shown."""

    name: str
    value: str


def _entry(heading: str, lines: list[str]) -> Iterator[Part]:
    if heading:
        yield Part(BlockKind.HEADING, " ".join(heading.split()), 2)
    if lines:
        yield Part(BlockKind.PARAGRAPH, "\n".join(lines))


def _lines(text: str) -> Iterator[_Line]:
    unfolded = _FOLDED.sub("", _ENCODED.sub(lambda found: _SOFT_BREAK.sub("", found[0]), clean(text)))
    for line in unfolded.split("\n"):
        found = _LINE.match(line)
        if found is not None:
            name = found[1].rpartition(".")[2].upper()
            told = {one[1].upper(): one[2] or "" for one in _PARAMETER.finditer(found[2])}
            yield _Line(name, _value(name, {key: value.strip('"') for key, value in told.items()}, found[3]))


def _value(name: str, parameters: dict[str, str], value: str) -> str:
    if "QUOTED-PRINTABLE" in (parameters.get("ENCODING", "").upper(), *parameters):
        charset = parameters.get("CHARSET", "")
        value = quopri.decodestring(value.encode()).decode(charset if is_charset(charset) else "utf-8", "replace")
    if name in _PLACED:
        value = ", ".join(filter(None, (part.strip() for part in re.split(r"(?<!\\);", value))))
    value = _ESCAPED.sub(lambda one: "\n" if one[1] in "nN" else one[1], value).strip()
    moment = _MOMENT.match(value)
    if moment is not None:
        return _moment(moment, parameters.get("TZID", ""))
    if value.lower().startswith("mailto:"):
        address = value[len("mailto:") :]
        return f"{parameters['CN']} <{address}>" if parameters.get("CN") else address
    return value


def _moment(found: re.Match[str], zone: str) -> str:
    year, month, day, hour, minute, is_utc = found.groups()
    date = f"{year}-{month}-{day}"
    zone = "UTC" if is_utc else zone
    return " ".join(filter(None, (date, f"{hour}:{minute}", zone))) if hour else date
