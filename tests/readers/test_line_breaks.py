"""Where lines break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readers.line_breaks import flowed, lines_of


def broken(text: str, room: float, first: float | None = None) -> list[str]:
    """Return the lines of a text whose characters are all one wide."""
    spans = lines_of(text, [1.0] * len(text), room if first is None else first, room)
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two  three", 7, ["one two", "three"]),
        ("one\n\ntwo", 9, ["one", "", "two"]),
        ("well-known", 6, ["well-", "known"]),
        ("at -5 degrees", 5, ["at -5", "degre", "es"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("北京是中华、人民", 5, ["北京是中", "华、人民"]),
        ("北京是中「人民」", 5, ["北京是中", "「人民」"]),
        ("    if x", 8, ["    if x"]),
        ("xx e\u0301e\u0301e\u0301e\u0301", 4, ["xx", "e\u0301e\u0301", "e\u0301e\u0301"]),
        ("", 5, [""]),
    ],
)
def test_lines_break_where_the_script_allows(text: str, room: float, lines: list[str]) -> None:
    assert broken(text, room) == lines


def test_the_first_line_has_its_own_room() -> None:
    assert broken("one two three", 13, first=3) == ["one", "two three"]


@given(st.text("ab -–\n\t中。「e\u0301"), st.integers(1, 12))
def test_lines_fit_and_nothing_but_space_is_lost(text: str, room: int) -> None:
    lines = broken(text, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line.strip()) <= max(room, 1 + line.count("\u0301")) for line in lines)


def test_only_lines_that_reach_the_edge_flow_together() -> None:
    wrapped = "A line that somebody's editor has broken at sixty characters\nis one with the next.\nThis is not."
    assert flowed(wrapped) == wrapped.replace("characters\n", "characters ")
    verse = "The woods are lovely\ndark and deep"
    assert flowed(verse) == verse
