"""Files that a program or a person made oddly: broken off, misnamed, put together wrongly. Each was found by trying."""

import base64
import io
import zipfile

import pytest

from app.core.types import Reason
from app.readers import mail
from app.readers.formats import format_of
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.compound import compound
from tests.readers.office_files import epub, opendocument, pptx, zipped
from tests.readers.small_files import LEFT_X, TOP_Y, Paper, word, word_paragraph

MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
WEB_PAGE = b"<!DOCTYPE html><html><head><title>T</title></head><body><p>Web words.</p></body></html>"
WEB_ARCHIVE = (
    b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n"
    b"<p>Archived words.</p>\n--b--\n"
)


def text_in(content: bytes, name: str) -> str:
    return "\n\n".join(page.text for page in read(io.BytesIO(content), name).pages)


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"Name\tTons\r\nApples\t12\r\n", "export.xls", "Name\tTons\nApples\t12"),
        (b"Words alone.\n", "letter.doc", "Words alone."),
        (WEB_ARCHIVE, "saved.doc", "Archived words."),
        (WEB_ARCHIVE, "saved.xls", "Archived words."),
        (WEB_PAGE, "saved.docx", "Web words."),
        (WEB_PAGE, "saved.epub", "Web words."),
        (WEB_PAGE, "saved.txt", "Web words."),
    ],
)
def test_what_bears_the_name_of_another_format_is_read_as_what_it_is(content: bytes, name: str, text: str) -> None:
    assert text_in(content, name) == text


@pytest.mark.parametrize(("content", "name"), [(b"<?xml version='1.0'?><Workbook/>", "a.xls"), (b"Words.", "a.msg")])
def test_what_is_no_text_of_its_name_is_refused_as_before(content: bytes, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        format_of(io.BytesIO(content), name)
    assert refused.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("begin", ['<?xml version="1.0"?><html>', '<html xmlns="http://www.w3.org/1999/xhtml">'])
def test_an_element_that_ends_where_it_begins_takes_nothing_in(begin: str) -> None:
    page = f'{begin}<head><title/><script src="a.js"/></head><body><a id="x"/><div class="c" /><p>Words.<br/>More.</p>'
    assert text_in(page.encode(), "a.xhtml") == "Words.\nMore."
    assert text_in(epub({"a.xhtml": page}), "a.epub") == "Words.\nMore."


def test_a_cell_that_nothing_closes_takes_in_nothing_behind_it() -> None:
    content = b'id,name\n1,"Apples\n2,Pears\n3,Plums\n'
    assert text_in(content, "a.csv") == 'id\tname\n1\t"Apples\n2\tPears\n3\tPlums'
    sound = b'id,name\n1,"Apples\nand ""pears"""\n2,19" screen\n'
    assert text_in(sound, "a.csv") == 'id\tname\n1\tApples and "pears"\n2\t19" screen'


def test_excels_note_of_the_delimiter_is_no_row() -> None:
    assert text_in(b"sep=|\nname|a;b\nApples|1;2\n", "a.csv") == "name\ta;b\nApples\t1;2"


def test_a_mail_whose_boundary_is_another_one_than_it_says_has_its_parts() -> None:
    file = b"--y\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-\n--y--\n"
    content = (
        b"Subject: a\nContent-Type: multipart/mixed; boundary=x\n\nThis is a multi-part message.\n"
        b"--y\nContent-Type: text/html;\nContent-Transfer-Encoding: base64\n\nPGI+Tm90IGxvc3QuPC9iPg==\n" + file
    )
    found = read(io.BytesIO(content), "a.eml")
    assert [member.name for member in found.members] == ["a.pdf"]
    assert text_in(content, "a.eml").endswith("Attachments: a.pdf\n\nNot lost.")


@pytest.mark.parametrize("codec", ["utf-8", "koi8-r", "cp1251"])
def test_bare_bytes_in_the_headers_of_a_mail_are_letters(codec: str) -> None:
    file = b'--x\nContent-Disposition: attachment; filename="%s.txt"\n\nx\n--x--\n' % "Договор".encode(codec)
    head = "Subject: Яблоки созревают в саду\nContent-Type: multipart/mixed; boundary=x\n\n"
    found = read(io.BytesIO(head.encode(codec) + file), "a.eml")
    assert found.title == "Яблоки созревают в саду"
    assert [member.name for member in found.members] == ["Договор.txt"]


def test_a_mail_of_apples_program_is_read_as_far_as_it_says() -> None:
    mail = b"Subject: a\n\nTwo pears.\n"
    content = b"%d\n%s<?xml version='1.0'?><plist><dict/></plist>\n" % (len(mail), mail)
    assert text_in(content, "a.emlx") == "a\n\nTwo pears."


def test_a_mail_whose_boundary_is_nowhere_in_it_has_its_text() -> None:
    content = b"Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n--y\nContent-Type: text/plain\n\nNot lost.\n"
    assert "Not lost." in text_in(content, "a.eml")


def test_what_was_written_above_a_mail_that_is_quoted_is_read() -> None:
    head = b"Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n"
    content = head + b"The important letter.\nSecond line.\n--y  \nContent-Type: text/plain\n\nquoted\n"
    assert text_in(content, "a.eml").endswith("The important letter.\nSecond line.\n\nquoted")


@pytest.mark.parametrize("number", [b"0", b"7", b"999999"])
def test_a_number_above_a_mail_that_is_no_length_of_it_cuts_nothing(number: bytes) -> None:
    assert text_in(number + b"\nSubject: a\n\nTwo pears.\n", "a.eml") == "a\n\nTwo pears."


def test_bare_bytes_in_headers_that_are_not_shown_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    decoded = mail._decoded

    def noted(header: object, charset: str = "") -> str:
        asked.append(header)
        return decoded(header, charset)

    monkeypatch.setattr(mail, "_decoded", noted)
    assert text_in(b"X-A: \xe4\xf6\nSubject: a\n\nTwo pears.\n", "a.eml") == "a\n\nTwo pears."
    assert asked == ["a"]


@pytest.mark.parametrize("odd", ["<q:1/>", '<w:p q:="1"/>', '<w:p q:1="1"/>'])
def test_a_prefix_before_what_is_no_name_is_no_damage(odd: str) -> None:
    body = f"<w:p><w:r><w:t>Apples</w:t></w:r></w:p>{odd}"
    content = zipped({"word/document.xml": f"<w:document><w:body>{body}</w:body></w:document>"})
    assert text_in(content, "a.docx") == "Apples"


def test_a_mail_in_a_mail_is_read_though_it_is_encoded() -> None:
    inner = base64.encodebytes(b"Subject: in\nContent-Type: text/plain; name=b.txt\n\nInner words.\n")
    content = b"Subject: out\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner
    found = read(io.BytesIO(content), "a.eml")
    assert [page.text for page in found.pages] == ["out\n\nAttachments: in", "in\n\nAttachments: b.txt"]
    assert [member.name for member in found.members] == ["b.txt"]


def test_what_is_attached_without_a_word_of_it_is_listed() -> None:
    paper = Paper().page().write(LEFT_X, TOP_Y, "Hidden.").saved("").getvalue()
    part = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(paper)
    content = b"Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nBody.\n--x\n" + part + b"--x--\n"
    assert [member.name for member in read(io.BytesIO(content), "a.eml").members] == ["attachment.pdf"]


@pytest.mark.parametrize("charset", [b"idna", b"undefined", b"utf-8"])
def test_a_mail_whose_text_is_none_is_still_a_mail(charset: bytes) -> None:
    content = b"Subject: a\nFrom: Anna\nContent-Type: text/plain; charset=" + charset + b"\n\n"
    assert text_in(content + bytes(range(256)) * 3, "a.eml") == "a\n\nFrom: Anna"
    assert text_in(content + "Größe".encode("cp1252"), "a.eml") == "a\n\nFrom: Anna\n\nGröße"


def run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


EQUATIONS = {
    f"<m:f><m:num>{run('1')}</m:num><m:den>{run('a+b')}</m:den></m:f>": "1/(a+b)",
    f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>": "x^2",
    f"<m:sSub><m:e>{run('a')}</m:e><m:sub>{run('i+1')}</m:sub></m:sSub>": "a_(i+1)",
    f"<m:rad><m:deg/><m:e>{run('a+b')}</m:e></m:rad>": "√(a+b)",
    f"{run('f')}<m:d><m:e>{run('x')}</m:e></m:d>": "f(x)",
    f"<m:func><m:fName>{run('sin')}</m:fName><m:e>{run('x')}</m:e></m:func>": "sin x",
    f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{run("i=1")}</m:sub><m:sup>{run("n")}</m:sup>'
    f"<m:e>{run('i')}</m:e></m:nary>": "∑_(i=1)^n i",
    f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e><m:m><m:mr><m:e>{run("a")}</m:e>'
    f"<m:e>{run('b')}</m:e></m:mr><m:mr><m:e>{run('c')}</m:e><m:e>{run('d')}</m:e></m:mr></m:m></m:e></m:d>": (
        "[a, b; c, d]"
    ),
}


@pytest.mark.parametrize(("equation", "text"), EQUATIONS.items(), ids=EQUATIONS.values())
def test_an_equation_is_written_as_a_person_types_it(equation: str, text: str) -> None:
    body = f"<w:p><w:r><w:t>So </w:t></w:r><m:oMath {MATH}>{equation}</m:oMath><w:r><w:t>.</w:t></w:r></w:p>"
    assert text_in(word(body).getvalue(), "a.docx") == f"So {text}."
    math = f'<a14:m xmlns:a14="x"><m:oMath {MATH}>{equation}</m:oMath></a14:m>'
    inner = f'<mc:AlternateContent xmlns:mc="y"><mc:Choice>{math}</mc:Choice><mc:Fallback/></mc:AlternateContent>'
    slide = f"<p:sp><p:txBody><a:p><a:r><a:t>So </a:t></a:r>{inner}</a:p></p:txBody></p:sp>"
    assert text_in(pptx([slide]), "a.pptx") == f"So {text}"


def test_a_row_that_is_deleted_is_not_read_and_a_wide_cell_moves_no_other() -> None:
    def row(*texts: str, properties: str = "") -> str:
        cells = (f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in texts)
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    wide = row("Fruit", "Tons").replace("<w:tc>", '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>', 1)
    rows = wide + row("old", "x", "y", properties="<w:del/>") + row("Apples", "red", "12")
    assert text_in(word(f"<w:tbl>{rows}</w:tbl>").getvalue(), "a.docx") == "Fruit\t\tTons\nApples\tred\t12"
    page = b"<table><tr><th colspan=2>Fruit<th colspan=x>Tons<tr><td>Apples<td>red<td>12</table>"
    assert text_in(page, "a.html") == "Fruit\t\tTons\nApples\tred\t12"


def test_parts_whose_names_have_backslashes_are_found() -> None:
    with zipfile.ZipFile(word(word_paragraph("Words."))) as package:
        parts = {name.replace("/", "\\"): package.read(name) for name in package.namelist()}
    assert text_in(zipped(parts), "a.docx") == "Words."
    assert text_in(zipped(parts), "a.pdf") == "Words."


def test_a_cell_that_does_not_say_how_it_is_displayed_is_its_value() -> None:
    cells = (
        '<table:table-cell office:value-type="float" office:value="12.5"/>'
        '<table:table-cell office:value-type="date" office:date-value="2026-11-23"/>'
        '<table:table-cell office:value-type="float" office:value="7"><text:p>7,00 €</text:p></table:table-cell>'
    )
    body = f'<table:table table:name="S"><table:table-row>{cells}</table:table-row></table:table>'
    assert text_in(opendocument("spreadsheet", body), "a.ods") == "S\n\n12.5\t2026-11-23\t7,00 €"


def test_a_mail_that_is_an_invitation_alone_says_so() -> None:
    invitation = b"\n--x\nContent-Type: text/calendar\n\nSUMMARY:Meeting\n"
    content = b"Subject: a\nContent-Type: multipart/alternative; boundary=x\n"
    assert text_in(content + invitation + b"--x--\n", "a.eml") == "a\n\nSUMMARY:Meeting"
    plain = b"\n--x\nContent-Type: text/plain\n\nWe meet.\n"
    assert text_in(content + plain + invitation + b"--x--\n", "a.eml") == "a\n\nWe meet."


@pytest.mark.parametrize("place", [30, 32], ids=["sectors", "small sectors"])
def test_sectors_larger_than_any_number_are_damage(place: int) -> None:
    content = bytearray(compound({"__properties_version1.0": bytes(32), "__substg1.0_1000001F": b"W\0"}))
    content[place : place + 2] = b"\xff\x00"
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), "a.msg")
    assert refused.value.reason in (Reason.DAMAGED, Reason.NO_TEXT)
