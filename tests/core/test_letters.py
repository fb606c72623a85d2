"""Where letters stand: spans as rectangles, points as places in the text, words and rows."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from app.core.letters import LetterPlaces, LetterRow, PageLetters
from app.core.pages import Rect, Span

TEXT = "one two\nthree four"


def row(start: int, count: int, top: float, left: float = 100.0) -> LetterRow:
    """Return letters of 10 by 12 points beside each other."""
    boxes = (edge for n in range(count) for edge in (left + 10 * n, top, left + 10 * n + 10, top + 12))
    return LetterRow(start, struct.pack(f"<{4 * count}f", *boxes))


LETTERS = PageLetters(TEXT, (row(0, 7, 50), row(8, 10, 64)))
PLACES = LetterPlaces(LETTERS)


def test_a_span_is_a_rectangle_a_row() -> None:
    assert PLACES.rects(Span(4, 7)) == (Rect(140, 50, 170, 62),)
    assert PLACES.rects(Span(4, 13)) == (Rect(140, 50, 170, 62), Rect(100, 64, 150, 76))
    assert PLACES.rects(Span(7, 8)) == ()
    assert PLACES.whole == Span(0, 18)


def test_a_point_is_the_place_between_two_letters() -> None:
    assert [PLACES.offset_at(x, 55) for x in (0, 101, 109, 112, 900)] == [0, 0, 1, 1, 7]
    assert PLACES.offset_at(900, 900) == 18
    assert PLACES.is_on_text(120, 60)
    assert not PLACES.is_on_text(120, 30)


def test_in_writing_from_right_to_left_the_place_is_on_the_other_side() -> None:
    boxes = (edge for n in range(3) for edge in (120 - 10 * n, 50, 130 - 10 * n, 62))
    places = LetterPlaces(PageLetters("אבג", (LetterRow(0, struct.pack("<12f", *boxes)),)))

    assert [places.offset_at(x, 55) for x in (129, 122, 101)] == [0, 1, 3]


def test_words_and_rows_are_stepped_through() -> None:
    assert PLACES.word_at(5) == Span(4, 7)
    assert (PLACES.word_end(0, 1), PLACES.word_end(3, 1), PLACES.word_end(8, -1)) == (3, 7, 4)
    assert (PLACES.row_beside(1, 1), PLACES.row_beside(9, -1), PLACES.row_beside(9, 1)) == (9, 1, 18)


def test_letters_that_do_not_agree_with_their_text_are_told_apart() -> None:
    assert LETTERS.is_coherent
    assert PageLetters("", ()).is_coherent
    for rows in (
        (row(8, 10, 64), row(0, 7, 50)),
        (row(0, 19, 50),),
        (row(-1, 3, 50),),
        (LetterRow(0, b"\0" * 15),),
        (LetterRow(0, b""),),
        (LetterRow(0, struct.pack("<4f", 0, 0, float("nan"), 1)),),
    ):
        assert not PageLetters(TEXT, rows).is_coherent


@given(st.floats(-500, 1500), st.floats(-500, 1500))
def test_every_point_is_a_place_of_the_text(x: float, y: float) -> None:
    assert 0 <= PLACES.offset_at(x, y) <= len(TEXT)
