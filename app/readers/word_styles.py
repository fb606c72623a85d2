"""What a Word paragraph is, by its style and numbering. Runs in the reader's process."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from app.readers.xml_tree import Xml, attribute, child, integer, local, value

_HEADING = re.compile(r"heading\s*([1-9])$", re.IGNORECASE)
_PLACE = re.compile(r"%([1-9])")
_BASES_LIMIT = 12  # styles may refer to each other in a circle
_DEEPEST = 6
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Look:
    """`level` is 1 to 6 for a heading, else 0; `number_id` names a list, "" if none."""

    level: int
    number_id: str
    number_level: int


@dataclass(frozen=True, slots=True)
class _Style:
    base: str
    level: int | None
    number_id: str | None
    number_level: int


class Styles:
    """The document's paragraph styles."""

    def __init__(self, root: Xml | None) -> None:
        self._styles: dict[str, _Style] = {}
        for style in root if root is not None else ():
            if local(style) != "style":
                continue
            number = child(style, "pPr", "numPr")
            self._styles[attribute(style, "styleId")] = _Style(
                value(style, "basedOn") or "",
                _level(value(style, "name") or "", value(style, "pPr", "outlineLvl")),
                value(number, "numId"),
                integer(value(number, "ilvl")),
            )

    def look(self, properties: Xml | None) -> Look:
        """Return what a paragraph with these properties (`w:pPr`) is."""
        name = value(properties, "pStyle") or ""
        level = _level(name if name not in self._styles else "", value(properties, "outlineLvl"))
        number = child(properties, "numPr")
        number_id, number_level = value(number, "numId"), integer(value(number, "ilvl"))
        for _ in range(_BASES_LIMIT):
            style = self._styles.get(name)
            if style is None:
                break
            level = style.level if level is None else level
            if number_id is None and style.number_id is not None:
                number_id, number_level = style.number_id, number_level or style.number_level
            name = style.base
        return Look(level or 0, "" if number_id in (None, "0") else str(number_id), number_level)


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """Counts the document's lists and says each item's mark."""

    _levels: dict[str, dict[int, _Level]] = field(default_factory=dict[str, "dict[int, _Level]"])
    _lists: dict[str, str] = field(default_factory=dict[str, str])
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict[str, dict[int, int]](dict))

    @classmethod
    def of(cls, root: Xml | None) -> "Numbering":
        """Read the numbering part."""
        numbering = cls()
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                levels = (below for below in element if local(below) == "lvl")
                numbering._levels[attribute(element, "abstractNumId")] = {
                    integer(attribute(level, "ilvl")): _Level(
                        value(level, "numFmt") or "decimal",
                        value(level, "lvlText") or "",
                        integer(value(level, "start"), 1),
                    )
                    for level in levels
                }
            elif local(element) == "num":
                numbering._lists[attribute(element, "numId")] = value(element, "abstractNumId") or ""
        return numbering

    def mark(self, number_id: str, level: int) -> str:
        """Count one item and return its mark with a space after it, such as "2.1 " or "• "."""
        name = self._lists.get(number_id, "")
        levels = self._levels.get(name, {})
        style = levels.get(level)
        if style is None or style.kind == "bullet":
            return "• "
        if style.kind == "none":
            return ""
        counts = self._counts[name]
        counts[level] = counts.get(level, style.start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]

        def number(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            shown = levels.get(at, style)
            return _numeral(counts.get(at, shown.start), shown.kind)

        text = _PLACE.sub(number, style.text).strip()
        return f"{text} " if text else ""


def heading_level(name: str) -> int:
    """Return 1 to 6 for the name of a heading's style, else 0."""
    match = _HEADING.match(name.strip())
    if match:
        return min(int(match.group(1)), _DEEPEST)
    return 1 if name.strip().lower() == "title" else 0


def _level(name: str, outline: str | None) -> int | None:
    level = heading_level(name)
    if level:
        return level
    number = integer(outline, 9)
    return min(number + 1, _DEEPEST) if number < 9 else None  # 9 means body text


def _numeral(number: int, kind: str) -> str:
    match kind:
        case "lowerLetter" | "upperLetter" if number > 0:
            letter = chr(ord("a") + (number - 1) % 26) * min(1 + (number - 1) // 26, 4)
            return letter if kind == "lowerLetter" else letter.upper()
        case "lowerRoman" | "upperRoman" if 0 < number < 4000:
            roman = ""
            for size, sign in (*_ROMAN, *_ROMAN_ONES):
                roman += sign * (number // size)
                number %= size
            return roman if kind == "lowerRoman" else roman.upper()
        case _:
            return str(number)
