"""Documents that are damaged, put together in old ways, or hold others: their text is read all the same."""

import io
import zlib

import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.office_files import cells, epub, opendocument, related, xlsx, zipped
from tests.readers.shown import TABLE, shown
from tests.readers.small_files import WORD_NAMESPACES, word, word_paragraph

PEARS = word_paragraph("Two pears.")
RELATIONS = 'xmlns:r="r"'
SHEET_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:s="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet s:Name="Harvest"><Table><Row><Cell><Data>Town</Data></Cell><Cell s:Index="3"><Data>Tons</Data></Cell>'
    '</Row><Row><Cell s:MergeAcross="1"><Data>Oslo</Data><Comment><s:Data>A guess.</s:Data></Comment></Cell>'
    '<Cell><Data s:Type="DateTime">2024-01-05T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>'
)
WORD_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument '
    'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:sect><w:p><w:r><w:t>Two pears.</w:t>'
    "</w:r></w:p></w:sect></w:body></w:wordDocument>"
)
ONE_FILE = (
    '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part '
    f'pkg:name="/word/document.xml"><pkg:xmlData><w:document {WORD_NAMESPACES}><w:body>{PEARS}</w:body></w:document>'
    "</pkg:xmlData></pkg:part></pkg:package>"
)
FLAT_ODF = (
    '<?xml version="1.0"?><office:document xmlns:office="o" xmlns:text="t"><office:body><office:text>'
    "<text:p>Two pears.</text:p></office:text></office:body></office:document>"
)


def document(body: str, parts: dict[str, str | bytes], *targets: tuple[str, str, str]) -> bytes:
    """Return a Word file with this body and further parts, each with its id and kind."""
    main = f"<w:document {WORD_NAMESPACES} {RELATIONS}><w:body>{body}</w:body></w:document>"
    return zipped({"word/document.xml": main, "word/_rels/document.xml.rels": related(*targets), **parts})


def texts(content: bytes, name: str) -> list[str]:
    """Return the text of each block."""
    return [text for _kind, text in shown(content, name)]


def without_directory(content: bytes) -> bytes:
    return content[: content.index(b"PK\x01\x02")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (without_directory(word(PEARS).getvalue()), "a.docx"),
        (word(PEARS).getvalue() + bytes(70_000), "a.docx"),
        (without_directory(epub({"a.xhtml": "<p>Two pears."})), "a.epub"),
        (without_directory(opendocument("text", "<text:p>Two pears.</text:p>")), "a.odt"),
    ],
)
def test_a_document_whose_directory_is_lost_is_read(content: bytes, name: str) -> None:
    assert texts(content, name) == ["Two pears."]


def test_a_part_whose_sum_does_not_agree_is_read() -> None:
    content = bytearray(word(PEARS).getvalue())
    for place in (content.index(b"PK\x03\x04") + 14, content.index(b"PK\x01\x02") + 16):
        content[place] ^= 0xFF
    assert texts(bytes(content), "a.docx") == ["Two pears."]


def test_a_document_that_is_cut_off_gives_what_is_there_or_is_named_as_damaged() -> None:
    whole = word("".join(word_paragraph(f"Tree {n}: {zlib.crc32(bytes((n % 250,)))}.") for n in range(500))).getvalue()
    found = texts(whole[: len(whole) // 2], "a.docx")
    assert found[0] == "Tree 0: 3523407757."
    assert 100 < len(found) < 500
    last = read(io.BytesIO(whole[: len(whole) // 2]), "a.docx").pages[-1]
    assert not last.text, "what is lost is told as a page without text"
    assert all(page.text for page in read(io.BytesIO(whole), "a.docx").pages)
    for content in (whole[:45], zipped({"word/document.xml": "<w:document><w:body><w:p"})):
        with pytest.raises(Refusal) as refused:
            read(io.BytesIO(content), "a.docx")
        assert refused.value.reason is Reason.DAMAGED


def test_a_part_that_is_no_xml_at_all_loses_itself_only() -> None:
    content = document(PEARS, {"word/styles.xml": b"\xff\xfe"}, ("s", "styles", "styles.xml"))
    assert texts(content, "a.docx") == ["Two pears."]


@pytest.mark.parametrize("flaw", ["AT&T", "a \x02", "a &#x1F;", "a &lol;"])
def test_xml_with_a_flaw_in_it_is_read_to_its_end(flaw: str) -> None:
    found = texts(word(word_paragraph(flaw) + PEARS).getvalue(), "a.docx")
    assert found[-1] == "Two pears."


def test_a_sheet_that_is_cut_off_gives_its_rows() -> None:
    sheet = f"<worksheet><sheetData>{cells(1, 'Town', 'Tons')}{cells(2, 'Oslo', '=4')}<row><c"
    content = xlsx({"S": ""}, **{"xl__worksheets__sheet1.xml": sheet})
    assert shown(content, "a.xlsx")[-1] == (TABLE, "Town\tTons\nOslo\t4")
    assert not read(io.BytesIO(content), "a.xlsx").pages[-1].text, "what is lost is told as a page without text"


@pytest.mark.parametrize("content", [WORD_2003, ONE_FILE, FLAT_ODF])
@pytest.mark.parametrize("name", ["a.xml", "a.doc", "a.docx", "a.fodt"])
def test_a_document_that_is_one_xml_file_is_read(content: str, name: str) -> None:
    assert texts(content.encode(), name) == ["Two pears."]


def test_a_workbook_that_is_one_xml_file_is_read() -> None:
    for name in ("a.xml", "a.xls"):
        found = texts(SHEET_2003.encode(), name)
        assert found == ["Harvest", "Town\tTons\nOslo\t2024-01-05", "Comment: A guess."]
    with pytest.raises(Refusal):
        read(io.BytesIO(b"<?xml version='1.0'?><office:document "), "a.fodt")


def test_documents_in_a_document_are_read_at_their_places() -> None:
    inner = document('<w:subDoc r:id="s"/>', {"word/x.docx": word(PEARS).getvalue()}, ("s", "subDocument", "x.docx"))
    content = document(
        word_paragraph("Before.")
        + '<w:altChunk r:id="c"/><w:p><w:subDoc r:id="gone"/></w:p>'
        + word_paragraph("After."),
        {"chunks/a.docx": inner},
        ("c", "aFChunk", "/chunks/a.docx"),
        ("gone", "subDocument", "gone.docx"),
    )
    assert texts(content, "a.docx") == ["Before.", "Two pears.", "After."]


def test_charts_diagrams_word_art_and_choices_of_a_document_are_read() -> None:
    run = "<w:p><w:r>{}</w:r></w:p>".format
    body = (
        run('<w:drawing><c:chart xmlns:c="c" r:id="c"/></w:drawing>')
        + run('<w:drawing><d:relIds xmlns:d="d" r:dm="d"/></w:drawing>')
        + run('<w:pict><v:textpath xmlns:v="v" string="Harvest"/></w:pict>')
        + run('<w:ddList><w:result w:val="1"/><w:listEntry w:val="a"/><w:listEntry w:val="b"/></w:ddList>')
    )
    points = '<c:{0}><c:pt idx="0"><c:v>{1}</c:v></c:pt></c:{0}>'.format
    chart = f'<c:x xmlns:c="c"><c:ser>{points("tx", "Tons")}{points("cat", "Oslo")}{points("val", "17")}</c:ser></c:x>'
    diagram = '<d:x xmlns:d="d" xmlns:a="a"><d:pt><a:p><a:r><a:t>Step</a:t></a:r></a:p></d:pt></d:x>'
    content = document(
        body, {"word/c.xml": chart, "word/d.xml": diagram}, ("c", "chart", "c.xml"), ("d", "diagramData", "d.xml")
    )
    assert texts(content, "a.docx") == ["\tTons\nOslo\t17", "• Step", "Harvest", "b"]


def test_the_building_blocks_of_a_template_are_read_where_it_has_no_other_text() -> None:
    blocks = f"<w:x {WORD_NAMESPACES}><w:docPart><w:docPartBody>{PEARS}</w:docPartBody></w:docPart></w:x>"
    content = document("", {"word/g.xml": blocks}, ("g", "glossaryDocument", "g.xml"))
    assert texts(content, "a.dotx") == ["Two pears."]


def test_a_merged_cell_of_a_document_belongs_to_each_of_its_rows() -> None:
    def row(merge: str, *words: str) -> str:
        first = f"<w:tc><w:tcPr>{merge}</w:tcPr><w:p><w:r><w:t>{words[0]}</w:t></w:r></w:p></w:tc>"
        return f"<w:tr>{first}{''.join(f'<w:tc>{word_paragraph(one)}</w:tc>' for one in words[1:])}</w:tr>"

    table = row('<w:vMerge w:val="restart"/>', "North", "Oslo") + row("<w:vMerge/>", "", "Bergen") + row("", "", "Rome")
    assert shown(word(f"<w:tbl>{table}</w:tbl>").getvalue(), "a.docx") == [
        (TABLE, "North\tOslo\nNorth\tBergen\n\tRome")
    ]
    spanned = (
        '<table:table><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>North</text:p>'
        "</table:table-cell><table:table-cell><text:p>Oslo</text:p></table:table-cell></table:table-row><table:table-row>"
        "<table:covered-table-cell/><table:table-cell><text:p>Bergen</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell/><table:table-cell><text:p>Rome</text:p></table:table-cell></table:table-row>"
        "</table:table>"
    )
    assert shown(opendocument("text", spanned), "a.odt") == [(TABLE, "North\tOslo\nNorth\tBergen\n\tRome")]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"{\\rtf1 a {\\object{\\*\\objdata 01}{\\result Two pears.}}}", "a.rtf", "a Two pears."),
        (b"{\\rtf1 {\\*\\htmltag64 <p>}Two pears.\\htmlrtf x\\htmlrtf0 }", "a.rtf", "Two pears."),
        (b"{\\rtf1 {\\mmath{\\*\\moMath{\\mr Two pears.}}}}", "a.rtf", "Two pears."),
        (b"\xef\xbb\xbf{\\rtf1 Two pears.}", "a.rtf", "Two pears."),
        (b"Two pears.", "a.rtf", "Two pears."),
        ("Two pears.".encode("utf-32-le"), "a.txt", "Two pears."),
        ("Two pears.".encode("utf-32-be"), "a.txt", "Two pears."),
        (("😀 pears." * 9).encode("utf-16-le"), "a.txt", "😀 pears." * 9),
        ("Café.\nnaïve\n".encode("cp1252") + "Größe\nÄpfel\n".encode(), "a.txt", "Café.\nnaïve\nGröße\nÄpfel"),
        (b"+++\ntitle = 'a'\n+++\nTwo pears.", "a.md", "Two pears."),
        (b"---\nTwo pears.\n---\n", "a.md", "Two pears."),
        (b">" * 500 + b" Two pears.", "a.md", ">" * 500 + " Two pears."),
        (b"- " * 30 + b"Two pears.", "a.md", "• Two pears."),
    ],
)
def test_texts_of_odd_forms_are_read(content: bytes, name: str, words: str) -> None:
    assert texts(content, name) == [words]
