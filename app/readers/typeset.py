"""Lay out the text of a page that has no drawn form, and tell where a span stands on it. Runs in the reader's process.

Every character's place comes from the widths that it is then drawn with, so a span is marked without looking for it.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pymupdf

from app.core.types import Block, BlockKind, Page, PageImage, Reason, Rect, Span
from app.readers.line_breaks import flowed, hard_lines, lines_of
from app.readers.refusal import Refusal
from app.readers.text import LIST_MARK
from app.readers.type_faces import ASCENT, DESCENT, LEADING, Face, Faces, display_list, faces, picture
from app.readers.type_rows import Copy, Row

WIDTH_PT = 595.0  # A4
MARGIN_PT = 72.0
ROOM_PT = WIDTH_PT - 2 * MARGIN_PT
PIXEL_LIMIT = 64_000_000  # at two pixels a point some thirty sheets of A4 under each other
_ITEM_INDENT_PT = 10.0
_HANG_PT = 6.9  # as wide as a bullet, for an item's further paragraphs
_HANG_LIMIT_PT = 72.0
_COLUMN_GAP_PT = 14.0
_LEAST_COLUMN_PT = 34.0
_CELL_PAD_PT = 3.0
_RULE_PT = 0.5
# Space that lines something up; prose has none of it.
_KEPT_SPACE = re.compile(r"\n {4,}\S|\S {3,}\S")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page laid out; `rules` are the thin lines of tables."""

    height_pt: float
    rows: Sequence[Row]
    rules: Sequence[Rect]

    def rects(self, span: Span) -> tuple[Rect, ...]:
        """Return the places of a span, line by line; it may begin or end anywhere."""
        return tuple(rect for row in self.rows for rect in row.rects(span))

    def drawn(self) -> pymupdf.DisplayList:
        """Return the sheet's writing."""
        return display_list(WIDTH_PT, self.height_pt, (run.writing for row in self.rows for run in row.runs))

    def picture(self, scale: float) -> PageImage:
        """Return the drawn sheet, `scale` pixels a point.

        Raises:
            Refusal: the picture would be too large.
        """
        width, height = WIDTH_PT * scale, self.height_pt * scale
        if width * height > PIXEL_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"{width:.0f} x {height:.0f} pixels")
        return picture(self.drawn(), scale, self.rules)


def typeset(page: Page) -> Sheet:
    """Return a page laid out on a sheet of A4's width, as tall as its text."""
    galley = _Galley(page.text, faces())
    for previous, block in pairwise([None, *_blocks(page)]):
        assert block is not None
        galley.set(previous, block)
    return Sheet(math.ceil(galley.y + MARGIN_PT), galley.rows, galley.rules)


def _blocks(page: Page) -> Iterator[Block]:
    """Yield the page's blocks, and as paragraphs what words stand outside them."""
    place = 0
    for block in (*page.blocks, Block(BlockKind.PARAGRAPH, len(page.text), len(page.text))):
        outside = page.text[place : block.start]
        if outside.strip():
            start = place + len(outside) - len(outside.lstrip())
            yield Block(BlockKind.PARAGRAPH, start, start + len(outside.strip()))
        if block.start < block.end:
            yield block
        place = max(place, block.end)


@dataclass(slots=True)
class _Galley:
    """Takes blocks one under the other; `y` is where the next begins."""

    text: str
    faces: Faces
    y: float = MARGIN_PT
    rows: list[Row] = field(default_factory=list[Row])
    rules: list[Rect] = field(default_factory=list[Rect])

    def set(self, previous: Block | None, block: Block) -> None:
        """Set a block under the previous one."""
        text = self.text[block.start : block.end]
        is_table = block.kind is BlockKind.TABLE
        face = self.faces.of(block, is_fixed=not is_table and _KEPT_SPACE.search(text) is not None)
        self.y += _space_between(previous, block, face)
        if not (is_table and self._set_table(text, block.start, face)):
            copy = Copy.of(text, block.start, face)
            if max(map(copy.width, hard_lines(text))) > ROOM_PT:  # else every line stays as its writer ended it
                copy = Copy.of(flowed(text), block.start, face)
            self._set_text(copy, block.kind)

    def _set_text(self, copy: Copy, kind: BlockKind) -> None:
        is_item = kind is BlockKind.LIST_ITEM
        indent = _ITEM_INDENT_PT if is_item else 0.0
        mark = LIST_MARK.match(copy.text) if is_item else None
        hang = min(copy.width(Span(0, mark.end() - 1)), _HANG_LIMIT_PT) if mark else _HANG_PT if is_item else 0.0
        first = indent if mark else indent + hang
        for n, line in enumerate(lines_of(copy.text, copy.widths, ROOM_PT - first, ROOM_PT - indent - hang)):
            if n and is_item:  # the hanging indent stands for the spaces that made one
                words = copy.text[line.start : line.end].lstrip()
                line = Span(line.end - len(words), line.end)
            left = first if n == 0 else indent + hang
            if copy.is_leftwards:
                left = ROOM_PT - left - copy.width(line)
            self._add_row([(copy, line, MARGIN_PT + left)], copy.face)

    def _set_table(self, text: str, start: int, face: Face) -> bool:
        """Set a table, or return False if it has too many columns to stand side by side."""
        rows: list[list[Copy]] = []
        for line in text.split("\n"):
            rows.append([])
            for cell in line.split("\t"):
                rows[-1].append(Copy.of(cell, start, face))
                start += len(cell) + 1
        widths = _column_widths([[copy.width(Span(0, len(copy.text))) for copy in row] for row in rows])
        if not widths:
            return False
        lefts = [MARGIN_PT + sum(widths[:n]) + n * _COLUMN_GAP_PT for n in range(len(widths))]
        for row in rows:
            self.y += _CELL_PAD_PT
            cells = [
                (copy, list(lines_of(copy.text, copy.widths, width, width)), left)
                for copy, width, left in zip(row, widths, lefts, strict=False)
            ]
            for n in range(max(len(lines) for _copy, lines, _left in cells)):
                self._add_row([(copy, lines[n], left) for copy, lines, left in cells if n < len(lines)], face)
            self.y += _CELL_PAD_PT
            self.rules.append(Rect(MARGIN_PT, self.y, lefts[-1] + widths[-1], self.y + _RULE_PT))
        return True

    def _add_row(self, lines: Sequence[tuple[Copy, Span, float]], face: Face) -> None:
        baseline = self.y + (LEADING + ASCENT - DESCENT) / 2 * face.size_pt
        runs = [run for copy, line, left in lines for run in copy.runs(line, left, baseline)]
        if runs:
            self.rows.append(Row(runs))
        self.y += LEADING * face.size_pt


def _space_between(previous: Block | None, block: Block, face: Face) -> float:
    if previous is None:
        return 0.0
    if block.kind is BlockKind.HEADING:
        return (0.4 if previous.kind is BlockKind.HEADING else 0.9) * face.size_pt
    if previous.kind is BlockKind.HEADING:
        return 0.35 * face.size_pt
    return (0.2 if previous.kind is block.kind is BlockKind.LIST_ITEM else 0.65) * face.size_pt


def _column_widths(cells: Sequence[Sequence[float]]) -> list[float]:
    """Return the widths of columns: their widest cells', the wider columns narrowed to fit; none if too many."""
    natural = [max(row[n] for row in cells if n < len(row)) for n in range(max(map(len, cells)))]
    room = ROOM_PT - _COLUMN_GAP_PT * (len(natural) - 1)
    narrow: dict[int, float] = {}
    while sum(natural) > room and len(narrow) < len(natural):
        share = (room - sum(narrow.values())) / (len(natural) - len(narrow))
        fitting = {n: width for n, width in enumerate(natural) if n not in narrow and width <= share}
        if not fitting:
            if share < _LEAST_COLUMN_PT:
                return []
            return [narrow.get(n, share) for n in range(len(natural))]
        narrow |= fitting
    return natural
