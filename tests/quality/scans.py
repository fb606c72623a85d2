"""Measures text recognition on pages of open PDFs that are made pictures of: README.md has the table.

.venv/bin/python -m tests.quality.scans ../shared/evaluation/pdf TESSDATA [--dpi 300] [--languages eng]
"""

import argparse
import io
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pymupdf

from app.core.word_boxes import WordBox
from app.readers import recognition

PAGES = 20
SCANNED_AT_DPI = 150
LEAST_WORDS = 150
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as a scanner gives it, with the words that stand on it and their places."""

    name: str
    content: bytes
    words: list[tuple[float, float, float, float, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tessdata", type=Path)
    parser.add_argument("--dpi", type=int, default=recognition.DPI)
    parser.add_argument("--languages", default="eng")
    options = parser.parse_args()
    recognition.DPI = options.dpi
    found = written = placed = alike = 0
    seconds = 0.0
    for scan in scans(options.folder):
        began = time.process_time()
        page, words = recognition.recognise(io.BytesIO(scan.content), 1, options.languages, str(options.tessdata))
        seconds += time.process_time() - began
        counted = recalled(scan, page.text)
        found, written = found + counted, written + len(_tokens(scan))
        on_place, compared = places(scan, page.text, words)
        placed, alike = placed + on_place, alike + compared
        print(f"{counted / len(_tokens(scan)):.3f} {scan.name}", flush=True)
    print(f"words recalled {found / written:.4f}, words on their place {placed / alike:.4f} of {alike}")
    print(f"{seconds / PAGES:.1f} s of a core for a page, drawn at {options.dpi} dpi, with {options.languages}")


def scans(folder: Path) -> Iterator[Scan]:
    """Yield as pictures one page each of so many PDFs, always the same."""
    chance = random.Random(5)
    paths = sorted(folder.glob("**/*.pdf"))
    chance.shuffle(paths)
    chosen = 0
    for path in paths:
        with pymupdf.open(path) as document:
            for number in chance.sample(range(document.page_count), min(6, document.page_count)):
                page = document[number]
                words = cast(list[tuple[float, float, float, float, str]], page.get_text("words"))
                if len(words) > LEAST_WORDS:
                    yield Scan(f"{path.name} {number + 1}", scanned(page), [word[:5] for word in words])
                    chosen += 1
                    break
        if chosen == PAGES:
            return


def scanned(page: pymupdf.Page) -> bytes:
    """Return a PDF whose one page is a picture of a page."""
    with pymupdf.open() as copy:
        sheet = copy.new_page(width=page.rect.width, height=page.rect.height)
        sheet.insert_image(sheet.rect, pixmap=page.get_pixmap(dpi=SCANNED_AT_DPI))
        return copy.tobytes()


def recalled(scan: Scan, text: str) -> int:
    """Return how many of the page's words are in the text."""
    return sum((Counter(_tokens(scan)) & Counter(_WORD.findall(text.lower()))).values())


def places(scan: Scan, text: str, words: tuple[WordBox, ...]) -> tuple[int, int]:
    """Return of how many recognised words the middle is on a word of the page that reads alike, and how many do."""
    known = Counter(word for *_box, word in scan.words)
    alike = [word for word in words if text[word.start : word.end] in known]
    hit = sum(
        any(
            x0 <= (word.box.x0 + word.box.x1) / 2 <= x1 and y0 <= (word.box.y0 + word.box.y1) / 2 <= y1
            for x0, y0, x1, y1, printed in scan.words
            if printed == text[word.start : word.end]
        )
        for word in alike
    )
    return hit, len(alike)


def _tokens(scan: Scan) -> list[str]:
    return _WORD.findall(" ".join(word for *_box, word in scan.words).lower())


if __name__ == "__main__":
    main()
