"""Sentences keep their offsets."""

import pytest
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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            "Tesla starb am 7. Januar 1943. | Im 18. Jahrhundert lebte z. B. Dr. Ohm am Marktpl. 5 in Ulm. | Ja.",
        ),
        ("es", "La Sra. Pérez vive en la Av. de Mayo núm. 5. | EE. UU. ganó."),
        ("fr", "M. Dupont habite p. ex. à Lyon. | Il y reste."),
        ("pl", "Urodził się w 1943 r. w Warszawie. | Mieszkał przy ul. Długiej 5."),
        ("da", "Det var i det 18. århundrede. | Han døde den 7. januar 1943."),
        ("ru", "Он родился в 1943 г. в Москве. | Жил на ул. Ленина, т. е. рядом."),
        ("zh", "他来了。 | 第3.5章。"),
    ],
)
def test_abbreviations_and_dates_of_another_language_do_not_end_its_sentences(language: str, text: str) -> None:
    whole = text.replace("| ", "")
    assert [whole[span.start : span.end] for span in sentences(whole, language)] == text.split(" | ")


@given(st.text(max_size=80), st.sampled_from(["en", "", "de", "ru", "zh", "th"]))
def test_sentences_are_in_order_and_leave_out_only_space(text: str, language: str) -> None:
    position = 0
    for span in sentences(text, language):
        assert not text[position : span.start].strip()
        assert text[span.start : span.end].strip() == text[span.start : span.end] != ""
        position = span.end
    assert not text[position:].strip()
