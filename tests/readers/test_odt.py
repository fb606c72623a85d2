"""OpenDocument texts."""

import io

import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
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
