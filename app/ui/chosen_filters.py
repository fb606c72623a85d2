"""The filters of a conversation as a person sees them: chips, a line of words, spans of time. Pure, window process."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from app.core.types import Filters
from app.ui.sentences import shown_name, shown_path, translate

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the filters; `rest` are the filters without it, `whole` is the path in full, "" for others."""

    words: str
    whole: str
    rest: Filters


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A span of days by name; `before` is the first day after it, None for no end."""

    words: str
    after: date
    before: date | None = None


def chips_of(filters: Filters) -> tuple[Chip, ...]:
    """Return a chip for each part of the filters."""
    chips = [
        Chip(shown_name(path), shown_path(path), replace(filters, paths=_without(filters.paths, path)))
        for path in filters.paths
    ]
    if filters.only_forgotten:
        chips.append(Chip(translate("filters", "forgotten files"), "", replace(filters, only_forgotten=False)))
    chips += [
        Chip(suffix.upper(), "", replace(filters, types=_without(filters.types, suffix))) for suffix in filters.types
    ]
    if filters.after_ns is not None:
        words = translate("filters", "from {day}").format(day=day_of(filters.after_ns))
        chips.append(Chip(words, "", replace(filters, after_ns=None)))
    if filters.before_ns is not None:
        words = translate("filters", "before {day}").format(day=day_of(filters.before_ns))
        chips.append(Chip(words, "", replace(filters, before_ns=None)))
    return tuple(chips)


def filter_words(filters: Filters) -> str:
    """Return the filters as a line below an answer, "" without any."""
    words = ", ".join(chip.words for chip in chips_of(filters))
    return translate("filters", "only {filters}").format(filters=words) if words else ""


def with_path(filters: Filters, path: bytes) -> Filters:
    """Return the filters with one more file or folder."""
    return replace(filters, paths=(*_without(filters.paths, path), path), only_forgotten=False)


def with_type(filters: Filters, suffix: str) -> Filters:
    """Return the filters with one more kind of file."""
    return replace(filters, types=(*_without(filters.types, suffix), suffix))


def time_spans(today: date) -> tuple[TimeSpan, ...]:
    """Return the spans that people ask for most."""
    year, last_year = date(today.year, 1, 1), date(today.year - 1, 1, 1)
    return (
        TimeSpan(translate("filters", "Today"), today),
        TimeSpan(translate("filters", "The last 7 days"), today - timedelta(days=6)),
        TimeSpan(translate("filters", "The last 30 days"), today - timedelta(days=29)),
        TimeSpan(translate("filters", "This year"), year),
        TimeSpan(translate("filters", "Last year"), last_year, year),
    )


def with_time_span(filters: Filters, span: TimeSpan) -> Filters:
    """Return the filters with a span in place of the dates before."""
    return with_days(filters, midnight_ns(span.after), None if span.before is None else midnight_ns(span.before))


def with_days(filters: Filters, after_ns: int | None, before_ns: int | None) -> Filters:
    """Return the filters with these moments in place of the dates before."""
    return replace(filters, after_ns=after_ns, before_ns=before_ns)


def day_of(nanoseconds: int) -> str:
    """Return the day of a moment, here."""
    return datetime.fromtimestamp(nanoseconds / 1e9).date().isoformat()


def midnight_ns(day: date) -> int:
    """Return a day's first moment, here, in nanoseconds since 1970."""
    return int(datetime(day.year, day.month, day.day).timestamp()) * 1_000_000_000


def _without(parts: tuple[Part, ...], part: Part) -> tuple[Part, ...]:
    return tuple(one for one in parts if one != part)
