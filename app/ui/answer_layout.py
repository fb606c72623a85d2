"""An answer's text as blocks of runs: paragraphs, list items, marks, and what no source supports. Pure, window process.

Only the little Markdown that models write is understood (lists, headings, bold); all else is shown as it stands.
"""

import re
from dataclasses import dataclass, replace

from app.core.types import Sentence

_MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_MARKS_BEFORE_STOP = re.compile(r"((?:\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\])+)([.,;:!?])")
_BOLD = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*")
_ITEM = re.compile(r"^\s*(?:([-*•])|(\d{1,3}[.)]))\s+")
_HEADING = re.compile(r"^#{1,6}\s+")
_UNFINISHED = re.compile(r"\s*\[[\d,;\s]*$|\*{1,2}$")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one manner, or a mark if `mark` is a number; a mark has no text."""

    text: str
    bold: bool = False
    unsupported: bool = False
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerBlock:
    """A paragraph, a heading, or a list item with its bullet or number in `marker`."""

    runs: tuple[Run, ...]
    marker: str = ""
    heading: bool = False

    @property
    def text(self) -> str:
        """Return the text without marks."""
        return "".join(run.text for run in self.runs)


def growing_layout(text: str, evidence: int) -> tuple[AnswerBlock, ...]:
    """Lay out an answer that is still written; marks from 1 to `evidence` are marks, a half-written one waits."""
    return _blocks(_UNFINISHED.sub("", text), evidence, frozenset(range(1, evidence + 1)))


def finished_layout(
    text: str, evidence: int, cited: frozenset[int], sentences: tuple[Sentence, ...]
) -> tuple[AnswerBlock, ...]:
    """Lay out a finished answer: marks in `cited`, those added that a sentence rests on, unsupported sentences told.

    Other marks from 1 to `evidence` were not believed and are left out.
    """
    blocks = list(_blocks(text, evidence, cited))
    index, after = 0, 0
    for sentence in sentences:
        wanted = _squeezed(sentence.text.replace("**", ""))
        place = _find(blocks, wanted, index, after)
        if place is None:
            continue
        index, start, after = place
        length = after - start
        blocks[index] = _with_sentence(blocks[index], start, length, sentence, cited)
    return tuple(blocks)


def withheld_layout(text: str, evidence: int) -> tuple[AnswerBlock, ...]:
    """Lay out what was written and is no answer as it was seen while it grew, all of it told as unsupported."""
    blocks = _blocks(text, evidence, frozenset(range(1, evidence + 1)))
    return tuple(
        replace(block, runs=tuple(replace(run, unsupported=run.mark is None) for run in block.runs)) for block in blocks
    )


def _blocks(text: str, evidence: int, openable: frozenset[int]) -> tuple[AnswerBlock, ...]:
    blocks: list[AnswerBlock] = []
    paragraph: list[str] = []

    def close_paragraph() -> None:
        if paragraph:
            blocks.append(AnswerBlock(_runs(" ".join(paragraph), evidence, openable)))
            paragraph.clear()

    for line in text.splitlines():
        if not line.strip():
            close_paragraph()
        elif item := _ITEM.match(line):
            close_paragraph()
            marker = "•" if item.group(1) else item.group(2)
            blocks.append(AnswerBlock(_runs(line[item.end() :].strip(), evidence, openable), marker=marker))
        elif heading := _HEADING.match(line):
            close_paragraph()
            blocks.append(AnswerBlock(_runs(line[heading.end() :].strip(), evidence, openable), heading=True))
        else:
            paragraph.append(line.strip())
    close_paragraph()
    return tuple(blocks)


def _runs(text: str, evidence: int, openable: frozenset[int]) -> tuple[Run, ...]:
    text = _MARKS_BEFORE_STOP.sub(r"\2\1", text)  # a note stands after the stop, as in books
    runs: list[Run] = []
    position = 0
    for mark in _MARK.finditer(text):
        numbers = [int(number) for number in re.findall(r"\d+", mark.group(1))]
        if not all(1 <= number <= evidence for number in numbers):
            continue
        runs += _emphasised(text[position : mark.start()])
        runs += [Run("", mark=number) for number in dict.fromkeys(numbers) if number in openable]
        position = mark.end()
    runs += _emphasised(text[position:])
    return tuple(runs)


def _emphasised(text: str) -> list[Run]:
    runs: list[Run] = []
    position = 0
    for bold in _BOLD.finditer(text):
        runs += [Run(text[position : bold.start()]), Run(bold.group(1), bold=True)]
        position = bold.end()
    return [run for run in [*runs, Run(text[position:])] if run.text]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _find(blocks: list[AnswerBlock], wanted: str, index: int, after: int) -> tuple[int, int, int] | None:
    """Return block, start and end of a squeezed sentence, offsets without white space, from a place onwards."""
    for i in range(index, len(blocks)):
        marker = blocks[i].marker if blocks[i].marker != "•" else ""
        squeezed = _squeezed(blocks[i].text)
        for candidate in dict.fromkeys((wanted, _squeezed(wanted.lstrip("-*•#")), wanted.removeprefix(marker))):
            start = squeezed.find(candidate, after if i == index else 0) if candidate else -1
            if start >= 0:
                return i, start, start + len(candidate)
    return None


def _with_sentence(
    block: AnswerBlock, start: int, length: int, sentence: Sentence, cited: frozenset[int]
) -> AnswerBlock:
    """Tell a sentence that nothing supports, and put the marks that it rests on and does not carry behind it."""
    runs: list[Run] = []
    seen = 0
    present: set[int] = set()
    end = start + length
    ending: int | None = None  # where in `runs` the sentence ends
    for run in block.runs:
        if run.mark is not None:
            if start < seen <= end:
                present.add(run.mark)
                ending = len(runs) + 1 if seen == end else ending
            runs.append(run)
            continue
        for piece, inside in _cut(run.text, start - seen, end - seen):
            runs.append(replace(run, text=piece, unsupported=inside and not sentence.is_supported))
            if inside:
                ending = len(runs)
        seen += len(_squeezed(run.text))
    added = [Run("", mark=n) for n in sentence.citations if n in cited and n not in present]
    if ending is not None:
        runs[ending:ending] = added
    return replace(block, runs=tuple(runs))


def _cut(text: str, start: int, end: int) -> list[tuple[str, bool]]:
    """Cut a text where a span, counted without white space, begins and ends; tell what is inside."""
    pieces: list[tuple[str, bool]] = []
    count = 0
    current = ""
    inside_now = False
    for character in text:
        inside = start <= count < end
        if character.isspace():
            inside = inside and count > start
        if current and inside != inside_now:
            pieces.append((current, inside_now))
            current = ""
        inside_now = inside
        current += character
        count += not character.isspace()
    return [*pieces, (current, inside_now)] if current else pieces
