"""How many passages are embedded again after one paragraph of a 300-page document changed: those whose text is new.

A paragraph that becomes longer or shorter may move where the next passages of its page begin: then they are new, too.
"""

import time
from pathlib import Path

import pymupdf

from app.engine.session import IndexReport
from tests.benchmarks.figures import Figure, index, library, paragraphs
from tests.benchmarks.indexing import embedded_texts

PAGES = 300
PARAGRAPHS_A_PAGE = 4
EDITED = 150
BOUND_S = 2.0


async def measure(folder: Path) -> list[Figure]:
    """Index a long PDF, print it again from a source with one paragraph changed, and index that; then another one."""
    source = paragraphs(PAGES * PARAGRAPHS_A_PAGE, seed=1)
    first, before, _ = await indexed(folder, source)
    source[EDITED * PARAGRAPHS_A_PAGE] = paragraphs(1, seed=2)[0]
    second, between, seconds = await indexed(folder, source)
    source[(EDITED + 1) * PARAGRAPHS_A_PAGE] = "This paragraph was rewritten, and says next to nothing."
    third, after, _ = await indexed(folder, source)
    return [
        Figure(f"embedded again, of {first.passages} passages", second.embedded, len(between - before), "passages"),
        Figure("  after a much shorter one", third.embedded, len(after - between), "passages"),
        Figure("saved file to searchable", seconds, BOUND_S, "s"),
        Figure("  (beside the first time)", seconds, first.seconds, "s"),
    ]


async def indexed(folder: Path, source: list[str]) -> tuple[IndexReport, set[str], float]:
    """Print the document and index it; return what was done, the texts that have a vector, and the seconds it took."""
    papers = folder / "papers"
    papers.mkdir(exist_ok=True)
    print_document(papers / "report.pdf", source)
    async with library(folder) as session:
        started = time.perf_counter()
        report = await index(session, papers)
        seconds = time.perf_counter() - started
    return report, set(embedded_texts(folder / "data" / "catalog.sqlite")), seconds


def print_document(path: Path, source: list[str]) -> None:
    """Write a PDF with a heading and some paragraphs on each page."""
    with pymupdf.open() as document:
        for number in range(PAGES):
            page = document.new_page()
            page.insert_text((72, 72), f"Section {number + 1}", fontname="hebo", fontsize=16)
            for at, text in enumerate(source[number * PARAGRAPHS_A_PAGE : (number + 1) * PARAGRAPHS_A_PAGE]):
                page.insert_textbox((72, 100 + at * 170, 523, 260 + at * 170), text, fontsize=10)
        document.save(path)
