"""A prompt's pieces as tokens, of which only the template's own control tokens are special. Llama process.

llama.cpp turns a control token's spelling into the token wherever it stands. Here the template's text is searched for
them, and everything else is tokenised as plain text, over the border between template and message just as llama.cpp
would; a control token that plain text yields all the same is spelled out.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.core.prompt_text import neutralise
from app.llm.template import Piece


@dataclass(frozen=True, slots=True)
class Special:
    """A token that the vocabulary tells apart from text; `is_control` if it never stands for text in a document."""

    token: int
    is_control: bool
    strips_left: bool = False
    strips_right: bool = False


def is_control(text: str, *, marked_control: bool) -> bool:
    """Return whether a special token is a mark of conversation rather than, say, a run of spaces."""
    return marked_control or neutralise(text) != text


class Vocabulary:
    """Tokenises prompts; `tokenise` is the model's, for plain text, with no special token recognised."""

    def __init__(
        self, tokenise: Callable[[str], list[int]], specials: Mapping[str, Special], begin: int | None = None
    ) -> None:
        self._tokenise = tokenise
        self.specials = specials
        self._begin = begin
        self._control_text = {special.token: text for text, special in specials.items() if special.is_control}
        longest_first = sorted(filter(None, specials), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def tokens(self, pieces: Iterable[Piece]) -> list[int]:
        """Return the tokens of a prompt, with the beginning token if the model wants one."""
        tokens: list[int] = []
        text = ""
        strip_next = False
        for piece in pieces:
            position = 0
            for match in self._pattern.finditer(piece.text) if piece.is_template else ():
                special = self.specials[match.group()]
                plain = text + _stripped(piece.text[position : match.start()], left=strip_next)
                tokens += self._plain(plain.rstrip() if special.strips_left else plain)
                tokens.append(special.token)
                text, position, strip_next = "", match.end(), special.strips_right
            rest = piece.text[position:]
            text += _stripped(rest, left=strip_next and piece.is_template)
            strip_next = strip_next and not rest
        tokens += self._plain(text)
        if self._begin is not None and tokens[:1] != [self._begin]:
            tokens.insert(0, self._begin)
        return tokens

    def _plain(self, text: str) -> list[int]:
        if not text:
            return []
        tokens = self._tokenise(text)
        if self._control_text.keys().isdisjoint(tokens):
            return tokens
        spelled: list[int] = []
        for token in tokens:
            marks = self._control_text.get(token)
            spelled += [token] if marks is None else [part for mark in marks for part in self._tokenise(mark)]
        return spelled


def _stripped(text: str, *, left: bool) -> str:
    return text.lstrip() if left else text
