"""Cut a document's pages into passages along their structure. Pure; runs in the reader's process.

A passage never crosses a page. Headings go with what follows them, list items and tables stay whole where they fit,
and a sentence is cut only where it alone is longer than a passage may be. Every visible character of a page is in
exactly one passage.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise, takewhile

from app.core.pages import Block, BlockKind, Page, Passage, Span

# About 200 tokens of English: the length at which embedder and reranker rank best, and small enough that a handful of
# passages fits beside the question in a small model's context.
TARGET_CHARS = 900
# About 320 tokens of English: still whole for an embedder that reads 512.
MAX_CHARS = 1400
# A passage shorter than this share of the target says too little to be found for the right reason.
LEAST_SHARE = 0.4
# A heading longer than this is a sentence in large type.
HEADING_LIMIT_CHARS = 200
# A tokenizer spends on a Chinese, Japanese or Korean character about what it spends on this many Latin ones.
WIDE_COST = 3

_WIDE = re.compile("[\u2e80-\U0010ffff]")
_VISIBLE = re.compile(r"\S")

Split = Callable[[str], list[Span]]


def passages_of(
    pages: Sequence[Page], split: Split, target_chars: int = TARGET_CHARS, max_chars: int = MAX_CHARS
) -> tuple[Passage, ...]:
    """Return the passages of all pages in order; `split` gives the sentences of a text, with offsets into it.

    The path of headings is carried from page to page, as far as a page lets it. Only headings that would stand alone
    otherwise make a passage longer than `max_chars`. A wide character counts as `WIDE_COST`.
    """
    passages: list[Passage] = []
    path: _Path = ()
    for page in pages:
        path = tuple(entry for entry in path if entry[0] <= page.carried_levels)
        limits = _Limits(int(target_chars * LEAST_SHARE), target_chars, max_chars)
        cutter = _Cutter(page.text, _ruler(page.text), split, limits)
        drafts: list[_Draft] = []
        for section in _sections(page, path):
            path = section.path
            drafts += cutter.drafts(section)
        passages += (
            Passage(page.number, draft.start, draft.end, tuple(text for _level, text in draft.path))
            for draft in cutter.merged(drafts)
        )
    return tuple(passages)


_Path = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Limits:
    least: int
    target: int
    most: int


@dataclass(frozen=True, slots=True)
class _Section:
    """Headings in a row and the blocks under them; `path` holds from here on."""

    headings: tuple[Block, ...]
    body: tuple[Block, ...]
    path: _Path


@dataclass(frozen=True, slots=True)
class _Draft:
    """A passage that may still be merged; `level` is that of the heading it begins with, 0 if it has none."""

    start: int
    end: int
    path: _Path
    level: int
    has_body: bool


@dataclass(frozen=True, slots=True)
class _Ruler:
    """Measures spans of one text; `ends` holds the cost of each prefix, or None if every character costs 1."""

    size: int
    ends: list[int] | None

    def cost(self, start: int, end: int) -> int:
        return end - start if self.ends is None else self.ends[end] - self.ends[start]

    def reach(self, start: int, limit: int) -> int:
        """Return the last end of a span from `start` that costs no more than `limit`, at least one character on."""
        if self.ends is None:
            return min(self.size, start + limit)
        return max(start + 1, bisect_right(self.ends, self.ends[start] + limit) - 1)


def _ruler(text: str) -> _Ruler:
    if text.isascii() or not _WIDE.search(text):
        return _Ruler(len(text), None)
    costs = (WIDE_COST if character >= "\u2e80" else 1 for character in text)
    return _Ruler(len(text), list(accumulate(costs, initial=0)))


def _sections(page: Page, path: _Path) -> Iterator[_Section]:
    headings: list[Block] = []
    body: list[Block] = []
    for block in _covering_blocks(page):
        if block.kind is not BlockKind.HEADING:
            body.append(block)
            continue
        if body:
            yield _Section(tuple(headings), tuple(body), path)
            headings, body = [], []
        headings.append(block)
        title = " ".join(page.text[block.start : block.end].split())
        path = (*(entry for entry in path if entry[0] < block.level), (block.level, title))
    if headings or body:
        yield _Section(tuple(headings), tuple(body), path)


def _covering_blocks(page: Page) -> Iterator[Block]:
    """Yield the page's blocks, trimmed, and as paragraphs whatever visible text no block covers."""
    position = 0
    for block in (*page.blocks, Block(BlockKind.PARAGRAPH, len(page.text), len(page.text))):
        gap = _trim(page.text, position, block.start)
        if gap:
            yield Block(BlockKind.PARAGRAPH, gap.start, gap.end)
        kept = _trim(page.text, max(position, block.start), block.end)
        position = max(position, block.end)
        if kept and block.kind is BlockKind.HEADING and kept.end - kept.start <= HEADING_LIMIT_CHARS:
            yield Block(block.kind, kept.start, kept.end, max(block.level, 1))
        elif kept:
            kind = BlockKind.PARAGRAPH if block.kind is BlockKind.HEADING else block.kind
            yield Block(kind, kept.start, kept.end)


def _trim(text: str, start: int, end: int) -> Span | None:
    """Return the span without the space around it, or None if nothing is left."""
    visible = _VISIBLE.search(text, start, end) if start < end else None
    return Span(visible.start(), start + len(text[start:end].rstrip())) if visible else None


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Cuts the sections of one page's text."""

    text: str
    ruler: _Ruler
    split: Split
    limits: _Limits

    def drafts(self, section: _Section) -> list[_Draft]:
        """Return a section as drafts, the first of which begins with its headings."""
        headings = section.headings
        level = headings[0].level if headings else 0
        start = headings[0].start if headings else None
        if headings and self.ruler.cost(headings[0].start, headings[-1].end) > self.limits.target:
            pieces = self._pieces((*headings, *section.body), None)  # headings like a table of contents
        else:
            pieces = self._pieces(section.body, start)
        if not pieces:
            return [_Draft(headings[0].start, headings[-1].end, section.path, level, has_body=False)]
        first = _Draft(pieces[0].start, pieces[0].end, section.path, level, has_body=True)
        return [first, *(replace(first, start=piece.start, end=piece.end, level=0) for piece in pieces[1:])]

    def merged(self, drafts: list[_Draft]) -> list[_Draft]:
        """Return a page's drafts with short ones joined to their neighbours."""
        merged: list[_Draft] = []
        for draft in drafts:
            if merged and self._belong_together(merged[-1], draft):
                last = merged[-1]
                path = last.path if draft.level == 0 else _common(last.path, draft.path)
                merged[-1] = replace(last, end=draft.end, path=path)
            else:
                merged.append(draft)
        return merged

    def _belong_together(self, last: _Draft, draft: _Draft) -> bool:
        if not draft.has_body:
            return True  # headings at the foot of a page: what follows them is on the next
        shorter = min(self.ruler.cost(last.start, last.end), self.ruler.cost(draft.start, draft.end))
        whole = self.ruler.cost(last.start, draft.end)
        if draft.level == 0:
            return shorter < self.limits.least and whole <= self.limits.most
        goes_up = bool(last.path) and draft.level < last.path[-1][0]
        return shorter < (self.limits.least // 2 if goes_up else self.limits.least) and whole <= self.limits.target

    def _pieces(self, body: tuple[Block, ...], start: int | None) -> list[Span]:
        """Return the body in pieces, the first of which begins at `start`, where the headings do."""
        pieces: list[Span] = []
        for block in body:
            for part in self._parts(block, pieces):
                if not pieces:
                    pieces.append(Span(part.start if start is None else start, part.end))
                elif self._fits(pieces[-1], part.end):
                    pieces[-1] = Span(pieces[-1].start, part.end)
                else:
                    pieces.append(part)
        if len(pieces) > 1 and self.ruler.cost(pieces[-1].start, pieces[-1].end) < self.limits.least:
            whole = Span(pieces[-2].start, pieces[-1].end)
            if self.ruler.cost(whole.start, whole.end) <= self.limits.most:
                pieces[-2:] = [whole]
        return pieces

    def _fits(self, piece: Span, end: int) -> bool:
        whole = self.ruler.cost(piece.start, end)
        is_short = self.ruler.cost(piece.start, piece.end) < self.limits.least
        return whole <= (self.limits.most if is_short else self.limits.target)

    def _parts(self, block: Block, pieces: list[Span]) -> list[Span]:
        """Return the block whole if it can go whole into the open piece or a new one, else its sentences or rows."""
        whole = Span(block.start, block.end)
        cost = self.ruler.cost(block.start, block.end)
        most = self.limits.target if block.kind is BlockKind.PARAGRAPH else self.limits.most
        opened_is_short = bool(pieces) and self.ruler.cost(pieces[-1].start, pieces[-1].end) < self.limits.least
        if cost <= most and (not opened_is_short or self._fits(pieces[-1], block.end)):
            return [whole]
        starts = self._row_starts(block) if block.kind is BlockKind.TABLE else self._sentence_starts(block)
        parts = (_trim(self.text, start, end) for start, end in pairwise([*starts, block.end]))
        return [cut for part in parts if part for cut in self._cut_at_spaces(part)]

    def _row_starts(self, block: Block) -> list[int]:
        rows = self.text[block.start : block.end].split("\n")
        return list(accumulate((len(row) + 1 for row in rows[:-1]), initial=block.start))

    def _sentence_starts(self, block: Block) -> list[int]:
        sentences = self.split(self.text[block.start : block.end])
        starts = {block.start + sentence.start for sentence in sentences}
        return sorted({block.start} | {start for start in starts if block.start < start < block.end})

    def _cut_at_spaces(self, part: Span) -> Iterator[Span]:
        start = part.start
        while self.ruler.cost(start, part.end) > self.limits.most:
            reach = self.ruler.reach(start, self.limits.most)
            spaces = [match.start() for match in re.finditer(r"\s", self.text[start : reach + 1])]
            cut = start + spaces[-1] if spaces and spaces[-1] > 0 else reach
            kept = _trim(self.text, start, cut)
            if kept:
                yield kept
            rest = _trim(self.text, cut, part.end)
            if rest is None:
                return
            start = rest.start
        yield Span(start, part.end)


def _common(left: _Path, right: _Path) -> _Path:
    return tuple(pair[0] for pair in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
