"""How well a sentence rests on a text, by the words, numbers and names that both hold. Pure."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:[.,'’/-][^\W_]+)*")
_COMMON_WORDS = """
a about after all also an and any are as at be been before being but by can could did do does for from had has have he
her his how i if in into is it its may more most not of on or other our out over per said same she should so some such
than that the their them then there these they this those to under up was we were what when where which while who whom
whose why will with within would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
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
SUPPORTED = 0.5


def words_of(text: str) -> list[str]:
    """Return the words of a text: folded to lower case without diacritics, numbers and codes kept whole."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(character for character in folded if not unicodedata.combining(character)))


def content_words(text: str) -> set[str]:
    """Return the words that carry meaning, without their endings; all words if none does."""
    words = words_of(text)
    return {_stem(word) for word in words if word not in _COMMON} or {_stem(word) for word in words}


def figures_of(text: str) -> set[str]:
    """Return the numbers and codes of a text, thousands separators left out."""
    return {word.replace(",", "") for word in words_of(text) if any(character.isdigit() for character in word)}


def support_score(sentence: str, text: str) -> float:
    """Return in 0..1 how much of a sentence stands in a text; a number that does not stand there caps it at 0.3."""
    wanted = content_words(sentence)
    if not wanted:
        return 0.0
    share = len(wanted & content_words(text)) / len(wanted)
    return share if figures_of(sentence) <= figures_of(text) else min(share, 0.3)


def _stem(word: str) -> str:
    """Cut one common English ending; enough to compare two texts, not a dictionary form."""
    if word.isascii() and word.isalpha():
        for suffix in SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= STEM_SHORTEST:
                return word[: -len(suffix)]
    return word
