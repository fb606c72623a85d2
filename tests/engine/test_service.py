"""The whole engine, in this process: real files, a real reader, Chroma, embedder, reranker and llama.cpp."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pymupdf
import pytest

from app.config.lock import library_lock
from app.config.paths import DataPaths
from app.core.errors import DiskFull, LibraryLocked, ModelUnknown, PageMissing, PathMissing, StyleUnknown
from app.core.messages import (
    AddFolder,
    AnswerFinished,
    Ask,
    DamageFound,
    DocumentsListed,
    Done,
    EvidenceFound,
    ListDocuments,
    OpenPage,
    PageOpened,
    Pause,
    RemoveFolder,
    Rescan,
    Resume,
    Search,
    Searched,
    Stop,
)
from app.core.model_messages import GetModel, ListModels, ModelsListed
from app.core.models import ModelRole
from app.core.pages import Span
from app.core.receipt_messages import ChangedSources, FindChangedSources
from app.core.receipts import SourceCheck, SourceState
from app.core.styles import Style
from app.core.types import DocumentState, Reason
from app.engine.session import Session
from tests.engine.sessions import TINY, final, indexed, with_session
from tests.readers.office_files import cells, xlsx

QUESTION = "How much is the rent?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lease as a PDF of two pages, notes as text, and a file that is no PDF."""
    folder = tmp_path / "papers"
    folder.mkdir()
    document = pymupdf.open()
    document.new_page().insert_text((72, 72), "Lease of the flat in Harbour Street between Ms Ahlgren and Mr Brandt.")
    document.new_page().insert_text((72, 72), "The rent is 900 euros a month, due on the third working day.")
    document.save(folder / "lease.pdf")
    document.close()
    (folder / "notes.txt").write_text("The boiler was serviced in May by Nordvik Heating.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing else")
    return folder


def test_a_dropped_folder_is_answered_from_and_the_citation_opens_its_page(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> tuple[AnswerFinished, PageOpened, str]:
        await indexed(session, folder)
        finished = await final(session, Ask(QUESTION), AnswerFinished)
        hit = finished.answer.evidence[0]
        page = await final(session, OpenPage(hit.document_id, hit.page, Span(hit.start, hit.end), 1.5), PageOpened)
        return finished, page, hit.text

    finished, page, text = with_session(paths, use)
    assert "900 euros" in text
    assert finished.answer.model == TINY
    assert finished.answer.answer_tokens > 0
    assert finished.answer.receipt
    assert (page.page, page.pages, page.changed) == (2, 2, False)
    assert page.image is not None
    assert page.rects


def test_what_cannot_be_read_is_listed_with_its_reason_and_the_rest_goes_on(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> DocumentsListed:
        await indexed(session, folder)
        return await final(session, ListDocuments(), DocumentsListed)

    rows = {os.path.basename(row.path): row for row in with_session(paths, use).documents}
    assert (rows[b"broken.pdf"].state, rows[b"broken.pdf"].reason) == (DocumentState.FAILED, Reason.DAMAGED)
    assert rows[b"lease.pdf"].state is DocumentState.READY
    assert rows[b"notes.txt"].state is DocumentState.READY


def test_the_second_run_does_only_what_changed(paths: DataPaths, folder: Path) -> None:
    async def first(session: Session) -> None:
        await indexed(session, folder)

    async def second(session: Session) -> tuple[int, int, int]:
        report = await session.settle(lambda _progress: None)
        return report.indexed, report.unchanged, report.embedded

    with_session(paths, first)
    assert with_session(paths, second) == (0, 2, 0)
    (folder / "notes.txt").write_text("The boiler was replaced in June by Nordvik Heating.")
    assert with_session(paths, second) == (1, 1, 1)


def test_a_pause_outlives_the_engine_until_indexing_goes_on(paths: DataPaths, folder: Path) -> None:
    async def pause(session: Session) -> None:
        await final(session, Pause(), Done)
        await indexed(session, folder)

    async def go_on(session: Session) -> tuple[bool, int, int]:
        was_paused, queued = session.status().paused, session.status().queued
        await final(session, Resume(), Done)
        return was_paused, queued, (await session.settle(lambda _progress: None)).indexed

    with_session(paths, pause)
    assert with_session(paths, go_on) == (True, 3, 2)
    assert with_session(paths, go_on) == (False, 0, 0)


def test_a_removed_folder_is_found_no_more(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> tuple[Searched, Searched]:
        await indexed(session, folder)
        before = await final(session, Search("boiler"), Searched)
        async for _ in session.request(RemoveFolder(os.fsencode(folder))):
            pass
        return before, await final(session, Search("boiler"), Searched)

    before, after = with_session(paths, use)
    assert before.result.hits
    assert after.result.hits == ()


def test_stop_ends_an_answer_at_once(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> AnswerFinished:
        await indexed(session, folder)
        events: AsyncIterator[object] = session.request(Ask(QUESTION))
        last: object = None
        async for event in events:
            if isinstance(event, EvidenceFound):
                asyncio.get_running_loop().call_later(0.05, session.engine.handle, 0, Stop(session.last_id))
            last = event
        assert isinstance(last, AnswerFinished)
        return last

    answer = with_session(paths, use).answer
    assert answer.stopped
    assert answer.evidence


def test_a_question_waits_for_the_answer_before_it_and_can_be_stopped_meanwhile(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> tuple[AnswerFinished, AnswerFinished, AnswerFinished]:
        await indexed(session, folder)
        first = asyncio.create_task(final(session, Ask(QUESTION), AnswerFinished))
        await asyncio.sleep(0)
        second = asyncio.create_task(final(session, Ask("When is the rent due?"), AnswerFinished))
        await asyncio.sleep(0)
        third = asyncio.create_task(final(session, Ask("Where is the flat?"), AnswerFinished))
        await asyncio.sleep(0)
        session.engine.handle(0, Stop(session.last_id))
        stopped = await third
        assert not first.done()
        return await first, await second, stopped

    first, second, stopped = with_session(paths, use)
    assert first.answer.answer_tokens > 0
    assert second.answer.answer_tokens > 0
    assert [first.answer.stopped, second.answer.stopped] == [False, False]
    assert (stopped.answer.stopped, stopped.answer.text, stopped.answer.receipt) == (True, "", "")


def test_a_style_that_is_not_there_is_refused(paths: DataPaths) -> None:
    with pytest.raises(StyleUnknown):
        with_session(paths, lambda session: final(session, Ask(QUESTION, style=Style("terse")), AnswerFinished))


def test_the_status_is_told_again_after_it_once_could_not_be(
    paths: DataPaths, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[object] = []

    async def use(session: Session) -> None:
        catalog = session.engine._catalog  # pyright: ignore[reportPrivateUsage] - it fails for a moment
        await session.settle(lambda _progress: None)
        catalog.database.script("ALTER TABLE folders RENAME TO away")
        session.engine._note_progress()  # pyright: ignore[reportPrivateUsage]
        while "the status cannot be told" not in caplog.text:
            await asyncio.sleep(0.01)
        catalog.database.script("ALTER TABLE away RENAME TO folders")
        await final(session, AddFolder(os.fsencode(folder)), Done)
        await session.settle(told.append)

    with_session(paths, use)
    assert told


def test_what_was_damaged_is_set_aside_and_told(paths: DataPaths, folder: Path) -> None:
    with_session(paths, lambda session: indexed(session, folder))
    paths.catalog.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    paths.history.write_bytes(b"no history")

    async def use(session: Session) -> DamageFound | None:
        await session.settle(lambda _progress: None)
        assert session.status().ready == 2
        return session.engine.damage

    aside = DamageFound(*(os.fsencode(path) + b".damaged" for path in (paths.catalog, paths.history)))
    assert with_session(paths, use) == aside
    assert with_session(paths, use) is None


def test_a_page_that_is_not_there_is_named(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> None:
        await indexed(session, folder)
        listed = await final(session, ListDocuments(), DocumentsListed)
        lease = next(row for row in listed.documents if row.path.endswith(b"lease.pdf"))
        await final(session, OpenPage(lease.id, 9), PageOpened)

    with pytest.raises(PageMissing) as caught:
        with_session(paths, use)
    assert (caught.value.facts["page"], caught.value.facts["pages"]) == ("9", "2")


def test_a_changed_file_is_shown_as_it_was_indexed(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> PageOpened:
        await indexed(session, folder)
        hits = (await final(session, Search("boiler"), Searched)).result.hits
        (folder / "notes.txt").write_text("Nothing.")
        return await final(session, OpenPage(hits[0].document_id, 1, Span(hits[0].start, hits[0].end)), PageOpened)

    page = with_session(paths, use)
    assert page.changed
    assert page.text is not None
    assert "Nordvik" in page.text.text


@pytest.mark.parametrize("name", ["notes.txt", "lease.pdf", "budget.xlsx", "letter.eml"])
def test_a_page_of_any_format_is_drawn_where_an_image_is_asked_for(paths: DataPaths, folder: Path, name: str) -> None:
    (folder / "budget.xlsx").write_bytes(xlsx({"Budget": cells(1, "Item", "Amount") + cells(2, "Rent", "=900")}))
    (folder / "letter.eml").write_bytes(b"Subject: Offer\nFrom: Anna\n\nThe roof is tight.\n")

    async def use(session: Session) -> tuple[PageOpened, PageOpened]:
        await indexed(session, folder)
        listed = await final(session, ListDocuments(), DocumentsListed)
        row = next(row for row in listed.documents if row.path.endswith(name.encode()))
        request = OpenPage(row.id, row.pages, Span(8, 12), 1.0, as_image=True)
        before = await final(session, request, PageOpened)
        (folder / name).write_bytes(b"Nothing.")
        return before, await final(session, request, PageOpened)

    before, after = with_session(paths, use)
    assert (before.changed, after.changed) == (False, True)
    for page in (before, after):  # a file that has changed is drawn from the text that was indexed
        assert page.text is None
        assert page.image is not None
        assert len(page.rects) == 1


def test_a_missing_folder_is_refused(paths: DataPaths, tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        with_session(paths, lambda session: indexed(session, tmp_path / "none"))


def test_indexing_that_a_full_disk_ended_goes_on_after_the_next_request(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> int:
        database = session.engine._catalog.database  # pyright: ignore[reportPrivateUsage] - the disk is full for it alone
        await session.settle(lambda _progress: None)
        database.read(f"PRAGMA max_page_count = {database.value('PRAGMA page_count')}")
        with pytest.raises(DiskFull):
            await indexed(session, folder)
        database.read("PRAGMA max_page_count = 1000000")
        await final(session, ListDocuments(), DocumentsListed)
        await session.settle(lambda _progress: None)
        return session.status().ready

    (folder / "long.txt").write_text("A line of a long text.\n" * 5000)
    assert with_session(paths, use) == 3


def test_an_unknown_model_is_refused(paths: DataPaths) -> None:
    with pytest.raises(ModelUnknown):
        with_session(paths, lambda session: final(session, GetModel("nonesuch"), ModelsListed))


def test_the_shelf_lists_what_is_installed_and_in_use(paths: DataPaths) -> None:
    rows = with_session(paths, lambda session: final(session, ListModels(), ModelsListed)).models
    tiny = next(row for row in rows if row.name == TINY)
    assert (tiny.role, tiny.installed, tiny.chosen) == (ModelRole.ANSWER, True, True)
    assert {row.role for row in rows if row.installed} == set(ModelRole)


def test_a_library_is_open_once(paths: DataPaths) -> None:
    paths.create()

    async def use(_session: Session) -> None:
        raise AssertionError("the library was opened twice")

    with library_lock(paths.lock), pytest.raises(LibraryLocked):
        with_session(paths, use)


def test_an_answer_whose_source_changed_is_found(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> list[tuple[SourceCheck, ...]]:
        await indexed(session, folder)
        await final(session, Ask("Who serviced the boiler?"), AnswerFinished)
        found = [(await final(session, FindChangedSources(), ChangedSources)).sources]
        (folder / "notes.txt").write_text("The boiler was serviced in June by somebody else altogether.")
        async for _ in session.request(Rescan()):
            pass
        await session.settle(lambda _progress: None)
        found.append((await final(session, FindChangedSources(), ChangedSources)).sources)
        return found

    before, after = with_session(paths, use)
    assert before == ()
    assert {(os.path.basename(source.path), source.state) for source in after} == {(b"notes.txt", SourceState.CHANGED)}
