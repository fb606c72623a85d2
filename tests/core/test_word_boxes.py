"""Word boxes: stored small, and the rectangles of spans."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.pages import Rect, Span
from app.core.word_boxes import WordBox, packed, rects_of, unpacked

SIDES = st.floats(0, 16_000)


def word(start: int, length: int, box: Rect) -> WordBox:
    return WordBox(start, start + length, box)


WORDS = st.lists(
    st.builds(word, st.integers(0, 2**31), st.integers(1, 5000), st.builds(Rect, SIDES, SIDES, SIDES, SIDES))
)


@given(WORDS)
def test_boxes_come_back_within_an_eighth_of_a_point(words: list[WordBox]) -> None:
    again = unpacked(packed(words))
    assert [(word.start, word.end) for word in again] == [(word.start, word.end) for word in words]
    for word, same in zip(words, again, strict=True):
        for side in ("x0", "y0", "x1", "y1"):
            assert abs(getattr(word.box, side) - getattr(same.box, side)) <= 0.125


def test_a_span_is_marked_once_a_row_and_not_across_columns() -> None:
    words = (
        WordBox(0, 3, Rect(10, 10, 30, 20)),
        WordBox(4, 7, Rect(34, 10, 50, 20)),
        WordBox(8, 11, Rect(300, 10, 320, 20)),
        WordBox(12, 15, Rect(10, 30, 30, 40)),
    )
    assert rects_of(words, Span(0, 15)) == (Rect(10, 10, 50, 20), Rect(300, 10, 320, 20), Rect(10, 30, 30, 40))
    assert rects_of(words, Span(4, 7)) == (Rect(34, 10, 50, 20),)
    assert rects_of(words, Span(3, 4)) == ()
