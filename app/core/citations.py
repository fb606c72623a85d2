"""Marks and quotations: `[n]` in an answer resolved against the evidence, and the quotation behind it found. Pure.

The quotation is located in the passage mechanically and never taken from the model.
"""

import re
from collections.abc import Callable

from app.core.support import SUPPORTED, support_score
from app.core.types import Citation, Hit, Sentence, Span

SplitSentences = Callable[[str], list[Span]]

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_ONLY_MARKS = re.compile(r"^[\s\[\]\d,;.]*$")


def marks_of(text: str, count: int) -> tuple[int, ...]:
    """Return the distinct evidence numbers marked in a text, in order; numbers outside 1..count are no marks."""
    numbers = (int(number) for mark in _MARK.finditer(text) for number in re.findall(r"\d+", mark.group(1)))
    return tuple(dict.fromkeys(number for number in numbers if 1 <= number <= count))


def without_marks(text: str) -> str:
    """Return a text without its marks and without the space before them."""
    return re.sub(r"\s*" + _MARK.pattern, "", text).strip()


def cited_sentences(text: str, evidence: tuple[Hit, ...], split: SplitSentences) -> tuple[Sentence, ...]:
    """Split an answer into sentences with the evidence numbers each rests on.

    The model's own valid marks count first. A sentence without any is given the passage that supports it best, if one
    supports it at all.
    """
    sentences: list[Sentence] = []
    for piece in _pieces(text, split):
        plain = without_marks(piece)
        if not plain:
            continue
        marks = marks_of(piece, len(evidence))
        if not marks:
            marks = _best_support(plain, evidence)
        cited = "\n".join(evidence[number - 1].text for number in marks)
        sentences.append(Sentence(plain, marks, support_score(plain, cited) if marks else 0.0))
    return tuple(sentences)


def resolve_citations(
    sentences: tuple[Sentence, ...], evidence: tuple[Hit, ...], split: SplitSentences
) -> tuple[Citation, ...]:
    """Return one citation for every evidence number that is cited, in order of first mention, with its quotation."""
    resting: dict[int, list[str]] = {}
    for sentence in sentences:
        for number in sentence.citations:
            resting.setdefault(number, []).append(sentence.text)
    return tuple(_citation(number, evidence[number - 1], " ".join(texts), split) for number, texts in resting.items())


def quotation(claim: str, passage: str, split: SplitSentences) -> Span:
    """Return the span of the one or two neighbouring sentences of a passage that support a claim best."""
    spans = [span for span in split(passage) if passage[span.start : span.end].strip()] or [Span(0, len(passage))]
    windows = [Span(spans[i].start, spans[j].end) for i in range(len(spans)) for j in (i, i + 1) if j < len(spans)]
    best = max(
        windows,
        key=lambda span: (round(support_score(claim, passage[span.start : span.end]), 2), span.start - span.end),
    )
    return _trimmed(passage, best)


def _pieces(text: str, split: SplitSentences) -> list[str]:
    """Return the sentences of an answer; marks that stand after a full stop belong to the sentence before."""
    pieces: list[str] = []
    for span in split(text):
        piece = text[span.start : span.end]
        leading = re.match(r"\s*(?:" + _MARK.pattern + r"\s*[.,;]?\s*)+", piece)
        if leading and pieces:
            pieces[-1] += leading.group()
            piece = piece[leading.end() :]
        if piece.strip() and not (_ONLY_MARKS.match(piece) and pieces):
            pieces.append(piece)
    return pieces


def _best_support(sentence: str, evidence: tuple[Hit, ...]) -> tuple[int, ...]:
    scores = [support_score(sentence, hit.text) for hit in evidence]
    best = max(scores, default=0.0)
    return (scores.index(best) + 1,) if best >= SUPPORTED else ()


def _citation(number: int, hit: Hit, claim: str, split: SplitSentences) -> Citation:
    quote = quotation(claim, hit.text, split)
    return Citation(
        n=number,
        document_id=hit.document_id,
        path=hit.path,
        page=hit.page,
        start=hit.start,
        end=hit.end,
        quote=hit.text[quote.start : quote.end],
        quote_start=hit.start + quote.start,
        quote_end=hit.start + quote.end,
    )


def _trimmed(text: str, span: Span) -> Span:
    quote = text[span.start : span.end]
    return Span(span.end - len(quote.lstrip()), span.start + len(quote.rstrip()))
