"""What is fuzzed: each format's reader, and where a span of what it read stands."""

import io
import math
from zlib import crc32

from app.core.pages import Page, Span
from app.core.passages import passages_of
from app.readers import pdf
from app.readers.formats import is_drawn
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from app.readers.typeset import typeset
from tests.readers.locked_archives import MIXED, PASSWORD, ZIPCRYPTO
from tests.readers.small_files import two_columns
from tests.readers.test_drawn_formats import FILES

_MBOX = b"From a@b Mon Jan  1 00:00:00 2024\nSubject: Kiln\n\nIt is on.\n\nFrom b Mon\nSubject: Re\n\nOff.\n"
SEEDS = FILES | {
    "a.pdf": two_columns().getvalue(),
    "a.html": b"<title>Kiln</title><h1>Kiln</h1><p>It <b>is</b> on.<table><tr><td>a<td>b</table>",
    "a.md": b"# Kiln\n\n- on\n- off\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n",
    "a.txt": "Größe: 大小\n\nA line.\n".encode("utf-16"),
    "b.txt": "Größe und Äpfel, wie früher geschrieben.\n".encode("cp1252"),
    "a.csv": b'sep=;\nname;"tons\nApples";12\n',
    "a.mbox": _MBOX,
    "a.zip": MIXED,
    "b.zip": ZIPCRYPTO,
}


def try_file(content: bytes, name: str) -> None:
    """Read a file, which may refuse, and mark a span that its content chooses; raise where either goes wrong."""
    try:
        _title, pages, *_ = read(io.BytesIO(content), name, PASSWORD if name.endswith(".zip") else "")
    except Refusal:
        return
    by_number = {page.number: page for page in pages}
    for passage in passages_of(pages, sentences):
        assert 0 <= passage.start < passage.end <= len(by_number[passage.page].text)
    if pages:
        chosen = crc32(content)
        page = pages[chosen % len(pages)]
        start = chosen // 7 % (len(page.text) + 1)
        try_span(content, name, page, Span(start, min(len(page.text), start + chosen % 300)))


def try_span(content: bytes, name: str, page: Page, span: Span) -> None:
    """Mark a span; raise if a rectangle of it is none."""
    if is_drawn(name) and content.startswith(b"%PDF"):
        try:
            rects = pdf.rects(io.BytesIO(content), page.number, span)
        except Refusal:
            return
    else:
        rects = typeset(page).rects(span)
    for rect in rects:
        assert all(map(math.isfinite, (rect.x0, rect.y0, rect.x1, rect.y1)))
        assert rect.x0 <= rect.x1 + 0.01
        assert rect.y0 <= rect.y1 + 0.01
