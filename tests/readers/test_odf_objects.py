"""What stands in parts of its own in OpenDocument files, beside cells, and in files of before OpenDocument."""

import io
import zipfile

import pytest

from tests.readers.office_files import odf_table, opendocument, zipped
from tests.readers.shown import HEADING, ITEM, PARAGRAPH, TABLE, shown

VALUES = odf_table([["", "2023"], ["Apples", "12"], ["Pears", "NaN"]])
CHART = (
    "<office:body><office:chart><chart><title><text:p>Harvest</text:p></title><plot-area><axis><title>"
    "<text:p>Tons</text:p></title></axis></plot-area><table:table>"
    f"{VALUES}</table:table></chart></office:chart></office:body>"
)
SHOWN = '<draw:frame><draw:object xmlns:xlink="l" xlink:href="./Object 1"/></draw:frame>'


def _with(file: bytes, parts: dict[str, str]) -> bytes:
    """Return a zip with more parts."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        return zipped({name: package.read(name) for name in package.namelist()} | parts)


def test_a_chart_is_read_with_its_titles_and_values() -> None:
    content = opendocument("text", f"<text:p>See {SHOWN}.</text:p>", **{"Object 1/content": CHART})
    assert shown(content, "a.odt") == [
        (PARAGRAPH, "See ."),
        (PARAGRAPH, "Harvest"),
        (PARAGRAPH, "Tons"),
        (TABLE, "\t2023\nApples\t12\nPears"),
    ]
    slide = opendocument("presentation", f"<draw:page>{SHOWN}</draw:page>", **{"Object 1/content": CHART})
    assert [text for _kind, text in shown(slide, "a.odp")] == ["Harvest", "Tons", "\t2023\nApples\t12\nPears"]


def test_a_sheets_chart_does_not_say_its_values_again() -> None:
    rows = odf_table([["Fruit", "2023"], ["Apples", "12"]])
    body = f'<table:table table:name="S"><table:shapes>{SHOWN}</table:shapes>{rows}</table:table>'
    content = opendocument("spreadsheet", body, **{"Object 1/content": CHART})
    assert shown(content, "a.ods") == [(HEADING, "S"), (TABLE, "Fruit\t2023\nApples\t12"), (PARAGRAPH, "Harvest Tons")]


def test_a_document_in_a_document_is_read_once() -> None:
    inner = "<office:body><office:text><text:p>Within.</text:p></office:text></office:body>"
    content = opendocument("text", f"<text:p>{SHOWN}</text:p><text:p>{SHOWN}</text:p>", **{"Object 1/content": inner})
    assert shown(content, "a.odt") == [(PARAGRAPH, "Within.")]


@pytest.mark.parametrize(
    ("formula", "read"),
    [
        ("<mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></mfrac>", "1/(a+b)"),
        ("<msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><msub><mi>a</mi><mi>i</mi></msub>", "x^2=a_i"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt><mroot><mi>y</mi><mn>3</mn></mroot>", "√(x+1)3√y"),
        (
            "<munderover><mo>∑</mo><mn>0</mn><mi>n</mi></munderover><mfenced><mi>p</mi><mi>q</mi></mfenced>",
            "∑_0^n(p, q)",
        ),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd></mtr></mtable>",
            "1, 2; 3",
        ),
    ],
)
def test_formulas_are_read_as_a_person_types_them(formula: str, read: str) -> None:
    math = f"<math><semantics><mrow>{formula}</mrow><annotation>a over b</annotation></semantics></math>"
    packed = opendocument("text", f"<text:p>So {SHOWN} holds.</text:p>")
    within = SHOWN.replace("/></draw:frame>", f">{math}</draw:object></draw:frame>")
    for content, name in (
        (_with(opendocument("text", f"<text:p>So {SHOWN}</text:p>"), {"Object 1/content.xml": math}), "a.odt"),
        (opendocument("text", f"<text:p>So {within}</text:p>"), "a.odt"),
    ):
        assert shown(content, name) == [(PARAGRAPH, f"So {read}")]
    assert shown(packed, "a.odt") == [(PARAGRAPH, "So  holds.")]


def test_what_stands_beside_a_cell_is_no_part_of_its_text() -> None:
    note = "<office:annotation><text:p>Ask Ann.</text:p></office:annotation>"
    box = "<draw:frame><draw:text-box><text:p>A box.</text:p></draw:text-box></draw:frame>"
    cells = f"<table:table-cell>{note}<text:p>Fruit</text:p>{box}</table:table-cell>"
    cells += "<table:table-cell><text:p>Tons</text:p></table:table-cell>"
    rows = f"<table:table-row>{cells}</table:table-row>{odf_table([['Apples', '12']])}"
    sheet = [(TABLE, "Fruit\tTons\nApples\t12"), (PARAGRAPH, "Ask Ann."), (PARAGRAPH, "A box.")]
    assert shown(opendocument("spreadsheet", f"<table:table>{rows}</table:table>"), "a.ods") == sheet
    assert shown(opendocument("text", f"<table:table>{rows}</table:table>"), "a.odt") == sheet
    around = "<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell><table:table-cell>"
    around += f"<table:table>{rows}</table:table></table:table-cell></table:table-row></table:table>"
    (whole,) = shown(opendocument("text", around), "a.odt")
    assert whole[1].count("A box.") == 1


def test_files_of_before_opendocument_are_read() -> None:
    text = (
        '<text:h text:level="1">Deed</text:h><text:p>Sold.<text:footnote><text:footnote-citation>1'
        "</text:footnote-citation><text:footnote-body><text:p>Twice.</text:p></text:footnote-body></text:footnote></text:p>"
        "<text:unordered-list><text:list-item><text:p>one</text:p></text:list-item></text:unordered-list>"
    )
    sheet = f'<table:table table:name="S">{odf_table([["Fruit", "Tons"], ["Apples", "12"]])}</table:table>'
    boxes = (f"<draw:text-box><text:p>{text}</text:p></draw:text-box>" for text in ("First", "Second"))
    slides = "".join(f"<draw:page>{box}</draw:page>" for box in boxes)
    assert shown(_before(text, "text"), "a.sxw") == [
        (HEADING, "Deed"),
        (PARAGRAPH, "Sold."),
        (PARAGRAPH, "Twice."),
        (ITEM, "• one"),
    ]
    assert shown(_before(sheet, "spreadsheet"), "a.sxc") == [(HEADING, "S"), (TABLE, "Fruit\tTons\nApples\t12")]
    assert shown(_before(slides, "presentation"), "a.sxi") == [(HEADING, "First"), (HEADING, "Second")]


def _before(body: str, kind: str) -> bytes:
    names = " ".join(f'xmlns:{name}="http://openoffice.org/2000/{name}"' for name in ("office", "text", "table"))
    content = f'<office:document-content {names} xmlns:draw="http://openoffice.org/2000/drawing" office:class="{kind}">'
    return zipped({"content.xml": f"{content}<office:body>{body}</office:body></office:document-content>"})


def test_locked_macros_do_not_lock_a_file() -> None:
    manifest = '<m><file-entry full-path="Basic/Standard/One.xml"><encryption-data/></file-entry></m>'
    content = _with(opendocument("text", "<text:p>Open.</text:p>"), {"META-INF/manifest.xml": manifest})
    assert shown(content, "a.odt") == [(PARAGRAPH, "Open.")]


def test_prefixes_that_are_not_declared_do_no_harm() -> None:
    body = '<text:p loext:mark="1">One <text:span><loext:more>two</loext:more></text:span></text:p>'
    assert shown(opendocument("text", body), "a.odt") == [(PARAGRAPH, "One two")]
    office = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    flat = f"<office:document {office}><office:body><office:text>{body}</office:text></office:body></office:document>"
    assert shown(flat.encode(), "a.fodt") == [(PARAGRAPH, "One two")]


def test_a_damaged_flat_file_is_read_as_far_as_it_goes() -> None:
    office = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="t"'
    flat = f"<office:document {office}><office:body><office:text><text:p>One.</text:p><text:p>Two</office:text>"
    assert shown(flat.encode(), "a.fodt") == [(PARAGRAPH, "One."), (PARAGRAPH, "Two")]
