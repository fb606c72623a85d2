"""No format reads otherwise than before under the same version: files that an older program read are read again."""

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from app.core.passages import passages_of
from app.readers.formats import Format
from app.readers.reading import read
from app.readers.sentences import sentences
from app.readers.versions import VERSIONS
from tests.readers.mails import mail, mailbox
from tests.readers.office_files import (
    cells,
    doc,
    epub,
    msg,
    odf_table,
    old_doc,
    opendocument,
    pptx,
    shape,
    xls,
    xlsb,
    xlsx,
)
from tests.readers.presentations import ppt, slide, text
from tests.readers.scanned import page_of
from tests.readers.small_files import Paper, two_columns, word, word_paragraph

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
READINGS = {
    Format.PDF: (1, "f0912536f21507d6"),
    Format.DOCX: (1, "2ba197d85cbd4d4f"),
    Format.DOC: (1, "c7f8bb800f7756a3"),
    Format.PPTX: (2, "dcca8fa90a43553c"),
    Format.PPT: (1, "1bc1023f24be0b0c"),
    Format.XLSX: (1, "b72eab800e308f5d"),
    Format.XLSB: (1, "6acec3afef78c766"),
    Format.XLS: (1, "5ae81fdd6dac2496"),
    Format.ODF: (2, "9f103a9a5b786bca"),
    Format.FLAT_OFFICE: (1, "a4a3bd41897b4949"),
    Format.RTF: (1, "2dd4428ae66e591e"),
    Format.EPUB: (2, "265931500bccef2f"),
    Format.MAIL: (1, "4042854c03947d1d"),
    Format.MBOX: (1, "aa1b6fe3858bd721"),
    Format.MSG: (1, "8ee91ff19c94f80f"),
    Format.CONTENT_LINES: (1, "543d117ac2ce1022"),
    Format.HTML: (2, "20a3d2be595efc47"),
    Format.MARKDOWN: (1, "ba984150d6d01a48"),
    Format.DELIMITED: (1, "23abb43c1f370cb1"),
    Format.SOURCE_CODE: (1, "2ba6ddd2b0c7025f"),
    Format.TEXT: (1, "892af918632a6006"),
    Format.IMAGE: (1, "f292b3818b17f100"),
    Format.ZIP: (1, "c6070982614ecf73"),
}
"""Of each format the version, and what `digest_of` then makes of the files below and the samples."""

WORDS = "The kiln is fired at 1,240 °C for seven hours. It cools for a day.\n\nQuinces – and medlars."
TABLE = "<table><tr><th>Tool<th>Price<tr><td rowspan=2>Kiln<td>7<tr><td>8</table>"
WEB = (
    f"<title>Tools</title><h1>Kiln</h1><p>{WORDS}<p>a<br>b<ul><li>one<ul><li>two</ul><li>three</ul>{TABLE}"
    "<h2>Glaze</h2><blockquote>Celadon.</blockquote><pre>x = 1\ny = 2</pre><img alt='A pot'>"
)
MAIL = mail("Offer", WORDS, {"a.txt": b"Apples.", "b.html": WEB.encode()})
WORD = (
    word_paragraph("Kiln", '<w:pStyle w:val="Heading1"/>')
    + word_paragraph(WORDS)
    + word_paragraph("one", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    + f"<w:tbl><w:tr><w:tc>{word_paragraph('Tool')}</w:tc><w:tc>{word_paragraph('Price')}</w:tc></w:tr></w:tbl>"
)
SHEET = cells(1, "Tool", "Price", "Place") + "".join(cells(n, f"Kiln {n}", f"=0:{n}.5", "yard") for n in range(2, 99))
ROWS: list[list[str | float]] = [["Tool", "Price"], *(["Kiln", float(n)] for n in range(99))]
MARKDOWN = (
    f"---\ntitle: Tools\n---\n# Kiln\n\n{WORDS}\n\n- one\n  - two\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nx\n```\n"
)


def _pdf() -> bytes:
    paper = Paper().page().write(72, 72, "On kilns", 20).lines(72, 120, WORDS.splitlines() * 9)
    rows = (("Tool", "Price", "Place"), ("Kiln", "1,200", "yard"), ("Wheel", "300", "barn"))
    for n, row in enumerate(rows):
        for m, cell in enumerate(row):
            paper.write(72 + 120 * m, 500 + 14 * n, cell)
    return paper.page(90).write(72, 72, "Aslant").saved().getvalue()


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/a.txt", "Apples.")
        archive.writestr("b.md", "Pears.")
    return file.getvalue()


FILES: dict[Format, dict[str, bytes]] = {
    Format.PDF: {"a.pdf": _pdf(), "b.pdf": two_columns().getvalue()},
    Format.DOCX: {"a.docx": word(WORD, header=word_paragraph("Above"), footer=word_paragraph("Below")).getvalue()},
    Format.DOC: {
        "a.doc": doc(f"{WORDS}\ra\x07b\x07\x07"),
        "b.doc": old_doc(f"{WORDS}\rGröße".encode("cp1252", "replace")),
    },
    Format.PPTX: {"a.pptx": pptx([shape("Kiln", "title") + shape(WORDS), shape("b")], notes1=shape("Say it.", "body"))},
    Format.PPT: {"a.ppt": ppt(slide(text(0, "Kiln"), text(1, WORDS)), slide(), notes=text(2, "Say it."))},
    Format.XLSX: {"a.xlsx": xlsx({"S": SHEET, "T": cells(1, "a", "b") + cells(3, "c")})},
    Format.XLSB: {"a.xlsb": xlsb({"S": ROWS})},
    Format.XLS: {"a.xls": xls(ROWS, merged=(0, 0, 0, 1))},
    Format.ODF: {
        "a.odt": opendocument("text", f"<text:h text:outline-level='1'>Kiln</text:h><text:p>{WORDS}</text:p>"),
        "a.ods": opendocument(
            "spreadsheet", f"<table:table table:name='S'>{odf_table([['a', 'b'], ['c', 'd']])}</table:table>"
        ),
        "a.odp": opendocument(
            "presentation",
            f"<draw:page><draw:frame><draw:text-box><text:p>{WORDS}</text:p></draw:text-box></draw:frame></draw:page>",
        ),
    },
    Format.FLAT_OFFICE: {
        "a.xml": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet>'
        b"<Table><Row><Cell><Data>Tool</Data></Cell><Cell><Data>Price</Data></Cell></Row></Table></Worksheet></Workbook>"
    },
    Format.RTF: {"a.rtf": b"{\\rtf1 {\\b Kiln}\\par Words\\'e4 of it.\\par \\trowd\\intbl a\\cell b\\cell\\row}"},
    Format.EPUB: {
        "a.epub": epub({"a.xhtml": f"<h1>Kiln</h1><p>{WORDS}</p>", "b.xhtml": "<h2>Glaze</h2><p>Celadon.</p>"})
    },
    Format.MAIL: {
        "a.eml": MAIL.as_bytes(),
        "b.eml": f"Subject: =?utf-8?q?K=C3=A4se?=\nContent-Type: text/html\n\n{WEB}".encode(),
    },
    Format.MBOX: {"a.mbox": mailbox(MAIL, mail("Re: Offer", "> See below.\n\nYes."))},
    Format.MSG: {"a.msg": msg({0x0037: "Kiln", 0x1000: WORDS})},
    Format.CONTENT_LINES: {
        "a.ics": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260301T090000Z\nSUMMARY:Fire\nEND:VEVENT\nEND:VCALENDAR\n",
        "a.vcf": b"BEGIN:VCARD\r\nFN:Ben Potter\r\nTEL;TYPE=work:123\r\nEND:VCARD\r\n",
    },
    Format.HTML: {"a.html": WEB.encode()},
    Format.MARKDOWN: {"a.md": MARKDOWN.encode()},
    Format.DELIMITED: {"a.csv": b"Tool,Price,Place\n" + b'Kiln,7,"back, room"\n' * 99, "b.tsv": b"a\tb\n1\t2\n"},
    Format.SOURCE_CODE: {
        "a.py": b'class Kiln:\n    """Words."""\n\n    def fire(self):\n        return 7\n',
        "a.xml": b"<a>Kiln<b c='d'/></a>",
    },
    Format.TEXT: {"a.txt": WORDS.encode(), "b.txt": WORDS.encode("utf-16"), "c.rst": b"Kiln\n====\n\n* one\n* two\n"},
    Format.IMAGE: {"a.png": page_of()[0].get_pixmap(dpi=50).tobytes("png")},
    Format.ZIP: {"a.zip": _zip()},
}


def digest_of(kind: Format) -> str:
    """Return a digest of all that the files of a format read as."""
    files = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir())} | FILES[kind]
    told = hashlib.sha256()
    for name, content in files.items():
        found = read(io.BytesIO(content), name)
        if found.kind is kind:
            told.update(repr((name, *found, passages_of(found.pages, sentences))).encode(errors="surrogatepass"))
    return told.hexdigest()[:16]


@pytest.mark.parametrize("kind", Format)
def test_a_format_that_reads_otherwise_has_another_version(kind: Format) -> None:
    assert all(read(io.BytesIO(content), name).kind is kind for name, content in FILES[kind].items())
    found = (VERSIONS[kind], digest_of(kind))
    version, digest = READINGS[kind]
    assert found[0] > version or found[1] == digest, "raise its version in app/readers/versions.py, and note it here"
    assert found == READINGS[kind], f"note it here: {found}"
