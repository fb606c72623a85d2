"""A follow-up question made standalone for the search, by the words of the conversation. Pure."""

from app.core.leaning import leans
from app.core.types import Turn
from app.core.words import words_of

SHORT_WORDS = 4
_TAKEN_ALONG = 3


def standalone(question: str, turns: tuple[Turn, ...], language: str) -> str:
    """Return the question to search for: with the last question before it when it leans on the conversation.

    It leans when it points to what was said, opens like a continuation, or is very short. What a very short last
    question points to comes along as well, three questions at most. `language` is the question's (ISO 639-1), "" where
    it is not certain.
    """
    if not (_is_short(question) or leans(question, language)):
        return question
    asked = [question]
    for turn in turns[: -_TAKEN_ALONG - 1 : -1]:
        asked.append(turn.question)
        if not (_is_short(turn.question) and leans(turn.question, language)):
            break
    return " ".join(reversed(asked))


def _is_short(question: str) -> bool:
    return len(words_of(question)) <= SHORT_WORDS
