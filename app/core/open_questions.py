"""Questions that no single sentence answers: how to do something, why, a remark, a mere subject. Pure.

Whether documents answer such a one is told by how well a passage fits it, as the reranker sees it; whether they hold
a fact that is asked for is told by a sentence (`core/quoting.py`).
"""

import re

from app.core.folding import folded
from app.core.types import Hit

FITTING_LOGIT = -1.0
"""From here on the best passage fits a question or remark of a conversation: that of 79 % of the 133 answerable ones of
MTRAG does, and of 9 % of the 47 others (ms-marco-MiniLM-L-12-v2; tests/quality/answers.md)."""

_FACT = re.compile(
    r"\b(?:who|whom|whose|which|when|where"
    r"|what(?! about\b| do(?:es)? [a-z]+ mean\b)"
    r"(?! (?:is|are) (?:the |some )?(?:[a-z]+ )?(?:steps|ways|reasons|differences?)\b)"
    r"|how (?:many|much|old|long|far|often|soon|late|large|big|high|tall|wide|deep|fast|heavy|few|successful|[a-z]+ly)"
    r"|wer|wem|wen|wessen|wann|woher|wohin|welch(?:e[mnrs]?)?|wieviel|wie (?:viele?|alt|lange?|weit|oft|gross|hoch)"
    r"|quel(?:le)?s?|quand|combien|quien(?:es)?|cuando|donde|cuant[ao]s?|cual(?:es)?|quanto?s?|quanti|quant[ae]"
    r"|quale|quali|quais|quem|onde|welke?|wanneer|hoeveel)\b"
    r"|^\W*(?:was|wo|wat|wie|waar|wo(?:bei|durch|fur|gegen|mit|nach|r(?:an|auf|aus|in|uber|um)|von|zu))\b"
    r"|^\W*(?:(?:ad?|avec|con|da|de|di|em|en|in|su|sur|sobre) )?(?:qui|que|qu|quoi|ou|chi|che|cosa|dove)\b"
)
"""Words that ask for a fact in English and other languages of Europe, some at the beginning only."""


def is_open(question: str) -> bool:
    """Return whether a question asks for no single fact; those in other letters than Latin ones are taken to."""
    letters = [character for character in folded(question) if character.isalpha()]
    return bool(letters) and all(letter < "\u0250" for letter in letters) and not _FACT.search(folded(question))


def fits(evidence: tuple[Hit, ...]) -> bool:
    """Return whether a passage fits what was asked, as the reranker sees it; not where there is none to tell."""
    return any(hit.scores.rerank is not None and hit.scores.rerank >= FITTING_LOGIT for hit in evidence)
