"""A date in a question is looked for however a document writes it."""

import pytest

from app.core.dates import written_otherwise

TWELFTH_OF_MARCH = {"2024 03 12", "12 03 2024", "03 12 2024", "3 12 2024", "12 march 2024", "march 12 2024"}


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-12", "2024/3/12", "12.03.2024", "12. 3. 2024", "12 march 2024", "12th of march, 2024", "mar 12, 2024",
        "march 12th 2024", "12-mar-2024", "12. märz 2024", "12 de marzo de 2024", "12 марта 2024", "2024年3月12日",
    ],
)  # fmt: skip
def test_every_way_to_write_a_day_leads_to_the_others(written: str) -> None:
    ways = set(written_otherwise(f"what was paid on {written}?"))
    assert ways >= TWELFTH_OF_MARCH
    assert ways >= {"march 12th 2024", "mar 12 2024", "12 märz 2024", "12 de marzo de 2024", "2024年3月12日"}


def test_a_date_that_may_be_two_days_is_taken_for_both() -> None:
    ways = set(written_otherwise("the invoice of 03/12/2024"))
    assert ways >= {"12 march 2024", "3 december 2024"}


@pytest.mark.parametrize(
    "question", ["", "invoice 4711-B", "march 2024", "10.1.2.2024", "version 2024-13-40", "30/02/2024", "1/2/24"]
)
def test_what_is_no_full_date_has_no_other_ways(question: str) -> None:
    assert written_otherwise(question) == []


def test_a_question_full_of_dates_is_bounded_work() -> None:
    assert len(written_otherwise(" ".join(f"2024-03-{day:02}" for day in range(1, 29)))) < 120
