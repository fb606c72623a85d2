"""Text recognition on pictures of pages: the words, their places, and what has none."""

import io
from pathlib import Path

import pymupdf
import pytest

from app.core.pages import Rect, Span
from app.core.types import Reason
from app.core.word_boxes import rects_of
from app.readers.reading import read
from app.readers.recognition import UPRIGHT_SHARE, like_words, recognise
from app.readers.refusal import Refusal
from tests.readers.scanned import LINES, page_of, scan, words_under


@pytest.fixture
def tessdata(models_dir: Path) -> str:
    """The folder with the model of English that `make test` installs."""
    return str(models_dir / "tessdata")


def test_the_words_of_a_scan_are_recognised_and_stand_where_they_are_printed(tessdata: str) -> None:
    printed = page_of()
    page, words = recognise(io.BytesIO(scan(printed).tobytes()), 1, "eng", tessdata)
    assert page.text.split() == " ".join(LINES).split()
    for told in ("900 euros", "working day of a month.", "three months of notice"):
        start = page.text.index(told)
        assert words_under(printed, rects_of(words, Span(start, start + len(told)))) == told


def test_a_page_that_is_turned_when_it_is_shown_is_recognised_as_shown(tessdata: str) -> None:
    sideways = scan(page_of())
    turned = pymupdf.open()
    sheet = turned.new_page(width=sideways[0].rect.height, height=sideways[0].rect.width)
    sheet.insert_image(sheet.rect, pixmap=sideways[0].get_pixmap(dpi=150), rotate=90)
    sheet.set_rotation(90)
    page, _words = recognise(io.BytesIO(turned.tobytes()), 1, "eng", tessdata)
    assert "900 euros" in page.text


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_was_scanned_sideways_or_upside_down_is_recognised_where_it_is_printed(
    tessdata: str, turn: int
) -> None:
    printed = page_of(rotation=turn)
    page, words = recognise(io.BytesIO(scan(printed).tobytes()), 1, "eng", tessdata)
    assert page.text.split() == " ".join(LINES).split()
    for told in ("900 euros", "working day of a month.", "three months of notice"):
        start = page.text.index(told)
        drawn = rects_of(words, Span(start, start + len(told)))
        upright = [pymupdf.Rect(r.x0, r.y0, r.x1, r.y1) * printed[0].derotation_matrix for r in drawn]
        assert words_under(printed, [Rect(r.x0, r.y0, r.x1, r.y1) for r in upright]) == told


@pytest.mark.parametrize("turn", [0, 90])
def test_a_page_in_capitals_is_recognised_as_it_lies(tessdata: str, turn: int) -> None:
    lines = [line.upper() for line in LINES]
    page, _words = recognise(io.BytesIO(scan(page_of(lines, rotation=turn)).tobytes()), 1, "eng", tessdata)
    assert page.text.split() == " ".join(lines).split()


@pytest.mark.parametrize(
    "text", ["租户应于每月三日支付租金， 房东 每年秋季", "임차인은 매월 삼일에 임대료를", "किरायेदार हर महीने किराया"]
)
def test_words_without_capitals_are_words(text: str) -> None:
    words, share, plain_share = like_words(text)
    assert words == len(text.split())
    assert share == plain_share >= UPRIGHT_SHARE


def test_a_file_that_is_an_image_is_a_page_that_waits(tessdata: str) -> None:
    image = page_of()[0].get_pixmap(dpi=150).tobytes("png")
    _title, pages, *_ = read(io.BytesIO(image), "photo.png")
    assert [(page.text, page.is_scan) for page in pages] == [("", True)]
    page, _words = recognise(io.BytesIO(image), 1, "eng", tessdata)
    assert page.text.split() == " ".join(LINES).split()


def test_only_pages_that_show_something_wait() -> None:
    document = scan(page_of())
    document.new_page()
    document.insert_pdf(page_of())
    _title, pages, *_ = read(io.BytesIO(document.tobytes()), "mixed.pdf")
    assert [page.is_scan for page in pages] == [True, False, False]
    blank = pymupdf.open()
    blank.new_page()
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(blank.tobytes()), "blank.pdf")
    assert refused.value.reason is Reason.NO_TEXT


def test_a_picture_without_words_gives_no_text(tessdata: str) -> None:
    drawn = pymupdf.open()
    drawn.new_page().draw_circle((300, 400), 200, fill=(0.8, 0.2, 0.2))
    page, words = recognise(io.BytesIO(scan(drawn).tobytes()), 1, "eng", tessdata)
    assert (page.text, words) == ("", ())


def test_a_page_as_large_as_a_house_is_refused(tessdata: str) -> None:
    huge = pymupdf.open()
    huge.new_page(width=14_000, height=14_000).draw_line((0, 0), (9000, 9000))
    with pytest.raises(Refusal) as refused:
        recognise(io.BytesIO(huge.tobytes()), 1, "eng", tessdata)
    assert refused.value.reason is Reason.TOO_LARGE


def test_a_damaged_image_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(b"\x89PNG\r\n\x1a\nnothing else"), "photo.png")
    assert refused.value.reason in (Reason.DAMAGED, Reason.NO_TEXT)
