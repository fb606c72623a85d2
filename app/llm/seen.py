"""What of a prompt is in a context's memory. Llama process."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.llm.llama import Context
from app.llm.parts import reusable


@dataclass(slots=True)
class Seen:
    """A context and the tokens that are in it."""

    context: Context
    tokens: list[int] = field(default_factory=list[int])

    def forget_after(self, length: int) -> int:
        """Drop what was seen after this many tokens; return how many remain: none where a part cannot be dropped."""
        if not self.context.forget_after(length):
            length = 0
        del self.tokens[length:]
        return length

    def forget_all_but(self, prompt: Sequence[int]) -> int:
        """Drop what is not the beginning of a prompt; return how many tokens of it remain."""
        return self.forget_after(_common_length(self.tokens, prompt))

    def make_way_for(self, prompt: Sequence[int]) -> int:
        """Drop what is not the beginning of a prompt or leaves too little of it to compute; return how much remains."""
        return self.forget_after(reusable(_common_length(self.tokens, prompt), len(prompt)))


def _common_length(left: Sequence[int], right: Sequence[int]) -> int:
    length = 0
    for ours, theirs in zip(left, right, strict=False):
        if ours != theirs:
            break
        length += 1
    return length
