"""Writes folders of mixed documents: abstracts of the open sets where they are present, else shuffled sentences."""

import json
import os
import shutil
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from html import escape
from io import BytesIO
from itertools import islice
from pathlib import Path

import pymupdf
from docx import Document

from tests.benchmarks.figures import paragraphs
from tests.readers.office_files import cells, opendocument, pptx, shape, xlsx

EVALUATION = Path(__file__).resolve().parents[3] / "shared" / "evaluation"
MARK = "marginalium"
"""A word in each document that is written here, by which one that was read is known."""

_REAL_BYTES = 30_000
_REAL_SUFFIXES = (".pdf", ".docx", ".rtf", ".doc", ".html", ".odt", ".eml")


def write_mixed(folder: Path, count: int) -> list[Path]:
    """Write so many documents of ten formats, some dozen small real ones among them; return those with the mark."""
    folder.mkdir(parents=True)
    real = _real_files()[: count // 10]
    for number, path in enumerate(real):
        shutil.copy(path, _place(folder, number) / f"{number:04} {path.name}")
    written: list[Path] = []
    kinds = tuple(_KINDS.items())
    for number, text in enumerate(_texts(count - len(real)), start=len(real)):
        suffix, content = kinds[number % len(kinds)]
        written.append(_place(folder, number) / f"{number:04}.{suffix}")
        written[-1].write_bytes(content(f"Paper {number}", f"{text} {MARK} {number}."))
    return written


def _place(folder: Path, number: int) -> Path:
    place = folder / f"box {number % 20}"
    place.mkdir(exist_ok=True)
    return place


def _real_files() -> list[Path]:
    found = (path for path in sorted((EVALUATION / "readers").rglob("*")) if path.suffix in _REAL_SUFFIXES)
    return [path for path in found if os.path.getsize(path) <= _REAL_BYTES]


def _texts(count: int) -> Iterable[str]:
    corpus = EVALUATION / "ir" / "scifact" / "corpus.jsonl"
    if not corpus.exists():
        return paragraphs(count, seed=7)
    with corpus.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, count)]


def _markdown(title: str, text: str) -> bytes:
    return f"# {title}\n\n{text}\n".encode()


def _plain(title: str, text: str) -> bytes:
    return f"{title}\n\n{text}\n".encode()


def _html(title: str, text: str) -> bytes:
    return f"<html><title>{title}</title><body><h1>{title}</h1><p>{escape(text)}</p></body></html>".encode()


def _docx(title: str, text: str) -> bytes:
    document, file = Document(), BytesIO()
    document.add_heading(title, 1)
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def _pdf(title: str, text: str) -> bytes:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 72), title, fontname="hebo", fontsize=16)
        page.insert_textbox((72, 100, 523, 800), text, fontsize=8)
        return document.tobytes()


def _mail(title: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = title, "ada@example.org", "ben@example.org"
    mail.set_content(text)
    return mail.as_bytes()


def _rtf(title: str, text: str) -> bytes:
    body = "".join(char if ord(char) < 128 else f"\\u{ord(char)}?" for char in text)
    return rf"{{\rtf1\ansi {{\b {title}}}\par {body}\par}}".encode("ascii", "replace")


def _odt(title: str, text: str) -> bytes:
    return opendocument("text", f"<text:h>{title}</text:h><text:p>{escape(text)}</text:p>")


def _xlsx(title: str, text: str) -> bytes:
    return xlsx({"Notes": cells(1, "title", "note") + cells(2, title, escape(text))})


def _pptx(title: str, text: str) -> bytes:
    return pptx([shape(title, "title") + shape(escape(text))])


_KINDS: dict[str, Callable[[str, str], bytes]] = {
    "md": _markdown,
    "txt": _plain,
    "html": _html,
    "docx": _docx,
    "pdf": _pdf,
    "eml": _mail,
    "rtf": _rtf,
    "odt": _odt,
    "xlsx": _xlsx,
    "pptx": _pptx,
}
