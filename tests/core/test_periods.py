"""The times that names and questions state, and which documents are of the time that is wanted."""

import pytest

from app.core.periods import Period, of_wanted_period, periods


@pytest.mark.parametrize(
    ("text", "period", "rest"),
    [
        ("2022 Q3 Acme", Period(2022, 3), "Acme"),
        ("report for Q1, 2023", Period(2023, 1), "report for"),
        ("Acme_2023q1", Period(2023, 1), "Acme_"),
        ("the third quarter of 2022", Period(2022, 3), "the"),
        ("Minutes April 2023", Period(2023, 0, 4), "Minutes"),
        ("2023-04 invoice", Period(2023, 0, 4), "invoice"),
        ("invoice 2023-04-05", Period(2023, 0, 4), "invoice"),
        ("20230405 scan", Period(2023, 0, 4), "scan"),
        ("FY2022 plan", Period(2022), "plan"),
        ("budget 1998", Period(1998), "budget"),
    ],
)
def test_a_time_is_told_from_the_rest(text: str, period: Period, rest: str) -> None:
    assert periods(text) == ((period,), rest)


@pytest.mark.parametrize("text", ["page 12 of 40", "model 20231", "Q3", "in May", "A2022B"])
def test_what_states_no_time_is_left_as_it_is(text: str) -> None:
    assert periods(text) == ((), text)


def test_a_part_of_a_time_is_held_by_it_and_not_the_other_way_round() -> None:
    assert Period(2022).holds(Period(2022, 3))
    assert Period(2022, 2).holds(Period(2022, 0, 5))
    assert not Period(2022, 3).holds(Period(2022))
    assert not Period(2022, 2).holds(Period(2022, 0, 7))
    assert not Period(2022).holds(Period(2023))


NAMES = {1: "2022 Q3 Acme", 2: "2023 Q1 Acme", 3: "2023 Q1 Bolt", 4: "2022 Q4 Bolt", 5: "lease"}


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What did Acme earn in Q3 2022?", {1}),
        ("What was sold in 2022?", {1, 4}),
        ("What was sold in 2019?", set[int]()),
        ("What was sold in the latest report?", {2, 3}),
        ("What does the lease say?", set[int]()),
    ],
)
def test_the_documents_of_a_time_or_the_last_of_each_series_are_wanted(question: str, wanted: set[int]) -> None:
    assert of_wanted_period(question, NAMES) == wanted


def test_where_all_are_of_the_time_none_is_wanted_more() -> None:
    assert of_wanted_period("What was sold in 2022?", {1: "2022 Q3 Acme", 4: "2022 Q4 Bolt"}) == frozenset()
    assert of_wanted_period("What says the latest lease?", {1: "lease 2022", 2: "plan 2023"}) == frozenset()
