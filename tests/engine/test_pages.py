"""Opened pages from the whole engine: letters, parts, what is found, and files that change or go."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import astuple
from pathlib import Path
from typing import TypeVar

import pymupdf
import pytest

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.letters import LetterPlaces
from app.core.messages import AddFolder, DocumentsListed, Done, ListDocuments, OpenPage, PageOpened, WindowRequest
from app.core.page_messages import DocumentSearched, FindInDocument, LayOutPage, PageLaidOut, Place
from app.core.pages import PageForm, Rect, Span
from app.core.types import Reason
from app.engine.session import Session, open_session
from tests.readers.office_files import cells, epub, pptx, shape, xlsx

Result = TypeVar("Result")
Final = TypeVar("Final")


@pytest.fixture
def paths(tmp_path: Path, models_dir: Path) -> DataPaths:
    """A fresh data directory that sees the installed models."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir)
    return DataPaths(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a PDF of two pages, a book, a presentation, a sheet and a note."""
    folder = tmp_path / "folder"
    folder.mkdir()
    document = pymupdf.open()
    for number in (1, 2):
        page = document.new_page()
        page.insert_text((72, 72), f"The rent is due on the first, page {number}.")
        page.insert_text((72, 400), "The kiln stands behind the clay store.")
    document.save(folder / "lease.pdf")
    (folder / "book.epub").write_bytes(epub({"a.xhtml": "<h1>One</h1><p>The miller found the weir dry.</p>"}))
    (folder / "talk.pptx").write_bytes(
        pptx([shape("The kiln", "title") + shape("It is hot", "body")], notes1=shape("Mind the rope", "body"))
    )
    (folder / "log.xlsx").write_bytes(xlsx({"Log": cells(1, "Month", "Cost") + cells(2, "March", "=0:12")}))
    (folder / "note.txt").write_text("A café by the\nriver, and another CAFE.")
    return folder


def with_session(paths: DataPaths, folder: Path, use: Callable[[Session, dict[str, int]], Awaitable[Result]]) -> Result:
    """Index the folder and run `use` with the ids of its documents by name."""

    async def run() -> Result:
        async with open_session(paths, Settings()) as session:
            await final(session, AddFolder(bytes(folder)), Done)
            await session.settle(lambda _progress: None)
            rows = (await final(session, ListDocuments(), DocumentsListed)).documents
            return await use(session, {row.path.rsplit(b"/", 1)[-1].decode(): row.id for row in rows})

    return asyncio.run(run())


async def final(session: Session, request: WindowRequest, kind: type[Final]) -> Final:
    """Return the last event of a request, which must be of this kind."""
    last = [event async for event in session.request(request)][-1]
    assert isinstance(last, kind)
    return last


def test_words_are_found_with_their_places_and_those_lie_on_the_drawn_page(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session, ids: dict[str, int]) -> None:
        found = await final(session, FindInDocument(ids["lease.pdf"], "RENT  is"), DocumentSearched)
        assert [place.page for place in found.places] == [1, 2]
        assert not found.has_more
        one = found.places[1]
        span = Span(one.start, one.end)
        laid_out = await final(session, LayOutPage(ids["lease.pdf"], 2, is_typeset=False), PageLaidOut)
        marked = await final(session, OpenPage(ids["lease.pdf"], 2, span), PageOpened)
        assert laid_out.is_as_indexed
        assert laid_out.letters.text[one.start : one.end] == "rent is"
        assert LetterPlaces(laid_out.letters).rects(span) == marked.rects

        note = await final(session, FindInDocument(ids["note.txt"], "cafe"), DocumentSearched)
        assert note.places == (Place(1, 2, 6), Place(1, 33, 37))
        few = await final(session, FindInDocument(ids["lease.pdf"], "e", limit=3), DocumentSearched)
        assert (len(few.places), few.has_more) == (3, True)
        nothing = await final(session, FindInDocument(ids["lease.pdf"], "no such words"), DocumentSearched)
        assert nothing.places == ()

    with_session(paths, folder, use)


def test_each_format_is_opened_in_its_form(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session, ids: dict[str, int]) -> None:
        forms: dict[str, tuple[PageForm, bool, bool]] = {}
        for name, number in ids.items():
            opened = await final(session, OpenPage(number, 1, Span(0, 3)), PageOpened)
            forms[name] = (opened.form, opened.image is not None, opened.is_typeset)
            if opened.image is not None:
                laid_out = await final(session, LayOutPage(number, 1, opened.is_typeset), PageLaidOut)
                [placed], [marked] = LetterPlaces(laid_out.letters).rects(Span(0, 3)), opened.rects
                assert astuple(placed) == pytest.approx(astuple(marked))
        assert forms == {
            "lease.pdf": (PageForm.PRINTED, True, False),
            "book.epub": (PageForm.BOOK, True, True),
            "talk.pptx": (PageForm.SLIDE, True, True),
            "log.xlsx": (PageForm.SHEET, False, False),
            "note.txt": (PageForm.TEXT, False, False),
        }

    with_session(paths, folder, use)


def test_a_part_of_a_page_is_what_the_whole_page_shows_there(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session, ids: dict[str, int]) -> None:
        for name in ("lease.pdf", "book.epub"):
            whole = await final(session, OpenPage(ids[name], 1, None, 2.0), PageOpened)
            part = await final(session, OpenPage(ids[name], 1, None, 2.0, clip=Rect(60, 50, 200, 100)), PageOpened)
            assert part.clip == Rect(60, 50, 200, 100)
            assert part.image is not None
            assert whole.image is not None
            assert (part.image.width_px, part.image.height_px) == (280, 100)
            row = 3 * whole.image.width_px
            lines = [whole.image.rgb[y * row + 360 : y * row + 360 + 840] for y in range(100, 200)]
            assert b"".join(lines) == part.image.rgb
            assert len(set(part.image.rgb)) > 1  # something is written there

    with_session(paths, folder, use)


def test_a_file_that_is_gone_or_changed_is_shown_as_its_text_was_read(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session, ids: dict[str, int]) -> None:
        lease, book = ids["lease.pdf"], ids["book.epub"]
        (folder / "lease.pdf").write_bytes(b"%PDF-1.7 nothing else")
        changed = await final(session, OpenPage(lease, 2, Span(0, 5)), PageOpened)
        assert (changed.changed, changed.is_missing, changed.image) == (True, False, None)
        undrawn = await final(session, OpenPage(lease, 2), PageOpened)
        assert undrawn.undrawn is Reason.DAMAGED
        (folder / "lease.pdf").unlink()
        (folder / "book.epub").unlink()
        gone = await final(session, OpenPage(lease, 2, Span(0, 5)), PageOpened)
        assert (gone.is_missing, gone.undrawn) == (True, Reason.NONE)
        assert gone.text is not None
        assert gone.text.text.startswith("The rent")
        drawn = await final(session, OpenPage(book, 1), PageOpened)
        assert drawn.is_missing
        assert drawn.image is not None

    with_session(paths, folder, use)
