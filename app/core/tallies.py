"""The numbers that are told with an answer: what the library held, what a prompt is made of. Used in every process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the library held when a question was asked; `current_as_of_ns` is 0 before the first rescan.

    `absent` files were read before, but were not there then: their folder's drive was not, say.
    """

    ready: int
    queued: int
    failed: int
    pages_without_text: int
    current_as_of_ns: int
    absent: int = 0

    @property
    def files(self) -> int:
        """Return how many files there are to be read."""
        return self.ready + self.queued + self.failed + self.absent


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """What a prompt is made of, in the model's own tokens; `passages` has one number for each piece of evidence."""

    instructions: int
    conversation: int
    passages: tuple[int, ...]
    question: int
    answer_room: int
    context: int
