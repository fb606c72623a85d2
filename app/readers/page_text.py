"""A page's text from its lines, and where every character of it stands. Pure; runs in the reader's process.

The text depends on this one page alone, so that a span is found again on the page without the rest of the document.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from app.core.pages import BlockKind
from app.readers.page_rows import Group, cells_of, groups_of
from app.readers.pdf_lines import SOFT_HYPHEN, Line
from app.readers.reading_order import Row, regions_of

# Words that make compounds: a hyphen after them at the end of a line is their own and stays.
COMPOUNDING = frozenset(
    (
        "all anti co cross decision ex first four full fully half high ill inter long low mid multi newly non off on "
        "one part post pre price risk second self semi short so state tax third three two ultra up well work year"
    ).split()
)
_HYPHENS = ("-", "\u2010", SOFT_HYPHEN)
_LAST_WORD = re.compile(r"(\w+).$", re.DOTALL)
_FIRST_WORD = re.compile(r"\w+")
# Words, but not the half that a hyphen at the end of a line may have left.
_WHOLE_WORD = re.compile(r"\w++(?:[-\u2010]\w++)*+(?![-\u2010\xad]$)", re.MULTILINE)
_WIDE = "\u2e80"  # from here on scripts write no space between words
# Pieces of a row closer than this share of their size belong to one word, such as a footnote's mark.
_TOUCHING = 0.15


class Piece(Struct, frozen=True, gc=False):
    """A run of the page's text from `start` on that is `line.text[:chars]`."""

    start: int
    line: Line
    chars: int


class Paragraph(Struct, frozen=True, gc=False):
    """A block of the page's text from `start` to `end`, with the look by which headings are told."""

    kind: BlockKind
    start: int
    end: int
    rows: int
    size: float
    is_bold: bool


class PageText(Struct, frozen=True):
    """A page's text and its paragraphs in reading order.

    `strings` are what the text is made of, and `lines` says of each the line that it is the beginning of, if of any.
    """

    text: str
    paragraphs: tuple[Paragraph, ...]
    strings: Sequence[str]
    lines: Sequence[Line | None]

    @property
    def pieces(self) -> Iterator[Piece]:
        """The lines that the text's characters come from, in text order."""
        start = 0
        for string, line in zip(self.strings, self.lines, strict=True):
            if line is not None:
                yield Piece(start, line, len(string))
            start += len(string)


def page_text(lines: Sequence[Line]) -> PageText:
    """Return the text of a page with these lines."""
    writer = _Writer(lines)
    for region in regions_of(lines):
        for place, group in enumerate(groups_of(region)):
            writer.add(group, begins_region=place == 0)
    return PageText("".join(writer.strings), tuple(writer.paragraphs), writer.strings, writer.lines)


class _Writer:
    """Puts groups one after another into a text."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.strings: list[str] = []
        self.lines: list[Line | None] = []
        self.paragraphs: list[Paragraph] = []
        self._chars = 0
        self._on_page = lines
        self._words: frozenset[str] | None = None

    def add(self, group: Group, begins_region: bool) -> None:
        """Write a group as a block, or as the end of the last block if a column or page-wide line broke it in two."""
        size, is_bold = _look(group)
        rows = len(group.rows)
        last = self.paragraphs[-1] if self.paragraphs else None
        if begins_region and last is not None and self._goes_on(last, group, size, is_bold):
            self._write_rows(group, self.lines[-1])
            self.paragraphs[-1] = replace(last, end=self._chars, rows=last.rows + rows)
            return
        if last is not None:
            self._write("\n" if last.kind is group.kind is BlockKind.LIST_ITEM else "\n\n")
        start = self._chars
        self._write_rows(group, None)
        self.paragraphs.append(Paragraph(group.kind, start, self._chars, rows, size, is_bold))

    def _goes_on(self, last: Paragraph, group: Group, size: float, is_bold: bool) -> bool:
        return (
            group.kind is BlockKind.PARAGRAPH
            and last.kind is not BlockKind.TABLE
            and group.rows[0][0].text[0].islower()
            and abs(last.size - size) < 0.5
            and last.is_bold == is_bold
            and (self.strings[-1][-1].isalnum() or self.strings[-1].endswith((",", *_HYPHENS)))
        )

    def _write_rows(self, group: Group, above: Line | None) -> None:
        """Write the rows of a group; those of a paragraph go on after the line above."""
        if group.kind is BlockKind.TABLE:
            for place, row in enumerate(group.rows):
                if place:
                    self._write("\n")
                self._write_cells(row)
            return
        for row in group.rows:
            if above is not None:
                self._join(above.text, row[0].text)
            self._write_row(row)
            above = row[-1]

    def _write_cells(self, row: Row) -> None:
        for place, cell in enumerate(cells_of(row)):
            if place:
                self._write("\t")
            self._write_row(cell)

    def _write_row(self, row: Row) -> None:
        above: Line | None = None
        for line in row:
            if above is not None and (
                line.x0 - above.x1 > _TOUCHING * line.size or above.ends_apart or line.begins_apart
            ):
                self._write(" ")
            above = line
            text = line.text
            self.lines.append(line)
            self.strings.append(text if text.isascii() else text.replace(SOFT_HYPHEN, "-"))
            self._chars += len(text)

    def _join(self, above: str, below: str) -> None:
        """Write what parts two rows of a paragraph: a space, nothing, or nothing after taking back a hyphen."""
        last = above[-1]
        if last in _HYPHENS and above[-2:-1].isalnum():
            if self._is_broken_word(above, below):
                self.strings[-1] = self.strings[-1][:-1]
                self._chars -= 1
        elif last < _WIDE or below[0] < _WIDE:
            self._write(" ")

    def _is_broken_word(self, above: str, below: str) -> bool:
        """Whether a hyphen at the end of a line is there only because the line ended."""
        if above.endswith(SOFT_HYPHEN):
            return True
        first, second = _LAST_WORD.search(above), _FIRST_WORD.match(below)
        if first is None or second is None or not below[0].islower() or not above[-2].isalpha():
            return False
        left, right = first.group(1).lower(), second.group().lower()
        words = self._page_words()
        if left in COMPOUNDING or f"{left}-{right}" in words:
            return False
        return left + right in words or not (left in words and right in words)

    def _page_words(self) -> frozenset[str]:
        if self._words is None:
            words = _WHOLE_WORD.findall("\n".join([line.text for line in self._on_page]))
            self._words = frozenset(map(str.lower, words))
        return self._words

    def _write(self, text: str) -> None:
        self.lines.append(None)
        self.strings.append(text)
        self._chars += len(text)


def _look(group: Group) -> tuple[float, bool]:
    """Return the size of a group's longest line, and whether all of it is bold."""
    lines = [line for row in group.rows for line in row]
    chars = [len(line.text) for line in lines]
    return lines[chars.index(max(chars))].size, all(line.is_bold for line in lines)
