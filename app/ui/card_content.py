"""What the margin shows: which passages were cited and where their quotations stand. Pure, window process."""

from bisect import bisect_left
from dataclasses import dataclass

from app.core.pages import Span
from app.core.types import Answer, Citation, Hit


@dataclass(frozen=True, slots=True)
class CardContent:
    """A passage as its card shows it; `quotes` are offsets into the hit's text, in order."""

    n: int
    hit: Hit
    quotes: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class MarginContent:
    """One question's passages: `cited` by the answer (all, before there is one), and `given` without being cited."""

    cited: tuple[CardContent, ...] = ()
    given: tuple[CardContent, ...] = ()


def evidence_content(evidence: tuple[Hit, ...]) -> MarginContent:
    """Return the cards of evidence that no answer has used yet."""
    return MarginContent(tuple(CardContent(n, hit) for n, hit in enumerate(evidence, start=1)))


def answer_content(answer: Answer) -> MarginContent:
    """Return the cards of a finished answer: those it cites in order of first mention, then those it does not.

    None is told apart if none was cited.
    """
    quotes: dict[int, list[Span]] = {}
    for citation in answer.citations:
        if 1 <= citation.n <= len(answer.evidence):
            span = quote_span(answer.evidence[citation.n - 1], citation)
            quotes.setdefault(citation.n, []).extend([span] if span else [])
    if not quotes:
        return evidence_content(answer.evidence)
    spans = {n: tuple(sorted(quotes[n], key=lambda span: span.start)) for n in quotes}
    return MarginContent(
        tuple(CardContent(n, answer.evidence[n - 1], spans[n]) for n in spans),
        tuple(CardContent(n, hit) for n, hit in enumerate(answer.evidence, start=1) if n not in spans),
    )


def quote_span(hit: Hit, citation: Citation) -> Span | None:
    """Return where a citation's quotation stands in its hit's text: at its offsets, else where the same words stand."""
    if not citation.quote:
        return None
    start, end = citation.quote_start - hit.start, citation.quote_end - hit.start
    if hit.text[max(start, 0) : max(end, 0)] == citation.quote:
        return Span(start, end)
    found = hit.text.find(citation.quote)
    return Span(found, found + len(citation.quote)) if found >= 0 else None


def one_line(text: str, quotes: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """Return a text with each run of white space as one space, and the quotations' offsets in it."""
    kept = [i for i, c in enumerate(text) if not (c.isspace() and i and text[i - 1].isspace())]
    spans = (Span(bisect_left(kept, quote.start), bisect_left(kept, quote.end)) for quote in quotes)
    return "".join(" " if text[i].isspace() else text[i] for i in kept), tuple(spans)


def excerpt_start(text: str, quotes: tuple[Span, ...], lead_chars: int = 40) -> int:
    """Return where a shortened text should begin so that its first quotation is in sight: at a word, 0 if near."""
    if not quotes or quotes[0].start <= lead_chars * 2:
        return 0
    earliest = quotes[0].start - lead_chars
    space = text.find(" ", earliest, quotes[0].start)
    return space + 1 if space >= 0 else quotes[0].start
