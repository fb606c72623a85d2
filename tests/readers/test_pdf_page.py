"""The lines of a PDF page, held against those that MuPDF's binding gives."""

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pymupdf

from app.readers.pdf_lines import Line
from app.readers.pdf_page import TEXT_FLAGS, found_on, found_with_boxes
from tests.readers.small_files import LEFT_COLUMN, LEFT_X, RIGHT_COLUMN, RIGHT_X, TOP_Y, Paper


def page_of(file: io.BytesIO) -> pymupdf.Page:
    return pymupdf.open(stream=file.getvalue(), filetype="pdf")[0]


def texts(found: Sequence[Line]) -> list[str]:
    return [line.raw for line in found]


def binding_texts(page: pymupdf.Page) -> list[str]:
    blocks = cast(dict[str, list[Any]], page.get_text("dict", flags=TEXT_FLAGS))["blocks"]
    lines = (line for block in blocks for line in block.get("lines", ()))
    return ["".join(span["text"] for span in line["spans"]) for line in lines]


def mixed_types() -> pymupdf.Page:
    """Return a page with a line that begins bold, goes on plain, and ends in a small raised figure."""
    document = pymupdf.open()
    page = document.new_page()
    writer = pymupdf.TextWriter(page.rect)
    end = writer.append((72, 100), "Note. ", font=pymupdf.Font("hebo"))[1]
    end = writer.append(end, "The rest is plain", font=pymupdf.Font("helv"))[1]
    writer.append((end.x, 96), "2", font=pymupdf.Font("helv"), fontsize=6)
    writer.write_text(page)
    return pymupdf.open(stream=document.tobytes(), filetype="pdf")[0]


def test_a_line_in_several_types_is_one_line_that_knows_how_it_looks() -> None:
    (line,) = found_on(mixed_types())
    assert (line.text, line.size) == ("Note. The rest is plain2", 11.0)
    assert (line.begins_bold, line.ends_bold, line.is_bold) == (True, False, False)


def test_columns_side_by_side_stay_apart() -> None:
    paper = Paper().page().lines(LEFT_X, TOP_Y, LEFT_COLUMN).lines(RIGHT_X, TOP_Y, RIGHT_COLUMN)
    page = page_of(paper.saved())
    assert texts(found_on(page)) == binding_texts(page) == [*LEFT_COLUMN, *RIGHT_COLUMN]


def test_stamps_along_the_margins_run_up_and_down() -> None:
    paper = Paper().page().lines(LEFT_X, TOP_Y, LEFT_COLUMN)
    file = paper.saved()
    page = page_of(file)
    for x, rotation in ((30, 90), (560, 270)):
        page.insert_text((x, 400), "For personal use only", rotate=rotation)
    found = found_on(page)
    assert [one.direction for one in found[-2:]] == [(0.0, -1.0), (0.0, 1.0)]
    assert texts(found) == binding_texts(page)


def test_every_character_has_the_box_that_the_binding_gives() -> None:
    page = mixed_types()
    found, boxes = found_with_boxes(page)
    blocks = cast(dict[str, list[Any]], page.get_text("rawdict", flags=TEXT_FLAGS))["blocks"]
    chars = [char for block in blocks for line in block["lines"] for span in line["spans"] for char in span["chars"]]
    assert "".join(texts(found)) == "".join(char["c"] for char in chars)
    assert boxes == [char["bbox"] for char in chars]


def test_real_pages_have_the_lines_that_the_binding_gives(evaluation_dir: Path) -> None:
    chance = random.Random(5)
    same = asked = 0
    for path in chance.sample(sorted((evaluation_dir / "pdf").glob("*/docs/*.pdf")), 20):
        with pymupdf.open(path) as document:
            for number in chance.sample(range(document.page_count), min(8, document.page_count)):
                asked += 1
                same += texts(found_on(document[number])) == binding_texts(document[number])
    assert asked > 100
    assert same >= 0.97 * asked
