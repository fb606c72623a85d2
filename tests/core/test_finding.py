"""What is found of words in a text: the right stretch of it, whatever its case, accents and line ends."""

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.core.finding import Wanted


def found(text: str, wanted: str) -> list[str]:
    """Return the stretches of a text that are found."""
    return [text[span.start : span.end] for span in Wanted(wanted).spans(text)]


def test_case_accents_and_line_ends_do_not_matter() -> None:
    assert found("The deposit\n  is held. THE DEPOSIT is", "the  Deposit is") == ["The deposit\n  is", "THE DEPOSIT is"]
    assert found("Café, CAFE, cafe\u0301, caffè", "café") == ["Café", "CAFE", "cafe\u0301"]
    assert found("Straße, STRASSE", "strasse") == ["Straße", "STRASSE"]
    assert found("an ofﬁce and an office", "OFFICE") == ["ofﬁce", "office"]
    assert found("the Tenant’s part – all of it", "tenant's part - all") == ["Tenant’s part – all"]


def test_signs_mean_themselves_and_nothing_finds_nothing() -> None:
    assert found("a.b, aXb, (a.b)", "a.b") == ["a.b", "a.b"]
    assert found("some text", "  ") == []
    assert found("", "text") == []


@given(st.text(max_size=40), st.text(max_size=40), st.text(alphabet="abcßéﬁÅ漢 -’", min_size=1, max_size=8))
def test_what_stands_in_a_text_is_found_there(before: str, after: str, words: str) -> None:
    text = f"{before} {words} {after}"

    spans = list(Wanted(words).spans(text))

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    if words.strip():
        place = len(before) + 1 + len(words) - len(words.lstrip())
        stripped = words.strip()
        own = [span for span in spans if span.start < place + len(stripped) and place < span.end]
        assert own, unicodedata.name(stripped[0])
