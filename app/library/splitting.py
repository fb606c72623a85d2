"""Parts a text into sentences by the rules of its own language. Used in the engine's process."""

from app.core.pages import Span
from app.library.language import language_of
from app.readers.sentences import sentences


def sentences_of(text: str) -> list[Span]:
    """Return the sentences of a text in order, without the space between them; by English where it is not certain."""
    return sentences(text, language_of(text))
