"""Holds the text under the rectangles of random spans against the spans: `-m tests.quality.highlights [SPANS]`.

PDF pages are asked of MuPDF, all other formats of the page that is typeset from their text. Space is left aside, and
hyphens, which a line's end may have taken out.
"""

import io
import random
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from app.core.pages import Page, Span
from app.readers import pdf
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.typeset import typeset
from tests.readers.drawn import middles, under, words_under

EVALUATION = Path("../shared/evaluation")
LENGTHS = (1, 20, 120, 400, 900)
_HYPHENS = "-\u2010•●"
# Marks that are not drawn: they join, turn or vary their neighbours.
_UNSEEN = ("Cc", "Cf", "Mn", "Co", "Zl", "Zp", "Cn")


@dataclass(frozen=True, slots=True)
class Marked:
    """A span, and whether its characters stand under its rectangles: all of them, and no others."""

    place: str
    is_all: bool
    is_exact: bool


def visible(text: str) -> Counter[str]:
    """Return the letters, digits and signs of a text that is printed; hyphens may have been taken out at line ends."""
    kept = (character for character in text if unicodedata.category(character)[0] in "LNPS")
    return Counter(character for character in kept if character not in _HYPHENS)


def drawn(text: str) -> Counter[str]:
    """Return the characters of a text that is typeset, accents within their letters."""
    kept = unicodedata.normalize("NFKD", text)
    return Counter(one for one in kept if not one.isspace() and unicodedata.category(one) not in _UNSEEN)


def span_in(page: Page, chance: random.Random) -> Span:
    """Return a random span of a page with text."""
    start = chance.randrange(len(page.text))
    return Span(start, min(len(page.text), start + chance.choice(LENGTHS)))


def pdf_spans(paths: Sequence[Path], count: int, chance: random.Random) -> Iterator[Marked]:
    """Yield random spans on random pages of PDF files, at most four of one file."""
    left = count
    while left > 0:
        path = chance.choice(paths)
        content = path.read_bytes()
        pages = [page for page in pdf.pages(io.BytesIO(content), path.name)[1] if page.text]
        with pymupdf.open(stream=content, filetype="pdf") as document:
            for page in chance.sample(pages, min(4, left, len(pages))):
                span = span_in(page, chance)
                rects = pdf.rects(io.BytesIO(content), page.number, span)
                found = visible(under(middles(document[page.number - 1]), rects))
                wanted = visible(page.text[span.start : span.end])
                yield Marked(f"{path.name}:{page.number}:{span.start}-{span.end}", not wanted - found, wanted == found)
                left -= 1


def typeset_spans(content: bytes, name: str, count: int, chance: random.Random) -> Iterator[Marked]:
    """Yield random spans of a file of any other format, none if it cannot be read."""
    try:
        _title, pages, *_ = read(io.BytesIO(content), name)
    except Refusal:
        return
    for page in chance.choices([page for page in pages if page.text], k=count):
        span = span_in(page, chance)
        found, wanted = drawn(words_under(typeset(page), span)), drawn(page.text[span.start : span.end])
        yield Marked(f"{name}:{page.number}:{span.start}-{span.end}", not wanted - found, wanted == found)


def main() -> None:
    """Print a line for PDF and for each other kind of file, and the spans that are not marked as they should."""
    pdf.silence()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    by_kind: dict[str, list[Marked]] = defaultdict(list)
    by_kind["pdf"] += pdf_spans(sorted(EVALUATION.glob("pdf/*/docs/*.pdf")), count, random.Random(1))
    others = [path for path in sorted((EVALUATION / "readers").rglob("*.*")) if path.suffix not in (".pdf", ".jsonl")]
    for path in others:
        kind = path.suffix.lower()[1:]
        by_kind[kind] += typeset_spans(path.read_bytes(), path.name, 4, random.Random(path.name))
    for kind, marked in by_kind.items():
        if marked:
            exact, whole = sum(one.is_exact for one in marked), sum(one.is_all for one in marked)
            print(f"{kind:<6}{len(marked):>5} spans: exact {exact / len(marked):.3f}, whole {whole / len(marked):.3f}")
            print(*(f"      {one.place}" for one in marked if not one.is_exact), sep="\n", end="")


if __name__ == "__main__":
    main()
