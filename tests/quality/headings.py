"""Counts the headings of PDF files that are found: `.venv/bin/python -m tests.quality.headings [FOLDER]`.

What stands in a file's own outline is taken for true. Most of it the reader finds because it reads the outline, so the
file is read again as if it had none: what is then found is found by its type alone.
"""

import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from app.core.pages import BlockKind, Page
from app.readers import pdf
from app.readers.pdf_headings import letters_of

SET = Path("../shared/evaluation/pdf/fed_outline")


@dataclass(frozen=True, slots=True)
class Found:
    """How many headings of the questions were found, and how many of those found are in the file's outline."""

    wanted: int
    found: int
    headings: int
    in_outline: int

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.wanted + other.wanted,
            self.found + other.found,
            self.headings + other.headings,
            self.in_outline + other.in_outline,
        )

    @property
    def line(self) -> str:
        """Return the counts as they are printed."""
        return (
            f"{self.found} of {self.wanted} ({self.found / self.wanted:.3f}); "
            f"of {self.headings} headings {self.in_outline / max(1, self.headings):.2f} stand in the outline"
        )


def found_in(content: bytes, wanted: Sequence[tuple[int, str]], outline: frozenset[tuple[int, str]]) -> Found:
    """Read a PDF file and count; `wanted` and `outline` are pages, counted from 1, with the letters of a heading."""
    _title, pages = pdf.pages(io.BytesIO(content), "a.pdf")
    headings = [one for page in pages for one in _headings(page)]
    return Found(
        len(wanted),
        sum(one in headings for one in wanted),
        len(headings),
        sum(one in outline for one in headings),
    )


def without_outline(content: bytes) -> bytes:
    """Return a PDF file without its outline."""
    with pymupdf.open(stream=content, filetype="pdf") as document:
        document.set_toc([])
        return document.tobytes()


def measured(folder: Path, names: Sequence[str] = ()) -> Iterator[tuple[str, Found, Found]]:
    """Yield each file's name, or those given, with what is found in it as it is, and without its outline."""
    wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for line in (folder / "qa.jsonl").read_text().splitlines():
        row = json.loads(line)
        wanted[row["evidence"][0]["doc"]].append((row["evidence"][0]["page"] + 1, letters_of(row["question"])))
    for name in names or sorted(wanted):
        headings = wanted[name]
        content = (folder / "docs" / name).read_bytes()
        with pymupdf.open(stream=content, filetype="pdf") as document:
            outline = frozenset((page, letters_of(title)) for _level, title, page in document.get_toc())
        yield name, found_in(content, headings, outline), found_in(without_outline(content), headings, outline)


def _headings(page: Page) -> Iterator[tuple[int, str]]:
    for block in page.blocks:
        if block.kind is BlockKind.HEADING:
            yield page.number, letters_of(page.text[block.start : block.end])


def main() -> None:
    """Print a line a file, and the sums."""
    pdf.silence()
    sums = [Found(0, 0, 0, 0), Found(0, 0, 0, 0)]
    for name, *both in measured(Path(sys.argv[1]) if len(sys.argv) > 1 else SET):
        for place, (how, one) in enumerate(zip(("as it is", "by type alone"), both, strict=True)):
            print(f"{name:<18} {how:<14} {one.line}")
            sums[place] += one
    print(f"{'all':<18} as it is       {sums[0].line}\n{'all':<18} by type alone  {sums[1].line}")


if __name__ == "__main__":
    main()
