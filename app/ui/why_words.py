"""Why a passage was used or not, in plain words. Pure, window process."""

from dataclasses import dataclass

from app.core.explanation import Explanation, Fate
from app.core.types import Hit, Lift, Scores
from app.ui.sentences import page_words, shown_name, translate


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a search: its name, the passage's rank, and its score."""

    step: str
    rank: str
    score: str


def step_rows(scores: Scores) -> tuple[StepRow, ...]:
    """Return every step's rank and score, "–" where a step did not see the passage."""
    fused = scores.fused if scores.fused_rank else None
    final = scores.final if scores.final_rank else None
    return (
        _row(translate("why", "Words in common"), scores.bm25_rank, scores.bm25),
        _row(translate("why", "Likeness of meaning"), scores.vector_rank, scores.vector),
        _row(translate("why", "Both together"), scores.fused_rank, fused),
        _row(translate("why", "Read with the question"), scores.rerank_rank, scores.rerank),
        _row(translate("why", "In the end"), scores.final_rank, final),
    )


def given_words(hit: Hit) -> str:
    """Return in plain words why the model is given a passage: because a person wants it, or as it was found."""
    match hit.chosen:
        case "pinned":
            words = translate("why", "You pinned it: it is given with every question of this conversation.")
        case "added":
            words = translate("why", "You added it before the model was asked.")
        case _ if hit.earlier:
            words = translate("why", "An answer before this question rests on it.")
        case _:
            words = ""
    return f"{words} {found_words(hit.scores)}".strip()


def found_words(scores: Scores) -> str:
    """Return in plain words how a passage that was used came to be found."""
    by_words, by_meaning = scores.bm25_rank, scores.vector_rank
    if by_words and by_meaning:
        found = translate(
            "why", "It shares words with the question (number {words}) and is near it in meaning ({meaning})."
        )
    elif by_words:
        found = translate("why", "It shares words with the question (number {words}); by its meaning it was not found.")
    elif by_meaning:
        found = translate("why", "It is near the question in meaning (number {meaning}), in other words.")
    else:
        found = ""
    parts = [found.format(words=by_words, meaning=by_meaning)]
    if scores.rerank_rank:
        parts.append(
            translate("why", "Read closely beside the question it came in as number {n}.").format(n=scores.rerank_rank)
        )
    return " ".join(filter(None, (*parts, *map(_lift_words, scores.lifts))))


def _lift_words(lift: Lift) -> str:
    match lift:
        case Lift.TIME:
            return translate("why", "By its name, its file is of the time asked for, which put it before others.")
        case Lift.CODE:
            return translate(
                "why", "Its document holds the code in your question, as few others do; that put it first."
            )
        case Lift.WHOLE:
            return translate("why", "You asked about the whole document, and this is how it begins.")
        case Lift.PHRASE:
            return translate("why", "It holds the words in quotation marks, which put it before others.")


def fate_words(explanation: Explanation) -> str:
    """Return in plain words what became of a passage, and at which step."""
    limits, scores, better = explanation.limits, explanation.hit.scores, explanation.better
    match explanation.fate:
        case Fate.USED:
            return translate("why", "It was used.") + f" {found_words(scores)}".rstrip()
        case Fate.FILTERED:
            return translate("why", "It was not searched: the filters left its document out.")
        case Fate.NOT_FOUND:
            return _not_found(explanation)
        case Fate.TWIN if better is not None:
            words = translate("why", "It says the same as {name}, {place}, which was taken in its place.")
            return words.format(name=shown_name(better.path), place=page_words(better.path, better.page))
        case Fate.NOT_JUDGED:
            words = translate("why", "Number {n} by words and meaning: only the best {most} are read closely.")
            return words.format(n=scores.fused_rank, most=limits.judged)
        case Fate.DOUBTED:
            return translate("why", "Read closely beside the question, it was found to say nothing about it.")
        case Fate.NO_ROOM:
            return translate("why", "There was no room left for it in what the model can read at once.")
        case _:
            words = translate("why", "It came in as number {n}; the best {most} are used.")
            return words.format(n=scores.final_rank or scores.fused_rank, most=limits.limit)


def _not_found(explanation: Explanation) -> str:
    limits, scores = explanation.limits, explanation.hit.scores
    if scores.bm25_rank:
        by_words = translate("why", "By its words it is only number {n}.").format(n=f"{scores.bm25_rank:,}")
    else:
        by_words = translate("why", "It has none of the words of the question.")
    if not limits.by_meaning:
        by_meaning = translate("why", "The library cannot be searched by meaning yet.")
    elif scores.vector_rank:
        by_meaning = translate("why", "By its meaning it is number {n}.").format(n=f"{scores.vector_rank:,}")
    else:
        by_meaning = translate("why", "Its meaning is far from the question's.")
    looked = translate("why", "Each looks at the best {most}.").format(most=limits.depth)
    return f"{by_words} {by_meaning} {looked}"


def _row(step: str, rank: int | None, score: float | None) -> StepRow:
    shown = "–" if score is None else f"{score:.2f}" if abs(score) < 100 else f"{score:.0f}"
    return StepRow(step, f"{rank:,}" if rank else "–", shown)
