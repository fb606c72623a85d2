"""Numbers and dates as a spreadsheet displays them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readers.number_format import displayed

MONEY = '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (5, "General", "5"),
        (0.1 + 0.2, "", "0.3"),
        (1e20, "General", "1E+20"),
        (-1234.5, "General", "-1234.5"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.125, "0.0%", "12.5%"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (-1234.5, MONEY, "(1,234.50)"),
        (0, MONEY, "-"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (1234567, '0.0,,"M"', "1.2M"),
        (123456789, "000-00-0000", "123-45-6789"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (3.14159, "0.##", "3.14"),
        (3, "0.##", "3"),
        (7, "000", "007"),
        (42, '"Nr." 0', "Nr. 42"),
        (-3, "[Red]0.0", "-3.0"),
        (-0.001, "0.00", "0.00"),
        (7, "@", "7"),
        (45296, "yyyy-mm-dd", "2024-01-05"),
        (45296.5, "dd/mm/yyyy hh:mm", "05/01/2024 12:00"),
        (45296.75, "d. mmmm yyyy h:mm AM/PM", "5. January 2024 6:00 PM"),
        (45296.75, "ddd mmm yy", "Fri Jan 24"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (0.000011574, "mm:ss.0", "00:01.0"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (1e9, "yyyy-mm-dd", "1000000000"),
    ],
)
def test_a_number_is_shown_by_its_code(value: float, code: str, shown: str) -> None:
    assert displayed(value, code) == shown


def test_dates_may_count_from_1904() -> None:
    assert displayed(0, "yyyy-mm-dd", is_1904=True) == "1904-01-01"


@given(st.floats(), st.text('0#?.,%;E+-"[]hmsdy/ @\\_*AMP', max_size=12))
def test_any_code_shows_something_of_any_number(value: float, code: str) -> None:
    displayed(value, code)
