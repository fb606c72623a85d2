"""Whether a text denies what is said of it, or says the opposite. Pure."""

import re
from collections.abc import Sequence

from app.core.types import SUPPORTED
from app.core.words import content_words, words_of

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
permanent temporary, domestic foreign, urban rural, ancient modern, direct indirect, active passive, input output,
agree disagree, agreed disagreed, agrees disagrees, approve disapprove, approved disapproved, approves disapproves,
appear disappear, appears disappears, appeared disappeared, advantage disadvantage, advantages disadvantages, connect
disconnect, connected disconnected, complete incomplete, correct incorrect, dependent independent, formal informal,
visible invisible, possible impossible, perfect imperfect, regular irregular, relevant irrelevant, support reject,
supports rejects, supporting rejecting, supporting opposing, accepting rejecting, protect expose, protects exposes,
protected exposed, friend enemy, friends enemies, ally enemy, allies enemies, push pull, pushes
pulls, asset liability, assets liabilities, profit loss, profits losses, upstream downstream, superior
inferior, ascending descending, horizontal vertical, inner outer, forward backward, clockwise counterclockwise, full
empty, alive dead, birth death, born died, married divorced, build destroy, built destroyed, create destroy, created
destroyed, encourage discourage, encouraged discouraged, encourages discourages, hired fired, sink float, sinks floats,
freeze melt, freezes melts, younger older, youngest oldest, newer older, newest oldest, lightest heaviest, brighter
darker, taller shorter, tallest shortest, long short, nearest farthest, quick slow, quickly slowly, rapidly slowly,
frequently rarely, often rarely, often seldom, careful careless, useful useless, harmful harmless, honest dishonest,
dangerous safe, sick healthy, strength weakness, strengths weaknesses, deeper shallower, shallowest deepest,
add remove, added removed, adds removes, lower raise, lowers raises, lowered raised, borrower creditor, debtor creditor
"""
_PAIRS = tuple(tuple(pair.split()) for pair in _OPPOSITE_PAIRS.split(","))
OPPOSITES = tuple((one, other) for pair in _PAIRS for one, other in (pair, pair[::-1]))
"""Each word before its opposite, and the other way round."""

_UNDOABLE = 4  # letters of a word that has an opposite with `un` before it

_CLAUSE_END = re.compile(r"[.,;:!?()\n]|\b(?:but|except|unless|although|though|however|whereas|while)\b", re.IGNORECASE)


def is_denied(sentence: str, text: str) -> bool:
    """Return whether the clauses of a text that hold the most of a sentence all differ from it in being denied.

    So do those that say the opposite of one of its words.
    """
    return _any_clause_is_denied(sentence, text, is_asked=False)


def is_otherwise(question: str, text: str) -> bool:
    """Return whether a text affirms what a question denies, or says the opposite of one of its words.

    That it denies what the question affirms may be the answer (*What was found?* – *Nothing was found.*).
    """
    return _any_clause_is_denied(question, text, is_asked=True)


def _any_clause_is_denied(sentence: str, text: str, *, is_asked: bool) -> bool:
    said = [clause for clause in _CLAUSE_END.split(sentence) if content_words(clause) - _DENIALS]
    clauses = [clause for clause in _CLAUSE_END.split(text) if clause.strip()]
    return any(_clause_is_denied(clause, clauses, is_asked) for clause in said)


def _clause_is_denied(said: str, clauses: Sequence[str], is_asked: bool) -> bool:
    wanted = content_words(said) - _DENIALS
    shares = [len(wanted & content_words(clause)) / len(wanted) for clause in clauses]
    best = max(shares, default=0.0)
    if best < SUPPORTED or len(wanted) < 2:
        return False
    near = [clause for clause, share in zip(clauses, shares, strict=True) if share >= best - 0.1]
    differs = (_denies(said) or not is_asked) and all(_denies(clause) != _denies(said) for clause in near)
    return differs or _is_turned(said, near)


def _is_turned(said: str, clauses: Sequence[str]) -> bool:
    """Return whether all clauses say the opposite of a word, and none of them the word itself."""
    words, others = set(_parts(said)), [set(_parts(clause)) for clause in clauses]
    undone = [pair for word in words if len(word) >= _UNDOABLE for pair in ((word, f"un{word}"), (word, _undone(word)))]
    return any(
        word in words and opposite not in words and all(opposite in other and word not in other for other in others)
        for word, opposite in (*OPPOSITES, *undone)
    )


def _undone(word: str) -> str:
    """Return a word without the `un` that it begins with; of another, itself."""
    return word.removeprefix("un") if len(word) >= _UNDOABLE + 2 else word


def _parts(clause: str) -> list[str]:
    """Return the words of a clause, those with a hyphen taken apart: `worst-case`."""
    return [part for word in words_of(clause) for part in word.split("-")]


def _denies(clause: str) -> bool:
    words = words_of(clause)
    return bool(_DENIALS.intersection(words)) or any(word.endswith(("n't", "n’t")) for word in words)
