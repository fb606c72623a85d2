"""Plain text, Markdown and HTML."""

import io
from types import ModuleType

import pytest

from app.core.pages import BlockKind
from app.core.types import Reason
from app.readers import html, markdown, text
from app.readers.refusal import Refusal

HEADING, PARAGRAPH, ITEM, TABLE = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE


def shown(reader: ModuleType, content: str | bytes) -> list[tuple[BlockKind, str]]:
    encoded = content.encode() if isinstance(content, str) else content
    _title, pages = reader.pages(io.BytesIO(encoded), "file")
    return [(block.kind, page.text[block.start : block.end]) for page in pages for block in page.blocks]


@pytest.mark.parametrize("reader", [text, markdown, html])
def test_a_file_of_nothing_is_refused(reader: ModuleType) -> None:
    for content in (b"", b" \r\n\t ", b"\xef\xbb\xbf"):
        with pytest.raises(Refusal) as refused:
            reader.pages(io.BytesIO(content), "file")
        assert refused.value.reason in (Reason.EMPTY, Reason.NO_TEXT)


@pytest.mark.parametrize("reader", [text, markdown, html])
def test_a_program_under_a_texts_name_is_refused(reader: ModuleType) -> None:
    with pytest.raises(Refusal) as refused:
        reader.pages(io.BytesIO(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20), "file")
    assert refused.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("reader", [text, markdown, html])
def test_text_is_read_in_its_encoding(reader: ModuleType, encoding: str) -> None:
    words = "Die Größe des Gartens überraschte sogar den Gärtner, der für Äpfel schwärmte."
    assert shown(reader, words.encode(encoding)) == [(PARAGRAPH, words)]


def test_plain_text_has_headings_items_tables_and_paragraphs() -> None:
    content = (
        "APPLES\r\n\r\nA paragraph\r\nof two lines.\r\n\r\nPears\n=====\n\n"
        "1. one\n   goes on\n2. two\n\na\tb\nc\td\n\n2.1 Figs\n"
    )
    assert shown(text, content) == [
        (HEADING, "APPLES"),
        (PARAGRAPH, "A paragraph\nof two lines."),
        (HEADING, "Pears"),
        (ITEM, "1. one\n   goes on"),
        (ITEM, "2. two"),
        (TABLE, "a\tb\nc\td"),
        (HEADING, "2.1 Figs"),
    ]


def test_control_characters_and_lone_surrogates_do_not_reach_the_page() -> None:
    _title, (page,) = html.pages(io.BytesIO(b"<p>a&#0;b&#xD800;c\x07d&shy;e</p>"), "file")
    page.text.encode()
    assert all(character.isprintable() for character in page.text)
    assert "de" in page.text


def test_markdown_loses_its_marks_and_front_matter_and_keeps_its_structure() -> None:
    content = (
        '---\ntitle: "The orchard"\ntags: [a]\n---\n# Apples *and* pears\n\nSome **bold** [link](http://x) and `code`\n'
        "on two lines.\n\n- one\n- two\n  1. deep\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nx = 1\n```\n<b>html</b>\n"
    )
    assert shown(markdown, content) == [
        (HEADING, "Apples and pears"),
        (PARAGRAPH, "Some bold link and code on two lines."),
        (ITEM, "• one"),
        (ITEM, "• two"),
        (ITEM, "1. deep"),
        (TABLE, "a\tb\nc\td"),
        (PARAGRAPH, "x = 1"),
        (PARAGRAPH, "html"),
    ]
    assert markdown.pages(io.BytesIO(content.encode()), "notes.md")[0] == "The orchard"


def test_markdown_without_front_matter_keeps_its_first_rule() -> None:
    assert shown(markdown, "---\n\nAfter a rule.") == [(PARAGRAPH, "After a rule.")]


def test_html_is_read_without_scripts_styles_and_navigation() -> None:
    content = (
        "<title>Fruit</title><style>p{}</style><nav>Home</nav><h2>Apples</h2><p>Red <b>and</b>\n green."
        "<script>x()</script><ul><li>one<li>two</ul><ol><li>first</ol>"
        '<p style="display:none">hidden</p><div>Loose<br>words</div>'
        "<table><tr><th>a<th>b<tr><td>c<td>d</table>"
    )
    assert shown(html, content) == [
        (HEADING, "Apples"),
        (PARAGRAPH, "Red and green."),
        (ITEM, "• one"),
        (ITEM, "• two"),
        (ITEM, "1. first"),
        (PARAGRAPH, "Loose\nwords"),
        (TABLE, "a\tb\nc\td"),
    ]
    assert html.pages(io.BytesIO(content.encode()), "x.html")[0] == "Fruit"


def test_how_characters_are_said_does_not_part_the_words_of_a_page() -> None:
    content = (
        "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>を<ruby>読<rtc><rt>よ</rt></rtc></ruby>む。"
    )
    assert shown(html, content) == [(PARAGRAPH, "漢字を読む。")]


def test_html_without_structure_is_text() -> None:
    assert shown(html, "just words &amp; no tags") == [(PARAGRAPH, "just words & no tags")]


def test_a_table_that_lays_out_a_page_is_not_a_table() -> None:
    content = f"<table><tr><td>Menu</td><td><p>{'Long words. ' * 60}</p></td></tr><tr><td>x<td>y</table>"
    assert TABLE not in [kind for kind, _text in shown(html, content)]


def test_html_nested_deeper_than_pythons_stack_is_read() -> None:
    assert shown(html, "<div>" * 5000 + "deep" + "</div>" * 5000) == [(PARAGRAPH, "deep")]


def test_a_declared_encoding_counts_only_if_it_gives_text() -> None:
    words = "Аренда квартир в Москве и Подмосковье"
    right = b'<meta charset="koi8-r">' + words.encode("koi8-r")
    wrong = b'<meta charset="ascii">' + (words * 9).encode("cp1251")
    assert shown(html, right) == [(PARAGRAPH, words)]
    assert "�" not in shown(html, wrong)[0][1]


def test_a_cell_that_spans_rows_belongs_to_each_of_them() -> None:
    content = (
        "<table><caption>Harvest</caption><tr><th>Region<th>Town<th>Tons<tr><td rowspan=2>North<td>Oslo<td>1"
        "<tr><td>Bergen<td>2<tr><td>South<td colspan=2>none<tr><td rowspan=0>East<td>Riga<td>4<tr><td>Vilnius<td>5"
        "</table>"
    )
    assert shown(html, content) == [
        (PARAGRAPH, "Harvest"),
        (
            TABLE,
            "Region\tTown\tTons\nNorth\tOslo\t1\nNorth\tBergen\t2\nSouth\tnone\nEast\tRiga\t4\nEast\tVilnius\t5",
        ),
    ]
    huge = "<table><tr><td rowspan=99999999 colspan=99999999>a<td>b<tr><td>c<td>d</table>"
    assert shown(html, huge) == [(TABLE, "a\tb\na\tc\td")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<div id=app></div><noscript><p>Pears.</p></noscript>", "Pears."),
        ("<nav><ul><li>Pears.</ul></nav>", "• Pears."),
        ("<frameset><frame src=a.html><noframes><body><p>Pears.</noframes></frameset>", "Pears."),
        ("<frameset><frame src=a.html></frameset><body><p>Pears.</body>", "Pears."),
        ("<title>a<p>Pears.", "a|Pears."),
        ("<p>a<p hidden>b<dialog>c</dialog><dialog open>Pears.</dialog>", "a|Pears."),
        ("<iframe srcdoc='&lt;p>Pears.'></iframe>", "Pears."),
        ("<object data=a><p>Pears.</object>", "Pears."),
        ("<p>a <svg><title>x</title><text>Pears.</text></svg>", "a Pears."),
        ("<p>a <math><mi>x</mi><mo>=</mo><mn>2</mn><annotation>tex</annotation></math>", "a x=2"),
        ("<p>A <input value=b><input type=hidden value=c><select><option>d<option selected>e</select>", "A b e"),
        ("<table><tr><td>a<img alt=Pears.><td>b<br>c<tr><td>1<td>2</table>", "aPears.\tb c\n1\t2"),
        ("<?xml version='1.0'?><p><![CDATA[Pears & <b>]]></p>", "Pears & <b>"),
    ],
)  # fmt: skip
def test_what_a_page_shows_in_odd_places_is_read(content: str, words: str) -> None:
    assert [text for _kind, text in shown(html, content)] == words.split("|")


def test_a_text_with_zeros_in_it_is_read() -> None:
    assert shown(text, "Two pears.\n\n" + "\0" * 3 + "And one.") == [
        (PARAGRAPH, "Two pears."),
        (PARAGRAPH, "   And one."),
    ]
