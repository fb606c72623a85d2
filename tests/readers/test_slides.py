"""Presentations: PowerPoint and OpenDocument."""

import io

import pytest

from app.core.passages import passages_of
from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from tests.readers.office_files import odf_table, opendocument, pptx, shape, zipped
from tests.readers.shown import HEADING, ITEM, PARAGRAPH, TABLE, pages, shown

GRID = (
    "<p:graphicFrame><a:graphic><a:graphicData><a:tbl>"
    + "".join(
        "<a:tr>"
        + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>" for cell in row)
        + "</a:tr>"
        for row in (("Fruit", "Tons"), ("Apples", "12"))
    )
    + "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
)


def test_a_slide_is_a_page_with_its_title_points_tables_and_notes() -> None:
    first = shape("Harvest", "title") + shape("Apples\nPears", "") + shape("Free words") + f"<p:grpSp>{GRID}</p:grpSp>"
    content = pptx(
        [first + shape("7", "sldNum"), "", shape("End", "ctrTitle")],
        notesSlide1=f"<p:cSld><p:spTree>{shape('Say hello.', 'body')}{shape('3', 'sldNum')}</p:spTree></p:cSld>",
    )
    assert [page.text.split("\n")[0] for page in pages(content, "a.pptx")] == ["Harvest", "", "End"]
    assert shown(content, "a.pptx") == [
        (HEADING, "Harvest"),
        (ITEM, "• Apples"),
        (ITEM, "• Pears"),
        (PARAGRAPH, "Free words"),
        (TABLE, "Fruit\tTons\nApples\t12"),
        (HEADING, "Notes"),
        (PARAGRAPH, "Say hello."),
        (HEADING, "End"),
    ]


def test_a_slide_without_a_title_stands_under_no_other_slides_heading() -> None:
    content = pptx(
        [shape("Harvest", "title") + shape("Apples fall.", ""), shape("Pears hang.", "")],
        notesSlide1=f"<p:cSld><p:spTree>{shape('Say hello.', 'body')}</p:spTree></p:cSld>",
    )
    passages = passages_of(pages(content, "a.pptx"), sentences)
    assert [passage.headings for passage in passages][-2:] == [("Harvest",), ()]


FOOT = "Made for Ropewalk Ltd"


def test_what_the_feet_of_slides_say_stands_once_under_the_first_and_no_day_of_today() -> None:
    today = '<p:sp><p:nvSpPr><p:nvPr><p:ph type="dt"/></p:nvPr></p:nvSpPr><p:txBody><a:p>{}</a:p></p:txBody></p:sp>'
    today = today.format('<a:fld type="datetime1"><a:t>24 November 2026</a:t></a:fld>')
    foot = shape(FOOT, "ftr") + shape("12 March 2024", "dt") + shape("7", "sldNum")
    content = pptx([shape("Harvest", "title") + foot, shape("Pears hang.", "") + foot + today])
    assert shown(content, "a.pptx") == [
        (HEADING, "Harvest"),
        (PARAGRAPH, FOOT),
        (PARAGRAPH, "12 March 2024"),
        (ITEM, "• Pears hang."),
    ]


def test_what_the_feet_of_opendocument_slides_say_stands_once_too() -> None:
    told = f'<presentation:footer-decl presentation:name="ftr1">{FOOT}</presentation:footer-decl>'
    day = 'presentation:name="dtd1" presentation:source="current-date"'
    told += f"<presentation:date-time-decl {day}>24</presentation:date-time-decl>"
    names = 'presentation:use-footer-name="ftr1" presentation:use-date-time-name="dtd1"'
    slide = (
        f"<draw:page {names}><draw:frame><draw:text-box><text:p>{{}}</text:p></draw:text-box></draw:frame></draw:page>"
    )
    content = opendocument("presentation", f"{told}{slide.format('Apples.')}{slide.format('Pears.')}")
    assert [page.text for page in pages(content, "a.odp")] == [f"Apples.\n\n{FOOT}", "Pears."]


def test_charts_are_tables_and_diagrams_are_lists() -> None:
    frame = "<p:graphicFrame><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></p:graphicFrame>"
    slide = frame.format('<c:chart xmlns:c="c" r:id="chart1"/>')
    slide += frame.format('<d:relIds xmlns:d="d" r:dm="diagramData1"/>')
    chart = (
        "<title><a:p><a:r><a:t>Yield</a:t></a:r></a:p></title><ser><tx><pt idx='0'><v>Tons</v></pt></tx>"
        "<cat><pt idx='0'><v>2023</v></pt><pt idx='1'><v>2024</v></pt></cat>"
        "<val><pt idx='0'><v>11</v></pt><pt idx='1'><v>12</v></pt></val></ser>"
    )
    points = (
        "<pt><a:p><a:r><a:t>Prune</a:t></a:r></a:p></pt><pt><a:p/></pt><pt><a:p><a:r><a:t>Pick</a:t></a:r></a:p></pt>"
    )
    content = pptx([slide], chart1=chart, diagramData1=points)
    assert shown(content, "a.pptx") == [
        (HEADING, "Yield"),
        (TABLE, "\tTons\n2023\t11\n2024\t12"),
        (ITEM, "• Prune"),
        (ITEM, "• Pick"),
    ]


def test_an_opendocument_slide_is_a_page_with_its_notes() -> None:
    box = "<draw:frame{}><draw:text-box>{}</draw:text-box></draw:frame>"
    slide = (
        "<draw:page>"
        + box.format(' presentation:class="title"', "<text:p>Harvest</text:p>")
        + box.format("", "<text:list><text:list-item><text:p>Apples</text:p></text:list-item></text:list>")
        + f"<draw:frame><table:table>{odf_table([['Fruit', 'Tons'], ['Apples', '12']])}</table:table></draw:frame>"
        + "<presentation:notes>"
        + box.format(' presentation:class="notes"', "<text:p>Say hello.</text:p>")
        + "</presentation:notes></draw:page>"
    )
    content = opendocument("presentation", f"{slide}<draw:page/>")
    assert len(pages(content, "a.odp")) == 2
    assert shown(content, "a.odp") == [
        (HEADING, "Harvest"),
        (ITEM, "• Apples"),
        (TABLE, "Fruit\tTons\nApples\t12"),
        (HEADING, "Notes"),
        (PARAGRAPH, "Say hello."),
    ]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (pptx([""]), "a.pptx", Reason.NO_TEXT),
        (zipped({"ppt/presentation.xml": "<"}), "a.pptx", Reason.DAMAGED),
        (opendocument("presentation", "<draw:page/>"), "a.odp", Reason.NO_TEXT),
    ],
)
def test_bad_presentations_are_refused_with_their_reasons(content: bytes, name: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), name)
    assert refused.value.reason is reason
