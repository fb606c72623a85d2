"""Locked archives through the whole engine: one password opens them, another what is locked in them."""

import os
from pathlib import Path

import pytest

from app.config.paths import DataPaths
from app.core.errors import PasswordUnneeded, PasswordWrong
from app.core.messages import DocumentsListed, Done, ListDocuments, OpenPage, PageOpened, RemoveFolder, Rescan
from app.core.password_messages import ForgetPassword, GivePassword, PasswordKept
from app.core.rule_messages import ChangeRules
from app.core.types import DocumentRow, DocumentState, FolderRules, Reason
from app.engine.session import Session
from tests.engine.test_unlocking import final, with_library
from tests.keyrings import MemoryKeyring, without_keyring
from tests.readers.locked_archives import MIXED, NESTED, OWN_PASSWORD, PASSWORD

READY, LOCKED = (DocumentState.READY, Reason.NONE), (DocumentState.FAILED, Reason.ENCRYPTED)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "mixed.zip").write_bytes(MIXED)
    return folder


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path / "data")


async def read_archives(session: Session, folder: Path) -> None:
    await final(session, ChangeRules(os.fsencode(folder), FolderRules(archives=True)), object)


async def rows(session: Session) -> dict[str, DocumentRow]:
    await session.engine._indexer.until_idle()
    listed = await final(session, ListDocuments(), DocumentsListed)
    return {os.path.basename(row.path).decode(): row for row in listed.documents}


async def states(session: Session) -> dict[str, tuple[DocumentState, Reason]]:
    return {name: (row.state, row.reason) for name, row in (await rows(session)).items()}


async def given(session: Session, name: str, password: str) -> PasswordKept:
    return await final(session, GivePassword((await rows(session))[name].id, password), PasswordKept)


@pytest.mark.parametrize("asked", ["mixed.zip", "a.txt", "lease.pdf"])
def test_one_password_opens_all_that_an_archive_locks(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring, asked: str
) -> None:
    async def use(session: Session) -> None:
        await read_archives(session, papers)
        before = {"mixed.zip": READY, "plain.txt": READY, "a.txt": LOCKED, "lease.pdf": LOCKED}
        assert await states(session) == before
        with pytest.raises(PasswordWrong):
            await given(session, asked, "wrong")
        assert not keyring.kept
        assert (await given(session, asked, PASSWORD)).in_keyring
        assert await states(session) == {**before, "a.txt": READY}, "the lease has a lock of its own"
        with pytest.raises(PasswordWrong):
            await given(session, "lease.pdf", "wrong")
        await given(session, "lease.pdf", OWN_PASSWORD)
        assert set((await states(session)).values()) == {READY}
        lease = (await rows(session))["lease.pdf"]
        assert (await final(session, OpenPage(lease.id, 1), PageOpened)).image is not None

    with_library(paths, papers, use)
    assert sorted(keyring.kept.values()) == [OWN_PASSWORD, PASSWORD]


def test_what_is_not_locked_needs_no_password(paths: DataPaths, papers: Path, keyring: MemoryKeyring) -> None:
    async def use(session: Session) -> None:
        await read_archives(session, papers)
        with pytest.raises(PasswordUnneeded):
            await given(session, "plain.txt", PASSWORD)

    with_library(paths, papers, use)
    assert not keyring.kept


def test_an_archive_in_an_archive_has_a_password_of_its_own(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    (papers / "mixed.zip").unlink()
    (papers / "outer.zip").write_bytes(NESTED)

    async def use(session: Session) -> None:
        await read_archives(session, papers)
        assert await states(session) == {"outer.zip": READY, "inner.zip": LOCKED}
        await given(session, "inner.zip", PASSWORD)
        assert await states(session) == {"outer.zip": READY, "inner.zip": READY, "deep.txt": LOCKED}
        await given(session, "deep.txt", OWN_PASSWORD)
        assert set((await states(session)).values()) == {READY}

    with_library(paths, papers, use)


def test_the_password_is_found_again_when_the_archive_changes_and_goes_with_its_folder(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def give(session: Session) -> None:
        await read_archives(session, papers)
        await given(session, "mixed.zip", PASSWORD)
        await states(session)

    async def change(session: Session) -> None:
        (papers / "mixed.zip").write_bytes(MIXED[:-2] + b"\x01\x00!")  # with a comment
        await final(session, Rescan(), Done)
        found = await states(session)
        assert (found["mixed.zip"], found["a.txt"]) == (READY, READY)
        assert list(keyring.kept.values()) == [PASSWORD]
        await final(session, RemoveFolder(os.fsencode(papers)), Done)

    with_library(paths, papers, give)
    with_library(paths, papers, change)
    assert keyring.kept == {}


def test_a_password_that_was_not_kept_can_be_given_again(paths: DataPaths, papers: Path) -> None:
    async def give(session: Session) -> None:
        await read_archives(session, papers)
        assert not (await given(session, "a.txt", PASSWORD)).in_keyring
        assert (await states(session))["a.txt"] == READY

    async def again(session: Session) -> None:
        found = await states(session)
        assert (found["a.txt"], found["lease.pdf"]) == (READY, LOCKED)
        with pytest.raises(PasswordWrong):
            await given(session, "lease.pdf", OWN_PASSWORD)  # the archive's is not known any more
        await given(session, "lease.pdf", PASSWORD)
        await given(session, "lease.pdf", OWN_PASSWORD)
        assert (await states(session))["lease.pdf"] == READY

    with without_keyring():
        with_library(paths, papers, give)
        with_library(paths, papers, again)


def test_a_password_that_is_taken_away_opens_nothing_more(
    paths: DataPaths, papers: Path, keyring: MemoryKeyring
) -> None:
    async def use(session: Session) -> None:
        await read_archives(session, papers)
        await given(session, "mixed.zip", PASSWORD)
        await given(session, "lease.pdf", OWN_PASSWORD)
        found = await rows(session)
        await final(session, ForgetPassword(found["mixed.zip"].id), Done)
        assert set((await states(session)).values()) == {READY}
        opened = await final(session, OpenPage(found["lease.pdf"].id, 1), PageOpened)
        assert (opened.image, opened.undrawn) == (None, Reason.ENCRYPTED)

    with_library(paths, papers, use)
    assert list(keyring.kept.values()) == [OWN_PASSWORD]
