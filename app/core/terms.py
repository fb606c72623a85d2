"""What is indexed, embedded and matched of a text: pure functions for SQLite's FTS5. Used in the engine's process.

FTS5's `unicode61` tokenizer finds words between spaces. `index_terms` prepares a text so that the same tokenizer also
works for writing without spaces (Chinese, Japanese, Thai …), which it turns into overlapping pairs of characters;
`match_query` does the same to a question, so both sides always agree.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from app.core.dates import written_otherwise

FTS_TOKENIZE = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
"""The tokenizer that the terms are made for. Marks (Mn, Mc) belong to words: else Devanagari falls to pieces."""

MAX_QUERY_TERMS = 96
"""A question is searched by its first so many different terms, so that one of 20,000 characters is bounded work."""

EITHER = " OR "
"""What stands between the terms of a match query, and in none of them: they are of lower case."""

_MAX_COMPOUND_PARTS = 6
_CODE = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_CODE_CHARACTERS = 5
_APOSTROPHE_ENDINGS = frozenset({"s", "t", "d", "ll", "re", "ve", "m"})

_STOP_WORDS_LIST = """
a about above after again against all also am an and any are as at be because been before being below between both but
by can cannot could did do does doing don down during each either else ever every few for from further get gets give
given gives had has have having he her here hers herself him himself his how however i if in into is isn it its itself
just let many may me might more most much must my myself no nor not of off on once only or other our ours ourselves
out over own please same shall she should show so some such tell than that the their theirs them themselves then there
these they this those through to too under until up upon us very was we were what when where whether which while who
whom whose why will with would yes you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS_LIST.split())

# Scripts written without spaces between words; Hangul has spaces, but its particles make pairs work better than words.
_RUN_CHARACTERS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e"  # Thai
    "\u0e81-\u0eb9\u0ebb-\u0ece"  # Lao
    "\u1000-\u103f\u1050-\u109d"  # Myanmar
    "\u1100-\u11ff\u1780-\u17d3\u17dd"  # Hangul Jamo, Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"  # Japanese syllables, Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"  # Han, Hangul
    "\U00020000-\U0003fffd"  # rarer Han
)
_RUN_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd"
)
_RUN = re.compile(f"[{_RUN_CHARACTERS}]+")
_CLUSTER = re.compile(f".[{_RUN_MARKS}]*")
_PHRASE = re.compile(r"""["“”„«»]([^"“”„«»]{2,400})["“”„«»]|[「『]([^」』]{2,400})[」』]""")

_SPELT_OUT = (
    dict.fromkeys("ßẞ", "ss") | dict.fromkeys("æÆ", "ae") | dict.fromkeys("œŒ", "oe") | dict.fromkeys("þÞ", "th")
)
_POINTS = "".join(map(chr, (*range(0x064B, 0x0660), 0x0670, *range(0x0591, 0x05BE))))  # Arabic and Hebrew vowel points
_JOINERS = "\u00ad\u200c\u200d\u2060\ufeff\u0640"  # invisible or ornamental inside a word: soft hyphen … kashida
_SURROGATES = "".join(map(chr, range(0xD800, 0xE000)))  # alone, they cannot be stored
_FOLDED = str.maketrans(
    _SPELT_OUT
    | dict.fromkeys(_POINTS + _JOINERS)
    | dict.fromkeys(_SURROGATES + "\u200b", " ")
    | dict(zip("øØłŁđĐðÐıİςёЁ’أإآٱىة", "oollddddiiσее'اااايه", strict=True))
)


def embedded_text(title: str, headings: Iterable[str], text: str) -> str:
    """Return a passage with its context, as it is embedded and hashed: title, heading path, text, a line each.

    A heading that repeats the title, or that the passage itself begins with, is said once.
    """
    said: list[str] = []
    for part in (title, *headings):
        part = " ".join(part.split())
        if part and part not in said and not text.startswith(part):
            said.append(part)
    return "\n".join((*said, text))


def index_terms(text: str) -> str:
    """Return `text` as FTS5 is to index it, made for `FTS_TOKENIZE`; plain ASCII is returned as it is."""
    if text.isascii():
        return text
    return _RUN.sub(_indexed_run, fold(text))


def match_query(question: str, meant: Iterable[str] = ()) -> str:
    """Return an FTS5 MATCH expression that finds any term of `question`, or "" if it has none; never a syntax error.

    Quoted phrases and codes (4711-B, 2024-05-31) are matched as a whole as well as by their words; compounds of letters
    only by their words, because saying them twice lost 0.5 points of nDCG@10 on SciFact's training questions. English
    stop words are left out unless there is nothing else. A date is also looked for as others write it. `meant` are
    terms to be searched for beside those of the question.
    """
    folded = fold(question).lower()
    phrases = [_phrase_terms(phrase) for phrase in _phrases(folded)]
    wanted = [phrase for phrase in phrases if " " in phrase]
    dates = (_phrase_terms(date) for date in written_otherwise(folded))
    terms = dict.fromkeys((*wanted, *_content_terms(folded), *meant, *dates))
    return EITHER.join(_quoted(term) for term in list(terms)[:MAX_QUERY_TERMS])


def rarest(counts: Mapping[str, int], wanted: int, most: int) -> list[str]:
    """Return the rarest terms by how many passages hold each: so many that `wanted` passages may be found by them.

    More are taken as long as all together stand in no more than `most` passages.
    """
    taken: list[str] = []
    held = 0
    for term in sorted(counts, key=lambda term: counts[term]):
        if held >= wanted and held + counts[term] > most:
            break
        taken.append(term)
        held += counts[term]
    return taken


def spelt_words(question: str) -> list[str]:
    """Return the words of a question that may be misspelt: of letters, as they are searched for, each once."""
    words = dict.fromkeys(term for term in _content_terms(fold(question).lower()) if term.isalpha())
    return list(words)[:MAX_QUERY_TERMS]


def code_share(question: str) -> float:
    """Return which share of a question's words are numbers, dates or codes, 0 to 1: a vector says little about them."""
    codes = words = 0.0
    for chunk in fold(question).split():
        runs = sum(len(run[0]) for run in _RUN.finditer(chunk))
        codes += any(character.isdigit() for character in chunk)
        words += max(1.0, runs / 2)
    return codes / words if words else 0.0


def codes(text: str) -> list[str]:
    """Return the codes of a text that name one thing (`sea08ca049`, `inv-2041`, `7104482`), folded, each once.

    Letters and figures together, or many figures: a year, a quarter, a date or an amount is none.
    """
    chunks = dict.fromkeys(match[0] for match in _CODE.finditer(fold(text).lower()))
    return [chunk for chunk in chunks if _is_code(chunk)]


def match_code(code: str) -> str:
    """Return an FTS5 MATCH expression that finds a code as a whole."""
    return _quoted(_phrase_terms(code))


def _is_code(chunk: str) -> bool:
    figures = sum(character.isdigit() for character in chunk)
    letters = sum(character.isalpha() for character in chunk)
    if letters:
        return figures >= 2 and figures + letters >= _CODE_CHARACTERS and not _RUN.search(chunk)
    return chunk.isdigit() and figures >= _CODE_CHARACTERS


def quoted_phrases(question: str) -> tuple[str, ...]:
    """Return what stands in quotation marks in `question`, each of at least two words, as the person wrote it."""
    found = (" ".join(phrase.split()) for phrase in _phrases(question))
    return tuple(phrase for phrase in found if " " in _phrase_terms(fold(phrase)))


def _phrases(text: str) -> list[str]:
    return [found[1] or found[2] for found in _PHRASE.finditer(text)]


def fold(text: str) -> str:
    """Return `text` with compatibility forms, vowel points and letters that have a plain spelling made plain."""
    return unicodedata.normalize("NFKC", text).translate(_FOLDED)


def _indexed_run(run: re.Match[str]) -> str:
    """Return a run without spaces as pairs, and its last character alone so that one character can be searched for."""
    clusters: list[str] = _CLUSTER.findall(run[0])
    return f" {' '.join((*_pairs(clusters), clusters[-1]))} "


def _pairs(clusters: list[str]) -> Iterator[str]:
    return (first + second for first, second in itertools.pairwise(clusters))


def _query_terms(folded: str) -> Iterator[str]:
    """Yield a folded, lower-case question's terms: words, compounds as "a b", pairs, lone characters as "a*"."""
    for chunk in folded.split():
        words = _words(chunk)
        if len(words) > 1 and words[-1] in _APOSTROPHE_ENDINGS and "'" in chunk:
            words.pop()
        plain = [word for word in words if not _RUN.search(word)]
        if 1 < len(plain) <= _MAX_COMPOUND_PARTS and any(c.isdigit() for c in chunk):
            yield " ".join(plain)
        for word in words:
            yield from _word_terms(word)


def _content_terms(folded: str) -> list[str]:
    """Return a folded, lower-case question's terms without stop words, unless there is nothing else."""
    terms = list(_query_terms(folded))
    return [term for term in terms if term not in STOP_WORDS] or terms


def _word_terms(word: str) -> Iterator[str]:
    """Yield a word as it is, or the pairs of each run without spaces in it and what stands between them."""
    at = 0
    for run in _RUN.finditer(word):
        if run.start() > at:
            yield word[at : run.start()]
        clusters: list[str] = _CLUSTER.findall(run[0])
        yield from _pairs(clusters) if len(clusters) > 1 else (clusters[0] + "*",)
        at = run.end()
    if at < len(word):
        yield word[at:]


def _phrase_terms(folded: str) -> str:
    """Return the terms of a phrase as the index has them in a row, "" if there are none."""
    indexed = _RUN.sub(_indexed_run, folded).split()
    last = _RUN.search(folded.rstrip()[-1:])
    if last and len(indexed) > 1:
        indexed.pop()  # a phrase may end inside a run, where the index has no lone character
    return " ".join(_words(" ".join(indexed)))


def _words(text: str) -> list[str]:
    """Return the words of `text` as unicode61 sees them: letters, numbers, marks and private use."""
    return "".join(c if _is_word(unicodedata.category(c)) else " " for c in text).split()


def _is_word(category: str) -> bool:
    return category[0] in "LN" or category in ("Mn", "Mc", "Co")


def _quoted(term: str) -> str:
    return f'"{term[:-1]}"*' if term.endswith("*") else f'"{term}"'
