"""Files made to break a reader, and what each costs: `.venv/bin/python -m tests.engine.hostile` prints a table."""

import asyncio
import io
import os
import resource
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from app.core.child_messages import FileRead, FileRefused
from app.core.types import Reason
from app.engine.readers import Reader
from tests.readers.compound import compound
from tests.readers.office_files import (
    cells,
    epub,
    opendocument,
    pptx,
    related,
    shape,
    xls,
    xlsb,
    xlsb_record,
    xlsx,
    zipped,
)
from tests.readers.small_files import word, word_paragraph

SECRET = "the secret of the orchard"
LAUGHS = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
LAUGHTER = f"<!DOCTYPE x [<!ENTITY a0 'ha'>{LAUGHS}]>"


Answer = FileRead | FileRefused


@dataclass(frozen=True, slots=True)
class Cost:
    """What a reader said of a file and of the next, and what the first took; no `memory_bytes` if it was killed."""

    answer: Answer
    following: Answer
    processor_s: float
    wall_s: float
    memory_bytes: int | None


def read_in_jail(folder: Path, files: dict[str, bytes]) -> list[Answer]:
    """Return what one reader says of files, one after the other."""

    async def run() -> list[Answer]:
        reader = Reader()
        try:
            return [await reader.read(os.fsencode(folder / name)) for name in files]
        finally:
            reader.end()

    for name, content in files.items():
        (folder / name).write_bytes(content)
    return asyncio.run(run())


def cost_of(path: Path) -> Cost:
    """Have a reader of its own read a file, and one behind it, and say what it took beside the reader's start."""
    following = path.parent / "next.txt"
    following.write_text("The next file is read.")

    async def run() -> Cost:
        reader = Reader()
        await reader.start()
        (pid,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        before_s, dead_before_s = _processor_s(pid), _dead_s()
        began = time.perf_counter()
        answer = await reader.read(os.fsencode(path))
        wall_s = time.perf_counter() - began
        lives = Path(f"/proc/{pid}").exists()
        spent_s = (_processor_s(pid) if lives else _dead_s() - dead_before_s) - before_s
        memory_bytes = _peak_bytes(pid) if lives else None
        next_answer = await reader.read(os.fsencode(following))
        reader.end()
        return Cost(answer, next_answer, spent_s, wall_s, memory_bytes)

    return asyncio.run(run())


def _dead_s() -> float:
    """Return the processor time of all readers that were killed."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _peak_bytes(pid: str) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) * 1024


def _processor_s(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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


def pdf_of(*objects: bytes) -> bytes:
    """Return a PDF file of these objects, numbered from 1; the first is the catalog."""
    numbered = b"\n".join(b"%d 0 obj %s endobj" % (number, content) for number, content in enumerate(objects, 1))
    return b"%PDF-1.7\n" + numbered + b"\ntrailer<</Root 1 0 R>>"


_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def _page(content: bytes, size: int = 600, resources: bytes = b"/Font<</F 5 0 R>>") -> list[bytes]:
    """Return a catalog and a page whose content is object 4; object 5 is a font."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<<%s>>>>" % (size, size, resources)
    return [_CATALOG, _PAGES, page, content, _FONT]


def flate_bomb() -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(2048)) + packer.flush()
    return pdf_of(*_page(_stream(packed, b"/Filter/FlateDecode")))


def exponential_forms(depth: int = 40) -> bytes:
    """Return a page that prints a form twice, which prints another twice, and so on."""
    forms = [
        _stream(
            b"/X Do /X Do" if n < depth else b"BT /F 9 Tf (deep) Tj ET",
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 5 0 R>>/XObject<</X %d 0 R>>>>" % (n + 6),
        )
        for n in range(1, depth + 1)
    ]
    return pdf_of(*_page(_stream(b"/X Do"), resources=b"/XObject<</X 6 0 R>>"), *forms)


def nested_arrays(depth: int = 200_000) -> bytes:
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R/A " + b"[" * depth + b"]" * depth + b">>", _PAGES)


def page_tree_loop() -> bytes:
    return pdf_of(
        _CATALOG, b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9>>", b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 9>>"
    )


def far_too_large_page() -> bytes:
    return pdf_of(*_page(_stream(b"BT /F 12 Tf 72 72 Td (Small words on it.) Tj ET"), size=10**8))


def endless_stream() -> bytes:
    """Return a message with a stream that says it has 4 GiB, for which its container's sectors go in circles."""
    content = bytearray(compound({"__properties_version1.0": bytes(5000)}))
    name = "__properties_version1.0".encode("utf-16-le")
    entry = content.index(name)
    struct.pack_into("<I", content, entry + 120, 0xFFFFFFFF)
    (first,) = struct.unpack_from("<I", content, entry + 116)
    (table,) = struct.unpack_from("<I", content, 76)
    struct.pack_into("<I", content, 512 * (table + 1) + 4 * first, first)
    return bytes(content)


TEXT = ""
HOSTILE: list[tuple[str, Callable[[], bytes], set[Reason], str]] = [
    ("flate.pdf", flate_bomb, {Reason.TOO_LARGE, Reason.TOO_SLOW, Reason.NO_TEXT}, TEXT),
    ("forms.pdf", exponential_forms, {Reason.TOO_SLOW, Reason.TOO_LARGE, Reason.NO_TEXT}, TEXT),
    ("arrays.pdf", nested_arrays, {Reason.DAMAGED, Reason.NO_TEXT}, TEXT),
    ("loop.pdf", page_tree_loop, {Reason.DAMAGED, Reason.NO_TEXT}, TEXT),
    ("page.pdf", far_too_large_page, set(), "Small words"),
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
    ("endless.msg", endless_stream, {Reason.DAMAGED, Reason.NO_TEXT}, TEXT),
    ("far.xlsx", lambda: xlsx({"S": '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>'}), set(), "7"),
    (
        "records.xlsb",
        lambda: xlsb({"S": []}, parts={"xl/worksheets/sheet1.bin": xlsb_record(7, b"") * 99}),
        {Reason.DAMAGED},
        TEXT,
    ),
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


def sparse(folder: Path, name: str) -> Path:
    """Make a file of 20 GiB that takes no room."""
    with (folder / name).open("wb") as file:
        file.truncate(20 << 30)
    return folder / name


def costs() -> Iterator[tuple[str, Cost]]:
    """Yield each hostile file's name and what it cost."""
    laughing = ((f"laughs-{name}", with_entity(content, LAUGHTER)) for name, content in office_files("WORD").items())
    made = ((name, make) for name, make, _reasons, _text in HOSTILE)
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (*made, *((name, lambda content=content: content) for name, content in laughing)):
            (Path(folder) / name).write_bytes(make())
            yield name, cost_of(Path(folder) / name)
            (Path(folder) / name).unlink()
        for name in ("sparse.pdf", "sparse.txt", "sparse.docx", "sparse.mbox", "sparse.eml"):
            yield name, cost_of(sparse(Path(folder), name))
            (Path(folder) / name).unlink()


def main() -> None:
    """Print the table."""
    print(f"{'file':<18}{'answer':<24}{'processor':>10}{'wall':>9}{'peak memory':>14}")
    for name, cost in costs():
        said = cost.answer.reason if isinstance(cost.answer, FileRefused) else "text"
        memory = f"{cost.memory_bytes >> 20} MiB" if cost.memory_bytes else "killed"
        print(f"{name:<18}{said:<24}{cost.processor_s:>8.2f} s{cost.wall_s:>7.2f} s{memory:>14}", flush=True)


if __name__ == "__main__":
    main()
