"""Lay out the text of a page that has no drawn form, and tell where a span stands on it. Runs in the reader's process.

Every character's place comes from the widths that it is then drawn with, so a span is marked without looking for it.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

import pymupdf

from app.core.letters import PageLetters, letter_row
from app.core.pages import Block, BlockKind, Page, PageForm, PageImage, Rect, Span
from app.core.types import Reason
from app.readers.clipping import clip_on
from app.readers.line_breaks import flowed, hard_lines, lines_of
from app.readers.refusal import Refusal
from app.readers.slides import NOTES_HEADING
from app.readers.text import LIST_MARK
from app.readers.type_faces import ASCENT, DESCENT, LEADING, Face, Faces, display_list, faces, picture, slide_faces
from app.readers.type_rows import Copy, Row

WIDEST_PT = 3000.0
PIXEL_LIMIT = 64_000_000  # at two pixels a point some thirty sheets of A4 under each other
_ITEM_INDENT_PT = 10.0
_HANG_PT = 6.9  # as wide as a bullet, for an item's further paragraphs
_HANG_LIMIT_PT = 72.0
_COLUMN_GAP_PT = 14.0
_LEAST_COLUMN_PT = 34.0
_MOST_WIDE_COLUMN_PT = 150.0  # where the sheet is made wider for a table's sake
_CELL_PAD_PT = 3.0
_RULE_PT = 0.5
# Space that lines something up; prose has none of it.
_KEPT_SPACE = re.compile(r"\n {4,}\S|\S {3,}\S")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is typeset on: wider where a table needs it, and taller where the text does."""

    width_pt: float
    margin_pt: float
    height_pt: float = 0.0

    @property
    def room_pt(self) -> float:
        """Return how long a line may be."""
        return self.width_pt - 2 * self.margin_pt


BOOK = Paper(595.0, 72.0)  # as wide as A4
SLIDE = Paper(720.0, 48.0, 405.0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page laid out; `rules` are the thin lines of tables."""

    width_pt: float
    height_pt: float
    rows: Sequence[Row]
    rules: Sequence[Rect]

    def rects(self, span: Span) -> tuple[Rect, ...]:
        """Return the places of a span, line by line; it may begin or end anywhere."""
        return tuple(rect for row in self.rows for rect in row.rects(span))

    def letters(self, text: str) -> PageLetters:
        """Return the places of all characters; `text` is the page's."""
        rows = sorted((run for row in self.rows for run in row.runs), key=lambda run: run.start)
        return PageLetters(text, tuple(letter_row(run.start, list(run.boxes())) for run in rows))

    def drawn(self) -> pymupdf.DisplayList:
        """Return the sheet's writing."""
        return display_list(self.width_pt, self.height_pt, (run.writing for row in self.rows for run in row.runs))

    def picture(self, scale: float, clip: Rect | None = None) -> PageImage:
        """Return the drawn sheet, or what of it lies in `clip`, `scale` pixels a point.

        Raises:
            Refusal: the picture would be too large.
        """
        shown = clip_on(pymupdf.Rect(0, 0, self.width_pt, self.height_pt), clip)
        width, height = shown.width * scale, shown.height * scale
        if width * height > PIXEL_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"{width:.0f} x {height:.0f} pixels")
        return picture(self.drawn(), scale, self.rules, shown)


def typeset(page: Page, form: PageForm = PageForm.BOOK) -> Sheet:
    """Return a page laid out on paper: as a slide with its notes under it, or as a page of a book."""
    is_slide = form is PageForm.SLIDE
    galley = _Galley(page.text, slide_faces() if is_slide else faces(), SLIDE if is_slide else BOOK)
    for previous, group in pairwise([None, *_groups(page)]):
        assert group is not None
        if is_slide and _begins_notes(page, group[0]):
            galley.end_slide()
            previous = None
        galley.set(previous[-1] if previous else None, group)
    height = max(galley.y + galley.paper.margin_pt, galley.paper.height_pt)
    return Sheet(math.ceil(galley.width), math.ceil(height), galley.rows, galley.rules)


def _begins_notes(page: Page, block: Block) -> bool:
    return block.kind is BlockKind.HEADING and block.level == 2 and page.text[block.start : block.end] == NOTES_HEADING


def _groups(page: Page) -> Iterator[list[Block]]:
    """Yield the page's blocks one by one, those of a table that goes on under the same header together."""

    def key(numbered: tuple[int, Block]) -> object:
        number, block = numbered
        is_table = block.kind is BlockKind.TABLE
        return page.text[block.start : block.end].partition("\n")[0] if is_table else number

    for _key, group in groupby(enumerate(_blocks(page)), key):
        yield [block for _number, block in group]


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
    paper: Paper
    y: float = 0.0
    width: float = 0.0
    rows: list[Row] = field(default_factory=list[Row])
    rules: list[Rect] = field(default_factory=list[Rect])

    def __post_init__(self) -> None:
        self.y, self.width = self.paper.margin_pt, self.paper.width_pt

    def end_slide(self) -> None:
        """Go on in the type of a book under the slide's lower edge."""
        self.y = max(self.y + self.paper.margin_pt, self.paper.height_pt)
        self.rules.append(Rect(0, self.y, self.width, self.y + _RULE_PT))
        self.y += self.paper.margin_pt / 2
        self.faces = faces()
        self.paper = replace(self.paper, height_pt=0.0)

    def set(self, previous: Block | None, group: Sequence[Block]) -> None:
        """Set blocks under the previous one."""
        is_table = group[0].kind is BlockKind.TABLE
        cells = [self._cells(block) for block in group] if is_table else []
        widths = _column_widths([row for rows in cells for row in rows], self.paper)
        for n, block in enumerate(group):
            text = self.text[block.start : block.end]
            face = self.faces.of(block, is_fixed=not is_table and _KEPT_SPACE.search(text) is not None)
            self.y += _space_between(previous, block, face)
            previous = block
            if widths:
                self._set_table(cells[n], widths, face)
                continue
            copy = Copy.of(text, block.start, face)
            if max(map(copy.width, hard_lines(text))) > self.paper.room_pt:  # else its lines stay as they are
                copy = Copy.of(flowed(text), block.start, face)
            self._set_text(copy, block.kind)

    def _set_text(self, copy: Copy, kind: BlockKind) -> None:
        is_item = kind is BlockKind.LIST_ITEM
        indent = _ITEM_INDENT_PT if is_item else 0.0
        mark = LIST_MARK.match(copy.text) if is_item else None
        hang = min(copy.width(Span(0, mark.end() - 1)), _HANG_LIMIT_PT) if mark else _HANG_PT if is_item else 0.0
        first = indent if mark else indent + hang
        for n, line in enumerate(
            lines_of(copy.text, copy.widths, self.paper.room_pt - first, self.paper.room_pt - indent - hang)
        ):
            if n and is_item:  # the hanging indent stands for the spaces that made one
                words = copy.text[line.start : line.end].lstrip()
                line = Span(line.end - len(words), line.end)
            left = first if n == 0 else indent + hang
            if copy.is_leftwards:
                left = self.paper.room_pt - left - copy.width(line)
            self._add_row([(copy, line, self.paper.margin_pt + left)], copy.face)

    def _cells(self, table: Block) -> list[list[Copy]]:
        face = self.faces.of(table, is_fixed=False)
        rows: list[list[Copy]] = []
        start = table.start
        for line in self.text[table.start : table.end].split("\n"):
            rows.append([])
            for cell in line.split("\t"):
                rows[-1].append(Copy.of(cell, start, face))
                start += len(cell) + 1
        return rows

    def _set_table(self, rows: Sequence[Sequence[Copy]], widths: Sequence[float], face: Face) -> None:
        lefts = [self.paper.margin_pt + sum(widths[:n]) + n * _COLUMN_GAP_PT for n in range(len(widths))]
        for row in rows:
            self.y += _CELL_PAD_PT
            cells = [
                (copy, list(lines_of(copy.text, copy.widths, width, width)), left)
                for copy, width, left in zip(row, widths, lefts, strict=False)
            ]
            for n in range(max(len(lines) for _copy, lines, _left in cells)):
                self._add_row([(copy, lines[n], left) for copy, lines, left in cells if n < len(lines)], face)
            self.y += _CELL_PAD_PT
            self.rules.append(Rect(self.paper.margin_pt, self.y, lefts[-1] + widths[-1], self.y + _RULE_PT))
        self.width = max(self.width, lefts[-1] + widths[-1] + self.paper.margin_pt)

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


def _column_widths(rows: Sequence[Sequence[Copy]], paper: Paper) -> list[float]:
    """Return the widths of columns: their widest cells', the wider ones narrowed to fit; none if they never do."""
    cells = [[copy.width(Span(0, len(copy.text))) for copy in row] for row in rows]
    natural = [max(row[n] for row in cells if n < len(row)) for n in range(max(map(len, cells), default=0))]
    room = paper.room_pt - _COLUMN_GAP_PT * (len(natural) - 1)
    narrow: dict[int, float] = {}
    while sum(natural) > room and len(narrow) < len(natural):
        share = (room - sum(narrow.values())) / (len(natural) - len(narrow))
        fitting = {n: width for n, width in enumerate(natural) if n not in narrow and width <= share}
        if not fitting:
            if share < _LEAST_COLUMN_PT:
                return _wide_column_widths(natural, paper)
            return [narrow.get(n, share) for n in range(len(natural))]
        narrow |= fitting
    return natural


def _wide_column_widths(natural: Sequence[float], paper: Paper) -> list[float]:
    widths = [min(width, _MOST_WIDE_COLUMN_PT) for width in natural]
    whole = sum(widths) + _COLUMN_GAP_PT * (len(widths) - 1)
    return widths if whole + 2 * paper.margin_pt <= WIDEST_PT else []
