"""A number, date or code is known again however it is written, and no other one passes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.figures import figures, missing_figures

SAME = [
    ("1,000", "1000"),
    ("1 000", "1,000"),
    ("1\u00a0000", "1.000"),
    ("one thousand", "1,000"),
    ("twenty-one", "21"),
    ("two hundred and five", "205"),
    ("1.5", "1,5"),
    ("900.00", "900"),
    ("€900", "900 euros"),
    ("900 euros", "900"),
    ("$1.2 million", "$1,200,000"),
    ("$1.2m", "1.2 million dollars"),
    ("5 %", "five percent"),
    ("five per cent", "5%"),
    ("31 May 2024", "2024-05-31"),
    ("May 31, 2024", "31.05.2024"),
    ("31st of May 2024", "05/31/2024"),
    ("May 2024", "31 May 2024"),
    ("2024", "31 May 2024"),
    ("31 May 2024", "In 2024 the term ends on 31 May."),
    ("4711-B", "4711b"),
    ("the 1990s", "1990s"),
    ("COVID-19", "covid 19"),
    ("the 3rd day", "the third day"),
    ("a 10-year lease", "a lease of ten years"),
    ("345", "a row of 12 345 678"),
    ("$82,959 million", "In millions: 82,959"),
    ("900kg", "900 kg"),
]
OTHER = [
    ("1,000", "1,001"),
    ("900", "1900"),
    ("5 %", "6 %"),
    ("900 euros", "900 dollars"),
    ("31 May 2024", "30 May 2024"),
    ("31 May 2024", "31 May 2023"),
    ("31 May", "31 March"),
    ("4711-B", "4711-A"),
    ("4711-B", "4711"),
    ("N5921D", "N5921E"),
    ("$1.2 million", "1.2"),
    ("1.5", "15"),
    ("two thousand", "2 000 000"),
    ("two", "three"),
]


@pytest.mark.parametrize(("written", "text"), SAME)
def test_the_same_figure_written_otherwise_is_known_again(written: str, text: str) -> None:
    assert missing_figures(f"It says {written}.", f"Here: {text}, as agreed.") == ()


@pytest.mark.parametrize(("written", "text"), OTHER)
def test_another_figure_does_not_pass_for_it(written: str, text: str) -> None:
    assert missing_figures(f"It says {written}.", f"Here: {text}, as agreed.") != ()


def test_what_is_missing_is_told_as_it_was_written() -> None:
    missing = missing_figures("From 31 May 2024 the rent is €1,000, not 900.", "The rent is 900 euros.")
    assert missing == ("31 May 2024", "€1,000")


def test_the_word_one_and_references_claim_nothing() -> None:
    assert missing_figures("One of them, as [12] and [3, 4] say.", "Nothing here.") == ()


@given(st.text(alphabet="0123456789.,'-/ aMay€%$k\u00a0thousand", max_size=60))
def test_every_text_holds_its_own_figures(text: str) -> None:
    assert missing_figures(text, text) == ()


@given(st.text(max_size=80))
def test_a_figure_stands_where_it_says(text: str) -> None:
    for figure in figures(text):
        assert text[figure.start :].lstrip().startswith(figure.text)


@given(st.integers(0, 10**7), st.sampled_from(["{:,}", "{}", "{:_}"]))
def test_thousands_may_be_separated_in_any_way(number: int, form: str) -> None:
    assert missing_figures(f"{number} in all", form.format(number).replace("_", "\u202f")) == ()


@pytest.mark.parametrize(
    ("written", "text", "missing"),
    [
        ("It was 7.709 million dollars.", "Research (in millions): 7,709", ("7.709 million dollars",)),
        ("It was 7,709.", "Es waren 7.709.", ("7,709",)),
        ("It was 7,709.", "Research: 7,709, of it abroad 1.5", ()),
        ("It was 7.709.", "Between 7,709 and 7.709", ()),
        ("It was 1,000.", "It was 1000, not 1.000.", ()),
    ],
)
def test_a_point_that_stands_for_a_comma_makes_another_number(
    written: str, text: str, missing: tuple[str, ...]
) -> None:
    assert missing_figures(written, text) == missing
