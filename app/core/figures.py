"""The numbers, dates and codes of a text, so that the same one written otherwise is known again. Pure.

Each figure becomes a key in plain text: `1000`, `5%`, `2024-05-31`, `4711b`. What can be read in more ways than one
(`1.000`, `12 345` in a row of a table, `03/04/2024`) keeps every reading; a figure stands in a text if all keys of one
of its readings do.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

Readings = tuple[frozenset[str], ...]

_MONTHS_IN_FULL = "January February March April May June July August September October November December".split()
_MONTHS = {form: n for n, name in enumerate(_MONTHS_IN_FULL, 1) for form in (name, name[:3], name.upper())} | {
    "Sept": 9
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAY = r"\b(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>\d{4})\b"
_BELOW_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {name: n for n, name in enumerate(_BELOW_TWENTY)} | {name: 10 * n for n, name in enumerate(_TENS, 2)}
_ORDINALS = dict(enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1))
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_LARGE_SIGNS = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9}
_CURRENCIES = {"€": "€", "eur": "€", "euro": "€", "$": "$", "usd": "$", "dollar": "$", "£": "£", "gbp": "£", "¥": "¥"}
_UNIT = r"(?P<unit>%|€|\$|£|¥|per\s?cent\b|pct\b|euros?\b|EUR\b|dollars?\b|USD\b|GBP\b)"
_MEASURES = frozenset(
    """kg g mg km m cm mm nm h hr hrs min mins s ms l ml ft in lb lbs oz mph kt kts gb mb kb tb w kw mw v kv hz
    am pm""".split()
)
_SPACE = "\u00a0\u202f\u2009 "
_PASSING = frozenset(("one", "zero"))

_REFERENCE = re.compile(r"\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")
_ISO_DATE = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b")
_DAY_FIRST = re.compile(rf"{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?")
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+{_YEAR})?")
_MONTH_AND_YEAR = re.compile(rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}")
_SLASHED_DATE = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\b")
_CODE = re.compile(r"(?<![\w.])(?=[\w./-]*\d)(?=[\w./-]*[^\W\d_])[^\W_]+(?:[./-][^\W_]+)*")
_NUMBER = re.compile(
    rf"(?P<currency>[€$£¥]\s?)?(?P<digits>\d+(?:[.,'’{_SPACE}]\d{{3}}(?!\d))*(?:[.,]\d+)*)"
    rf"(?P<large>[\s-]?(?:{'|'.join(_LARGE)})\b|(?:mn|bn|[kmbKMB])\b)?(?:[\s-]?{_UNIT})?"
)
_POINT_OR_COMMA = re.compile(r"(?<![\d.,])(\d{1,3})([.,])(\d{3})(?![\d.,]*\d)")
_SPELLED = re.compile(
    rf"\b(?P<words>(?:{'|'.join((*_SMALL, 'hundred', *_LARGE))})"
    rf"(?:(?:\s+and|-and)?[\s-]+(?:{'|'.join((*_SMALL, 'hundred', *_LARGE))}))*)\b(?:\s+{_UNIT})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, date or code as it is written from `start` on, and the sets of keys that it may be read as."""

    text: str
    start: int
    readings: Readings


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order; numbers in square brackets are references, no figures."""
    rest = _REFERENCE.sub(_blank, text)
    found: list[Figure] = []
    for pattern, read in _KINDS:
        for match in pattern.finditer(rest):
            if readings := read(match):
                found.append(Figure(match.group().strip(), match.start(), readings))
        rest = pattern.sub(lambda match, read=read: _blank(match) if read(match) else match.group(), rest)
    return sorted(found, key=lambda figure: figure.start)


def figure_keys(text: str) -> frozenset[str]:
    """Return the keys of every reading of every figure in a text, and what these say besides."""
    keys = {key for figure in figures(text) for reading in figure.readings for key in reading if " " not in key}
    words = set(re.findall(r"[^\W\d_]+", text.casefold()))
    keys |= {f"in {large}s" for large in _LARGE if words & {large, f"{large}s"}}
    keys |= {str(n) for n, name in _ORDINALS.items() if name in words}
    return frozenset(keys).union(*map(_implied, keys))


def missing_figures(sentence: str, text: str) -> tuple[str, ...]:
    """Return the figures of a sentence that do not stand in a text, as the sentence writes them.

    The word `one` claims nothing. `7.709` is not the text's `7,709`: who writes it anew makes it a thousandth.
    """
    wanted = [figure for figure in figures(sentence) if figure.text.casefold() not in _PASSING]
    known = figure_keys(text) if wanted else frozenset[str]()
    return tuple(
        figure.text
        for figure in wanted
        if not any(reading <= known for reading in figure.readings) or _is_turned(figure, text)
    )


def _is_turned(figure: Figure, text: str) -> bool:
    """Return whether a figure stands in a text only with a comma for its point, or a point for its comma."""
    match = _POINT_OR_COMMA.search(figure.text)
    if match is None:
        return False
    whole, sign, rest = match.groups()
    turned = f"{whole}{',' if sign == '.' else '.'}{rest}"
    return match.group() not in text and whole + rest not in text and turned in text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _implied(key: str) -> set[str]:
    """Return what a key says besides: a date its month and its year, a number with a unit the number alone."""
    if date := re.fullmatch(r"(\d{4}|~)-(\d\d)-(\d\d)", key):
        year, month, day = date.groups()
        whole = {f"~-{month}-{day}", str(int(day)), f"{year}-{month}"}
        return whole | ({year} if year != "~" else {f"yearless {month}-{day}"})
    if month := re.fullmatch(r"(\d{4})-(\d\d)", key):
        return {month.group(1)}
    return {key[:-1]} if key[-1] in "%€$£¥" else {f"bare {key}"} if key.isascii() and key[0].isdigit() else set()


def _named_date(match: re.Match[str]) -> Readings:
    """Read a date whose month is named; without its year it may be one of the year that stands elsewhere."""
    parts = match.groupdict()
    month = _MONTHS[parts["month"]]
    year = parts.get("year") or "~"
    if "day" not in parts:
        return (frozenset({f"{year}-{month:02}"}),)
    return _date(year, month, int(parts["day"]))


def _iso_date(match: re.Match[str]) -> Readings:
    return _date(match["year"], int(match["month"]), int(match["day"]))


def _slashed_date(match: re.Match[str]) -> Readings:
    first, second, year = int(match[1]), int(match[3]), match[4]
    full = year if len(year) > 2 else f"20{year}" if int(year) < 50 else f"19{year}"
    return (*_date(full, second, first), *_date(full, first, second))


def _date(year: str, month: int, day: int) -> Readings:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ()
    whole = frozenset({f"{year}-{month:02}-{day:02}"})
    return (whole,) if year == "~" else (whole, frozenset({f"yearless {month:02}-{day:02}", year}))


def _code(match: re.Match[str]) -> Readings:
    """Read a word with digits; none where it is a number with an ending, a measure, or a hyphen before a word."""
    word = match.group().rstrip("./-")
    parts = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", word)
    key = re.sub(r"[\W_]", "", word.casefold())
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", word.casefold()):
        return (frozenset({parts[0]}),)
    amount = match.string[: match.start()].rstrip().endswith(("€", "$", "£", "¥"))
    if re.fullmatch(r"[\d.,]+[^\W\d_]+", word) and parts[-1].casefold() in (_LARGE_SIGNS if amount else _MEASURES):
        return ()
    if not re.search(r"[^\W\d_]\d|\d[^\W\d_]", word) and re.search(r"(?:^|[./-])[^\W\d_]{3,}", word):
        return ()
    return (frozenset({key}), *((frozenset({word[:-1]}),) if re.fullmatch(r"\d{4}s", word) else ()))


def _number(match: re.Match[str]) -> Readings:
    digits = match["digits"]
    unit = _unit(match["currency"] or match["unit"] or "")
    large = (match["large"] or "").strip(f"{_SPACE}-").casefold()
    if large in _LARGE_SIGNS and not match["currency"]:
        large = ""  # `5 m` are metres
    factor = _LARGE.get(large) or _LARGE_SIGNS.get(large) or 1
    readings = [frozenset(_with_unit(value * factor, unit) for value in values) for values in _values(digits)]
    if large in _LARGE:
        readings += [
            frozenset({f"in {large}s", *(_with_unit(value, unit) for value in values)}) for values in _values(digits)
        ]
    return _also_without_unit(readings, unit)


def _spelled(match: re.Match[str]) -> Readings:
    total = current = 0
    for word in re.findall(r"[a-z]+", match["words"].casefold()):
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = max(1, current) * 100
        elif word in _LARGE:
            total, current = total + max(1, current) * _LARGE[word], 0
    unit = _unit(match["unit"] or "")
    return _also_without_unit([frozenset({_with_unit(Decimal(total + current), unit)})], unit)


def _values(digits: str) -> Iterator[tuple[Decimal, ...]]:
    """Yield what a run of digits and separators may mean: one number, or several beside each other in a table."""
    parts = re.split(rf"[.,'’{_SPACE}]", digits)
    separators = re.findall(rf"[.,'’{_SPACE}]", digits)
    if len(set(separators)) <= 1 and all(len(part) == 3 for part in parts[1:]):
        yield (Decimal("".join(parts)),)
    if separators and separators[-1] in ".," and separators[-1] not in separators[:-1]:
        yield (Decimal("".join(parts[:-1]) + "." + parts[-1]),)
    if separators and (set(separators) & set(_SPACE) or (len(set(separators)) == 1 and len(separators) > 1)):
        yield tuple(Decimal(part) for part in parts)


def _unit(word: str) -> str:
    spelling = word.strip().casefold().rstrip("s")
    return _CURRENCIES.get(spelling, "%" if spelling else "")


def _with_unit(value: Decimal, unit: str) -> str:
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain.lstrip("0") or "0") + unit


def _also_without_unit(readings: list[frozenset[str]], unit: str) -> Readings:
    """Let a number with a unit stand where the text names none: a table has its unit in the heading."""
    bare = [frozenset(f"bare {key[:-1]}" if key.endswith(unit) else key for key in reading) for reading in readings]
    return (*readings, *(bare if unit else ()))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Readings]], ...] = (
    (_ISO_DATE, _iso_date),
    (_DAY_FIRST, _named_date),
    (_MONTH_FIRST, _named_date),
    (_MONTH_AND_YEAR, _named_date),
    (_SLASHED_DATE, _slashed_date),
    (_CODE, _code),
    (_NUMBER, _number),
    (_SPELLED, _spelled),
)
