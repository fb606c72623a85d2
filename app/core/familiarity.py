"""How far a model knows a text's language, told by how long the pieces are that its vocabulary cuts it into. Pure."""

import re

# Letters a token, in the middle of each open set (tests/quality/README.md): with the English bge-small English has 3.7
# to 4.3, German 2.6, Spanish 2.5, Russian and Arabic 1.0; languages without spaces 1.0 where they are not known, and
# 1.5 or more with a vocabulary of many languages.
_FOREIGN, _FAMILIAR = 2.4, 3.2
_FOREIGN_UNSPACED, _FAMILIAR_UNSPACED = 1.05, 1.4

UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
"""A character of writing without spaces between words, or, in Korean, of words with endings."""

_WITH_FIGURES = re.compile(r"\S*\d\S*")


# Russian, Arabic and Chinese have at most 1.5 with the English reranker, German and Spanish at least 1.8; Chinese is
# known to a vocabulary of many languages from 1.5 on.
_SPELT_OUT, _SPELT_OUT_UNSPACED = 1.6, 1.2


def letters_of(text: str) -> str:
    """Return the words of a text that have no figure in them: codes and numbers are of no language."""
    return _WITH_FIGURES.sub(" ", text)


def familiarity(text: str, tokens: int, known: int) -> float:
    """Return how far a model knows the language of a text, 0 to 1, that has so many tokens, and so many known ones."""
    unspaced = _unspaced_share(text)
    foreign = _FOREIGN + (_FOREIGN_UNSPACED - _FOREIGN) * unspaced
    familiar = _FAMILIAR + (_FAMILIAR_UNSPACED - _FAMILIAR) * unspaced
    return min(1.0, max(0.0, (_letters_per_token(text, tokens, known) - foreign) / (familiar - foreign)))


def is_spelt_out(text: str, tokens: int, known: int) -> bool:
    """Return whether a vocabulary cuts a text into little more than its letters: such a model knows nothing of it."""
    bound = _SPELT_OUT + (_SPELT_OUT_UNSPACED - _SPELT_OUT) * _unspaced_share(text)
    return tokens > 0 and _letters_per_token(text, tokens, known) < bound


def _letters_per_token(text: str, tokens: int, known: int) -> float:
    """Return how many letters a token has, unknown tokens counting as none."""
    return _letters(text) * known / max(1, tokens) ** 2


def _unspaced_share(text: str) -> float:
    """Return how much of a text is in scripts that write no spaces."""
    return len(UNSPACED.findall(text)) / max(1, _letters(text))


def _letters(text: str) -> int:
    return sum(map(len, text.split()))
