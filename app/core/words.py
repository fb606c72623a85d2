"""The words of a text, as two texts are compared by them. Pure."""

import re

from app.core.folding import folded
from app.core.terms import STOP_WORDS, index_terms

_WORD = re.compile(r"[^\W_]+(?:[.,'’/-][^\W_]+)*")
_SPELT = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_COMMON_WORDS = """
a about after all also an and any are as at be been before being but by can could did do does for from had has have he
her his how i if in into is it its may more most not of on or other our out over per said same she should so some such
than that the their them then there these they this those to under up was we were what when where which while who whom
whose why will with within would you your
"""
COMMON = frozenset(_COMMON_WORDS.split())
SMALL_WORDS = COMMON | STOP_WORDS
SUFFIXES = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ingly",
    "edly",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "er",
    "ed",
    "es",
    "ly",
    "s",
)
STEM_SHORTEST = 3


def words_of(text: str) -> list[str]:
    """Return the words of a text: folded to lower case without diacritics, numbers and codes kept whole.

    Writing without spaces between words is taken in pairs of characters, as the search does.
    """
    return _WORD.findall(folded(index_terms(text)))


def content_words(text: str) -> set[str]:
    """Return the words that carry meaning, without their endings; all words if none does."""
    words = words_of(text)
    return {stem(word) for word in words if word not in COMMON} or {stem(word) for word in words}


def spelt_words(text: str) -> list[str]:
    """Return the words of a text as they are spelt but for case and diacritics, those with a hyphen taken apart."""
    return _SPELT.findall(folded(index_terms(text)).replace("’", "'"))


def stem(word: str) -> str:
    """Cut one common English ending; enough to compare two texts, not a dictionary form."""
    if word.isascii() and word.isalpha():
        for suffix in SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= STEM_SHORTEST:
                return word[: -len(suffix)]
    return word
