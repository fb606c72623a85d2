"""Values and stand-ins of the product's own shapes for tests."""

from app.core.pages import Span
from app.core.types import Hit, Scores


def make_hit(
    text: str, *, number: int = 1, title: str = "Lease", page: int = 1, start: int = 0, rerank: float = 5.0
) -> Hit:
    """Return a hit on a passage with this text."""
    return Hit(
        passage_id=number,
        document_id=number,
        path=f"/papers/{title}.pdf".encode(),
        digest="0" * 64,
        modified_ns=1,
        title=title,
        page=page,
        start=start,
        end=start + len(text),
        headings=("Terms",),
        text=text,
        scores=Scores(rerank=rerank, final=1.0 / number),
    )


def split_at_full_stops(text: str) -> list[Span]:
    """Return sentence spans by the simplest rule, whole text covered."""
    spans: list[Span] = []
    start = 0
    for index, character in enumerate(text):
        if character in ".!?" and (index + 1 == len(text) or text[index + 1] == " "):
            end = index + 2 if index + 1 < len(text) else index + 1
            spans.append(Span(start, end))
            start = end
    if start < len(text):
        spans.append(Span(start, len(text)))
    return spans
