"""Word documents: order, structure, and what hides beside the body."""

import io
import zipfile

import pytest

from app.core.pages import BlockKind
from app.core.passages import passages_of
from app.core.types import Reason
from app.readers import docx, reading
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from tests.readers.compound import compound
from tests.readers.small_files import word, word_paragraph

STYLES = (
    '<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:styleId="Mine"><w:name w:val="My own"/><w:basedOn w:val="H2"/></w:style>'
    '<w:style w:styleId="Items"><w:name w:val="Items"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
    '<w:style w:styleId="Round"><w:name w:val="Round"/><w:basedOn w:val="Round"/></w:style>'
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="3">'
    '<w:lvl w:ilvl="0"><w:start w:val="4"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num>'
)


def shown(file: io.BytesIO) -> list[tuple[BlockKind, str]]:
    _title, pages = docx.pages(file, "file.docx")
    return [(block.kind, page.text[block.start : block.end]) for page in pages for block in page.blocks]


def refusal(content: bytes) -> Reason:
    with pytest.raises(Refusal) as refused:
        reading.read(io.BytesIO(content), "file.docx")
    return refused.value.reason


def cell(text: str) -> str:
    return f"<w:tc>{word_paragraph(text)}</w:tc>"


def test_tables_stand_where_they_are_among_the_paragraphs() -> None:
    table = f"<w:tbl><w:tr>{cell('Fruit')}{cell('Tons')}</w:tr><w:tr>{cell('Apples')}{cell('12')}</w:tr></w:tbl>"
    assert shown(word(word_paragraph("Before.") + table + word_paragraph("After."))) == [
        (BlockKind.PARAGRAPH, "Before."),
        (BlockKind.TABLE, "Fruit\tTons\nApples\t12"),
        (BlockKind.PARAGRAPH, "After."),
    ]


def test_headings_are_told_by_style_also_through_its_base() -> None:
    body = "".join(word_paragraph(name, f'<w:pStyle w:val="{name}"/>') for name in ("H2", "Mine", "Round", "Heading1"))
    _title, (page,) = docx.pages(word(body, styles=STYLES), "file.docx")
    assert [block.level for block in page.blocks] == [2, 2, 0, 1]


def test_a_bold_line_of_its_own_is_a_heading() -> None:
    body = word_paragraph("Scope", "", "<w:b/>") + word_paragraph("Not bold", "", '<w:b w:val="0"/>')
    assert [kind for kind, _text in shown(word(body))] == [BlockKind.HEADING, BlockKind.PARAGRAPH]


def test_list_items_carry_the_numbers_that_word_shows() -> None:
    deeper = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr>'
    body = "".join(
        word_paragraph(text, properties)
        for text, properties in (
            ("one", '<w:pStyle w:val="Items"/>'),
            ("deep", deeper),
            ("deeper", deeper),
            ("two", '<w:pStyle w:val="Items"/>'),
            ("again", deeper),
        )
    )
    texts = [text for _kind, text in shown(word(body, styles=STYLES, numbering=NUMBERING))]
    assert texts == ["4. one", "4.i deep", "4.ii deeper", "5. two", "5.i again"]


def test_text_boxes_notes_headers_and_footers_are_read_and_each_once() -> None:
    box = f"<w:txbxContent>{word_paragraph('In a box.')}</w:txbxContent>"
    drawn = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    body = f'<w:p><w:r><w:t>Body.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r>{drawn}</w:r></w:p>'
    notes = f'<w:footnote w:id="0" w:type="separator"/><w:footnote w:id="2">{word_paragraph("A note.")}</w:footnote>'
    file = word(body, footnotes=notes, header=word_paragraph("Firm"), footer=word_paragraph("Firm"))
    assert [text for _kind, text in shown(file)] == ["Body.", "In a box.", "A note.", "Firm"]


def test_deleted_text_and_field_codes_are_not_text() -> None:
    body = (
        "<w:p><w:r><w:t>Kept </w:t></w:r><w:ins><w:r><w:t>and new</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert shown(word(body)) == [(BlockKind.PARAGRAPH, "Kept and new")]


def test_a_document_whose_other_parts_are_lost_is_still_read() -> None:
    file = word(word_paragraph("Still here."), styles="<not xml", numbering="")
    assert shown(file) == [(BlockKind.PARAGRAPH, "Still here.")]


def test_long_documents_become_pages_that_begin_at_headings() -> None:
    section = word_paragraph("Part", '<w:pStyle w:val="Heading1"/>') + word_paragraph("Words and words. " * 100) * 2
    _title, pages = docx.pages(word(section * 5), "file.docx")
    assert [page.number for page in pages] == [1, 2, 3, 4, 5]
    assert all(page.blocks[0].kind is BlockKind.HEADING for page in pages)


def test_the_title_is_the_first_heading_or_the_files_name() -> None:
    assert docx.pages(word(word_paragraph("Text.")), "Letter.docx")[0] == "Letter"
    assert docx.pages(word(word_paragraph("Deed", '<w:pStyle w:val="Heading1"/>')), "x.docx")[0] == "Deed"


def test_bad_files_are_refused_with_their_reasons() -> None:
    whole = word(word_paragraph("Text.")).getvalue()
    assert refusal(b"") is Reason.EMPTY
    assert refusal(whole[:60]) is Reason.DAMAGED
    assert refusal(b"PK\x03\x04 nothing more") is Reason.DAMAGED
    assert refusal(word("").getvalue()) is Reason.NO_TEXT
    assert refusal(compound({"EncryptedPackage": bytes(600), "EncryptionInfo": b"x"})) is Reason.ENCRYPTED
    assert refusal(compound({"Visio Document": bytes(600)})) is Reason.UNSUPPORTED


def test_a_zip_bomb_is_refused_before_it_is_inflated() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package, package.open("word/document.xml", "w") as part:
        for _ in range(300):
            part.write(bytes(1 << 20))
    assert len(bomb.getvalue()) < 1 << 20
    assert refusal(bomb.getvalue()) is Reason.TOO_LARGE


def test_another_zip_under_the_name_is_refused() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("notes.txt", "words")
    assert refusal(other.getvalue()) is Reason.DAMAGED


def test_every_cut_of_a_file_gives_text_or_a_refusal() -> None:
    whole = word(word_paragraph("Text."), styles=STYLES).getvalue()
    for length in range(0, len(whole), 41):
        try:
            assert shown(io.BytesIO(whole[:length]))
        except Refusal:
            continue


def test_spaces_at_the_end_of_a_paragraph_are_kept_and_belong_to_no_passage() -> None:
    lines = (word_paragraph("Date of birth:" + " " * 60), word_paragraph("Signature. "), word_paragraph("   "))
    _title, (page,) = docx.pages(word("".join(lines)), "a.docx")
    assert page.text == "Date of birth:" + " " * 60 + "\n\nSignature. "
    (passage,) = passages_of((page,), sentences)
    assert (passage.start, passage.end) == (0, len(page.text.rstrip()))
