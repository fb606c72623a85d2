"""A drawn page becomes a picture that another program reads back, with its marks."""

import pymupdf

from app.cli.png import OPACITY, TINT, png_of, tinted
from app.core.pages import PageImage, Rect

WHITE, BLACK = b"\xff\xff\xff", b"\0\0\0"


def pixel(image: PageImage, x: int, y: int) -> tuple[int, ...]:
    start = (y * image.width_px + x) * 3
    return tuple(image.rgb[start : start + 3])


def paper(width: int, height: int) -> PageImage:
    return PageImage(width, height, WHITE * (width * height))


def test_another_reader_sees_the_same_pixels() -> None:
    rgb = bytes((x * 7 + y * 13 + channel * 50) % 256 for y in range(21) for x in range(17) for channel in range(3))
    seen = pymupdf.Pixmap(png_of(PageImage(17, 21, rgb)))
    assert (seen.width, seen.height, seen.n) == (17, 21, 3)
    assert seen.samples == rgb


def test_paper_takes_the_tint_inside_the_rectangle_only() -> None:
    marked = tinted(paper(10, 10), [Rect(1, 1, 3, 3)], scale=2.0)
    tint = tuple(round(255 * (1 - OPACITY) + OPACITY * part) for part in TINT)
    assert pixel(marked, 2, 2) == pixel(marked, 5, 5) == tint
    assert pixel(marked, 1, 2) == pixel(marked, 6, 5) == pixel(marked, 2, 6) == (255, 255, 255)


def test_ink_stays_ink() -> None:
    marked = tinted(PageImage(4, 4, BLACK * 16), [Rect(0, 0, 4, 4)], scale=1.0)
    assert marked.rgb == BLACK * 16


def test_lines_that_overlap_are_tinted_evenly() -> None:
    marked = tinted(paper(8, 12), [Rect(0, 0, 8, 7), Rect(0, 5, 8, 12), Rect(2, 0, 5, 12)], scale=1.0)
    assert len({marked.rgb[start : start + 3] for start in range(0, len(marked.rgb), 3)}) == 1


def test_a_rectangle_beyond_the_page_is_cut() -> None:
    marked = tinted(paper(5, 5), [Rect(-10, -10, 50, 50)], scale=3.0)
    assert len(marked.rgb) == 75
    assert pixel(marked, 4, 4) != (255, 255, 255)
