"""Marks and quotations: `[n]` in an answer resolved against the evidence, and the quotation behind it found. Pure.

The quotation is located in the passage mechanically and never taken from the model.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from app.core.pages import Span
from app.core.styles import heading_spans
from app.core.support import missing_parts, support_score
from app.core.types import SUPPORTED, Citation, Hit, Sentence
from app.core.words import content_words, words_of

SplitSentences = Callable[[str], list[Span]]

BETTER_BY = 0.2
"""A mark of the model gives way to a passage that supports its sentence so much better, where its own does not
(tests/quality/README.md)."""

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_QUESTION = re.compile(r"[?？؟][\W_]*$")
_BLOCK = re.compile(r"[^\n]*\S[^\n]*(?:\n(?!\s*(?:[-*•]\s|\d{1,3}[.)]\s|#{1,6}\s|\||$))[^\n]+)*")
_BLOCK_SIGN = re.compile(r"\s*(?:[-*•]\s+|\d{1,3}[.)]\s+|#{1,6}\s+)?")


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(slots=True)
class _Piece:
    """A sentence's place in an answer, the block that it stands in, and the numbers marked for it."""

    span: Span
    block: int
    is_first: bool
    numbers: tuple[int, ...] = ()


def without_marks(text: str, count: int) -> str:
    """Return a text without its marks and without the space before them; other bracketed numbers stay."""
    for mark in reversed(_marks(text, count)):
        text = text[: mark.start].rstrip() + text[mark.end :]
    return text.strip()


def cited_sentences(
    text: str,
    evidence: tuple[Hit, ...],
    split: SplitSentences,
    question: str = "",
    *,
    is_cut: bool = False,
    sections: tuple[str, ...] = (),
) -> tuple[Sentence, ...]:
    """Split an answer into sentences with the evidence numbers each rests on.

    The model's own valid marks count first, unless their passages do not support the sentence and another one clearly
    does. A sentence without any is given the passage that supports it best, if one supports it at all. A question rests
    on a passage only where that asks it word for word. Where the text `is_cut` off, its last word may be the beginning
    of one. The headings of `sections` that were asked for are no sentences; other headings are.
    """
    texts = [source_text(hit) for hit in evidence]
    sentences: list[Sentence] = []
    for piece in _pieces(_without_headings(text, sections), len(evidence), split):
        plain = without_marks(text[piece.span.start : piece.span.end], len(evidence))
        numbers = _rightful(piece.numbers, plain, texts, question)
        cited = "\n".join(texts[number - 1] for number in numbers)
        sentences.append(
            Sentence(
                text=plain,
                citations=numbers,
                support=support_score(plain, cited, question) if numbers and _says_something(plain, cited) else 0.0,
                missing=missing_parts(plain, cited, is_cut=is_cut and piece.span.end == len(text.rstrip())),
                span=piece.span,
            )
        )
    return tuple(sentences)


def _says_something(sentence: str, text: str) -> bool:
    """Return whether a sentence says anything, as a question does not, unless it is one that the text asks."""
    return not _QUESTION.search(sentence) or " ".join(words_of(sentence)) in " ".join(words_of(text))


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
    """Return the span of the one or two neighbouring sentences of a passage that support a claim best.

    Of those that do so equally, as where none has every figure of the claim, it is the one with the most of its words.
    """
    wanted = content_words(claim)

    def rank(span: Span) -> tuple[float, int, int]:
        text = passage[span.start : span.end]
        return round(support_score(claim, text), 2), len(wanted & content_words(text)), span.start - span.end

    spans = [span for span in split(passage) if passage[span.start : span.end].strip()] or [Span(0, len(passage))]
    windows = [Span(spans[i].start, spans[j].end) for i in range(len(spans)) for j in (i, i + 1) if j < len(spans)]
    return _trimmed(passage, max(windows, key=rank))


def quotations(sentences: tuple[Sentence, ...], evidence: tuple[Hit, ...], split: SplitSentences) -> tuple[Hit, ...]:
    """Return of each passage that is cited what is quoted of it, as a passage of its own."""
    return tuple(
        replace(evidence[one.n - 1], text=one.quote, start=one.quote_start, end=one.quote_end)
        for one in resolve_citations(sentences, evidence, split)
    )


def source_text(hit: Hit) -> str:
    """Return all that the model is told of a passage: its document's title, the headings it stands under, its text."""
    return "\n".join((hit.title, *hit.headings, hit.text))


def _without_headings(text: str, sections: tuple[str, ...]) -> str:
    """Return a text of the same length with empty lines where the headings of sections stand."""
    for start, end in heading_spans(text, sections):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _marks(text: str, count: int) -> list[_Mark]:
    """Return what stands in brackets and names at least one passage of 1..count, in order."""
    found: list[_Mark] = []
    for match in _MARK.finditer(text):
        numbers = tuple(number for number in map(int, re.findall(r"\d+", match[1])) if 1 <= number <= count)
        if numbers:
            found.append(_Mark(match.start(), match.end(), numbers))
    return found


def _pieces(text: str, count: int, split: SplitSentences) -> list[_Piece]:
    """Return the sentences of an answer with their marks; the signs of lists and headings belong to no sentence."""
    marks = _marks(text, count)
    unmarked = text
    for mark in marks:
        unmarked = unmarked[: mark.start] + " " * (mark.end - mark.start) + unmarked[mark.end :]
    pieces: list[_Piece] = []
    for block, span in _sentence_spans(unmarked, split):
        pieces.append(_Piece(span, block, is_first=not pieces or pieces[-1].block != block))
    opening = {piece.block for piece in pieces if piece.is_first and _stands_before(marks, piece, text)}
    for mark in marks:
        owner = _owner(mark, marks, pieces, opening, text)
        if owner is not None:
            owner.numbers = tuple(dict.fromkeys((*owner.numbers, *mark.numbers)))
    return pieces


def _sentence_spans(text: str, split: SplitSentences) -> Iterator[tuple[int, Span]]:
    """Yield the number of the block and the span of each sentence that has a letter or a digit."""
    for number, block in enumerate(_BLOCK.finditer(text)):
        sign = _BLOCK_SIGN.match(block.group())
        start = block.start() + (sign.end() if sign else 0)
        body = text[start : block.end()]
        for span in split(body):
            trimmed = _trimmed(body, span)
            if any(character.isalnum() for character in body[trimmed.start : trimmed.end]):
                yield number, Span(start + trimmed.start, start + trimmed.end)


def _stands_before(marks: list[_Mark], piece: _Piece, text: str) -> bool:
    """Return whether a mark stands in front of a sentence, in its line."""
    return any(
        mark.end <= piece.span.start and "\n" not in text[mark.end : piece.span.start]
        for mark in marks
        if not any(character.isalnum() for character in text[mark.end : piece.span.start])
    )


def _owner(mark: _Mark, marks: list[_Mark], pieces: list[_Piece], opening: set[int], text: str) -> _Piece | None:
    """Return the sentence that a mark belongs to: the one around it, else the one before it.

    It is the one after it where the block puts its marks in front, or where the sentence before has one inside.
    """
    before = next((piece for piece in reversed(pieces) if piece.span.start <= mark.start), None)
    after = next((piece for piece in pieces if piece.span.start > mark.start), None)
    if before is None or after is None or mark.start < before.span.end:
        return before or after
    if before.block != after.block:
        return before if "\n" in text[mark.end : after.span.start] else after
    has_its_own = any(before.span.start <= one.start < before.span.end for one in marks)
    return after if after.block in opening or has_its_own else before


def _rightful(numbers: tuple[int, ...], sentence: str, texts: list[str], question: str) -> tuple[int, ...]:
    """Return the numbers that a sentence rests on, given those that the model marked."""
    scores = [support_score(sentence, text, question) for text in texts]
    best = max(scores, default=0.0)
    own = support_score(sentence, "\n".join(texts[number - 1] for number in numbers), question) if numbers else 0.0
    if own < SUPPORTED <= best and best >= own + BETTER_BY:
        return (scores.index(best) + 1,)
    needed = tuple(number for number in numbers if scores[number - 1] >= SUPPORTED)
    return needed if needed and own <= max(scores[number - 1] for number in needed) else numbers


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
