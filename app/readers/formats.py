"""What a file is: by what it begins with, else by its name. Engine's process (suffixes) and reader's (everything)."""

from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import PageForm
from app.core.types import Reason
from app.readers import zips
from app.readers.refusal import Refusal


class Format(StrEnum):
    """What a file is; each has a reader."""

    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    PPTX = "pptx"
    PPT = "ppt"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODF = "odf"
    FLAT_OFFICE = "flat_office"
    RTF = "rtf"
    EPUB = "epub"
    MAIL = "mail"
    MBOX = "mbox"
    MSG = "msg"
    CONTENT_LINES = "content_lines"
    HTML = "html"
    MARKDOWN = "markdown"
    DELIMITED = "delimited"
    SOURCE_CODE = "source_code"
    TEXT = "text"
    IMAGE = "image"
    ZIP = "zip"


_SUFFIXES = {
    Format.PDF: "pdf",
    Format.DOCX: "docx docm dotx dotm",
    Format.DOC: "doc dot",
    Format.PPTX: "pptx pptm ppsx ppsm potx potm",
    Format.PPT: "ppt pps pot",
    Format.XLSX: "xlsx xlsm xltx xltm",
    Format.XLSB: "xlsb",
    Format.XLS: "xls xlt",
    Format.ODF: "odt ott odm odp otp odg otg ods ots sxw stw sxi sti sxd std sxc stc",
    Format.FLAT_OFFICE: "fodt fods fodp fodg",
    Format.RTF: "rtf",
    Format.EPUB: "epub",
    Format.MAIL: "eml emlx mht mhtml",
    Format.MBOX: "mbox",
    Format.MSG: "msg",
    Format.CONTENT_LINES: "ics vcs vcf vcard",
    Format.HTML: "html htm xhtml xht shtml",
    Format.MARKDOWN: "md markdown",
    Format.DELIMITED: "csv tsv",
    Format.SOURCE_CODE: (
        "py pyi js mjs cjs jsx ts tsx java kt kts scala groovy c h cc cpp cxx hpp hh m mm cs go rs rb php pl pm swift "
        "r jl lua sh bash zsh fish ps1 bat cmd sql hs ml mli fs ex exs erl clj lisp el scm vb vbs bas pas f90 f95 f "
        "dart zig nim css scss less vue svelte xml xsd xsl yaml yml toml ini cfg conf properties tf "
        "proto graphql gradle cmake mk"
    ),
    Format.TEXT: "txt text log rst adoc org tex srt vtt",
    Format.IMAGE: "png jpg jpeg tif tiff",
    Format.ZIP: "zip",
}
FORMATS = {f".{suffix}": kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
SUPPORTED_SUFFIXES = frozenset(FORMATS)

# So much of a file's beginning tells its format; a PDF's mark may stand this far in.
SNIFFED_BYTES = 1024
_PDF_MARK = b"%PDF-"
_ZIP_MARK = b"PK\x03\x04"
# Word 1 and 2, Word 6 and 95, and the two of Japan, Korea and China: not all had a container around them.
OLD_WORD_MARKS = (b"\x9b\xa5", b"\x9c\xa5", b"\xdb\xa5", b"\xdc\xa5", b"\x97\xa6", b"\x98\xa6", b"\x99\xa6")
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF_MARK = b"{\\rtf"
_IMAGE_MARKS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"II*\0": "tiff", b"MM\0*": "tiff"}
_HTML_MARKS = (b"<!doctype html", b"<html")
_WEB_ARCHIVE_MARKS = (b"mime-version:", b"from: <saved by")
_IN_ZIP = {
    "word/document.xml": Format.DOCX,
    "ppt/presentation.xml": Format.PPTX,
    "xl/workbook.xml": Format.XLSX,
    "xl/workbook.bin": Format.XLSB,
    "meta-inf/container.xml": Format.EPUB,
    "content.xml": Format.ODF,
}
_IN_OLE = {
    "worddocument": Format.DOC,
    "powerpoint document": Format.PPT,
    "workbook": Format.XLS,
    "book": Format.XLS,
    "__properties_version1.0": Format.MSG,
}
_ODF_FORMS = {
    **dict.fromkeys((".odp", ".otp", ".fodp", ".odg", ".otg", ".fodg", ".sxi", ".sti", ".sxd", ".std"), PageForm.SLIDE),
    **dict.fromkeys((".ods", ".ots", ".fods", ".sxc", ".stc"), PageForm.SHEET),
}
_OLD_OFFICE = frozenset((Format.DOC, Format.PPT, Format.XLS, Format.MSG))
_ZIPPED = frozenset(_IN_ZIP.values())
_MISNAMED = frozenset((*_OLD_OFFICE, *_ZIPPED, Format.TEXT))
"""What a web page is called at times, and is not."""
_FLAT = frozenset((*_OLD_OFFICE, *_ZIPPED, Format.FLAT_OFFICE))
_FLAT_SUFFIX = ".xml"
_TRANSLATION = ".pot"  # more often than a template of PowerPoint
# One of these is in the beginning of an office document that is one XML file.
_FLAT_MARKS = (
    b'progid="word.document"',
    b'progid="excel.sheet"',
    b'progid="powerpoint.show"',
    b"schemas.microsoft.com/office/word/2003/wordml",
    b"schemas.microsoft.com/office/2006/xmlpackage",
    b"urn:schemas-microsoft-com:office:spreadsheet",
    b"<office:document ",
)


def is_drawn(name: str) -> bool:
    """Whether the window shows the pages of a file of this name as drawn; others it shows as text."""
    return form_of(name) is PageForm.PRINTED


def form_of(name: str) -> PageForm:
    """Return as what the window shows the pages of a file of this name."""
    suffix = _suffix(name)
    match FORMATS.get(suffix):
        case Format.PDF | Format.IMAGE:
            return PageForm.PRINTED
        case Format.EPUB:
            return PageForm.BOOK
        case Format.PPTX | Format.PPT:
            return PageForm.TEXT if suffix == _TRANSLATION else PageForm.SLIDE
        case Format.XLSX | Format.XLS | Format.DELIMITED:
            return PageForm.SHEET
        case Format.ODF | Format.FLAT_OFFICE:
            return _ODF_FORMS.get(suffix, PageForm.TEXT)
        case _:
            return PageForm.TEXT


def image_kind(first: bytes) -> str:
    """Return what MuPDF calls an image that begins so, "" for what is none."""
    return next((kind for mark, kind in _IMAGE_MARKS.items() if first.startswith(mark)), "")


def format_of(file: BinaryIO, name: str) -> Format:
    """Return what a file is: many bear the name of another format.

    Raises:
        Refusal: it has no reader, is empty, or is locked with a password.
    """
    suffix = _suffix(name)
    if suffix not in FORMATS:
        raise Refusal(Reason.UNSUPPORTED, suffix)
    file.seek(0)
    first = file.read(SNIFFED_BYTES)
    if not first:
        raise Refusal(Reason.EMPTY)
    named = FORMATS[suffix]
    if named is Format.ZIP:
        return named
    if first.startswith(_ZIP_MARK):
        return _in_zip(file, named)
    if first.startswith(OLE_MARK):
        return _in_ole(file)
    if _PDF_MARK in first and named not in (Format.MAIL, Format.MBOX, Format.SOURCE_CODE, Format.MARKDOWN):
        return Format.PDF
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_RTF_MARK):
        return Format.RTF
    if (
        start.startswith(b"<")
        and (named in _FLAT or suffix == _FLAT_SUFFIX)
        and any(mark in start for mark in _FLAT_MARKS)
    ):
        return Format.FLAT_OFFICE
    if named in _MISNAMED and start.startswith(_HTML_MARKS):  # what programs on the web call a document of Office
        return Format.HTML
    if (named in _OLD_OFFICE or named is Format.HTML) and start.startswith(_WEB_ARCHIVE_MARKS):
        return Format.MAIL
    if named is Format.DOC and first.startswith(OLD_WORD_MARKS) and b"\0" in first:
        return named
    if named in _OLD_OFFICE or named is Format.RTF:
        return _plainly(first, named, suffix)
    return named


def _plainly(first: bytes, named: Format, suffix: str) -> Format:
    """Return what a text is that bears the name of an old office file: tables are often sent so."""
    is_text = b"\0" not in first and not first.lstrip().startswith(b"<?xml")
    if named is Format.MSG or not is_text:
        raise Refusal(Reason.UNSUPPORTED, f"no {suffix} file")
    return Format.DELIMITED if named is Format.XLS else Format.TEXT


def _in_zip(file: BinaryIO, named: Format) -> Format:
    from app.readers import package  # here, so that the engine, which wants the suffixes alone, is spared lxml

    try:
        names = list(map(zips.part_name, package.opened(file).infolist()))
    except Refusal as error:
        if named in _ZIPPED:
            raise
        raise Refusal(Reason.UNSUPPORTED, "a damaged zip") from error
    found = next((_IN_ZIP[name] for name in _IN_ZIP if name in names), None)
    if found is None and named not in _ZIPPED:
        raise Refusal(Reason.UNSUPPORTED, "a zip")
    return found or named


def _in_ole(file: BinaryIO) -> Format:
    from app.readers.ole import Ole

    paths = Ole(file).paths
    if "encryptedpackage" in paths:
        raise Refusal(Reason.ENCRYPTED)
    found = next((_IN_OLE[name] for name in _IN_OLE if name in paths), None)
    if found is None:
        raise Refusal(Reason.UNSUPPORTED, "another old file of Office")
    return found


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()
