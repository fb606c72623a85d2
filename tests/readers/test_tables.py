"""Tables and sheets: every row under its header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.pages import BlockKind
from app.core.passages import MAX_CHARS, passages_of
from app.readers.sentences import sentences
from app.readers.tables import Sheet, pages_of_sheets, rows_of, sheet_parts, table_parts

PRICES = [["Fruit", "Tons", "Price"], *([f"Fruit number {n}", f"{n}", f"{n}.50"] for n in range(500))]
words = st.text("abcdefgh", min_size=1, max_size=12)


def texts(sheet: Sheet) -> list[tuple[BlockKind, str]]:
    return [(part.kind, part.text) for part in sheet_parts(sheet)]


def test_every_passage_of_a_long_sheet_begins_with_the_header() -> None:
    pages = pages_of_sheets([Sheet("Prices", rows_of(PRICES))])
    passages = passages_of(pages, sentences)
    shown = [pages[one.page - 1].text[one.start : one.end] for one in passages]
    assert len(pages) > 1
    assert all(text.removeprefix("Prices").strip().startswith("Fruit\tTons\tPrice\n") for text in shown)
    assert all(one.headings == ("Prices",) for one in passages)
    rows = [line for text in shown for line in text.split("\n") if line.startswith("Fruit number")]
    assert rows == ["\t".join(row) for row in PRICES[1:]]


def test_a_new_row_changes_few_passages() -> None:
    before = {part.text for part in table_parts(rows_of(PRICES))}
    after = [part.text for part in table_parts(rows_of([*PRICES[:50], ["Quince", "1", "1.00"], *PRICES[50:]]))]
    assert sum(text not in before for text in after) <= 3


def test_titles_above_the_header_and_tables_below_each_other_keep_their_own() -> None:
    rows = [
        ["Harvest 2024"],
        ["Fruit", "2023", "2024"],
        ["Apples", "1", "2"],
        [],
        ["Stock"],
        ["Tool", "Count"],
        ["Rake", "3"],
    ]
    assert texts(Sheet("", rows_of(rows))) == [
        (BlockKind.PARAGRAPH, "Harvest 2024"),
        (BlockKind.TABLE, "Fruit\t2023\t2024\nApples\t1\t2"),
        (BlockKind.PARAGRAPH, "Stock"),
        (BlockKind.TABLE, "Tool\tCount\nRake\t3"),
    ]


@pytest.mark.parametrize("above", [[], [["Harvest"]]])
def test_a_header_of_two_rows_names_each_column_once(above: list[list[str]]) -> None:
    rows = [
        *above,
        ["", "2023", "", "2024", "", ""],
        ["Fruit", "Q1", "Q2", "Q1", "Q2", "Total"],
        ["Apples", "1", "2", "3", "4", "10"],
    ]
    assert texts(Sheet("", rows_of(rows))) == [
        *((BlockKind.PARAGRAPH, title) for row in above for title in row),
        (BlockKind.PARAGRAPH, "2023 2024"),
        (BlockKind.TABLE, "Fruit\t2023 Q1\t2023 Q2\t2024 Q1\t2024 Q2\tTotal\nApples\t1\t2\t3\t4\t10"),
    ]


def test_a_header_of_two_rows_stands_above_each_piece_of_a_long_table() -> None:
    rows = [["Fruit", "2023", "", "2024", ""], ["Fruit", "Q1", "Q2", "Q1", "Q2"]]
    rows += [[f"Fruit number {n}", "1", "2", "3", "4"] for n in range(200)]
    title, *blocks = table_parts(rows_of(rows))
    assert title.text == "Fruit 2023 2024"
    assert len(blocks) > 1
    assert all(block.text.startswith("Fruit\t2023 Q1\t2023 Q2\t2024 Q1\t2024 Q2\n") for block in blocks)


def test_names_that_stay_the_same_under_their_groups_are_no_header_of_two_rows() -> None:
    rows = [["Sales", "", "May"], ["Item", "Note", "Note"], ["Rake", "new", "old"]]
    assert texts(Sheet("", rows_of(rows)))[-1][1].endswith("\nItem\tNote\tNote\nRake\tnew\told")


def test_rows_after_a_gap_go_on_under_the_header_before() -> None:
    rows = [["Fruit", "Tons"], ["Apples", "1"], [], ["Pears", "2"]]
    assert texts(Sheet("", rows_of(rows))) == [
        (BlockKind.TABLE, "Fruit\tTons\nApples\t1"),
        (BlockKind.TABLE, "Fruit\tTons\nPears\t2"),
    ]


def test_a_wide_row_stands_in_bands_that_begin_with_its_first_cell() -> None:
    rows = [["Name", *(f"Column {n}" for n in range(300))], ["Anna", *(f"{n}" for n in range(300))]]
    parts = table_parts(rows_of(rows))
    assert len(parts) > 2
    assert all(part.text.startswith("Name\t") and "\nAnna\t" in part.text for part in parts)
    assert max(len(part.text) for part in parts) <= MAX_CHARS


def test_a_row_with_a_long_text_names_its_values() -> None:
    story = "It rained all summer. " * 100
    assert texts(Sheet("", rows_of([["Year", "Report"], ["1816", story], ["1817", "Sun."]]))) == [
        (BlockKind.PARAGRAPH, f"Year: 1816\nReport: {story.strip()}"),
        (BlockKind.TABLE, "Year\tReport\n1817\tSun."),
    ]


def test_one_cell_in_the_last_column_costs_no_more_than_one_in_the_first() -> None:
    assert texts(Sheet("", [{16383: "far"}, {0: "near"}])) == [(BlockKind.TABLE, "\tfar\nnear")]


@pytest.mark.parametrize("rows", [[], [[]], [["", " "]]])
def test_nothing_gives_nothing(rows: list[list[str]]) -> None:
    assert sheet_parts(Sheet("Empty", rows_of(rows))) == []
    assert table_parts(rows_of(rows)) == []


@given(st.lists(st.lists(words, max_size=6), max_size=40), st.lists(st.integers(0, 5), max_size=9))
def test_no_cell_is_lost(rows: list[list[str]], gaps: list[int]) -> None:
    for gap in gaps:
        rows.insert(min(gap, len(rows)), [])
    for parts in (sheet_parts(Sheet("", rows_of(rows))), table_parts(rows_of(rows))):
        shown = " ".join(part.text for part in parts).split()
        assert set(shown) >= {cell for row in rows for cell in row}
