"""Passwords of locked files through the whole engine: tried, kept, found again, forgotten, and written nowhere."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.errors import DocumentUnreadable, PasswordUnneeded, PasswordWrong, PathNotInLibrary
from app.core.messages import (
    AddFolder,
    DocumentsListed,
    Done,
    ListDocuments,
    OpenPage,
    PageOpened,
    RemoveFolder,
    Rescan,
    WindowRequest,
)
from app.core.pages import Span
from app.core.password_messages import ForgetPassword, GivePassword, PasswordKept
from app.core.receipt_messages import Forget, Forgot
from app.core.types import DocumentRow, DocumentState, Reason
from app.engine.session import Session, open_session
from app.library import locks
from tests.keyrings import MemoryKeyring, without_keyring
from tests.readers.office_files import zipped
from tests.readers.small_files import Paper

Result = TypeVar("Result")
Final = TypeVar("Final")

PASSWORD = "quince-and-plum-41"
LOCKED_PART = '<file-entry full-path="content.xml"><encryption-data/></file-entry>'
READY, LOCKED = (DocumentState.READY, Reason.NONE), (DocumentState.FAILED, Reason.ENCRYPTED)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    save(folder / "lease.pdf", "The rent is 900 euros a month.")
    return folder


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A data directory without a model: words are enough here."""
    return DataPaths(tmp_path / "data")


def save(path: Path, text: str, password: str = PASSWORD) -> None:
    """Write a locked PDF of one page, as a program does that saves a file anew."""
    path.with_suffix(".new").write_bytes(Paper().page().write(72, 72, text).saved(password).getvalue())
    path.with_suffix(".new").replace(path)


def with_library(paths: DataPaths, folder: Path, use: Callable[[Session], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with open_session(paths, Settings()) as session:
            await final(session, AddFolder(os.fsencode(folder)), Done)
            await session.engine._indexer.until_idle()
            return await use(session)

    return asyncio.run(run())


async def final(session: Session, request: WindowRequest, kind: type[Final]) -> Final:
    last = [event async for event in session.request(request)][-1]
    assert isinstance(last, kind)
    return last


async def row_of(session: Session, name: str = "lease.pdf") -> DocumentRow:
    await session.engine._indexer.until_idle()
    listed = await final(session, ListDocuments(), DocumentsListed)
    return next(row for row in listed.documents if os.path.basename(row.path) == name.encode())


async def given(session: Session, password: str = PASSWORD, name: str = "lease.pdf") -> PasswordKept:
    return await final(session, GivePassword((await row_of(session, name)).id, password), PasswordKept)


def state(row: DocumentRow) -> tuple[DocumentState, Reason]:
    return row.state, row.reason


def test_a_locked_file_is_read_at_once_when_its_password_is_given(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def use(session: Session) -> PageOpened:
        assert state(await row_of(session)) == LOCKED
        with pytest.raises(PasswordWrong):
            await given(session, "wrong")
        assert state(await row_of(session)) == LOCKED
        assert not keyring.kept
        assert (await given(session)).in_keyring
        row = await row_of(session)
        assert state(row) == READY
        return await final(session, OpenPage(row.id, 1, Span(4, 8), 1.0), PageOpened)

    opened = with_library(paths, papers, use)
    assert opened.image is not None
    assert len(opened.rects) == 1
    assert list(keyring.kept.values()) == [PASSWORD]


def test_the_password_is_found_again_after_a_restart_an_edit_a_move_and_for_a_copy(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def give(session: Session) -> None:
        await given(session)
        (papers / "copy.pdf").write_bytes((papers / "lease.pdf").read_bytes())
        await final(session, Rescan(), Done)
        assert state(await row_of(session, "copy.pdf")) == READY
        (papers / "copy.pdf").unlink()
        await final(session, Rescan(), Done)

    async def edit(session: Session) -> None:
        save(papers / "lease.pdf", "The rent is 950 euros a month from May on.")
        await final(session, Rescan(), Done)
        assert state(await row_of(session)) == READY
        (papers / "lease.pdf").rename(papers / "contract.pdf")
        await final(session, Rescan(), Done)

    async def open_moved(session: Session) -> PageOpened:
        row = await row_of(session, "contract.pdf")
        assert state(row) == READY
        return await final(session, OpenPage(row.id, 1), PageOpened)

    with_library(paths, papers, give)
    with_library(paths, papers, edit)
    assert with_library(paths, papers, open_moved).image is not None
    assert len(keyring.kept) == 1, "the password of what the file was before is gone"


def test_a_file_that_was_saved_with_another_password_asks_for_it(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def use(session: Session) -> None:
        await given(session)
        await row_of(session)
        save(papers / "lease.pdf", "The rent is 980 euros.", "another")
        await final(session, Rescan(), Done)
        assert state(await row_of(session)) == LOCKED
        await given(session, "another")
        assert state(await row_of(session)) == READY

    with_library(paths, papers, use)


def test_without_a_keyring_the_password_is_kept_for_the_session(paths: DataPaths, papers: Path) -> None:
    async def use(session: Session) -> None:
        assert not (await given(session)).in_keyring
        row = await row_of(session)
        assert state(row) == READY
        assert (await final(session, OpenPage(row.id, 1), PageOpened)).image is not None

    async def later(session: Session) -> PageOpened:
        row = await row_of(session)
        assert state(row) == READY
        return await final(session, OpenPage(row.id, 1), PageOpened)

    with without_keyring():
        with_library(paths, papers, use)
        opened = with_library(paths, papers, later)
    assert opened.image is None
    assert opened.text is not None
    assert opened.text.text == "The rent is 900 euros a month."


def test_the_password_is_written_nowhere_in_the_data_directory(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def use(session: Session) -> None:
        with pytest.raises(PasswordWrong):
            await given(session, f"not-{PASSWORD}")
        await given(session)
        row = await row_of(session)
        await final(session, OpenPage(row.id, 1), PageOpened)
        assert PASSWORD not in repr(GivePassword(row.id, PASSWORD))

    with_library(paths, papers, use)
    files = [path for path in paths.catalog.parent.rglob("*") if path.is_file()]
    assert paths.catalog in files
    spellings = (PASSWORD.encode(), PASSWORD.encode("utf-16-le"))
    assert [path for path in files if any(spelling in path.read_bytes() for spelling in spellings)] == []


def test_the_keyring_is_asked_for_files_alone_whose_password_it_has(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    save(papers / "other.pdf", "Nobody knows.", "unknown")

    async def use(session: Session) -> None:
        await row_of(session)

    with_library(paths, papers, use)
    assert keyring.looked_up == 0


def test_a_password_that_is_taken_away_opens_nothing_more(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def use(session: Session) -> PageOpened:
        await given(session)
        row = await row_of(session)
        await final(session, ForgetPassword(row.id), Done)
        assert state(await row_of(session)) == READY
        return await final(session, OpenPage(row.id, 1), PageOpened)

    assert with_library(paths, papers, use).image is None
    assert keyring.kept == {}


@pytest.mark.parametrize("leaving", [RemoveFolder, Forget])
def test_a_folder_that_leaves_takes_its_passwords_along_but_not_those_of_others(
    paths: DataPaths, papers: Path, tmp_path: Path, keyring: MemoryKeyring, leaving: type[RemoveFolder | Forget]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    save(other / "deed.pdf", "The deed.")

    async def use(session: Session) -> None:
        await final(session, AddFolder(os.fsencode(other)), Done)
        await given(session)
        await given(session, name="deed.pdf")
        (papers / "deed.pdf").write_bytes((other / "deed.pdf").read_bytes())
        await final(session, Rescan(), Done)
        await row_of(session)
        assert len(keyring.kept) == 2
        await final(session, leaving(os.fsencode(papers)), Done if leaving is RemoveFolder else Forgot)
        row = await row_of(session, "deed.pdf")
        assert (await final(session, OpenPage(row.id, 1), PageOpened)).image is not None

    with_library(paths, papers, use)
    assert len(keyring.kept) == 1


def test_what_no_password_opens_says_so(paths: DataPaths, papers: Path, keyring: MemoryKeyring) -> None:
    save(papers / "open.pdf", "Anybody may read this.", "")
    encrypted = {"content.xml": "<a/>", "META-INF/manifest.xml": f"<m>{LOCKED_PART}</m>"}
    (papers / "plan.odt").write_bytes(zipped(encrypted))

    async def use(session: Session) -> None:
        with pytest.raises(PasswordUnneeded):
            await given(session, name="open.pdf")
        with pytest.raises(DocumentUnreadable):
            await given(session, name="plan.odt")
        with pytest.raises(PathNotInLibrary):
            await final(session, GivePassword(10**6, PASSWORD), PasswordKept)

    with_library(paths, papers, use)
    assert keyring.kept == {}


async def until_none_leaves(session: Session) -> None:
    """Wait until no password is about to go."""
    async with asyncio.timeout(60):
        while locks.leaving(session.engine._catalog):
            await asyncio.sleep(0)


def test_a_password_goes_with_its_folder_also_where_the_engine_ended_in_between(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def end_amid_removal(session: Session) -> None:
        await given(session)
        assert state(await row_of(session)) == READY
        (digest,) = locks.noted_below(session.engine._catalog, os.fsencode(papers))
        locks.note_leaving(session.engine._catalog, digest)
        session.engine._indexer.remove_folder(os.fsencode(papers))

    async def reopened() -> None:
        async with open_session(paths, Settings()) as session:
            await until_none_leaves(session)

    with_library(paths, papers, end_amid_removal)
    assert list(keyring.kept.values()) == [PASSWORD]
    asyncio.run(reopened())
    assert keyring.kept == {}


def test_a_password_stays_with_a_folder_that_did_not_leave_after_all(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def end_before_removal(session: Session) -> None:
        await given(session)
        row = await row_of(session)
        locks.note_leaving(session.engine._catalog, session.engine._catalog.digest(row.id))

    async def reopened(session: Session) -> None:
        await until_none_leaves(session)
        assert state(await row_of(session)) == READY
        assert locks.is_noted(session.engine._catalog, session.engine._catalog.digest((await row_of(session)).id))

    with_library(paths, papers, end_before_removal)
    with_library(paths, papers, reopened)
    assert list(keyring.kept.values()) == [PASSWORD]
