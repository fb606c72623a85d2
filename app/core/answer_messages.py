"""What the engine tells the window of an answer before there is text, or after. Used in both."""

from dataclasses import dataclass
from enum import StrEnum


class AnswerStep(StrEnum):
    """What a model is at where its text does not show it."""

    JUDGING = "judging"
    """Whether the passages answer the question, before it writes."""

    READING = "reading"
    """The passages that it is given, after that."""

    CHECKING = "checking"
    """Whether the passages bear out what it wrote."""


@dataclass(frozen=True, slots=True)
class AnswerReached:
    """An event of `Ask`: the answer is at this step now; only of models that are asked what they think of it."""

    step: AnswerStep
