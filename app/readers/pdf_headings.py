"""Which paragraphs of a PDF are headings, by its outline and by their type. Pure; runs in the reader's process."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.pages import Block, BlockKind
from app.readers.page_text import PageText, Paragraph

HEADING_LIMIT_CHARS = 160
HEADING_LIMIT_ROWS = 3
# So much larger than the running text is a heading's type; bold may be a little smaller.
LARGER = 1.12
BOLD_LEAST = 0.85
# Below the levels of larger type.
BOLD_LEVEL_AFTER = 4
DEEPEST = 6
# A line on so many pages, and such a share of them, is a running header or footer.
REPEATED_PAGES = 3
REPEATED_SHARE = 0.2

_LETTERS = re.compile(r"[^\W\d_]{2}")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the document's outline (bookmarks); `page` counts from 1."""

    level: int
    title: str
    page: int


def blocks_of(pages: Sequence[PageText], outline: Sequence[OutlineEntry]) -> list[tuple[Block, ...]]:
    """Return each page's blocks, headings told apart from paragraphs."""
    levels = _Levels(pages)
    texts = [[_candidate(page, paragraph) for paragraph in page.paragraphs] for page in pages]
    letters = [[letters_of(text) if text else "" for text in of_page] for of_page in texts]
    margins = _margins(letters)
    titles = {(entry.page, letters_of(entry.title)): entry.level for entry in outline}
    deepest = max((entry.level for entry in outline), default=0)
    blocks: list[tuple[Block, ...]] = []
    for number, (page, of_page, letters_of_page) in enumerate(zip(pages, texts, letters, strict=True), 1):
        of_blocks: list[Block] = []
        for paragraph, text, own in zip(page.paragraphs, of_page, letters_of_page, strict=True):
            level = 0
            if own and own not in margins:
                level = titles.get((number, own), 0)
                if not level and _reads_like_heading(text, paragraph.is_bold):
                    level = levels.level(paragraph)
                    level += deepest if level and deepest else 0
            kind = BlockKind.HEADING if level else paragraph.kind
            of_blocks.append(Block(kind, paragraph.start, paragraph.end, min(level, DEEPEST)))
        blocks.append(tuple(of_blocks))
    return blocks


def largest_line(page: PageText) -> str:
    """Return the words in the largest type of a page, "" if they are no title."""
    candidates = [(paragraph.size, text) for paragraph in page.paragraphs if (text := _candidate(page, paragraph))]
    largest = max([size for size, _text in candidates], default=0.0)
    words = [text for size, text in candidates if size > 0.95 * largest]
    return " ".join(" ".join(words).split())[:HEADING_LIMIT_CHARS]


class _Levels:
    """Heading levels by type size, from the sizes that the document uses."""

    def __init__(self, pages: Sequence[PageText]) -> None:
        sizes: Counter[float] = Counter()
        bold: Counter[bool] = Counter()
        for page in pages:
            for paragraph in page.paragraphs:
                chars = paragraph.end - paragraph.start
                if paragraph.kind is not BlockKind.TABLE:
                    sizes[_rounded(paragraph.size)] += chars
                    bold[paragraph.is_bold] += chars
        self._body_size = sizes.most_common(1)[0][0] if sizes else 0.0
        self._body_is_bold = bold[True] > bold[False]
        larger = sorted((size for size in sizes if size >= LARGER * self._body_size), reverse=True)
        self._ranks = {size: min(rank, BOLD_LEVEL_AFTER) for rank, size in enumerate(larger, 1)}

    def level(self, paragraph: Paragraph) -> int:
        """Return a paragraph's level by its type alone, 0 if it is running text."""
        size = _rounded(paragraph.size)
        if size in self._ranks:
            return self._ranks[size]
        is_bold = paragraph.is_bold and not self._body_is_bold and size >= BOLD_LEAST * self._body_size
        return min(len(set(self._ranks.values())), BOLD_LEVEL_AFTER) + 1 if is_bold else 0


def _candidate(page: PageText, paragraph: Paragraph) -> str:
    """Return the text of a paragraph that may be a heading, "" for another."""
    start, end = paragraph.start, paragraph.end
    if paragraph.rows > HEADING_LIMIT_ROWS or end - start > HEADING_LIMIT_CHARS or paragraph.kind is BlockKind.TABLE:
        return ""
    text = page.text[start:end]
    return text if _LETTERS.search(text) else ""


def _margins(letters: Sequence[Sequence[str]]) -> frozenset[str]:
    """Return the words, without page numbers, of running headers and footers."""
    counts = Counter(words for of_page in letters for words in set(of_page) if words)
    least = max(REPEATED_PAGES, REPEATED_SHARE * len(letters))
    return frozenset(words for words, count in counts.items() if count >= least)


def _reads_like_heading(text: str, is_bold: bool) -> bool:
    return text[-1] not in (",;" if is_bold else ",;.") and text[0] not in "•("


def letters_of(text: str) -> str:
    """Return what of a title stays the same in an outline: its letters."""
    if text.isascii():
        return text.encode().translate(None, _NO_LETTERS).decode().lower()
    return "".join(filter(str.isalpha, text)).lower()


def _rounded(size: float) -> float:
    return round(size * 2) / 2
