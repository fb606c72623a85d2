"""Files made to break a reader: each gives its text or a named reason within the limits, and the next file is read."""

import asyncio
import io
import os
import struct
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.core.child_messages import FileRead, FileRefused
from app.core.types import Reason
from app.engine.readers import Reader
from tests.readers.compound import compound
from tests.readers.office_files import cells, epub, opendocument, pptx, related, shape, xls, xlsx, zipped
from tests.readers.small_files import word, word_paragraph

SECRET = "the secret of the orchard"
LAUGHS = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
LAUGHTER = f"<!DOCTYPE x [<!ENTITY a0 'ha'>{LAUGHS}]>"


def read_in_jail(folder: Path, files: dict[str, bytes]) -> list[FileRead | FileRefused]:
    """Return what one reader says of files, one after the other."""

    async def run() -> list[FileRead | FileRefused]:
        reader = Reader()
        try:
            return [await reader.read(os.fsencode(folder / name)) for name in files]
        finally:
            reader.end()

    for name, content in files.items():
        (folder / name).write_bytes(content)
    return asyncio.run(run())


def text_of(answer: FileRead | FileRefused) -> str:
    """Return the text of a file that was read."""
    assert isinstance(answer, FileRead), answer
    return "\n".join(page.text for page in answer.document.pages)


def with_entity(content: bytes, doctype: str) -> bytes:
    """Return an office file with a document type before each part, and its entity in each text."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            part = old.read(entry).decode().replace("WORD", "&a11;")
            new.writestr(entry, f"{doctype}{part}" if entry.filename.endswith((".xml", ".xhtml")) else part)
    return file.getvalue()


def office_files(text: str) -> dict[str, bytes]:
    """Return a file of each kind that is XML within, with this text."""
    return {
        "a.docx": word(word_paragraph(text) + word_paragraph("After.")).getvalue(),
        "a.pptx": pptx([shape(text) + shape("After.")]),
        "a.xlsx": xlsx({"S": cells(1, text, "After.")}),
        "a.odt": opendocument("text", f"<text:p>{text}</text:p><text:p>After.</text:p>"),
        "a.epub": epub({"a.xhtml": f"<p>{text}</p><p>After.</p>"}),
    }


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package, package.open("content.xml", "w") as part:
        for _ in range(300):
            part.write(b" " * (1 << 20))
    return file.getvalue()


def sheet_read_a_hundred_times() -> bytes:
    sheets = "".join(f'<sheet name="{n}" r:id="s"/>' for n in range(100))
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns:r="r"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": related(("s", "worksheet", "a.xml")),
            "xl/a.xml": f"<worksheet>{(' ' * (9 << 20) + '<a/>') * 6}</worksheet>",
        }
    )


def long_string_in_many_cells() -> bytes:
    row = "<row>" + '<c t="s"><v>0</v></c>' * 10_000 + "</row>"
    return xlsx({"S": row * 20}, **{"xl__sharedStrings.xml": f"<sst><si><t>{'word ' * 1_900_000}</t></si></sst>"})


def everywhere_filled() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>' * 20
    return opendocument("spreadsheet", f"<table:table>{rows}</table:table>")


def mail_in_mail(depth: int) -> bytes:
    content = b"Subject: innermost\n\nhere\n"
    for n in range(depth):
        content = f"Subject: {n}\nContent-Type: message/rfc822\n\n".encode() + content
    return content


def mails_attached_to_mails() -> bytes:
    content = b"Subject: innermost\n\nhere\n"
    for n in range(12):
        message = EmailMessage()
        message["Subject"] = f"mail {n}"
        message.set_content("Outer.")
        message.add_attachment(content, maintype="a", subtype="b", filename="again.eml")
        content = message.as_bytes()
    return content


def message_that_holds_itself() -> bytes:
    """Return a message whose attachment's storage has itself as its child."""
    content = bytearray(compound({"__properties_version1.0": bytes(32), "__attach_version1.0_#00000000": {"a": b"x"}}))
    name = "__attach_version1.0_#00000000".encode("utf-16-le")
    place = content.index(name)
    struct.pack_into("<I", content, place + 76, 2)  # the child of entry 2 is entry 2
    return bytes(content)


TEXT = ""
HOSTILE: list[tuple[str, Callable[[], bytes], set[Reason], str]] = [
    ("bomb.odt", zip_bomb, {Reason.TOO_LARGE}, TEXT),
    ("again.xlsx", sheet_read_a_hundred_times, {Reason.TOO_LARGE}, TEXT),
    ("strings.xlsx", long_string_in_many_cells, {Reason.TOO_LARGE}, TEXT),
    ("filled.ods", everywhere_filled, {Reason.TOO_LARGE}, TEXT),
    ("deep.odt", lambda: opendocument("text", "<text:section>" * 100_000), {Reason.DAMAGED}, TEXT),
    ("deep.docx", lambda: word("<w:tbl><w:tr><w:tc>" * 80).getvalue(), {Reason.DAMAGED}, TEXT),
    ("deep.rtf", lambda: b"{\\rtf1 " + b"{" * 200_000 + b"words", set(), "words"),
    ("deep.eml", lambda: mail_in_mail(5000), {Reason.DAMAGED}, TEXT),
    ("nested.eml", lambda: mail_in_mail(20), set(), "7"),
    ("attached.eml", mails_attached_to_mails, set(), "mail 11"),
    ("itself.msg", message_that_holds_itself, {Reason.DAMAGED, Reason.NO_TEXT}, TEXT),
    ("far.xlsx", lambda: xlsx({"S": '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>'}), set(), "7"),
    ("far.xls", lambda: xls([*[[]] * 60_000, [*[""] * 255, 7.0]]), set(), "7"),
    (
        "rows.xlsx",
        lambda: xlsx({"S": "".join(f'<row r="{n}"/>' for n in range(1, 1_000_001)) + cells(1_000_001, "end")}),
        set(),
        "end",
    ),
    (
        "code.xlsx",
        lambda: xlsx({"S": cells(1, *["=1:7"] * 20) * 2000}, [f"0.{'0' * 1_000_000}"]),
        set(),
        "7",
    ),
]


@pytest.mark.parametrize(("name", "make", "reasons", "text"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_a_hostile_file_gives_text_or_a_named_reason(
    tmp_path: Path, name: str, make: Callable[[], bytes], reasons: set[Reason], text: str
) -> None:
    answer, following = read_in_jail(tmp_path, {name: make(), "next.txt": b"The next file is read."})
    if reasons:
        assert isinstance(answer, FileRefused)
        assert answer.reason in reasons
    else:
        assert text in text_of(answer)
    assert isinstance(following, FileRead)


@pytest.mark.parametrize("name", office_files(""))
def test_an_entity_brings_in_no_file_and_no_billion_laughs(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text(SECRET)
    foreign = f'<!DOCTYPE x [<!ENTITY a11 SYSTEM "file://{tmp_path}/secret">]>'
    content = office_files("WORD")[name]
    files = {f"{n}{name}": with_entity(content, doctype) for n, doctype in enumerate((foreign, LAUGHTER))}
    without_secret, without_laughs = read_in_jail(tmp_path, files)
    assert "After." in text_of(without_secret)
    assert SECRET not in text_of(without_secret)
    if isinstance(without_laughs, FileRead):
        assert "haha" not in text_of(without_laughs)
    else:
        assert without_laughs.reason in (Reason.DAMAGED, Reason.NO_TEXT)


def test_a_line_of_a_hundred_megabytes_is_read_or_refused_in_time(tmp_path: Path) -> None:
    files = {"line.csv": b"name,value\n" + b"words and " * 10_000_000, "next.txt": b"The next file is read."}
    answer, following = read_in_jail(tmp_path, files)
    assert isinstance(answer, FileRead) or answer.reason in (Reason.TOO_LARGE, Reason.TOO_SLOW)
    assert isinstance(following, FileRead)
