"""RTF."""

import io

import pytest

from app.core.types import Reason
from app.readers.compressed_rtf import decompressed
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.shown import HEADING, ITEM, PARAGRAPH, TABLE, shown

HEAD = (
    rb"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}"
    rb"{\stylesheet{\s1\outlinelevel0 heading 1;}{\s2 Heading 2;}}"
)


def blocks(body: bytes) -> list[tuple[object, str]]:
    return [*shown(HEAD + body + b"}", "a.rtf")]


def test_headings_lists_tables_and_paragraphs_are_read_in_order() -> None:
    body = (
        rb"\pard\s1 Fruit\par\pard\s2 Apples\par\pard Red\line green.\par"
        rb"{\listtext\'b7\tab}one\par{\pntext 2.\tab}two\par"
        rb"\trowd\cellx1\cellx2\intbl Kind\cell Tons\cell\row\intbl Apples\cell 12\cell\row\pard After.\par"
    )
    assert blocks(body) == [
        (HEADING, "Fruit"),
        (HEADING, "Apples"),
        (PARAGRAPH, "Red\ngreen."),
        (ITEM, "• one"),
        (ITEM, "2. two"),
        (TABLE, "Kind\tTons\nApples\t12"),
        (PARAGRAPH, "After."),
    ]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (rb"Gr\'f6\'dfe", "Größe"),
        (rb"\f1 \'cb\'e5\'f1", "Лес"),
        (rb"\f2 \'91\'e5\'8f\'ac", "大小"),
        (rb"\u22823?\u23567?", "大小"),
        (rb"\uc2\u8364\'80\'80 5", "€ 5"),
        (rb"\u-10179?\u-8704?", "\U0001f600"),
        (rb"\{a\}\\\~b\_c\-d\emdash e", "{a}\\ b-cd—e"),
        (rb"kept{\v hidden}{\deleted gone} words", "kept words"),
        (rb"before{\pict 00ff}{\*\unknown gone}{\pict\bin3 {}}} after", "before after"),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}} words", "link words"),
    ],
)
def test_characters_are_those_that_word_shows(words: bytes, read: str) -> None:
    assert blocks(words + rb"\par") == [(PARAGRAPH, read)]


def test_notes_stand_after_their_paragraph_and_margins_last() -> None:
    body = rb"{\header Firm\par}Body{\footnote A note.}.{\*\annotation A comment.}\par More.\par"
    assert [text for _kind, text in blocks(body)] == ["Body.", "A note.", "A comment.", "More.", "Firm"]


def test_text_boxes_stand_after_their_paragraph() -> None:
    new = rb"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt New.\par}}}"
    old = rb"{\*\do\dobxpage\dptxbx{\dptxbxtext Old.\par}\dpx929\dplinehollow0}"
    for box, text in ((new, "New."), (old, "Old.")):
        assert [text for _kind, text in blocks(rb"One " + box + rb"two.\par More.\par")] == ["One two.", text, "More."]
        assert [text for _kind, text in blocks(box)] == [text]


def test_a_text_box_that_is_written_in_both_forms_is_read_once() -> None:
    drawn = rb"{\shprslt{\*\do\dobxpage\dptxbx{\dptxbxtext Box.\par}}}"
    assert [text for _kind, text in blocks(rb"{\shp{\*\shpinst{\shptxt Box.\par}}" + drawn + b"}")] == ["Box."]


def test_text_without_a_font_is_in_the_usual_one() -> None:
    fonts = rb"{\rtf1\deff7{\fonttbl{\f1\fcharset0 Arial;}{\f7\fcharset204 Times;}}"
    content = fonts + rb"\'cb\'e5\'f1 {\f1 Gr\'f6\'dfe \plain\'cb\'e5\'f1}\par}"
    assert shown(content, "a.rtf") == [(PARAGRAPH, "Лес Größe Лес")]


def test_text_that_is_none_of_the_usual_fonts_letters_is_in_the_documents_own() -> None:
    content = rb"{\rtf1\ansicpg1252\deff0{\fonttbl{\f0\fcharset128 Mincho;}}caf\'e9 and tea\par}"
    assert shown(content, "a.rtf") == [(PARAGRAPH, "café and tea")]


@pytest.mark.parametrize(
    ("name", "codec", "word"),
    [("Arial Cyr", "cp1251", "Лес"), ("Arial CE", "cp1250", "kůň"), ("Arial (Hebrew)", "cp1255", "שלום")],
)
def test_a_fonts_name_tells_its_letters(name: str, codec: str, word: str) -> None:
    codes = "".join(f"\\'{byte:02x}" for byte in word.encode(codec))
    content = f"{{\\rtf1{{\\fonttbl{{\\f0\\fcharset0 Arial;}}{{\\f1 {name};}}}}\\f1 {codes}\\par}}"
    assert shown(content.encode(), "a.rtf") == [(PARAGRAPH, word)]


@pytest.mark.parametrize(("content", "reason"), [(b"\0words\0\1", Reason.UNSUPPORTED), (b"{\\rtf1}", Reason.NO_TEXT)])
def test_bad_files_are_refused_with_their_reasons(content: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), "a.rtf")
    assert refused.value.reason is reason


def test_every_cut_of_a_file_gives_text_or_a_refusal() -> None:
    whole = HEAD + rb"\pard\intbl a\cell{\footnote b}\row \u22823?\'f6{\listtext x}\par}"
    for length in range(6, len(whole)):
        try:
            read(io.BytesIO(whole[:length]), "a.rtf")
        except Refusal:
            continue


def test_what_outlook_compressed_is_taken_apart() -> None:
    # The example of [MS-OXRTFCP], 3.1: "{\rtf1\ansi\ansicpg1252\pard hello world}" and its line end.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompressed(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompressed(b"") == decompressed(packed[:20])[:0] == b""
