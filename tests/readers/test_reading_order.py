"""Columns are read one after the other, and tables row by row: counted on made pages and on a real one."""

import io
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pymupdf
import pytest

from app.readers import pdf
from app.readers.page_text import page_text
from app.readers.pdf_lines import lines_of
from app.readers.pdf_page import found_on
from tests.readers.shown import TABLE
from tests.readers.small_files import LEADING, Paper

WORDS = "kiln glaze slab throw wheel clay bisque cone shelf draft ash slip foot rim lip handle".split()
ROWS = [
    ["Country", "People", "Area", "Capital"],
    ["Austria", "8.9", "83,879", "Vienna"],
    ["Belgium", "11.5", "30,689", "Brussels"],
    ["Denmark", "5.8", "42,951", "Copenhagen"],
    ["Finland", "5.5", "338,424", "Helsinki"],
]


def switches(page: pymupdf.Page, gutters: Sequence[float]) -> int:
    """Return how often the text goes from one column to another; what crosses a gutter is in none."""
    columns = [
        sum(piece.line.x0 > gutter for gutter in gutters)
        for piece in page_text(lines_of(found_on(page))).pieces
        if not any(piece.line.x0 < gutter < piece.line.x1 for gutter in gutters)
    ]
    return sum(one != other for one, other in pairwise(columns))


def columns_of_text(count: int, seed: int) -> tuple[io.BytesIO, list[float]]:
    """Return a page with a title over columns of unequal length, printed in any order, and the columns' gutters."""
    chance = random.Random(seed)
    width = 480 / count
    lines = [
        (60 + width * column, 120 + LEADING * row, " ".join(chance.choices(WORDS, k=40))[: int(width / 4.6)])
        for column in range(count)
        for row in range(chance.randint(20, 45))
    ]
    chance.shuffle(lines)
    paper = Paper().page().write(60, 80, "A title over all of the columns of this page", 20)
    for x, y, line in lines:
        paper.write(x, y, line, 8)
    return paper.saved(), [60 + width * column - 5 for column in range(1, count)]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_columns_are_read_one_after_the_other(count: int, seed: int) -> None:
    file, gutters = columns_of_text(count, seed)
    with pymupdf.open(stream=file.getvalue(), filetype="pdf") as document:
        assert switches(document[0], gutters) == count - 1


def test_a_real_page_of_two_columns_goes_from_one_to_the_other_once(evaluation_dir: Path) -> None:
    path = evaluation_dir / "readers" / "pypdf_sample_files" / "026-latex-multicolumn" / "multicolumn.pdf"
    with pymupdf.open(path) as document:
        for page in (document[0], document[1]):
            words = [word for word in page.get_text("words") if word[0] > page.rect.width / 2]
            assert len(words) > 100
            assert switches(page, [page.rect.width / 2]) == 1


def test_a_table_keeps_its_rows_and_its_header() -> None:
    paper = Paper().page()
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            paper.write(60 + 110 * column, 200 + LEADING * row, cell)
    _title, (page,) = pdf.pages(paper.saved(), "a.pdf")
    assert [(block.kind, page.text[block.start : block.end]) for block in page.blocks] == [
        (TABLE, "\n".join("\t".join(row) for row in ROWS))
    ]


def test_a_table_of_a_real_page_keeps_its_rows_and_its_header(evaluation_dir: Path) -> None:
    path = evaluation_dir / "readers" / "pypdf_sample_files" / "026-latex-multicolumn" / "multicolumn.pdf"
    with path.open("rb") as file:
        _title, pages = pdf.pages(file, path.name)
    (table,) = (block for block in pages[2].blocks if block.kind is TABLE)
    rows = [row.split("\t") for row in pages[2].text[table.start : table.end].split("\n")]
    assert {len(row) for row in rows} == {5}
    assert rows[0] == ["Country", "Population (millions)", "Area (km2)", "Capital", "Official Language"]
    assert rows[-1] == ["Finland", "5.5", "338,424", "Helsinki", "Finnish, Swedish"]
