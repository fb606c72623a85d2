"""Days, months and years as a filter takes them."""

from datetime import datetime

import pytest

from app.core.days import first_moment_ns


@pytest.mark.parametrize(
    ("word", "moment"),
    [
        ("2026-03-31", datetime(2026, 3, 31)),
        ("2026-3-1", datetime(2026, 3, 1)),
        (" 2026-03 ", datetime(2026, 3, 1)),
        ("1999", datetime(1999, 1, 1)),
        ("1700", datetime(1700, 1, 1)),
    ],
)
def test_a_day_a_month_and_a_year_begin_with_their_first_moment(word: str, moment: datetime) -> None:
    assert first_moment_ns(word) == int(moment.timestamp()) * 10**9
    assert -(2**63) < first_moment_ns(word) < 2**63


@pytest.mark.parametrize(
    "word", ["", "yesterday", "2026-13", "2026-02-30", "31.03.2026", "03/31/2026", "26", "0001", "9999", "٢٠٢٦-٠٣-x"]
)
def test_anything_else_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        first_moment_ns(word)
