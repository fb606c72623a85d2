"""How many passages are embedded again after one paragraph of a 300-page document changed.

A paragraph that becomes much shorter may let the next one into its passage: then those of the page change, too.
"""

import time
from pathlib import Path

import pymupdf

from tests.benchmarks.figures import Figure, index, library, paragraphs

PAGES = 300
PARAGRAPHS_A_PAGE = 4
EDITED = 150
BOUND_S = 2.0


async def measure(folder: Path) -> list[Figure]:
    """Index a long PDF, print it again from a source with one paragraph changed, and index that; then another one."""
    papers = folder / "papers"
    papers.mkdir()
    source = paragraphs(PAGES * PARAGRAPHS_A_PAGE, seed=1)
    print_document(papers / "report.pdf", source)
    async with library(folder) as session:
        first = await index(session, papers)
        source[EDITED * PARAGRAPHS_A_PAGE] = paragraphs(1, seed=2)[0]
        print_document(papers / "report.pdf", source)
        started = time.perf_counter()
        second = await index(session, papers)
        seconds = time.perf_counter() - started
        source[(EDITED + 1) * PARAGRAPHS_A_PAGE] = "This paragraph was rewritten, and says next to nothing."
        print_document(papers / "report.pdf", source)
        third = await index(session, papers)
    a_page = first.passages / PAGES
    return [
        Figure(f"embedded again, of {first.passages} passages", second.embedded - first.embedded, 1, "passages"),
        Figure("  after a much shorter one (bound: a page)", third.embedded - second.embedded, a_page, "passages"),
        Figure("saved file to searchable", seconds, BOUND_S, "s"),
        Figure("  (beside the first time)", seconds, first.seconds, "s"),
    ]


def print_document(path: Path, source: list[str]) -> None:
    """Write a PDF with a heading and some paragraphs on each page."""
    with pymupdf.open() as document:
        for number in range(PAGES):
            page = document.new_page()
            page.insert_text((72, 72), f"Section {number + 1}", fontname="hebo", fontsize=16)
            for at, text in enumerate(source[number * PARAGRAPHS_A_PAGE : (number + 1) * PARAGRAPHS_A_PAGE]):
                page.insert_textbox((72, 100 + at * 170, 523, 260 + at * 170), text, fontsize=10)
        document.save(path)
