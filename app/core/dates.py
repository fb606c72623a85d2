"""Dates in a question, as a document may write them otherwise. Pure; used in the engine's process."""

import re
from collections.abc import Iterator

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "short": "jan feb mar apr may jun jul aug sep oct nov dec",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_NAMES = {language: names.split() for language, names in _MONTHS.items()}
_NUMBERS = {name: number for names in _NAMES.values() for number, name in enumerate(names, start=1)} | {"sept": 9}
_OF = {"es": " de ", "pt": " de "}
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_DAY = r"(?P<d>\d{1,2})"
_MONTH = r"(?P<m>\d{1,2})"
_YEAR = r"(?P<y>\d{4})"
_NAME = f"(?P<name>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_FORMS = (
    re.compile(rf"(?<![\d.]){_YEAR}([-/.]){_MONTH}\2{_DAY}(?!\d)"),
    re.compile(rf"(?<![\d.])(?P<first>\d{{1,2}})([-/.]) ?(?P<second>\d{{1,2}})\2 ?{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}(?:st|nd|rd|th|\.|er|º)?[ -](?:of |de |den )?{_NAME}\.?,?[ -](?:de )?{_YEAR}(?!\d)"),
    re.compile(rf"\b{_NAME}\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR} ?年 ?{_MONTH} ?月 ?{_DAY} ?日"),
)
_MOST = 3


def written_otherwise(question: str) -> list[str]:
    """Return the ways to write each full date of a lower-case question, of the first few: 2024 03 12, march 12 2024.

    Of 03/12/2024 nobody knows which number is the month: it is taken for both days.
    """
    days = dict.fromkeys(day for form in _FORMS for found in form.finditer(question) for day in _days(found))
    return [way for year, month, day in list(days)[:_MOST] for way in _ways(year, month, day)]


def _days(found: re.Match[str]) -> Iterator[tuple[int, int, int]]:
    parts = found.groupdict()
    year = int(parts["y"])
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        pairs = ((second, first), (first, second))
    else:
        pairs = ((_NUMBERS[parts["name"]] if "name" in parts else int(parts["m"]), int(parts["d"])),)
    for month, day in pairs:
        if 1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1]:
            yield year, month, day


def _ways(year: int, month: int, day: int) -> Iterator[str]:
    for m, d in dict.fromkeys(((f"{month:02}", f"{day:02}"), (str(month), str(day)))):
        yield from (f"{year} {m} {d}", f"{d} {m} {year}", f"{m} {d} {year}")
    for language, names in _NAMES.items():
        name, of = names[month - 1], _OF.get(language, " ")
        yield f"{day}{of}{name}{of}{year}"
        if language in ("en", "short"):
            yield from (
                f"{name} {day} {year}",
                f"{name} {day}{_ordinal(day)} {year}",
                f"{day}{_ordinal(day)} {name} {year}",
            )
            if day < 10:
                yield f"{day:02} {name} {year}"
    yield f"{year}年{month}月{day}日"


def _ordinal(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
