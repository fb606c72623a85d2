"""A follow-up question made standalone for the search, by the words of the conversation. Pure."""

from app.core.types import Turn
from app.core.words import words_of

_LEANING = frozenset(
    "he she it they him her them his hers its their theirs this that these those there then one ones".split()
)
_OPENERS = ("and ", "what about", "how about", "why", "but ", "also ", "so ", "then ", "or ")
SHORT_WORDS = 4


def standalone(question: str, turns: tuple[Turn, ...]) -> str:
    """Return the question to search for: with the last question before it when it leans on the conversation.

    It leans when it has a pronoun, opens like a continuation, or is very short.
    """
    if not turns:
        return question
    words = words_of(question)
    leans = (
        len(words) <= SHORT_WORDS or question.casefold().startswith(_OPENERS) or any(word in _LEANING for word in words)
    )
    return f"{turns[-1].question} {question}" if leans else question
