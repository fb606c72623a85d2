"""Sentences keep their offsets."""

from hypothesis import given
from hypothesis import strategies as st

from app.readers.sentences import sentences


def test_abbreviations_do_not_end_sentences() -> None:
    text = "Dr. Smith of the U.S. Navy paid $3.5 million.  He left.\nどうぞ。はい。"
    assert [text[span.start : span.end] for span in sentences(text)] == [
        "Dr. Smith of the U.S. Navy paid $3.5 million.",
        "He left.",
        "どうぞ。",
        "はい。",
    ]


@given(st.text(max_size=80))
def test_sentences_are_in_order_and_leave_out_only_space(text: str) -> None:
    position = 0
    for span in sentences(text):
        assert not text[position : span.start].strip()
        assert text[span.start : span.end].strip() == text[span.start : span.end] != ""
        position = span.end
    assert not text[position:].strip()
