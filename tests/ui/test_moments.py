"""Days and moments, as the window says them."""

from collections.abc import Generator
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from app.ui.answer_foot import as_of_words
from app.ui.moments import day_words, moment_words

NOON = datetime(2026, 11, 3, 12, 5)


@pytest.fixture(autouse=True)
def _in_no_country() -> Generator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("C"))
    yield
    QLocale.setDefault(before)


def _ns(moment: datetime) -> int:
    return int(moment.timestamp() * 1e9)


@pytest.mark.parametrize(("locale", "day"), [("C", "3 Nov 2026"), ("en_US", "3 Nov 2026"), ("fr_FR", "3 nov. 2026")])
def test_a_month_is_written_by_name(locale: str, day: str) -> None:
    QLocale.setDefault(QLocale(locale))
    assert day_words(NOON) == day


def test_a_moment_of_today_is_a_time_and_another_says_its_day() -> None:
    now = datetime.now()
    assert moment_words(_ns(now)).startswith("today, ")
    assert moment_words(_ns(now - timedelta(days=1))).startswith(f"{day_words(now - timedelta(days=1))}, ")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NOON + timedelta(hours=1), "12:05"),
        (NOON + timedelta(days=1), "3 Nov, 12:05"),
        (NOON + timedelta(days=400), "3 Nov 2026, 12:05"),
        (None, "3 Nov 2026, 12:05"),
    ],
)
def test_how_fresh_an_index_was_says_the_day_only_if_it_is_another(now: datetime | None, words: str) -> None:
    assert as_of_words(_ns(NOON), now) == f"Index current as of {words}"
