"""Lines of type: where each of their characters stands, and so where a span does. Runs in the reader's process."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.pages import Rect, Span
from app.readers.right_to_left import joined, mirrored, reads_right_to_left, visual_order
from app.readers.type_faces import ASCENT, DESCENT, Face, Writing

TAB_PT = 36.0


@dataclass(frozen=True, slots=True)
class Run:
    """Characters from `start` on, set without a gap; left edges and widths are in the text's order."""

    start: int
    lefts: Sequence[float]
    widths: Sequence[float]
    writing: Writing

    def boxes(self) -> Iterator[Rect]:
        """Return the box of every character."""
        top = self.writing.baseline - ASCENT * self.writing.size_pt
        bottom = self.writing.baseline + DESCENT * self.writing.size_pt
        return (Rect(left, top, left + width, bottom) for left, width in zip(self.lefts, self.widths, strict=True))


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on one line: one run, or those of a table row's cells."""

    runs: Sequence[Run]

    def rects(self, span: Span) -> Iterator[Rect]:
        """Yield the place of a span: one rectangle, more only where the line changes its direction inside the span."""
        edges: list[tuple[float, float]] = []
        for run in self.runs:
            of_run = _edges(run, max(span.start - run.start, 0), max(span.end - run.start, 0))
            if edges and of_run:  # the span goes on from one cell to the next, so the gap is in it
                of_run[0] = (edges.pop()[0], of_run[0][1])
            edges += of_run
        for x0, x1 in edges:
            one = self.runs[0].writing
            yield Rect(x0, one.baseline - ASCENT * one.size_pt, x1, one.baseline + DESCENT * one.size_pt)


@dataclass(frozen=True, slots=True)
class Copy:
    """A piece of text ready to be set: the look and the width of every character; `start` is its place in the page."""

    start: int
    text: str
    face: Face
    shapes: Sequence[str]
    widths: Sequence[float]
    is_leftwards: bool

    @classmethod
    def of(cls, text: str, start: int, face: Face) -> "Copy":
        """Return a text, measured."""
        shapes = _accented(joined(text))
        widths = [glyph.advance * face.size_pt if glyph else 0.0 for glyph in face.glyphs(shapes)]
        widths = [TAB_PT if character == "\t" else width for character, width in zip(text, widths, strict=True)]
        return cls(start, text, face, shapes, widths, reads_right_to_left(text))

    def runs(self, line: Span, left: float, baseline: float) -> Iterator[Run]:
        """Yield the runs of a line, which tabs part."""
        x, start = left, line.start
        for piece in self.text[line.start : line.end].split("\t"):
            if piece:
                run = self._run(Span(start, start + len(piece)), x, baseline)
                x += sum(run.widths)
                yield run
            start += len(piece) + 1
            x = left + (math.floor((x - left) / TAB_PT) + 1) * TAB_PT

    def _run(self, piece: Span, left: float, baseline: float) -> Run:
        lefts = [left] * (piece.end - piece.start)
        shown: list[str] = []
        x = left
        for place, is_leftwards in visual_order(self.text[piece.start : piece.end], self.is_leftwards):
            shape = self.shapes[piece.start + place]
            shown.append(mirrored(shape) if is_leftwards else shape)
            lefts[place] = x
            x += self.widths[piece.start + place]
        glyphs = [glyph for glyph in self.face.glyphs(shown) if glyph]
        writing = Writing(left, baseline, self.face.size_pt, glyphs)
        return Run(self.start + piece.start, lefts, self.widths[piece.start : piece.end], writing)

    def width(self, line: Span) -> float:
        """Return how much room a line takes, in points."""
        return sum(self.widths[line.start : line.end])


def _accented(shapes: list[str]) -> list[str]:
    """Return characters with each accent in its letter, where there is one character for both."""
    letter = 0
    for i, shape in enumerate(shapes):
        if unicodedata.combining(shape or " "):
            whole = unicodedata.normalize("NFC", shapes[letter] + shape)
            if len(whole) == 1 and i > letter:
                shapes[letter], shapes[i] = whole, ""
        elif shape:
            letter = i
    return shapes


def _edges(run: Run, first: int, end: int) -> list[tuple[float, float]]:
    """Return from where to where the characters from `first` to `end` stand, those side by side as one."""
    edges: list[tuple[float, float]] = []
    for left, width in sorted(zip(run.lefts[first:end], run.widths[first:end], strict=True)):
        if width and edges and math.isclose(edges[-1][1], left, abs_tol=0.01):
            edges[-1] = (edges[-1][0], left + width)
        elif width:
            edges.append((left, left + width))
    return edges
