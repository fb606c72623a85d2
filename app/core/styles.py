"""Styles: how a person wants answers to be written, apart from what they may say. Pure; used in every process."""

import re
import unicodedata
from dataclasses import dataclass

CHARACTERS_LIMIT = 1000
"""Some 250 tokens, a sixth of the evidence: what a style takes of a model's room and time passages cannot have."""

NAME_CHARACTERS_LIMIT = 40

_SECTION = re.compile(r"^#{1,6}\s+(\S.*?)\s*#*\s*$", re.MULTILINE)
_HEADING_LINE = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+)?(?:\*\*|__)?[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_HEADING_TAIL = re.compile(r"(?:[\s:*_#]|\[[\d\s,;]*\])+$")
_UNFIT_FOR_FILES = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f]|^[.\s]|[.\s]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Style:
    """A manner of writing answers; without words it is the plain one, as the rules of the prompt have it.

    `name` "" stands for words that a person wrote for a question; `is_edited` says that they are not those that the
    style of this name has. A style that is asked for by its name alone has its words still to be looked up.
    """

    name: str = ""
    instructions: str = ""
    is_edited: bool = False

    @property
    def sections(self) -> tuple[str, ...]:
        """Return the sections that an answer must have: the headings (`## Conditions`) that stand in the words."""
        return tuple(dict.fromkeys(_SECTION.findall(self.instructions)))


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class StyleRow:
    """A style as lists show it; an own one has a file at `path`, b"" for those that come with Margent.

    `trouble` is "" or why its file cannot be used: "not_text", "empty", "long" or "unreadable".
    """

    style: Style
    path: bytes = b""
    trouble: str = ""


def same_name(one: str, other: str) -> bool:
    """Return whether two names are one: capitals, accents written in two ways and spaces around do not count."""
    return _folded(one) == _folded(other)


def words_trouble(words: str) -> str:
    """Return why words cannot be a style's, as `StyleRow` says it, "" for no reason."""
    if not words.strip():
        return "empty"
    return "long" if len(words.strip()) > CHARACTERS_LIMIT else ""


def is_name(name: str) -> bool:
    """Return whether a name can be that of a file on every system."""
    return 0 < len(name) <= NAME_CHARACTERS_LIMIT and not _UNFIT_FOR_FILES.search(name)


def heading_spans(text: str, sections: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return where, from and to, the lines of a text stand that are nothing but a section's heading.

    Only headings that were asked for state nothing of their own; any other one is a sentence like all others.
    """
    wanted = {_heading(section) for section in sections}
    lines = _HEADING_LINE.finditer(text) if wanted else ()
    return [line.span() for line in lines if _heading(line[1]) in wanted]


def missing_sections(text: str, sections: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sections whose heading does not stand in a text."""
    return tuple(section for section in sections if not heading_spans(text, (section,)))


def _heading(line: str) -> str:
    """Return the words of a heading, without marks and signs at their end."""
    return _folded(_HEADING_TAIL.sub("", line))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
