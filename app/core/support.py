"""How well a sentence rests on a text: by the words, figures and names that both hold, and by what is denied. Pure."""

from app.core.denials import is_denied
from app.core.figures import missing_figures
from app.core.names import missing_names
from app.core.types import SUPPORTED
from app.core.words import COMMON, SMALL_WORDS, content_words, spelt_words, stem, words_of

SHORT_WORDS = 3
WINDOW_WORDS, WINDOW_STEP = 40, 10
FIGURE_MISSING = 0.3
"""The most that a sentence gets if a figure of it does not stand in the text, or if the text denies what it says."""


def added_runs(text: str, question: str) -> list[list[str]]:
    """Return the runs of words of a text that its question does not have, without the small words at their ends."""
    asked = {stem(word) for word in spelt_words(question) if word not in SMALL_WORDS}
    runs: list[list[str]] = [[]]
    for word in spelt_words(text):
        if stem(word) in asked:
            runs.append([])
        elif runs[-1] or word not in SMALL_WORDS:
            runs[-1].append(word)
    for run in runs:
        while run and run[-1] in SMALL_WORDS:
            run.pop()
    return [run for run in runs if run]


def support_score(sentence: str, text: str, question: str = "") -> float:
    """Return in 0..1 how much of a sentence stands in a text: the mean of its share in the whole and in one place.

    A figure that does not stand there caps it, and so do clauses that hold the most of the sentence if all of them deny
    what it affirms, affirm what it denies, or say the opposite of one of its words. A sentence
    of a word or two (`Yes.`) is taken together with its question.
    """
    wanted = content_words(sentence) - COMMON
    is_short = bool(question) and 0 < len(wanted) < SHORT_WORDS
    if is_short:
        wanted |= content_words(question)
    words = [stem(word) for word in words_of(text)]
    if not wanted or not words:
        return 0.0
    places = (
        words[at : at + WINDOW_WORDS] for at in range(0, max(1, len(words) - WINDOW_WORDS + WINDOW_STEP), WINDOW_STEP)
    )
    in_one_place = max(len(wanted.intersection(place)) for place in places)
    share = (len(wanted.intersection(words)) + in_one_place) / 2 / len(wanted)
    if missing_figures(sentence, text) or (not is_short and share >= SUPPORTED and is_denied(sentence, text)):
        return min(share, FIGURE_MISSING)
    return share


def missing_parts(sentence: str, text: str, *, is_cut: bool = False) -> tuple[str, ...]:
    """Return the figures and names of a sentence that do not stand in a text, as the sentence writes them."""
    return (*missing_figures(sentence, text), *missing_names(sentence, text, is_cut=is_cut))
