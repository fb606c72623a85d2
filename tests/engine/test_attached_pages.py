"""Pages of files within a PDF: opened as text behind the drawn pages, and found by their words."""

from pathlib import Path

import pymupdf

from app.config.paths import DataPaths
from app.core.messages import OpenPage, PageOpened, Search, Searched
from app.core.pages import Span
from app.engine.session import Session
from tests.engine.test_unlocking import final, row_of, with_library
from tests.readers.small_files import LEFT_X, TOP_Y, Paper


def test_a_file_within_a_pdf_is_found_and_opened_behind_the_drawn_pages(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    with pymupdf.open(stream=Paper().page().write(LEFT_X, TOP_Y, "The lease.").saved(), filetype="pdf") as document:
        document.embfile_add("notes", b"The boiler was serviced by Nordvik.", filename="notes.txt")
        document[0].add_text_annot((300, 400), "Ask for the deposit.")
        (papers / "lease.pdf").write_bytes(document.tobytes())

    async def use(session: Session) -> tuple[PageOpened, PageOpened, PageOpened]:
        row = await row_of(session)
        hits = (await final(session, Search("Nordvik boiler"), Searched)).result.hits
        assert [hit.page for hit in hits if "Nordvik" in hit.text] == [3]
        hits = (await final(session, Search("deposit"), Searched)).result.hits
        (hit,) = (hit for hit in hits if "deposit" in hit.text)
        drawn = await final(session, OpenPage(row.id, hit.page, Span(hit.start, hit.end)), PageOpened)
        return (
            drawn,
            await final(session, OpenPage(row.id, 2), PageOpened),
            await final(session, OpenPage(row.id, 3), PageOpened),
        )

    drawn, listed, notes = with_library(DataPaths(tmp_path / "data"), papers, use)
    assert drawn.image is not None
    assert len(drawn.rects) == 2, "the page's words and the comment's mark"
    assert drawn.pages == listed.pages == notes.pages == 3
    assert listed.text is not None
    assert listed.text.text == "Attachments: notes.txt"
    assert notes.text is not None
    assert notes.text.text.endswith("serviced by Nordvik.")
