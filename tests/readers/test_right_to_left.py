"""Arabic and Hebrew as they are seen."""

import pytest

from app.readers.right_to_left import joined, reads_right_to_left, visual_order


def seen(text: str) -> str:
    return "".join(text[place] for place, _is_leftwards in visual_order(text, reads_right_to_left(text)))


@pytest.mark.parametrize(
    ("text", "from_the_left"),
    [
        ("plain, 12.5%", "plain, 12.5%"),
        ("אבג", "גבא"),
        ("abc אבג def", "abc גבא def"),
        ("אבג abc def דהו", "והד abc def גבא"),
        ("אבג 12,5% דה", "הד 12,5% גבא"),
        ("12 אבג", "גבא 12"),
        ("אב, גד.", ".דג ,בא"),
    ],
)
def test_a_line_is_ordered_as_it_is_seen(text: str, from_the_left: str) -> None:
    assert seen(text) == from_the_left


def test_a_bracket_among_hebrew_letters_is_set_leftwards() -> None:
    assert dict(visual_order("א(ב", True))[1]
    assert not dict(visual_order("a(b", False))[1]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("بيت", ["\ufe91", "\ufef4", "\ufe96"]),
        ("دار", ["\ufea9", "\ufe8d", "\ufead"]),
        ("سلا", ["\ufeb3", "\ufefc", ""]),
        ("لا", ["\ufefb", ""]),
        ("بل", ["\ufe91", "\ufede"]),
        ("c;ل", ["c", ";", "\ufedd"]),
        ("ب\u064eت", ["\ufe91", "\u064e", "\ufe96"]),
        ("ب\u200cت", ["\ufe8f", "\u200c", "\ufe95"]),
        ("abc", ["a", "b", "c"]),
    ],
)
def test_arabic_letters_take_the_form_of_their_place(text: str, shapes: list[str]) -> None:
    assert joined(text) == shapes
