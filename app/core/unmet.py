"""What a question takes for granted and its passages do not say: a model must be the surer then that they answer. Pure.

Small models look at what a question is about, and pass over the one word that makes it another question.
"""

import re
from collections.abc import Sequence

from app.core.citations import source_text
from app.core.denials import is_otherwise
from app.core.figures import missing_figures
from app.core.names import missing_names
from app.core.types import Hit

SURER = 1.0
"""So much more must the log odds of a yes be. Of 196 answered questions of SQuAD2 that have an answer 1 takes something
for granted that is not there, of 78 answered ones that have none 13 (tests/quality/answers.md)."""

CAPITALISING = frozenset(("de", "lb"))
"""Languages in which every noun has a capital: their names are not told from other words."""

_MAY_BE_DENIED = re.compile(
    r"\b(?:any|if|whether)\b"
    r"|^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)\b",
    re.IGNORECASE,
)
"""A question that leaves open whether it is so; a *no* answers it."""

_FIRST_LETTER = re.compile(r"[^\W\d_]")
_LONG_FIGURE = re.compile(r"\d{3}")
_TYPED = re.compile(r"\w(?:\S*\w)?")
_CODE = re.compile(r"\d-?[^\W\d_]|[^\W\d_]-?\d")


def unmet(question: str, nearest: str, evidence: Sequence[Hit], language: str) -> bool:
    """Return whether the sentence nearest to a question says otherwise, or no passage has a name or year of it.

    Numbers of one or two digits are often a count of what is asked for (*three reasons*), and a code may be that of the
    document itself (*this 10-Q*); the first word has its capital in any case. `language` is the question's (ISO 639-1).
    """
    if not _MAY_BE_DENIED.search(question) and is_otherwise(question, nearest):
        return True
    text = "\n".join(map(source_text, evidence))
    if any(not _CODE.search(figure) for figure in _unsaid_figures(question, text)):
        return True
    return language not in CAPITALISING and bool(_unsaid_names(question, text))


def unsaid(question: str, evidence: Sequence[Hit]) -> tuple[str, ...]:
    """Return the names, codes and longer figures of a question that no passage says, as the question writes them."""
    text = "\n".join(map(source_text, evidence))
    typed: list[str] = _TYPED.findall(question)
    figures = [next((word for word in typed if figure in word), figure) for figure in _unsaid_figures(question, text)]
    names = [name for name in _unsaid_names(question, text) if not any(name in figure for figure in figures)]
    return tuple(dict.fromkeys((*names, *figures)))


def _unsaid_figures(question: str, text: str) -> list[str]:
    return [figure for figure in missing_figures(question, text) if _LONG_FIGURE.search(figure)]


def _unsaid_names(question: str, text: str) -> tuple[str, ...]:
    """Return them without the first word, which has its capital in any case."""
    lowered = _FIRST_LETTER.sub(lambda letter: letter[0].lower(), question, count=1)
    return missing_names(lowered, text, is_typed=True)
