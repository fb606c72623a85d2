"""Which tokens a prompt may contain."""

from app.llm.template import Piece
from app.llm.vocabulary import Special, Vocabulary, is_control

SPECIALS = {
    "<s>": Special(1, True),
    "<|end|>": Special(2, True, strips_right=True),
    "  ": Special(3, False),
}


def tokenise(text: str) -> list[int]:
    """Return a token a character, but let the vocabulary find "<s>" and "  " in plain text, as some models do."""
    tokens: list[int] = []
    while text:
        known = next((mark for mark in ("<s>", "  ") if text.startswith(mark)), "")
        tokens.append(SPECIALS[known].token if known else 100 + ord(text[0]))
        text = text[len(known or text[0]) :]
    return tokens


def spelled(text: str) -> list[int]:
    return [100 + ord(character) for character in text]


def test_only_the_templates_marks_become_control_tokens() -> None:
    pieces = (Piece("<s>", True), Piece("a<s><|end|>b", False), Piece("<|end|>", True))
    assert Vocabulary(tokenise, SPECIALS).tokens(pieces) == [1, *spelled("a<s><|end|>b"), 2]


def test_tokens_that_are_only_runs_of_spaces_stay() -> None:
    assert Vocabulary(tokenise, SPECIALS).tokens((Piece("a  b", False),)) == [*spelled("a"), 3, *spelled("b")]


def test_the_beginning_is_there_once() -> None:
    vocabulary = Vocabulary(tokenise, SPECIALS, begin=1)
    assert vocabulary.tokens((Piece("a", False),)) == [1, *spelled("a")]
    assert vocabulary.tokens((Piece("<s>", True), Piece("a", False))) == [1, *spelled("a")]


def test_space_after_a_mark_goes_where_the_vocabulary_says_so() -> None:
    pieces = (Piece("<|end|>\n<s>\n", True), Piece("\na", False))
    assert Vocabulary(tokenise, SPECIALS).tokens(pieces) == [2, 1, *spelled("\n\na")]


def test_marks_that_a_model_calls_ordinary_count_as_control_tokens_all_the_same() -> None:
    assert is_control("<|user|>", marked_control=False)
    assert not is_control("\n\n", marked_control=False)
