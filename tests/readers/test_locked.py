"""Files that a password locks: opened with it, refused without, and told from files with no lock."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from app.core.pages import Span
from app.core.types import Reason
from app.readers import pdf
from app.readers.reading import is_locked, read
from app.readers.refusal import UNOPENABLE, Refusal
from tests.readers.compound import Tree, compound
from tests.readers.office_files import cells, xlsx, zipped
from tests.readers.small_files import AES_256, LEFT_X, Paper, word, word_paragraph

PASSWORD = "Größe 7 – 大"


def locked_office(plain: bytes) -> io.BytesIO:
    """Return an office file as Office locks it."""
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(PASSWORD, locked)
    return locked


def locked_docx() -> io.BytesIO:
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    with zipfile.ZipFile(word(word_paragraph("The offer holds until May."))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["[Content_Types].xml"] = f'<Types xmlns="{namespace}"/>'.encode()
    parts["word/media/seal.png"] = random.Random(1).randbytes(6000)  # what locks it here spoils smaller files
    return locked_office(zipped(parts))


def locked_pdf(password: str = PASSWORD) -> io.BytesIO:
    return Paper().page().write(LEFT_X, 60, "The rent is 900 euros.").saved(password=password)


def refusal(file: io.BytesIO, name: str, password: str) -> tuple[Reason, str]:
    with pytest.raises(Refusal) as refused:
        read(file, name, password)
    return refused.value.reason, refused.value.detail


@pytest.mark.parametrize(("make", "name"), [(locked_docx, "offer.docx"), (locked_pdf, "lease.pdf")])
def test_a_locked_file_is_read_with_its_password_alone(make: Callable[[], io.BytesIO], name: str) -> None:
    file = make()
    assert refusal(file, name, "") == (Reason.ENCRYPTED, "")
    assert refusal(file, name, "wrong") == (Reason.ENCRYPTED, "")
    _title, (page,), *_ = read(file, name, PASSWORD)
    assert page.text in ("The offer holds until May.", "The rent is 900 euros.")
    assert is_locked(file, name, PASSWORD)
    with pytest.raises(Refusal):
        is_locked(file, name, "wrong")


def test_a_page_of_a_locked_pdf_is_drawn_and_marked() -> None:
    file = locked_pdf()
    assert pdf.render(file, 1, 1.0, password=PASSWORD) == pdf.render(locked_pdf(""), 1, 1.0)
    assert pdf.rects(file, 1, Span(0, 8), PASSWORD) == pdf.rects(locked_pdf(""), 1, Span(0, 8))
    with pytest.raises(Refusal):
        pdf.render(file, 1, 1.0)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (locked_pdf("").getvalue(), "lease.pdf"),
        (xlsx({"A": cells(1, "a")}), "a.xlsx"),
        (b"words", "notes.txt"),
        (compound({"WordDocument": bytes(2000)}), "a.doc"),
    ],
    ids=["pdf", "xlsx", "text", "doc"],
)
def test_a_file_without_a_lock_needs_no_password(content: bytes, name: str) -> None:
    assert not is_locked(io.BytesIO(content), name, PASSWORD)


def test_a_pdf_that_only_its_owner_may_change_is_read_without_a_password() -> None:
    with pymupdf.open(stream=locked_pdf(""), filetype="pdf") as document:
        file = io.BytesIO(document.tobytes(encryption=AES_256, owner_pw="owner", permissions=0))
    assert read(file, "lease.pdf")[1][0].text == "The rent is 900 euros."


@pytest.mark.parametrize(
    ("streams", "reason"),
    [
        ({"EncryptedPackage": bytes(600), "EncryptionInfo": b"\x04\x00\x03\x00"}, Reason.ENCRYPTED),
        ({"EncryptedPackage": bytes(600), "EncryptionInfo": b"\x04\x00\x04\x00\x00\x00\x00\x00no XML"}, Reason.DAMAGED),
        ({"EncryptedPackage": bytes(600), "EncryptionInfo": b"x"}, Reason.DAMAGED),
        ({"EncryptedPackage": bytes(600)}, Reason.ENCRYPTED),
    ],
    ids=["another lock", "no XML", "cut off", "rights management"],
)
def test_an_odd_lock_is_refused_with_its_reason(streams: Tree, reason: Reason) -> None:
    found, detail = refusal(io.BytesIO(compound(streams)), "a.docx", PASSWORD)
    assert found is reason
    assert reason is Reason.DAMAGED or detail == UNOPENABLE


def test_real_files_of_other_programs_are_opened(evaluation_dir: Path) -> None:
    folder = evaluation_dir / "readers"
    passwords = {
        "testWORD_protected_passtika.docx": "tika",
        "testWORD_protected_passtika.doc": "tika",
        "protected_normal_case.docx": "password",
        "libreoffice-writer-password.pdf": "openpassword",
        "testPassword4Spaces.pdf": "    ",
    }
    for name, password in passwords.items():
        (path,) = folder.rglob(name)
        with path.open("rb") as file:
            assert read(file, name, password)[1][0].text, name
            assert is_locked(file, name, password), name
