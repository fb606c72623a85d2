"""The reader's process from outside: real files in, text and pictures out, over the real seam."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.child_messages import (
    CountTokens,
    DrawPage,
    DrawText,
    FileRead,
    FileRefused,
    PageDrawn,
    PasswordTried,
    ReaderReady,
    ReadFile,
    TextDrawn,
    TryPassword,
)
from app.core.messages import Failed
from app.core.pages import Page, Span
from app.core.types import Reason
from app.engine.spawn import spawn
from app.engine.wire import Connection
from app.readers.formats import SUPPORTED_SUFFIXES
from app.readers.typeset import typeset
from tests.readers.office_files import (
    cells,
    doc,
    epub,
    msg,
    odf_table,
    opendocument,
    pptx,
    shape,
    xls,
    xlsx,
)
from tests.readers.small_files import two_columns, word, word_paragraph
from tests.readers.test_locked import PASSWORD, locked_docx, locked_pdf

# Far above what any file here takes; a file that hangs the reader fails the test by it.
LIMIT_S = 30.0


@dataclass(frozen=True)
class Reader:
    """A reader process and our end of the seam."""

    process: subprocess.Popen[bytes]
    connection: Connection
    ready: ReaderReady

    def ask(self, message: object, content: bytes) -> object:
        """Send a message with an open file of this content and return the answer."""
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.seek(0)
            return self.ask_fd(message, file.fileno())

    def ask_fd(self, message: object, fd: int | None) -> object:
        self.connection.send(7, message, fd)
        assert self.connection.poll(LIMIT_S), "the reader hangs"
        received = self.connection.receive()
        assert received.request_id == 7
        return received.message


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    process, sock = spawn("reader")
    connection = Connection(sock)
    ready = connection.receive().message
    assert isinstance(ready, ReaderReady)
    yield Reader(process, connection, ready)
    connection.close()
    assert process.wait(LIMIT_S) == 0, "the reader ends by itself at end-of-file"


def test_the_reader_is_jailed_before_the_first_file(reader: Reader) -> None:
    expected = {"seccomp", "no new privileges"} if sys.platform.startswith("linux") else set[str]()
    assert expected <= set(reader.ready.sandbox)


def test_a_file_comes_back_as_title_pages_and_passages(reader: Reader) -> None:
    answer = reader.ask(ReadFile("orchard.pdf"), two_columns().getvalue())
    assert isinstance(answer, FileRead)
    page = answer.document.pages[0]
    words = [page.text[one.start : one.end] for one in answer.document.passages]
    assert "wakes. The second half turns to pears" in " ".join(words)
    assert answer.document.title == "On the keeping of apples and of pears in old gardens"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", word(word_paragraph("Größe")).getvalue()),
        ("a.md", "# Größe\n".encode()),
        ("a.html", "<p>Die Größe überraschte den Gärtner, der für Äpfel schwärmte.".encode("latin-1")),
        ("a.pptx", pptx([shape("Größe")])),
        ("a.xlsx", xlsx({"S": cells(1, "Größe", "=1:45296")}, ["d. mmmm yyyy"])),
        ("a.xls", xls([["Größe", 7.0]])),
        ("a.odt", opendocument("text", "<text:p>Größe</text:p>")),
        ("a.ods", opendocument("spreadsheet", f"<table:table>{odf_table([['Größe']])}</table:table>")),
        ("a.epub", epub({"a.xhtml": "<p>Größe</p>"})),
        ("a.rtf", rb"{\rtf1\ansicpg1252 Gr\'f6\'dfe\par}"),
        ("a.doc", doc("Größe\r")),
        ("a.msg", msg({0x0037: "Größe", 0x1013: "<p>Größe".encode("cp1252")})),
        ("a.eml", b"Subject: =?iso-8859-1?q?Gr=F6=DFe?=\nContent-Type: text/plain; charset=koi8-r\n\n\xce"),
        ("a.mbox", b"From a\nSubject: =?utf-8?b?R3LDtsOfZQ==?=\n\nwords\n"),
        ("a.csv", "Größe;1\nGarten;2\n".encode("latin-1")),
        ("a.py", "def größe(): return 'Größe'".encode()),
        ("a.txt", "Größe in vielen Sätzen über Äpfel".encode("utf-16")),
        ("a.html", '<meta charset="gb18030">大小'.encode("gb18030")),
        ("a.txt", "Однажды, в студеную зимнюю пору, я из лесу вышел; был сильный мороз".encode("cp866")),
    ],
)
def test_every_format_is_read_inside_the_jail(reader: Reader, name: str, content: bytes) -> None:
    answer = reader.ask(ReadFile(name), content)
    assert isinstance(answer, FileRead)
    assert any(word in answer.document.pages[0].text for word in ("Größe", "大小", "лесу"))


def test_a_page_is_drawn_with_its_span(reader: Reader) -> None:
    answer = reader.ask(DrawPage("orchard.pdf", 1, Span(0, 9), 2.0), two_columns().getvalue())
    assert isinstance(answer, PageDrawn)
    assert (answer.image.width_px, answer.image.height_px, answer.pages) == (1190, 1684, 1)
    assert len(answer.rects) == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", b"", Reason.EMPTY),
        ("a.docx", b"no zip", Reason.DAMAGED),
        ("a.pdf", b"%PDF-1.4 nothing", Reason.DAMAGED),
        ("a.wpd", b"words", Reason.UNSUPPORTED),
        ("a.txt", bytes(999), Reason.UNSUPPORTED),
    ],
)
def test_a_bad_file_is_refused_and_the_reader_goes_on(
    reader: Reader, name: str, content: bytes, reason: Reason
) -> None:
    answer = reader.ask(ReadFile(name), content)
    assert isinstance(answer, FileRefused)
    assert answer.reason is reason
    assert isinstance(reader.ask(ReadFile("a.txt"), b"still here"), FileRead)


def test_a_file_of_a_text_format_is_not_drawn(reader: Reader) -> None:
    assert isinstance(reader.ask(DrawPage("a.txt", 1, None, 1.0), b"words"), FileRefused)


def test_a_text_is_drawn_inside_the_jail_as_outside_in_every_script(reader: Reader) -> None:
    page = Page(1, "Größe 大小 ひらがな 한국어 Ελλάδα ภาษาไทย हिन्दी العربية، עברית → ½", ())
    answer = reader.ask_fd(DrawText(page, Span(6, 8), 1.0), None)
    sheet = typeset(page)
    assert answer == TextDrawn(sheet.picture(1.0), sheet.rects(Span(6, 8)))


def test_a_text_too_tall_to_be_drawn_is_refused(reader: Reader) -> None:
    answer = reader.ask_fd(DrawText(Page(1, "a\n" * 3000, ()), None, 2.0), None)
    assert isinstance(answer, FileRefused)
    assert answer.reason is Reason.TOO_LARGE


def test_a_message_without_a_file_or_of_another_kind_fails(reader: Reader) -> None:
    assert isinstance(reader.ask_fd(ReadFile("a.txt"), None), Failed)
    assert isinstance(reader.ask(CountTokens(()), b"words"), Failed)


def test_a_folder_in_place_of_a_file_is_refused(reader: Reader, tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY)
    answer = reader.ask_fd(ReadFile("a.txt"), fd)
    os.close(fd)
    assert isinstance(answer, FileRefused)
    assert answer.reason is Reason.UNREADABLE


def test_no_descriptor_is_left_open_by_files_that_were_read(reader: Reader) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("/proc is Linux's")
    before = len(os.listdir(f"/proc/{reader.process.pid}/fd"))
    for _ in range(5):
        reader.ask(ReadFile("a.pdf"), b"%PDF-1.4 nothing")
        reader.ask(ReadFile("a.txt"), b"words")
    assert len(os.listdir(f"/proc/{reader.process.pid}/fd")) == before


def test_every_odd_file_gives_text_or_a_named_reason(reader: Reader, evaluation_dir: Path) -> None:
    outcomes: dict[str, str] = {}
    for path in sorted((evaluation_dir / "readers").rglob("*.*")):
        answer = reader.ask(ReadFile(path.name), path.read_bytes())
        if isinstance(answer, FileRead):
            is_scan = any(page.is_scan for page in answer.document.pages)
            assert answer.document.passages or is_scan, path
            outcomes[path.name] = "text" if answer.document.passages else "scan"
        else:
            assert isinstance(answer, FileRefused), path
            assert answer.reason is not Reason.NONE, path
            assert path.suffix.lower() in SUPPORTED_SUFFIXES or answer.reason is Reason.UNSUPPORTED, path
            outcomes[path.name] = answer.reason
    assert outcomes["testWORD_protected_passtika.docx"] == outcomes["testUnicodePassword.pdf"] == Reason.ENCRYPTED
    assert outcomes["testWORD_truncated.docx"] == Reason.DAMAGED
    assert outcomes["unreadablemetadata.pdf"] == "text"  # its tree of pages is lost, and each page is there
    assert outcomes["testOCR.pdf"] == "scan"
    assert outcomes["testWORD_template.dotx"] == outcomes["english.cp500.txt"] == "text"


def test_a_locked_file_is_opened_in_the_jail_with_its_password(reader: Reader) -> None:
    for name, content in {"a.docx": locked_docx().getvalue(), "a.pdf": locked_pdf().getvalue()}.items():
        read = reader.ask(ReadFile(name, PASSWORD), content)
        assert isinstance(read, FileRead), name
        assert read.document.passages, name
        assert reader.ask(ReadFile(name), content) == FileRefused(Reason.ENCRYPTED, "")
        assert reader.ask(TryPassword(name, "wrong"), content) == FileRefused(Reason.ENCRYPTED, "")
        assert reader.ask(TryPassword(name, PASSWORD), content) == PasswordTried(is_locked=True)
    drawn = reader.ask(DrawPage("a.pdf", 1, Span(0, 8), 1.0, password=PASSWORD), locked_pdf().getvalue())
    assert isinstance(drawn, PageDrawn)
    assert len(drawn.rects) == 1


def test_old_office_files_are_decrypted_in_the_jail(reader: Reader, evaluation_dir: Path) -> None:
    (old,) = (evaluation_dir / "readers").rglob("testWORD_protected_passtika.doc")
    assert isinstance(reader.ask(ReadFile(old.name, "tika"), old.read_bytes()), FileRead)
