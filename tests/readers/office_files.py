"""Small office files, built where they are needed."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tests.readers.compound import Tree, compound

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:r="{_RELATION}"'
)
_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("presentation", "presentation"),
        ("style", "style"),
    )
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def related(*targets: tuple[str, str, str]) -> str:
    """Return the XML of relations: id, kind, target."""
    rows = (f'<Relationship Id="{one}" Type="{_RELATION}/{kind}" Target="{to}"/>' for one, kind, to in targets)
    return f"<Relationships>{''.join(rows)}</Relationships>"


def xlsx(
    sheets: Mapping[str, str], formats: Sequence[str] = (), *, properties: str = "", **parts: str | bytes
) -> bytes:
    """Return a workbook: the rows' XML by the sheets' names, and the format codes that styles 1, 2, ... have.

    `properties` are the attributes of its `workbookPr`.
    """
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"/>' for n, name in enumerate(sheets, 1))
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    files = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SHEET_NAMESPACE}" xmlns:r="{_RELATION}"><workbookPr {properties}/>'
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": related(
            ("t", "styles", "styles.xml"),
            ("x", "sharedStrings", "sharedStrings.xml"),
            *((f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers),
        ),
        "xl/styles.xml": f"<styleSheet><numFmts>{codes}</numFmts><cellXfs><xf/>{styles}</cellXfs></styleSheet>",
    }
    for n, rows in enumerate(sheets.values(), 1):
        files[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_SHEET_NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return zipped(files | {name.replace("__", "/"): content for name, content in parts.items()})


def cells(number: int, *texts: str) -> str:
    """Return the XML of a row of inline texts, or of numbers where they begin with "="."""
    row = ""
    for column, text in enumerate(texts):
        place = f'r="{chr(65 + column)}{number}"'
        if text.startswith("="):
            style, _colon, value = text[1:].rpartition(":")
            row += f'<c {place} s="{style or 0}"><v>{value}</v></c>'
        elif text:
            row += f'<c {place} t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<row r="{number}">{row}</row>'


def xlsb(
    sheets: Mapping[str, Sequence[Sequence[str | float | bool]]],
    formats: Sequence[str] = (),
    parts: Mapping[str, str | bytes] = MappingProxyType({}),
) -> bytes:
    """Return a binary workbook; numbers of column n have the n-th of the format codes, if there are so many."""
    strings = dict.fromkeys(cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str))
    places = {text: place for place, text in enumerate(strings)}
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.bin": b"".join(
            xlsb_record(156, struct.pack("<II", 0, n) + _wide(f"s{n}") + _wide(name))
            for n, name in enumerate(sheets, 1)
        ),
        "xl/_rels/workbook.bin.rels": related(
            ("t", "styles", "styles.bin"),
            ("x", "sharedStrings", "sharedStrings.bin"),
            *((f"s{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)),
        ),
        "xl/sharedStrings.bin": b"".join(xlsb_record(19, b"\0" + _wide(text)) for text in strings),
        "xl/styles.bin": b"".join(
            xlsb_record(44, struct.pack("<H", 164 + n) + _wide(code)) for n, code in enumerate(formats)
        )
        + xlsb_record(47, struct.pack("<HH", 0xFFFF, 9))  # a style of styles, which no cell has
        + xlsb_record(617, struct.pack("<I", len(formats) + 1))
        + b"".join(xlsb_record(47, struct.pack("<HH", 0, number)) for number in (0, *range(164, 164 + len(formats))))
        + xlsb_record(618, b""),
    }
    for n, rows in enumerate(sheets.values(), 1):
        content = b""
        for r, row in enumerate(rows):
            content += xlsb_record(0, struct.pack("<I", r) + bytes(13))
            content += b"".join(_xlsb_cell(c, cell, places, len(formats)) for c, cell in enumerate(row))
        files[f"xl/worksheets/sheet{n}.bin"] = (
            xlsb_record(148, struct.pack("<4I", 0, len(rows), 0, max(map(len, rows), default=0)))  # the sheet's size
            + xlsb_record(145, b"")
            + content
            + xlsb_record(146, b"")
        )
    return zipped(files | dict(parts))


def xlsb_record(number: int, content: bytes) -> bytes:
    """Return a record of a binary workbook."""
    kind = bytes((number,)) if number < 0x80 else bytes((number & 0x7F | 0x80, number >> 7))
    size, rest = b"", len(content)
    while rest >= 0x80:
        size, rest = size + bytes((rest & 0x7F | 0x80,)), rest >> 7
    return kind + size + bytes((rest,)) + content


def _xlsb_cell(column: int, cell: str | float | bool, places: Mapping[str, int], formats: int) -> bytes:
    place = struct.pack("<II", column, column + 1 if column < formats else 0)
    match cell:
        case bool():
            return xlsb_record(4, place + bytes((cell,)))
        case str():
            return xlsb_record(7, place + struct.pack("<I", places[cell]))
        case int():
            return xlsb_record(2, place + struct.pack("<i", cell << 2 | 2))
        case _:
            return xlsb_record(5, place + struct.pack("<d", cell))


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def pptx(slides: Sequence[str], **parts: str) -> bytes:
    """Return a presentation of slides, each the XML of its shapes; `notes1` is the shapes of the first one's notes."""
    files = {
        "ppt/presentation.xml": f"<p:presentation {_NAMESPACES}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in range(1, len(slides) + 1))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": related(
            *((f"r{n}", "slide", f"slides/slide{n}.xml") for n in range(1, len(slides) + 1))
        ),
    }
    for n, shapes in enumerate(slides, 1):
        tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
        files[f"ppt/slides/slide{n}.xml"] = f"<p:sld {_NAMESPACES}>{tree}</p:sld>"
        relations = [(name, name.rstrip("0123456789"), f"../{name}.xml") for name in parts if name.endswith(str(n))]
        files[f"ppt/slides/_rels/slide{n}.xml.rels"] = related(*relations)
    for name, content in parts.items():
        files[f"ppt/{name}.xml"] = f"<p:part {_NAMESPACES}>{content}</p:part>"
    return zipped(files)


def shape(text: str, place: str | None = None) -> str:
    """Return the XML of a shape, a paragraph a line; `place` is the kind of its placeholder, "" for one without."""
    kind = "" if place is None else f'<p:ph type="{place}"/>' if place else "<p:ph/>"
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return f"<p:sp><p:nvSpPr><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:txBody>{lines}</p:txBody></p:sp>"


def opendocument(kind: str, body: str, **parts: str) -> bytes:
    """Return an OpenDocument file; `kind` is text, presentation or spreadsheet."""
    content = f"<office:document-content {_ODF}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
    files = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"{content}</office:document-content>",
    }
    return zipped(files | {f"{name}.xml": f"<office:root {_ODF}>{xml}</office:root>" for name, xml in parts.items()})


def odf_table(rows: Sequence[Sequence[str]]) -> str:
    """Return the XML of a table's rows."""
    filled = ("".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row) for row in rows)
    return "".join(f"<table:table-row>{row}</table:table-row>" for row in filled)


def epub(chapters: Mapping[str, str], title: str = "A book", **parts: str) -> bytes:
    """Return a book: the chapters' XHTML by file name."""
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{title}</dc:title></metadata><manifest>{items}"
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        f"<spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    files = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": opf}
    files |= {f"OEBPS/{name}": f"<html><body>{xhtml}</body></html>" for name, xhtml in chapters.items()}
    return zipped(files | {name.replace("__", "/"): content for name, content in parts.items()})


def xls(
    rows: Sequence[Sequence[str | float]],
    code: str = "General",
    encrypted: bool = False,
    merged: tuple[int, int, int, int] | None = None,
    damaged: tuple[bool, bool] = (False, False),
) -> bytes:
    """Return a BIFF8 workbook with one sheet; its numbers have the format code.

    `damaged` says whether a name of the workbook's and a note of the sheet's are cut off.

    `merged` are the first and last row and the first and last column of the cells that are one, counted from 0.
    """
    format_record = _record(0x041E, struct.pack("<HHB", 164, len(code), 0) + code.encode("latin-1"))
    styles = b"".join(_record(0x00E0, struct.pack("<HHHB13x", 0, number, 0, 0)) for number in [0] * 15 + [164])
    font = _record(0x0031, struct.pack("<HHHHHBBBxBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 5, 0) + b"Arial")
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 0x07CC, 0, 6))
    lock = _record(0x002F, struct.pack("<HHHH", 0, 0, 1, 1)) if encrypted else b""
    name = b"Budget"
    end = _record(0x000A, b"")
    name_cut, note_cut = (
        _record(kind, b"\0") if is_cut else b"" for kind, is_cut in zip((0x18, 0x1C), damaged, strict=True)
    )
    globals_before = begin + lock + font + format_record + styles + name_cut
    sheet_at = len(globals_before) + 4 + 8 + len(name) + len(end)
    bound = _record(0x0085, struct.pack("<IHBB", sheet_at, 0, len(name), 0) + name)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 0x07CC, 0, 6))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += _record(0x0204, struct.pack("<HHHHB", r, c, 15, len(value), 1) + text)
            else:
                sheet += _record(0x0203, struct.pack("<HHHd", r, c, 15, value))
    if merged is not None:
        sheet += _record(0x00E5, struct.pack("<5H", 1, *merged))
    sheet += note_cut
    return compound({"Workbook": (globals_before + bound + end + sheet + end).ljust(4096, b"\0")})


def doc(text: str, flags: int = 0) -> bytes:
    """Return a Word 97 document; `text` has its control characters."""
    content = text.encode("utf-16-le")
    stream = bytearray(0x400)
    struct.pack_into("<HH", stream, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", stream, 10, flags)
    struct.pack_into("<I", stream, 0x4C, len(text))
    pieces = struct.pack("<III", 0, len(text), 0)[:8] + struct.pack("<HIH", 0, len(stream), 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", stream, 0x01A2, 0, len(table))
    return compound({"WordDocument": bytes(stream) + content, "0Table": table})


def old_doc(
    text: bytes, *, magic: int = 0xA5DC, flags: int = 0, language: int = 0x409, letters: int = 0, chars: int = 0
) -> bytes:
    """Return what a document of Word 6 has in its stream; `chars` of its text are the body, all of them if 0."""
    stream = bytearray(0x300)
    struct.pack_into("<HHHHHH", stream, 0, magic, 101, 0, language, 0, flags)
    struct.pack_into("<H", stream, 0x14, letters)
    struct.pack_into("<II", stream, 0x18, len(stream), len(stream) + len(text))
    body = chars or len(text)
    struct.pack_into("<III", stream, 0x34, body, 0, len(text) - body)
    return bytes(stream) + text


def msg(properties: Mapping[int, str | bytes], attachments: Sequence[Tree] = ()) -> bytes:
    """Return an Outlook message: texts and bytes by their property's number, and its attachments' streams."""
    return compound(msg_storage(properties, attachments, header_bytes=32))


def msg_storage(
    properties: Mapping[int, str | bytes], attachments: Sequence[Tree] = (), header_bytes: int = 24
) -> Tree:
    """Return the streams of a message, which may stand within another."""
    sent = struct.pack("<HHIQ", 0x40, 0x39, 6, 133_485_408_000_000_000)  # 2024-01-01 00:00 UTC
    tree: Tree = {"__properties_version1.0": bytes(header_bytes) + sent}
    for number, value in properties.items():
        kind, content = ("001F", value.encode("utf-16-le")) if isinstance(value, str) else ("0102", value)
        tree[f"__substg1.0_{number:04X}{kind}"] = content
    return tree | {f"__attach_version1.0_#{n:08X}": attachment for n, attachment in enumerate(attachments)}


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content
