"""Numbers and dates of a spreadsheet as it displays them, by its format codes. Pure; runs in the reader's process.

What a code leaves to the person's language is written without one: ISO dates for the system's short date, English names
of days and months, a point before decimals and commas between thousands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

GENERAL = "General"
# As long as Excel takes a code; a longer one is none.
CODE_LIMIT_CHARS = 1024
# The codes that files name by number only (ECMA-376, 18.8.30); 14 and 22 are the system's own.
BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"},
    **{14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM"},
    **{20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)"},
    **{39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0"},
    **{48: "##0.0E+0", 49: "@"},
}
_TOKEN = re.compile(
    r'(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|(?P<space>_.)|(?P<fill>\*.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|(?P<elapsed>\[[hms]+\])|(?P<bracket>\[[^\]]*\])|(?P<half>AM/PM|A/P)|(?P<general>General)"
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?)|(?P<power>E[+-]0+)|(?P<digit>[0#?]+|[.,])|(?P<text>.)",
    re.IGNORECASE | re.DOTALL,
)
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SIGNIFICANT = 11  # digits that a cell of the general format has room for
_MOST_DIGITS = 30  # that a code may ask for
_LAST_SERIAL = 2_958_466  # the day after 31 December 9999


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a section writes digits: `before` and `after` them, and `within` where other signs stand between them."""

    before: str
    after: str
    within: Sequence[_Token]
    factor: float
    separator: str
    zeros: int
    decimals: int
    least_decimals: int
    power: str
    is_fraction: bool


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: Sequence[_Token]
    is_date: bool
    shape: _Shape | None


def displayed(value: float, code: str, *, is_1904: bool = False) -> str:
    """Return a cell's number as its format code displays it; dates count days from 1900, or from 1904."""
    sections = _sections(code)
    if len(sections) > 2 and value == 0:
        section = sections[2]
    elif len(sections) > 1 and value < 0:
        section, value = sections[1], -value
    else:
        section = sections[0]
    if section.shape is not None:
        return _number(value, section.shape)
    if section.is_date:
        return _date(value, section.tokens, is_1904) if 0 <= value < _LAST_SERIAL else general(value)
    return "".join(general(value) if token.kind in ("general", "at") else token.text for token in section.tokens)


def general(value: float) -> str:
    """Return a number as a cell without a format displays it."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value) and abs(value) < 10**_SIGNIFICANT:
        return str(int(value))
    return f"{value:.{_SIGNIFICANT}G}".replace("E+0", "E+").replace("E-0", "E-")


@cache
def _sections(code: str) -> Sequence[_Section]:
    """Return the code's sections: for positive numbers, negative ones, zero."""
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code or GENERAL):
        kind, text = match.lastgroup or "text", match.group(match.lastgroup or 0)
        match kind:
            case "text" if text == ";":
                sections.append([])
            case "text" if text in "@%/":
                sections[-1].append(_Token({"@": "at", "%": "percent", "/": "slash"}[text], text))
            case "quoted":
                sections[-1].append(_Token("text", text.strip('"')))
            case "escaped" | "currency":
                sections[-1].append(_Token("text", text))
            case "space":
                sections[-1].append(_Token("text", " "))
            case "fill" | "bracket":
                pass
            case _:
                sections[-1].append(_Token(kind, text))
    return [_section(tokens) for tokens in sections]


def _section(tokens: Sequence[_Token]) -> _Section:
    kinds = {token.kind for token in tokens}
    is_date = bool(kinds & {"date", "elapsed"})
    is_number = not is_date and "digit" in kinds and not kinds & {"general", "at"}
    return _Section(tokens, is_date, _shape(tokens) if is_number else None)


def _shape(tokens: Sequence[_Token]) -> _Shape:
    places = [n for n, token in enumerate(tokens) if token.kind in ("digit", "power")]
    first, last = places[0], places[-1]
    within = tokens[first : last + 1]
    digits = "".join(token.text for token in tokens if token.kind == "digit")
    thousands = len(digits) - len(digits.rstrip(","))
    whole, _point, decimals = digits.rstrip(",").partition(".")
    decimals = decimals.replace(",", "")[:_MOST_DIGITS]
    return _Shape(
        before="".join(token.text for token in tokens[:first] if token.kind != "slash").lstrip(),
        after="".join(token.text for token in tokens[last + 1 :] if token.kind != "slash").rstrip(),
        within=within if any(token.kind in ("text", "percent") for token in within) else (),
        factor=100.0 ** sum(token.kind == "percent" for token in tokens) / 1000.0**thousands,
        separator="," if "," in whole else "",
        zeros=min(whole.count("0"), _MOST_DIGITS),
        decimals=len(decimals),
        least_decimals=decimals.count("0"),
        power=next((token.text for token in tokens if token.kind == "power"), ""),
        is_fraction=any(token.kind == "slash" for token in tokens),
    )


def _number(value: float, shape: _Shape) -> str:
    if shape.is_fraction:
        return general(value)
    value *= shape.factor
    if shape.power:
        shown = _with_power(abs(value), shape)
    else:
        shown = f"{abs(value):{shape.separator}.{shape.decimals}f}"
        front, point, back = shown.partition(".")
        if shape.least_decimals < shape.decimals:
            back = back[: shape.least_decimals] + back[shape.least_decimals :].rstrip("0")
        front = "" if front == "0" and not shape.zeros else front.zfill(shape.zeros)
        shown = front + (point if back else "") + back
    is_negative = value < 0 and any(character in "123456789" for character in shown)
    if shape.within and "." not in shown and "," not in shown:
        shown = _woven(shown, shape.within)
    return f"{'-' if is_negative else ''}{shape.before}{shown}{shape.after}"


def _with_power(value: float, shape: _Shape) -> str:
    mantissa, _e, exponent = f"{value:.{shape.decimals}E}".partition("E")
    shown = f"{mantissa}E{int(exponent or 0):+0{len(shape.power) - 1}d}"
    return shown if shape.power[1] == "+" else shown.replace("E+", "E")


def _woven(digits: str, tokens: Sequence[_Token]) -> str:
    pieces: list[str] = []
    for n, token in reversed(list(enumerate(tokens))):
        if token.kind == "digit":
            room = len(token.text) if n else len(digits)
            pieces.append(digits[max(0, len(digits) - room) :])
            digits = digits[: max(0, len(digits) - room)]
        elif token.kind in ("text", "percent"):
            pieces.append(token.text)
    return "".join(reversed(pieces))


def _date(value: float, section: Sequence[_Token], is_1904: bool) -> str:
    has_fraction = any("." in token.text for token in section if token.kind == "date")
    seconds = round(value * 86400, 3) if has_fraction else round(value * 86400)
    first = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 31 if value < 60 else 30)
    moment = first + timedelta(seconds=seconds)
    is_half = any(token.kind == "half" for token in section)
    pieces: list[str] = []
    for n, token in enumerate(section):
        match token.kind:
            case "date":
                pieces.append(_part(moment, token.text.lower(), _is_minutes(section, n), is_half))
            case "elapsed":
                unit = token.text[1].lower()
                pieces.append(str(int(seconds // {"h": 3600, "m": 60, "s": 1}[unit])))
            case "half":
                pieces.append("AM" if moment.hour < 12 else "PM")
            case _:
                pieces.append(token.text)
    return "".join(pieces).strip()


def _is_minutes(section: Sequence[_Token], place: int) -> bool:
    """Whether an `m` means minutes: it stands after hours or before seconds."""
    before = [token.text for token in section[:place] if token.kind in ("date", "elapsed")]
    after = [token.text for token in section[place + 1 :] if token.kind in ("date", "elapsed")]
    return (bool(before) and "h" in before[-1].lower()) or (bool(after) and "s" in after[0].lower())


def _part(moment: datetime, code: str, is_minutes: bool, is_half: bool) -> str:
    match code[0]:
        case "y":
            return f"{moment.year:04d}" if len(code) > 2 else f"{moment.year % 100:02d}"
        case "m" if is_minutes:
            return f"{moment.minute:0{min(len(code), 2)}d}"
        case "m" if len(code) > 2:
            name = _MONTHS[moment.month - 1]
            return name[:3] if len(code) == 3 else name[:1] if len(code) == 5 else name
        case "m":
            return f"{moment.month:0{len(code)}d}"
        case "d" if len(code) > 2:
            return _DAYS[moment.weekday()][: 3 if len(code) == 3 else None]
        case "d":
            return f"{moment.day:0{len(code)}d}"
        case "h":
            hour = (moment.hour % 12 or 12) if is_half else moment.hour
            return f"{hour:0{min(len(code), 2)}d}"
        case _:
            whole, point, fraction = code.partition(".")
            shown = f"{moment.second:0{min(len(whole), 2)}d}"
            return shown + (point + f"{moment.microsecond:06d}"[: len(fraction)] if point else "")
