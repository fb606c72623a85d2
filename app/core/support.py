"""How well a sentence rests on a text: by the words, figures and names that both hold, and by what is denied. Pure."""

import re
from collections.abc import Collection, Sequence
from itertools import takewhile

from app.core.figures import figures, missing_figures
from app.core.folding import folded
from app.core.terms import STOP_WORDS, index_terms
from app.core.types import SUPPORTED

_WORD = re.compile(r"[^\W_]+(?:[.,'’/-][^\W_]+)*")
_SPELT = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_COMMON_WORDS = """
a about after all also an and any are as at be been before being but by can could did do does for from had has have he
her his how i if in into is it its may more most not of on or other our out over per said same she should so some such
than that the their them then there these they this those to under up was we were what when where which while who whom
whose why will with within would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_SMALL_WORDS = _COMMON | STOP_WORDS
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
SHORT_WORDS = 3
WINDOW_WORDS, WINDOW_STEP = 40, 10
FIGURE_MISSING = 0.3
"""The most that a sentence gets if a figure of it does not stand in the text, or if the text denies what it says."""

_DENIALS = frozenset("not no never none neither nor cannot without nobody nothing nowhere".split())
_OPPOSITE_PAIRS = """
best worst, most least, more less, more fewer, highest lowest, higher lower, high low, maximum minimum, largest
smallest, larger smaller, longest shortest, longer shorter, earliest latest, earlier later, before after, first last,
above below, increase decrease, increases decreases, increased decreased, increasing decreasing, rise fall, rose fell,
gain loss, inside outside, internal external, upper lower, north south, northern southern, east west, eastern western,
left right, buyer seller, landlord tenant, lender borrower, plaintiff defendant, employer employee, male female, won
lost, win lose, winner loser, open closed, always never, allowed forbidden, permitted prohibited, legal illegal, hot
cold, old new, enhance suppress, enhances suppresses, enhanced suppressed, activate inhibit, activates inhibits,
activated inhibited, strengthen weaken, strengthens weakens, strengthened weakened, attract repel, attracts repels,
attracted repelled, accept reject, accepts rejects, accepted rejected, import export, imports exports, imported
exported, strong weak, stronger weaker, strongest weakest, rich poor, common rare, major minor, public private,
natural artificial, simple complex, simplest complex, easy difficult, positive negative, success failure, victory
defeat, majority minority, include exclude, includes excludes, included excluded, rejected approved, opposed
supported, oppose support, opposes supports, begin end, began ended, beginning end, start end, started ended, arrive
depart, arrived departed, buy sell, bought sold, lend borrow, attack defend, attacked defended, expand contract,
expanded contracted, fast slow, faster slower, deep shallow, wide narrow, wider narrower, thick thin, heavy light, wet
dry, mandatory optional, required optional, voluntary compulsory, guilty innocent, deny admit, denied admitted,
permanent temporary, domestic foreign, urban rural, ancient modern, direct indirect, active passive, input output
"""
_PAIRS = tuple(tuple(pair.split()) for pair in _OPPOSITE_PAIRS.split(","))
OPPOSITES = tuple((one, other) for pair in _PAIRS for one, other in (pair, pair[::-1]))
"""Each word before its opposite, and the other way round."""

_CLAUSE_END = re.compile(r"[.,;:!?()\n]|\b(?:but|except|unless|although|though|however|whereas|while)\b", re.IGNORECASE)
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


def words_of(text: str) -> list[str]:
    """Return the words of a text: folded to lower case without diacritics, numbers and codes kept whole.

    Writing without spaces between words is taken in pairs of characters, as the search does.
    """
    return _WORD.findall(folded(index_terms(text)))


def content_words(text: str) -> set[str]:
    """Return the words that carry meaning, without their endings; all words if none does."""
    words = words_of(text)
    return {_stem(word) for word in words if word not in _COMMON} or {_stem(word) for word in words}


def spelt_words(text: str) -> list[str]:
    """Return the words of a text as they are spelt but for case and diacritics, those with a hyphen taken apart."""
    return _SPELT.findall(folded(index_terms(text)).replace("’", "'"))


def added_runs(text: str, question: str) -> list[list[str]]:
    """Return the runs of words of a text that its question does not have, without the small words at their ends."""
    asked = {_stem(word) for word in spelt_words(question) if word not in _SMALL_WORDS}
    runs: list[list[str]] = [[]]
    for word in spelt_words(text):
        if _stem(word) in asked:
            runs.append([])
        elif runs[-1] or word not in _SMALL_WORDS:
            runs[-1].append(word)
    for run in runs:
        while run and run[-1] in _SMALL_WORDS:
            run.pop()
    return [run for run in runs if run]


def support_score(sentence: str, text: str, question: str = "") -> float:
    """Return in 0..1 how much of a sentence stands in a text: the mean of its share in the whole and in one place.

    A figure that does not stand there caps it, and so do clauses that hold the most of the sentence if all of them deny
    what it affirms, affirm what it denies, or say the opposite of one of its words. A sentence
    of a word or two (`Yes.`) is taken together with its question.
    """
    wanted = content_words(sentence) - _COMMON
    is_short = bool(question) and 0 < len(wanted) < SHORT_WORDS
    if is_short:
        wanted |= content_words(question)
    words = [_stem(word) for word in words_of(text)]
    if not wanted or not words:
        return 0.0
    places = (
        words[at : at + WINDOW_WORDS] for at in range(0, max(1, len(words) - WINDOW_WORDS + WINDOW_STEP), WINDOW_STEP)
    )
    in_one_place = max(len(wanted.intersection(place)) for place in places)
    share = (len(wanted.intersection(words)) + in_one_place) / 2 / len(wanted)
    if missing_figures(sentence, text) or (not is_short and share >= SUPPORTED and _is_denied(sentence, text)):
        return min(share, FIGURE_MISSING)
    return share


def missing_parts(sentence: str, text: str, *, is_cut: bool = False) -> tuple[str, ...]:
    """Return the figures and names of a sentence that do not stand in a text, as the sentence writes them."""
    return (*missing_figures(sentence, text), *missing_names(sentence, text, is_cut=is_cut))


def missing_names(sentence: str, text: str, *, is_cut: bool = False) -> tuple[str, ...]:
    """Return the names of a sentence that do not stand in a text; names are words with a capital inside a sentence.

    The first word of a sentence counts unless it is a usual one there: nothing else tells `Goethe` from `Tenants`. Of a
    sentence that `is_cut` off, a name at the end must stand there as it is, not in another form. Initials stand there
    where the name does that they are taken from: `NTSB` for `National Transportation Safety Board`.
    """
    known = {part for word in words_of(text) for part in _name_parts(word)}
    missing: list[str] = []
    initials = _initials(text)
    for name in names_in(sentence):
        if "".join(name) in initials:
            continue
        parts = [part for word in name for part in _name_parts(folded(word))]
        is_last = is_cut and sentence.endswith(name[-1])
        if not all(_is_known(part, known) for part in parts) or (is_last and parts[-1] not in known):
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
    return word in _COMMON or word in STOP_WORDS or word in _OPENERS or word.endswith(("ly", "'ve", "'m", "'re"))


def _name_parts(word: str) -> list[str]:
    return [part for part in re.split(r"['’./-]s?", word) if part]


def _is_known(name: str, known: Collection[str]) -> bool:
    """Return whether a name stands among words, in another form of it at most (`Norman`, `Normans`)."""
    if name in known or name.removesuffix("s") in known or f"{name}s" in known:
        return True
    return any(_are_forms(name, word) for word in known)


def _are_forms(one: str, other: str) -> bool:
    """Return whether two words are forms of one name: the same but for endings, any of three letters outside ASCII."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    endings = one[shared:], other[shared:]
    if shared < NAME_SHARED_SHORTEST or max(map(len, endings)) > NAME_ENDING_LONGEST:
        return False
    return not (one.isascii() and other.isascii()) or all(not end or end in _NAME_ENDINGS for end in endings)


def _is_denied(sentence: str, text: str) -> bool:
    """Return whether the clauses of a text that hold the most of a sentence all differ from it in being denied."""
    said = [clause for clause in _CLAUSE_END.split(sentence) if content_words(clause) - _DENIALS]
    clauses = [clause for clause in _CLAUSE_END.split(text) if clause.strip()]
    return any(_clause_is_denied(clause, clauses) for clause in said)


def _clause_is_denied(said: str, clauses: Sequence[str]) -> bool:
    wanted = content_words(said) - _DENIALS
    shares = [len(wanted & content_words(clause)) / len(wanted) for clause in clauses]
    best = max(shares, default=0.0)
    if best < SUPPORTED or len(wanted) < 2:
        return False
    near = [clause for clause, share in zip(clauses, shares, strict=True) if share >= best - 0.1]
    return all(_denies(clause) != _denies(said) for clause in near) or _is_turned(said, near)


def _is_turned(said: str, clauses: Sequence[str]) -> bool:
    """Return whether all clauses say the opposite of a word, and none of them the word itself."""
    words, others = set(_parts(said)), [set(_parts(clause)) for clause in clauses]
    return any(
        word in words and opposite not in words and all(opposite in other and word not in other for other in others)
        for word, opposite in OPPOSITES
    )


def _parts(clause: str) -> list[str]:
    """Return the words of a clause, those with a hyphen taken apart: `worst-case`."""
    return [part for word in words_of(clause) for part in word.split("-")]


def _denies(clause: str) -> bool:
    words = words_of(clause)
    return bool(_DENIALS.intersection(words)) or any(word.endswith(("n't", "n’t")) for word in words)


def _stem(word: str) -> str:
    """Cut one common English ending; enough to compare two texts, not a dictionary form."""
    if word.isascii() and word.isalpha():
        for suffix in SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= STEM_SHORTEST:
                return word[: -len(suffix)]
    return word
