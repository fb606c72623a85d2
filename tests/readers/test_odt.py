"""OpenDocument texts."""

import io

import pytest

from app.core.types import Reason
from app.readers import odf_text
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.xml_tree import Xml
from tests.readers.office_files import odf_table, opendocument, zipped
from tests.readers.shown import HEADING, ITEM, PARAGRAPH, TABLE, shown


def _manifest(locked: str) -> str:
    return f'<m><file-entry full-path="{locked}"><encryption-data/></file-entry></m>'


def test_a_texts_headings_lists_tables_notes_and_margins_are_read_in_order() -> None:
    body = (
        '<text:h text:outline-level="2">Apples</text:h>'
        "<text:p>Red\n  and<text:s text:c='2'/>green<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>A note.</text:p></text:note-body></text:note>, all.</text:p>"
        "<text:list><text:list-item><text:p>one</text:p><text:p>goes on</text:p></text:list-item></text:list>"
        f"<table:table>{odf_table([['Fruit', 'Tons'], ['Apples', '12']])}</table:table>"
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
    )
    header = "<style:header><text:p>Firm</text:p></style:header>"
    styles = f"<office:master-styles><style:master-page>{header}</style:master-page></office:master-styles>"
    assert shown(opendocument("text", body, styles=styles), "a.odt") == [
        (HEADING, "Apples"),
        (PARAGRAPH, "Red and  green, all."),
        (PARAGRAPH, "A note."),
        (ITEM, "• one"),
        (PARAGRAPH, "goes on"),
        (TABLE, "Fruit\tTons\nApples\t12"),
        (PARAGRAPH, "Firm"),
    ]


BOX = "<draw:frame><draw:text-box><text:p>Boxed</text:p></draw:text-box></draw:frame>"


def test_a_cell_that_holds_a_box_alone_says_what_is_in_it() -> None:
    def table(cell: str) -> bytes:
        rows = ("<text:p>Fruit</text:p>", "<text:p>Tons</text:p>"), ("<text:p>Apples</text:p>", cell)
        cells = ("".join(f"<table:table-cell>{one}</table:table-cell>" for one in row) for row in rows)
        lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
        return opendocument("text", f"<table:table>{lines}</table:table>")

    assert shown(table(BOX), "a.odt") == [(TABLE, "Fruit\tTons\nApples\tBoxed")]
    beside = [(TABLE, "Fruit\tTons\nApples\t12"), (PARAGRAPH, "Boxed")]
    assert shown(table(f"<text:p>12</text:p>{BOX}"), "a.odt") == beside


def test_tables_in_tables_are_read_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "<text:p>Within</text:p>"
    for _ in range(12):
        body = (
            f"<table:table><table:table-row><table:table-cell>{body}</table:table-cell></table:table-row></table:table>"
        )
    lines: list[Xml] = []
    line_of = odf_text.line_of

    def noted(paragraph: Xml) -> odf_text.Line:
        lines.append(paragraph)
        return line_of(paragraph)

    monkeypatch.setattr(odf_text, "line_of", noted)
    assert shown(opendocument("text", body), "a.odt") == [(PARAGRAPH, "Within")]
    assert len(lines) == 1


def test_space_between_spans_stays() -> None:
    body = (
        "<text:p><text:span>two</text:span> <text:span>words</text:span><text:line-break/>and<text:tab/>more</text:p>"
    )
    assert shown(opendocument("text", body), "a.odt") == [(PARAGRAPH, "two words\nand more")]


def test_the_title_is_that_of_the_properties_or_the_first_heading() -> None:
    body = "<text:h text:outline-level='1'>Deed</text:h><text:p>Words.</text:p>"
    assert read(io.BytesIO(opendocument("text", body)), "a.odt")[0] == "Deed"
    named = opendocument("text", body, meta="<office:meta><title>Of the orchard</title></office:meta>")
    assert read(io.BytesIO(named), "a.odt")[0] == "Of the orchard"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped({"content.xml": "<not", "mimetype": ""}), Reason.DAMAGED),
        (opendocument("text", "<text:p/>"), Reason.NO_TEXT),
        (zipped({"content.xml": "<a/>", "META-INF/manifest.xml": _manifest("content.xml")}), Reason.ENCRYPTED),
        (b"words", Reason.DAMAGED),
    ],
)
def test_bad_files_are_refused_with_their_reasons(content: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), "a.odt")
    assert refused.value.reason is reason
