"""Spreadsheets: Excel old and new, OpenDocument, delimited text."""

import io
import struct
import zipfile
from typing import Any

import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.office_files import (
    cells,
    odf_table,
    opendocument,
    related,
    xls,
    xlsb,
    xlsb_record,
    xlsx,
    zipped,
)
from tests.readers.shown import HEADING, PARAGRAPH, TABLE, pages, shown

BUDGET = (
    cells(1, "Item", "Amount", "Due")
    + cells(2, "Rent", "=1:1234.5", "=2:45296")
    + cells(3, "Heat", "=1:-80", "=2:45297")
)
CODES = ("#,##0.00", "yyyy-mm-dd")


def refusal(content: bytes, name: str) -> Reason:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), name)
    return refused.value.reason


def test_a_workbooks_cells_are_read_as_displayed() -> None:
    assert shown(xlsx({"Budget": BUDGET}, CODES), "a.xlsx") == [
        (HEADING, "Budget"),
        (TABLE, "Item\tAmount\tDue\nRent\t1,234.50\t2024-01-05\nHeat\t-80.00\t2024-01-06"),
    ]


def test_a_workbook_from_a_mac_counts_its_days_from_1904() -> None:
    content = xlsx({"Budget": cells(1, "=2:43834")}, CODES, properties='date1904="1"')
    assert "2024-01-05" in shown(content, "a.xlsx")[-1][1]


def test_a_binary_workbooks_cells_are_read_as_displayed() -> None:
    rows = [["Item", "Amount", "Due", "Paid"], ["Rent", 1234.5, 45296, True], ["Heat", -80, 45297, False]]
    content = xlsb({"Budget": rows, "Void": [], "More": [["a", "b"]]}, ("General", *CODES))
    assert shown(content, "a.xlsb") == [
        (HEADING, "Budget"),
        (TABLE, "Item\tAmount\tDue\tPaid\nRent\t1,234.50\t2024-01-05\tTRUE\nHeat\t-80.00\t2024-01-06\tFALSE"),
        (HEADING, "More"),
        (TABLE, "a\tb"),
    ]


def test_a_binary_workbooks_odd_cells_and_comments_are_read() -> None:
    place = [struct.pack("<II", column, 0) for column in range(7)]
    text = struct.pack("<I", 4) + "Rich".encode("utf-16-le")
    cells_of_all_kinds = (
        xlsb_record(62, place[0] + b"\1" + text)
        + xlsb_record(8, place[1] + text + bytes(4))
        + xlsb_record(9, place[2] + struct.pack("<dH", 0.25, 0))
        + xlsb_record(11, place[3] + b"\x07\0\0")
        + xlsb_record(2, place[4] + struct.pack("<i", 1234 << 2 | 3))
        + xlsb_record(2, place[5] + struct.pack("<d", -1.5)[4:])
        + xlsb_record(7, place[6] + struct.pack("<I", 99))
    )
    content = xlsb(
        {"S": []},
        parts={
            "xl/worksheets/sheet1.bin": xlsb_record(0, bytes(17)) + cells_of_all_kinds,
            "xl/worksheets/_rels/sheet1.bin.rels": related(("c", "comments", "../comments1.bin")),
            "xl/comments1.bin": xlsb_record(635, struct.pack("<5I", 0, 0, 0, 27, 27)) + xlsb_record(637, b"\0" + text),
        },
    )
    assert shown(content, "a.xlsb") == [
        (HEADING, "S"),
        (TABLE, "Rich\tRich\t0.25\t#DIV/0!\t12.34\t-1.5"),
        (PARAGRAPH, "AB1: Rich"),
    ]


@pytest.mark.parametrize("cut", [1, 2, 3, 30])
def test_a_binary_workbook_that_is_cut_off_is_damaged(cut: int) -> None:
    whole = (
        xlsb_record(0, bytes(17)) + xlsb_record(5, struct.pack("<IId", 0, 0, 7.0)) + xlsb_record(0, b"\1" + bytes(16))
    )
    content = xlsb({"S": []}, parts={"xl/worksheets/sheet1.bin": whole[:-cut]})
    assert refusal(content, "a.xlsb") is Reason.DAMAGED


REGIONS = (
    cells(1, "Region", "Quarter", "Tons")
    + cells(2, "North", "Q1", "=0:30")
    + cells(3, "", "Q2", "=0:40")
    + cells(4, "South", "Q1", "=0:20")
)
NAMED_REGIONS = "Region\tQuarter\tTons\nNorth\tQ1\t30\nNorth\tQ2\t40\nSouth\tQ1\t20"
REGION_ROWS: list[list[str | float]] = [
    ["Region", "Quarter", "Tons"],
    ["North", "Q1", 30],
    ["", "Q2", 40],
    ["South", "Q1", 20],
]


def test_what_stands_in_merged_cells_stands_in_each_of_their_rows() -> None:
    merged = '<mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="B9:XFD1048576"/></mergeCells>'
    part = f"<worksheet><sheetData>{REGIONS}</sheetData>{merged}</worksheet>"
    assert shown(xlsx({"Tons": ""}, **{"xl/worksheets/sheet1.xml": part}), "a.xlsx")[-1] == (TABLE, NAMED_REGIONS)
    wide: dict[str, Any] = {
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="utf-16"?>{part}'.encode("utf-16")
    }
    assert shown(xlsx({"Tons": ""}, **wide), "a.xlsx")[-1] == (TABLE, NAMED_REGIONS)
    assert shown(xls(REGION_ROWS, merged=(1, 2, 0, 0)), "a.xls")[-1] == (TABLE, NAMED_REGIONS)
    rows = b"".join(
        xlsb_record(0, struct.pack("<I", number) + bytes(13))
        + b"".join(xlsb_record(*_binary_cell(column, cell)) for column, cell in enumerate(row) if cell)
        for number, row in enumerate(REGION_ROWS)
    )
    merged_cells = xlsb_record(177, struct.pack("<I", 1)) + xlsb_record(176, struct.pack("<4I", 1, 2, 0, 0))
    parts = {"xl/worksheets/sheet1.bin": rows + merged_cells}
    assert shown(xlsb({"Tons": []}, parts=parts), "a.xlsb")[-1] == (TABLE, NAMED_REGIONS)


def _binary_cell(column: int, cell: str | float) -> tuple[int, bytes]:
    place = struct.pack("<II", column, 0)
    if isinstance(cell, str):
        return 6, place + struct.pack("<I", len(cell)) + cell.encode("utf-16-le")
    return 5, place + struct.pack("<d", cell)


def test_merged_cells_over_more_rows_than_a_name_stands_for_are_not_repeated() -> None:
    merged = '<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'
    part = f"<worksheet><sheetData>{cells(1, 'Notes', 'a')}{cells(2, '', 'b')}</sheetData>{merged}</worksheet>"
    assert shown(xlsx({"S": ""}, **{"xl/worksheets/sheet1.xml": part}), "a.xlsx")[-1] == (TABLE, "Notes\ta\n\tb")


def test_each_sheet_begins_a_page_and_an_empty_one_has_none() -> None:
    _title, pages, *_ = read(
        io.BytesIO(xlsx({"One": cells(1, "a", "b"), "Void": "", "Two": cells(1, "c", "d")})), "a.xlsx"
    )
    assert [page.text for page in pages] == ["One\n\na\tb", "Two\n\nc\td"]


def test_shared_strings_booleans_errors_and_comments_are_read() -> None:
    row = (
        '<row><c t="s"><v>1</v></c><c t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c><c t="str"><v>said</v></c>'
        '<c t="s"><v>99</v></c></row>'
    )
    strings = "<sst><si><t>no</t></si><si><r><t>Ri</t></r><r><t>ch</t></r><rPh><t>un</t></rPh></si></sst>"
    content = xlsx(
        {"S": row},
        **{
            "xl__sharedStrings.xml": strings,
            "xl__worksheets___rels__sheet1.xml.rels": related(("c", "comments", "../comments1.xml")),
            "xl__comments1.xml": '<c><comment ref="B1"><text><r><t>Checked.</t></r></text></comment></c>',
        },
    )
    assert shown(content, "a.xlsx") == [
        (HEADING, "S"),
        (TABLE, "Rich\tTRUE\t#DIV/0!\tsaid"),
        (PARAGRAPH, "B1: Checked."),
    ]


def test_an_old_workbooks_cells_are_read_as_displayed() -> None:
    content = xls([["Item", "Amount"], ["Größe", 1234.5], ["Heat", -80.0]], "#,##0.00")
    assert shown(content, "a.xls") == [(HEADING, "Budget"), (TABLE, "Item\tAmount\nGröße\t1,234.50\nHeat\t-80.00")]


def test_an_opendocument_sheet_is_read_as_displayed() -> None:
    rows = odf_table([["Item", "Amount"], ["Rent", "1 234,50 €"]])
    gap = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    again = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2">'
        "<text:p>3</text:p></table:table-cell></table:table-row>"
    )
    table = f'<table:table table:name="Budget">{rows}{gap}{again}</table:table>'
    assert shown(opendocument("spreadsheet", table), "a.ods") == [
        (HEADING, "Budget"),
        (TABLE, "Item\tAmount\nRent\t1 234,50 €"),
        (TABLE, "Item\tAmount\n3\t3\n3\t3"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_delimited_text_is_read_whatever_parts_its_cells(delimiter: str, encoding: str) -> None:
    quoted = f'"two{delimiter} or\nthree"'
    rows = [["Größe", "Anzahl"], ["klein", "1,5" if delimiter != "," else "1.5"], ["groß", quoted]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    table = shown(content, "a.csv")[0][1].split("\n")
    assert table[0] == "Größe\tAnzahl"
    assert table[2] == f"groß\ttwo{delimiter} or three".replace(
        f"two{delimiter} or", " ".join(f"two{delimiter} or".split())
    )


def test_bad_workbooks_are_refused_with_their_reasons() -> None:
    whole = xlsx({"Budget": BUDGET}, CODES)
    assert refusal(b"", "a.xlsx") is Reason.EMPTY
    assert refusal(whole[: len(whole) // 2], "a.xlsx") is Reason.DAMAGED
    assert refusal(xlsx({"Void": ""}), "a.xlsx") is Reason.NO_TEXT
    assert refusal(zipped({"xl/workbook.xml": "<not xml"}), "a.xlsx") is Reason.DAMAGED
    assert refusal(xlsx({"S": "<row>"}), "a.xlsx") is Reason.DAMAGED
    assert refusal(xls([["a"]], encrypted=True), "a.xls") is Reason.ENCRYPTED
    assert refusal(xls([]), "a.xls") is Reason.NO_TEXT
    assert refusal(xls([["a"]])[:1500], "a.xls") is Reason.DAMAGED
    assert refusal(b"\0\0\x1a\0", "a.xls") is Reason.UNSUPPORTED
    assert refusal(b" \n", "a.csv") is Reason.EMPTY
    assert refusal(bytes(999), "a.csv") is Reason.UNSUPPORTED


def test_a_zip_locked_with_a_password_is_encrypted() -> None:
    content = bytearray(xlsx({"Budget": BUDGET}))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.infolist()
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(mark, place + 4)
    assert refusal(bytes(content), "a.xlsx") is Reason.ENCRYPTED


@pytest.mark.parametrize(("damaged", "lost_pages"), [((True, False), 0), ((False, True), 1), ((True, True), 1)])
def test_damaged_names_and_notes_of_an_old_workbook_do_not_lose_its_sheets(
    damaged: tuple[bool, bool], lost_pages: int
) -> None:
    content = xls([["Fruit", "Tons"], ["Apples", 12.0]], damaged=damaged)
    assert shown(content, "a.xls")[-1] == (TABLE, "Fruit\tTons\nApples\t12")
    assert len(pages(content, "a.xls")) == 1 + lost_pages
