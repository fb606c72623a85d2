"""Tells which language a text is in, by py3langid's model. Used in the engine's process."""

from functools import cache
from typing import cast

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from app.core.languages import LANGUAGES

CERTAIN = 0.6
"""Of 4,353 questions of the open sets in six languages 4 are taken for another language with this probability (all of
them about a word of that language), and 1.4 % are not certain, most of them Russian."""

_CHARACTERS = 1000


def language_of(text: str) -> str:
    """Return the code (ISO 639-1) of a text's language, "" where that is not certain; any thread may ask.

    Loading the model at the first call takes half a second.
    """
    code, probability = cast(tuple[str, float], _identifier().classify(text[:_CHARACTERS]))
    return code if probability >= CERTAIN else ""


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
