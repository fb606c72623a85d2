"""The reader's process: takes open files of foreign documents and gives back text and pictures, jailed.

It never opens a path, keeps nothing between files but that which members are taken out of, and ends at end-of-file. How
long a file may take, the engine rules.
"""

import encodings
import importlib
import io
import os
import pkgutil
import zipfile
from typing import BinaryIO

from app.core.child_messages import (
    DrawPage,
    DrawText,
    FileRead,
    FileRefused,
    LayOutFilePage,
    LayOutText,
    LettersPlaced,
    PageDrawn,
    PasswordTried,
    ReaderReady,
    ReadFile,
    RecognisePage,
    TextDrawn,
    TryPassword,
)
from app.core.members import Inside
from app.core.messages import Failed
from app.core.pages import DocumentText, Page
from app.core.passages import passages_of
from app.core.types import Reason
from app.engine.sandbox import lock_down
from app.engine.wire import Connection, ConnectionClosed, FrameInvalid
from app.readers import locked, pdf, zip_locks
from app.readers.formats import is_drawn
from app.readers.reading import is_locked, read
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from app.readers.taking_out import TakingOut
from app.readers.typeset import typeset

# Room for the largest file that is read and its text; a document that needs more is refused, not the computer slowed.
MEMORY_BYTES = 3 << 30
DETAIL_LIMIT_CHARS = 300
_PDF = (
    b"%PDF-1.4 1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj "
    b"4 0 obj<</Length 38>>stream\nBT /F 9 Tf 9 9 Td (Margent.) Tj ET      \nendstream endobj "
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj trailer<</Root 1 0 R>>"
)
_WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p/></w:body></w:document>'

_BOOK = '<workbook xmlns:r="r"><sheets><sheet name="A" r:id="s"/></sheets></workbook>'
_BOOK_PARTS = '<Relationships><Relationship Id="s" Type="worksheet" Target="a.xml"/></Relationships>'
_SHEET = '<worksheet><row r="1"><c r="A1"><v>1</v></c></row></worksheet>'
_MAIL = (
    b"Subject: =?utf-8?q?Margent=3F?= =?iso-2022-jp?b?GyRCQmcbKEI=?=\nMIME-Version: 1.0\n"
    b"Content-Type: multipart/mixed; boundary=b\n\n"
    b"--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=F6=DFe\n"
    b"--b\nContent-Type: text/html; name*=utf-8''a.html\nContent-Transfer-Encoding: base64\n\nPGI+\n--b--\n"
)


def run(connection: Connection) -> None:
    """Serve the engine until it is gone."""
    pdf.silence()
    warm()
    connection.send(0, ReaderReady(lock_down(memory_bytes=MEMORY_BYTES)))
    taking_out = TakingOut()
    while True:
        try:
            received = connection.receive()
        except ConnectionClosed:
            return
        answer = _answer(received.message, received.fd, taking_out)
        try:
            connection.send(received.request_id, answer)
        except FrameInvalid as error:
            connection.send(received.request_id, FileRefused(Reason.TOO_LARGE, str(error)))


def _answer(message: object, fd: int | None, taking_out: TakingOut) -> object:
    try:
        match message:
            case DrawText():
                return _draw_text(message)
            case LayOutText(page, form):
                return LettersPlaced(typeset(page, form).letters(page.text))
            case _ if fd is None:
                return Failed("UsageWrong", {"detail": f"{type(message).__name__} without a file"})
            case _:
                with open(fd, "rb", closefd=False) as file:
                    return _answer_about(document_in(file, message, taking_out), message)
    except Exception as error:  # whatever a library says about a document, the next document is read
        return refusal_of(error)
    finally:
        if fd is not None:
            os.close(fd)


def _answer_about(file: BinaryIO, message: object) -> FileRead | PageDrawn | LettersPlaced | PasswordTried | Failed:
    match message:
        case ReadFile(name, password, _):
            return _read(file, name, password)
        case DrawPage():
            return _draw(file, message)
        case LayOutFilePage(name, page, password, _):
            _check_drawn(name)
            return LettersPlaced(pdf.letters(file, page, password))
        case TryPassword(name, password, _):
            return PasswordTried(is_locked(file, name, password))
        case _:
            return Failed("UsageWrong", {"detail": f"{type(message).__name__} to a reader"})


def document_in(file: BinaryIO, message: object, taking_out: TakingOut) -> BinaryIO:
    """Return the document that a request is about: the file, or a member of it; raises `Refusal`."""
    match message:
        case (
            ReadFile(inside=Inside() as inside)
            | DrawPage(inside=Inside() as inside)
            | LayOutFilePage(inside=Inside() as inside)
            | TryPassword(inside=Inside() as inside)
            | RecognisePage(inside=Inside() as inside)
        ):
            return taking_out.member(file, inside)
        case _:
            taking_out.forget()
            return file


def refusal_of(error: Exception) -> FileRefused:
    """Return what is told of a document that a reader could do nothing with."""
    match error:
        case Refusal():
            return _refused(error.reason, error.detail)
        case MemoryError():
            return _refused(Reason.TOO_LARGE, "out of memory")
        case OSError():
            return _refused(Reason.UNREADABLE, error.strerror or "")
        case _:
            return _refused(Reason.DAMAGED, f"{type(error).__name__}: {error}")


def _refused(reason: Reason, detail: str) -> FileRefused:
    return FileRefused(reason, detail.encode("utf-8", "replace").decode()[:DETAIL_LIMIT_CHARS])


def _read(file: BinaryIO, name: str, password: str = "") -> FileRead:
    title, pages, members, kind = read(file, name, password)
    return FileRead(DocumentText(title, pages, passages_of(pages, sentences)), members, kind or "")


def _draw(file: BinaryIO, asked: DrawPage) -> PageDrawn:
    _check_drawn(asked.name)
    image = pdf.render(file, asked.page, asked.scale, asked.clip, asked.password)
    rects = pdf.rects(file, asked.page, asked.span, asked.password) if asked.span is not None else ()
    return PageDrawn(image, rects, pdf.page_count(file, asked.password))


def _check_drawn(name: str) -> None:
    if not is_drawn(name):
        raise Refusal(Reason.UNSUPPORTED, "only its text can be drawn")


def _draw_text(wanted: DrawText) -> TextDrawn:
    sheet = typeset(wanted.page, wanted.form)
    rects = sheet.rects(wanted.span) if wanted.span is not None else ()
    return TextDrawn(sheet.picture(wanted.scale, wanted.clip), rects)


def warm() -> None:
    """Have every module and table loaded that a document may call for: in the jail no file can be opened."""
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in ("mbcs", "oem"):  # Windows only
            importlib.import_module(f"encodings.{module.name}")
    locked.warm()
    zip_locks.warm()
    for name, content in _samples().items():
        try:
            _read(io.BytesIO(content), name)
        except Refusal as refusal:
            if refusal.reason is not Reason.NO_TEXT:
                raise
    _draw_text(DrawText(Page(1, "Größe 大小", ()), None, 1.0))


def _samples() -> dict[str, bytes]:
    """Return small files of the formats that load more when first met, and a text whose encoding must be guessed."""
    guessed = "Größe über alles, déjà vu à la carte.\n".encode("latin-1") * 20
    return {
        "sample.pdf": _PDF,
        "sample.docx": _zipped({"word/document.xml": _WORD}),
        "sample.xlsx": _zipped(
            {"xl/workbook.xml": _BOOK, "xl/_rels/workbook.xml.rels": _BOOK_PARTS, "xl/a.xml": _SHEET}
        ),
        "sample.odt": _zipped({"content.xml": "<c><body><text><p>Margent</p></text></body></c>"}),
        "sample.rtf": b"{\\rtf1 Margent\\par}",
        "sample.eml": _MAIL,
        "sample.csv": b"a,b\n1,2\n",
        "sample.py": b"class Margent:\n    pass\n",
        "sample.md": b"# Margent\n\n- a | b\n",
        "sample.html": b"<h1>Margent</h1><table><tr><td>a<td>b</table>",
        "sample.txt": guessed,
        "sample.zip": _zipped({"a.txt": "Margent"}),
    }


def _zipped(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()
