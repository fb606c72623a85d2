"""Which version each format's reader is of. Used in the engine's process.

What an older version read is read again after an update. A version is raised by one whenever files of the format read
otherwise than before: their text, blocks, passages or members. `tests/house/test_readings.py` fails until it is.
"""

import os

from app.readers.formats import FORMATS, Format

VERSIONS = {
    Format.PDF: 1,
    Format.DOCX: 1,
    Format.DOC: 1,
    Format.PPTX: 2,
    Format.PPT: 1,
    Format.XLSX: 1,
    Format.XLSB: 1,
    Format.XLS: 1,
    Format.ODF: 2,
    Format.FLAT_OFFICE: 1,
    Format.RTF: 1,
    Format.EPUB: 2,
    Format.MAIL: 1,
    Format.MBOX: 1,
    Format.MSG: 1,
    Format.CONTENT_LINES: 1,
    Format.HTML: 2,
    Format.MARKDOWN: 1,
    Format.DELIMITED: 1,
    Format.SOURCE_CODE: 1,
    Format.TEXT: 1,
    Format.IMAGE: 1,
    Format.ZIP: 1,
}


def read_by(kind: str, path: bytes) -> str:
    """Return what is noted with a document that is read now; where a reader told no format, its name does."""
    if kind not in VERSIONS:
        suffix = os.path.splitext(os.fsdecode(path))[1].lower()
        kind = FORMATS.get(suffix, "")
    return _mark(Format(kind)) if kind else ""


def current() -> tuple[str, ...]:
    """Return all that can be noted with documents that need not be read again."""
    return tuple(map(_mark, VERSIONS))


def _mark(kind: Format) -> str:
    return f"{kind.value} {VERSIONS[kind]}"
