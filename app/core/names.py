"""Names in a text, and those of a sentence that do not stand in a text. Pure."""

import re
from collections.abc import Collection
from itertools import takewhile

from app.core.figures import figures
from app.core.folding import folded
from app.core.spelling import SHORTEST, likeliest
from app.core.terms import STOP_WORDS, fold
from app.core.words import COMMON, words_of

_NAME_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’.-][^\W\d_]+)*(?!\w)")  # `NFIL3` is a figure
_LONG_NAME = re.compile(r"\b[A-ZÀ-Þ]\w+(?:[ \n-](?:(?:of|the|and|for|on) ){0,2}[A-ZÀ-Þ]\w+)+")
_OPENERS = frozenset(
    """according another based besides compared consequently despite due during first furthermore given hence however
    including indeed instead last many moreover nevertheless next no none note nothing once one other otherwise overall
    perhaps please regarding second several similar since sure then therefore third though thus together unlike upon use
    using whereas yes yet""".split()
)
"""Words that sentences begin with: of 625 sentences of MTRAG's answers 1.5 % begin with another one that is missing."""

NAME_SHARED_SHORTEST = 4
NAME_ENDING_LONGEST = 3
_NAME_ENDINGS = frozenset("a al an ans e ean eans er ern ers es ese i ian ians ic ish n ns s y".split())
"""What a form of a name has more than another (`Norman`, `Normans`; `Europe`, `European`); `Brandt` is not `Brand`."""


def missing_names(sentence: str, text: str, *, is_cut: bool = False, is_typed: bool = False) -> tuple[str, ...]:
    """Return the names of a sentence that do not stand in a text; names are words with a capital inside a sentence.

    The first word of a sentence counts unless it is a usual one there: nothing else tells `Goethe` from `Tenants`. Of a
    sentence that `is_cut` off, a name at the end must stand there as it is, not in another form. Initials stand there
    where the name does that they are taken from: `NTSB` for `National Transportation Safety Board`. What a person
    typed may be misspelt.
    """
    known = {part for word in words_of(text) for part in _name_parts(word)}
    missing: list[str] = []
    initials = _initials(text)
    for name in names_in(sentence):
        if "".join(name) in initials:
            continue
        parts = [part for word in name for part in _name_parts(folded(fold(word)))]
        is_last = is_cut and sentence.endswith(name[-1])
        if not all(_is_known(part, known) or (is_typed and _is_misspelt(part, known)) for part in parts) or (
            is_last and parts[-1] not in known
        ):
            missing.append(" ".join(name))
    return tuple(dict.fromkeys(missing))


def names_in(sentence: str) -> list[list[str]]:
    """Return runs of words that begin with a capital and are not usual at the beginning of a sentence."""
    names: list[list[str]] = []
    ended = 0
    for match in _NAME_WORD.finditer(_without_figures(sentence)):
        word = match.group()
        if not word[0].isupper() or len(word) == 1 or _is_usual_opener(folded(word)):
            continue
        if names and not sentence[ended : match.start()].strip(" &"):
            names[-1].append(word)
        else:
            names.append([word])
        ended = match.end()
    return names


def _without_figures(sentence: str) -> str:
    """Return a sentence with space where its figures stand: the month of a date is no name."""
    for figure in figures(sentence):
        sentence = sentence[: figure.start] + " " * len(figure.text) + sentence[figure.start + len(figure.text) :]
    return sentence


def _initials(text: str) -> set[str]:
    """Return the initials of the first or the last words, two or more, of each name; its small words do not count."""
    found: set[str] = set()
    for name in _LONG_NAME.findall(text):
        letters = "".join(word[0] for word in re.split(r"[ \n-]", name) if word[:1].isupper())
        found |= {part for n in range(2, len(letters) + 1) for part in (letters[:n], letters[-n:])}
    return found


def _is_usual_opener(word: str) -> bool:
    return word in COMMON or word in STOP_WORDS or word in _OPENERS or word.endswith(("ly", "'ve", "'m", "'re"))


def _name_parts(word: str) -> list[str]:
    return [part for part in re.split(r"['’./-]s?", word) if part]


def _is_known(name: str, known: Collection[str]) -> bool:
    """Return whether a name stands among words, in another form of it at most (`Norman`, `Normans`)."""
    if name in known or name.removesuffix("s") in known or f"{name}s" in known:
        return True
    return any(_are_forms(name, word) for word in known)


def _is_misspelt(name: str, known: Collection[str]) -> bool:
    return len(name) >= SHORTEST and likeliest(name, ((word, 1) for word in known)) is not None


def _are_forms(one: str, other: str) -> bool:
    """Return whether two words are forms of one name: the same but for endings, any of three letters outside ASCII."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    endings = one[shared:], other[shared:]
    if shared < NAME_SHARED_SHORTEST or max(map(len, endings)) > NAME_ENDING_LONGEST:
        return False
    return not (one.isascii() and other.isascii()) or all(not end or end in _NAME_ENDINGS for end in endings)
