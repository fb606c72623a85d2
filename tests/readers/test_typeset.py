"""A page's text laid out: what MuPDF reads under the rectangles of a span is the span."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.pages import Block, BlockKind, Page, Rect, Span
from app.readers.refusal import Refusal
from app.readers.sections import Part, pages_of
from app.readers.typeset import BOOK, typeset
from tests.readers.drawn import TOLERANCE_PT, bare, under, words_under, written

HEADING, PARAGRAPH, ITEM, TABLE = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE
PROSE = "The kiln in the back room is never on at the same time as the clay dryer, which hangs on the same breaker. "
CHINESE = "北京是中华人民共和国的首都，也是全国的政治中心、文化中心。这座城市有三千多年的建城史，八百多年的建都史。"
PARTS = (
    Part(HEADING, "The electric kiln: a long guide for members who have had the induction", 1),
    Part(PARAGRAPH, PROSE * 4),
    Part(HEADING, "北京指南", 2),
    Part(PARAGRAPH, CHINESE * 3),
    Part(ITEM, "• " + PROSE * 2),
    Part(ITEM, "12. short"),
    Part(TABLE, f"Code\tMeaning\tWhat to do\nE1\t{PROSE * 2}\t{PROSE * 3}\nE3\tbroken\tstop"),
    Part(PARAGRAPH, "def f(x):\n    if x:\n        return   1"),
    Part(PARAGRAPH, "Name:\tInes\nPhone:\t118"),
)


def page_of(*parts: Part) -> Page:
    (page,) = pages_of(parts)
    return page


def span_of(page: Page, words: str) -> Span:
    start = page.text.index(words)
    return Span(start, start + len(words))


PAGE = page_of(*PARTS)
SHEET = typeset(PAGE)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("kiln: a long", 1),
        ("electric kiln: a long guide for members who have had the induction", 2),
        ("clay dryer", 1),
        ("time as the clay dryer, which hangs on the same breaker. The kiln in the back", 2),
        ("指南", 1),
        ("政治中心、文化中心。这座城市有三千多年的建城史，八百多年的建都史。北京是中华人民", 2),
        ("12. short", 1),
        ("Code\tMeaning\tWhat", 1),
        ("E3\tbroken\tst", 1),
        ("if x:\n        return   1", 2),
        ("Name:\tInes\nPhone", 2),
    ],
)
def test_a_span_covers_exactly_its_words_with_a_rectangle_a_line(words: str, lines: int) -> None:
    span = span_of(PAGE, words)
    assert len(SHEET.rects(span)) == lines
    assert words_under(SHEET, span) == bare(words)


def test_a_span_within_a_wrapped_cell_stays_in_its_column() -> None:
    rects = SHEET.rects(span_of(PAGE, f"E1\t{PROSE * 2}"))
    assert len(rects) > 2
    right = max(rect.x1 for rect in rects)
    third_column = SHEET.rects(span_of(PAGE, "What to do"))[0].x0
    assert right < third_column
    found = "".join(under(written(SHEET), (rect,)) for rect in rects)
    assert found == bare(f"E1 {PROSE * 2}")


@given(st.tuples(st.integers(0, len(PAGE.text)), st.integers(0, len(PAGE.text))).map(sorted))
def test_every_span_covers_its_characters_and_no_others(ends: list[int]) -> None:
    span = Span(*ends)
    assert sorted(words_under(SHEET, span)) == sorted(bare(PAGE.text[span.start : span.end]))


def test_rectangles_lie_on_the_sheet_and_do_not_overlap() -> None:
    rects = SHEET.rects(Span(0, len(PAGE.text)))
    assert all(rect.x0 >= BOOK.margin_pt - TOLERANCE_PT for rect in rects)
    assert all(rect.x1 <= BOOK.margin_pt + BOOK.room_pt + TOLERANCE_PT for rect in rects)
    assert all(above.y1 <= below.y0 + TOLERANCE_PT for above, below in pairwise(rects))
    assert rects[-1].y1 < SHEET.height_pt


def test_headings_are_larger_the_higher_they_rank() -> None:
    sheet = typeset(page_of(*(Part(HEADING, f"Heading {level}", level) for level in (1, 2, 3, 4))))
    sizes = [row.runs[0].writing.size_pt for row in sheet.rows]
    body = next(row for row in SHEET.rows if row.runs[0].writing.size_pt < sizes[-1] + 0.1).runs[0].writing.size_pt
    assert sizes == sorted(set(sizes), reverse=True)
    assert sizes[-1] >= body


def test_columns_of_a_table_stand_under_each_other() -> None:
    page = page_of(Part(TABLE, "Fruit\t2022\tall of it\nApples\t1,200\t9"))
    rects = [typeset(page).rects(span_of(page, cell))[0] for cell in ("2022", "1,200", "all of it", "9")]
    lefts = [round(rect.x0, 3) for rect in rects]
    assert lefts[0] == lefts[1] < lefts[2] == lefts[3]


@pytest.mark.parametrize("columns", [20, 200])
def test_a_table_of_many_columns_keeps_every_cell(columns: int) -> None:
    page = page_of(Part(TABLE, "\t".join(f"cell{n:03}" for n in range(columns)) + "\nlast\tone"))
    assert words_under(typeset(page), Span(0, len(page.text))) == bare(page.text)


def test_the_sheet_is_wider_for_a_table_of_many_columns() -> None:
    page = page_of(Part(TABLE, "\t".join(f"cell{n:03}" for n in range(20)) + "\nlast\tone"))
    sheet = typeset(page)
    (row,) = sheet.rects(span_of(page, page.text.split("\n")[0]))
    assert BOOK.width_pt < row.x1 < sheet.width_pt == sheet.picture(1.0).width_px


def test_a_table_that_goes_on_under_the_same_header_keeps_its_columns() -> None:
    page = page_of(Part(TABLE, "Fruit\tTons\nApples\t12"), Part(TABLE, "Fruit\tTons\nBlackberries of the wall\t13"))
    sheet = typeset(page)
    assert sheet.rects(span_of(page, "12"))[0].x0 == sheet.rects(span_of(page, "13"))[0].x0


def test_lines_that_only_kept_a_source_narrow_flow_together() -> None:
    source = "A line of the source that is rather longer than any line that is laid out can ever be,\n"
    source += "which goes on here, and then on\nagain.\nAnd a new line."
    page = page_of(Part(PARAGRAPH, source.replace("longer", "longer, and still rather longer, and longer yet,")))
    rows = [row for row in typeset(page).rows if row.runs]
    first_words = [page.text[row.runs[0].start :].split()[0] for row in rows]
    assert "which" not in first_words
    assert "And" in first_words


@pytest.mark.parametrize(
    "text",
    [
        "Русский текст и Ελληνικά",
        "한국어 문장도 여기에",
        "हिन्दी में। ภาษาไทย",
        "∀x∈ℝ → ½ ✓ ☐ 😀",
        "עברית היא שפה שמית",
        "naïve façade cafe\u0301",
    ],
)
def test_no_script_vanishes(text: str) -> None:
    sheet = typeset(Page(1, text, ()))
    read = words_under(sheet, Span(0, len(text)))  # MuPDF puts a letter and its accent together
    assert sorted(read) == sorted(bare(unicodedata.normalize("NFC", text)))
    assert "\ufffd" not in {character for character, _x, _y in written(sheet)}


def test_arabic_is_drawn_in_its_joined_forms() -> None:
    sheet = typeset(Page(1, "سلام، عليكم", ()))
    glyphs = sheet.rows[0].runs[0].writing.glyphs
    assert "".join(glyph.character for glyph in reversed(glyphs)).startswith("\ufeb3\ufefc\ufee1")


def test_a_line_to_the_left_is_marked_where_its_words_are_seen() -> None:
    text = "שלום (abc) עולם"
    sheet = typeset(Page(1, text, ()))
    (hello,), (world,) = (sheet.rects(Span(text.index(word), text.index(word) + 4)) for word in ("שלום", "עולם"))
    assert world.x1 < hello.x0
    assert hello.x1 == pytest.approx(BOOK.width_pt - BOOK.margin_pt, abs=TOLERANCE_PT)
    (latin,) = sheet.rects(Span(6, 9))
    assert under(written(sheet), (latin,)) == "abc"


def test_a_character_that_no_font_has_is_seen_as_unknown() -> None:
    assert [character for character, _x, _y in written(typeset(Page(1, "a\ue000b", ())))] == ["a", "\ufffd", "b"]


def test_words_outside_every_block_are_drawn_in_their_place() -> None:
    page = Page(1, "before\n\nTitle\n\nafter", (Block(HEADING, 8, 13, 1),))
    assert words_under(typeset(page), Span(0, len(page.text))) == "beforeTitleafter"


def test_a_word_longer_than_a_line_is_broken_and_nothing_lost() -> None:
    page = Page(1, "a" * 700, ())
    assert len(typeset(page).rects(Span(0, 700))) > 5
    assert words_under(typeset(page), Span(0, 700)) == page.text


def test_a_span_of_space_alone_marks_nothing_at_the_end_of_a_line() -> None:
    page = page_of(Part(PARAGRAPH, "one"), Part(PARAGRAPH, "two"))
    assert typeset(page).rects(Span(3, 5)) == ()


def test_an_empty_page_is_a_blank_sheet() -> None:
    image = typeset(Page(1, "", ())).picture(1.0)
    assert set(image.rgb) == {255}


def test_the_picture_has_ink_under_the_words_and_the_tables_rules() -> None:
    image = SHEET.picture(1.0)
    assert image.width_px == round(BOOK.width_pt)
    assert len(image.rgb) == 3 * image.width_px * image.height_px
    (word,) = SHEET.rects(span_of(PAGE, "clay dryer"))[:1]
    assert min(_pixels(image.rgb, image.width_px, word)) < 100
    rule = SHEET.rules[0]
    assert set(_pixels(image.rgb, image.width_px, Rect(rule.x0 + 1, rule.y0, rule.x1 - 1, rule.y0 + 1))) == {216}


def test_a_picture_too_large_is_refused() -> None:
    with pytest.raises(Refusal):
        SHEET.picture(50.0)


def _pixels(rgb: bytes, width_px: int, rect: Rect) -> list[int]:
    return [
        rgb[3 * (y * width_px + x)]
        for y in range(round(rect.y0), round(rect.y1))
        for x in range(round(rect.x0), round(rect.x1))
    ]
