"""Why a passage was found or not, in words and figures. Runs in the command."""

from app.cli.terminal import indented, shown_path
from app.core.explanation import Explanation, Fate
from app.core.types import DocumentRow, Lift, Scores

SHOWN_LINES = 2
_LIFTS = {
    Lift.TIME: "by its name its file is of the time asked for",
    Lift.CODE: "its document holds the code in the question, which few others do",
    Lift.WHOLE: "how a document begins that was asked for as a whole",
    Lift.PHRASE: "it holds the words in quotation marks",
}


def steps_lines(scores: Scores) -> list[str]:
    """Return a passage's rank and score at each step, a line each."""
    steps = (
        ("words", "score", scores.bm25, scores.bm25_rank, "not found by words"),
        ("meaning", "similarity", scores.vector, scores.vector_rank, "not among the nearest by meaning"),
        ("page", "score", scores.page, None, "its page was not looked at"),
        ("together", "score", scores.fused if scores.fused_rank else None, scores.fused_rank, "not put forward"),
        ("reread", "score", scores.rerank, scores.rerank_rank, "not read by the reranker"),
        ("final", "score", scores.final if scores.final_rank else None, scores.final_rank, "not ranked"),
    )
    return [*(_step_line(*step) for step in steps), *(f"   {'put first':<9} {_LIFTS[lift]}" for lift in scores.lifts)]


def _step_line(name: str, kind: str, score: float | None, rank: int | None, without: str) -> str:
    if score is None:
        return f"   {name:<9} {without}"
    return f"   {name:<9} {f'rank {rank:,}' if rank else 'rank beyond the search':<10} {kind} {score:.4g}"


def why_lines(row: DocumentRow, page: int, explanations: tuple[Explanation, ...]) -> str:
    """Return what became of each passage of a page."""
    place = f"{shown_path(row.path)} · p. {page}"
    if not explanations:
        return f"{place}: there is no passage on this page that could be searched"
    lines = [f"Why, for each passage of {place}:"]
    for explanation in explanations:
        lines += ["", f" · {fate_sentence(explanation)}", indented(explanation.hit.text, SHOWN_LINES)]
        lines += steps_lines(explanation.hit.scores)
    return "\n".join(lines)


def fate_sentence(explanation: Explanation) -> str:
    """Return what became of a passage, and at which step."""
    limits, scores, better = explanation.limits, explanation.hit.scores, explanation.better
    match explanation.fate:
        case Fate.USED:
            return "it was found"
        case Fate.FILTERED:
            return "the filters left its document out"
        case Fate.NOT_FOUND if limits.by_meaning:
            return f"neither its words nor its meaning came among the best {limits.depth} for this question"
        case Fate.NOT_FOUND:
            return f"its words did not come among the best {limits.depth}; the library is not searched by meaning yet"
        case Fate.TWIN if better is not None:
            return f"it says the same as {shown_path(better.path)} · p. {better.page}, which stands for it"
        case Fate.NOT_JUDGED:
            return f"the reranker reads the best {limits.judged}, and it was not among them"
        case _:
            return f"it came in as number {scores.final_rank or scores.fused_rank}; {limits.limit} were asked for"
