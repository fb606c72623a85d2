"""Tokens joined to text."""

from hypothesis import given
from hypothesis import strategies as st

from app.llm.text_stream import TextStream


def streamed(pieces: list[bytes], stops: tuple[str, ...] = ()) -> tuple[list[str], TextStream]:
    stream = TextStream(stops)
    return [stream.feed(piece) for piece in pieces] + [stream.flush()], stream


def test_a_character_that_spans_tokens_comes_whole() -> None:
    euro = "€".encode()
    texts, _ = streamed([b"5 ", euro[:1], euro[1:2], euro[2:] + b"!"])
    assert texts == ["5 ", "", "", "€!", ""]


def test_a_broken_character_at_the_end_is_shown_as_one() -> None:
    texts, _ = streamed([b"a", "é".encode()[:1]])
    assert "".join(texts) == "a\ufffd"


def test_a_stop_string_over_several_tokens_ends_the_answer_and_is_not_shown() -> None:
    texts, stream = streamed([b"Yes.<|i", b"m_", b"end|>more"], ("<|im_end|>",))
    assert "".join(texts) == "Yes."
    assert stream.ended


def test_what_only_looked_like_a_stop_string_is_shown_in_the_end() -> None:
    texts, stream = streamed([b"a <|im", b"portant|> b <|i"], ("<|im_end|>",))
    assert texts[0] == "a "
    assert "".join(texts) == "a <|important|> b <|i"
    assert not stream.ended


@given(st.text(), st.lists(st.integers(1, 5)))
def test_however_text_is_cut_it_comes_out_whole(text: str, sizes: list[int]) -> None:
    encoded = text.encode("utf-8", "replace")
    pieces: list[bytes] = []
    for size in sizes:
        pieces.append(encoded[:size])
        encoded = encoded[size:]
    texts, _ = streamed([*pieces, encoded], ("<|im_end|>",))
    assert "".join(texts) == text.encode("utf-8", "replace").decode().split("<|im_end|>")[0]
