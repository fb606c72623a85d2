"""What an older version read: read again after an update, and kept until then."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.core.child_messages import FileRead, FileRefused
from app.core.pages import DocumentText, Page, Passage
from app.core.types import DocumentState, Reason
from app.library import scans
from app.library.locations import Location
from app.library.reading_queue import MAX_ATTEMPTS
from app.readers import versions
from app.readers.formats import Format
from tests.library.libraries import WAIT_S, OpenLibrary, flaws, make_text, open_library, read_here
from tests.readers.mails import mail
from tests.readers.small_files import word, word_paragraph

READY, FAILED = DocumentState.READY, DocumentState.FAILED
BETTER = "Better words of "


class Reading:
    """A reader whose new version reads texts otherwise, or refuses them; it waits while `may_read` is cleared.

    `waits` is set once it does.
    """

    def __init__(self) -> None:
        self.is_new = False
        self.refusal: FileRefused | None = None
        self.read: list[str] = []
        self.may_read = asyncio.Event()
        self.may_read.set()
        self.waits = asyncio.Event()

    async def __call__(self, path: bytes, at: Location | None = None) -> FileRead | FileRefused:
        """Read a document."""
        name = Path(os.fsdecode(path)).name
        self.read.append(name)
        if not self.may_read.is_set() and name != "z.txt":
            self.waits.set()
            await self.may_read.wait()
        if self.refusal is not None:
            return self.refusal
        if self.is_new and name.endswith(".txt"):
            return FileRead(make_text(BETTER + name), kind="text")
        return await read_here(path, at)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with two texts and a Word file."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.txt").write_text("Apples.")
    (folder / "b.txt").write_text("Pears.")
    (folder / "c.docx").write_bytes(word(word_paragraph("Quinces.")).getvalue())
    return folder


@pytest.fixture
def update(monkeypatch: pytest.MonkeyPatch) -> Callable[[Format], None]:
    """Raise the version of a format's reader."""
    return lambda kind: monkeypatch.setitem(versions.VERSIONS, kind, versions.VERSIONS[kind] + 1)


def run(tmp_path: Path, papers: Path, *scenarios: Callable[[OpenLibrary, Reading], Awaitable[None]]) -> None:
    """Index the papers, then do each scenario in a program that was started anew."""

    async def index(library: OpenLibrary, _reading: Reading) -> None:
        await library.add(papers)

    async def use() -> None:
        reading = Reading()
        for scenario in (index, *scenarios):
            reading.read.clear()
            async with open_library(tmp_path / "data", read=reading) as library:
                await scenario(library, reading)
                await library.settle()
                assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(use())


def passage_ids(library: OpenLibrary) -> list[int]:
    return [number for (number,) in library.catalog.database.read("SELECT id FROM passages ORDER BY id")]


def test_only_what_an_older_version_read_is_read_again_and_once(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    async def unchanged(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert reading.read == []
        update(Format.TEXT)
        reading.is_new = True

    async def updated(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert sorted(reading.read) == ["a.txt", "b.txt"]
        assert library.paths_with("better") == {"a.txt", "b.txt"}
        assert library.paths_with("apples") == set()
        assert library.catalog.status().outdated == 0

    async def once_more(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert reading.read == []

    run(tmp_path, papers, unchanged, updated, once_more)


def test_what_is_new_comes_first_and_what_was_read_is_found_meanwhile(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    async def late(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        update(Format.TEXT)
        (papers / "z.txt").write_text("Walnuts. " * 50_000)
        reading.is_new = True
        reading.may_read.clear()

    async def updated(library: OpenLibrary, reading: Reading) -> None:
        async with asyncio.timeout(WAIT_S):
            await reading.waits.wait()
        await library.until(lambda: library.catalog.status().ready == 4)
        assert reading.read[0] == "z.txt"
        assert library.indexer.progress.indexing
        assert library.catalog.status().outdated == 2
        assert library.paths_with("apples") | library.paths_with("pears") == {"a.txt", "b.txt"}
        reading.may_read.set()
        await library.settle()
        assert library.paths_with("better") == {"a.txt", "b.txt", "z.txt"}
        assert not library.indexer.progress.indexing

    run(tmp_path, papers, late, updated)


def test_what_reads_as_before_keeps_its_passages(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    before: list[int] = []

    async def late(library: OpenLibrary, _reading: Reading) -> None:
        before.extend(passage_ids(library))
        update(Format.TEXT)

    async def updated(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert sorted(reading.read) == ["a.txt", "b.txt"]
        assert passage_ids(library) == before
        assert library.embedder.embedded == []
        assert library.indexer.counts.passages == 0

    run(tmp_path, papers, late, updated)


def test_what_cannot_be_read_any_more_keeps_its_text_and_is_not_tried_again(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    async def late(_library: OpenLibrary, reading: Reading) -> None:
        update(Format.TEXT)
        reading.refusal = FileRefused(Reason.DAMAGED, "no text")

    async def refused(library: OpenLibrary, _reading: Reading) -> None:
        await library.settle()
        assert library.states()["a.txt"] == (READY, Reason.NONE)
        assert library.paths_with("apples") == {"a.txt"}
        update(Format.DOCX)

    async def later(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert reading.read == ["c.docx"]

    run(tmp_path, papers, late, refused, later)


def test_what_an_older_version_could_not_read_is_tried_again(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    (papers / "d.docx").write_bytes(b"PK\x03\x04")

    async def damaged(library: OpenLibrary, _reading: Reading) -> None:
        assert library.states()["d.docx"] == (FAILED, Reason.DAMAGED)
        update(Format.DOCX)

    async def refused(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert sorted(reading.read) == ["c.docx", "d.docx"]
        assert library.states()["d.docx"] == (FAILED, Reason.DAMAGED)
        update(Format.DOCX)
        mended = FileRead(DocumentText("", (Page(1, "Medlars.", ()),), (Passage(1, 0, 8, ()),)))
        reading.refusal = mended  # pyright: ignore[reportAttributeAccessIssue]: read as that, both

    async def read(library: OpenLibrary, _reading: Reading) -> None:
        await library.settle()
        assert library.states()["d.docx"] == (READY, Reason.NONE)
        assert library.paths_with("medlars") == {"c.docx", "d.docx"}

    run(tmp_path, papers, damaged, refused, read)


def test_what_ended_the_engine_too_often_while_read_again_is_left_as_it_is(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    async def late(_library: OpenLibrary, reading: Reading) -> None:
        update(Format.TEXT)
        reading.may_read.clear()

    async def ended(library: OpenLibrary, reading: Reading) -> None:
        async with asyncio.timeout(WAIT_S):
            await reading.waits.wait()
        attempts = dict(library.catalog.database.read("SELECT path, attempts FROM documents WHERE attempts > 0"))
        assert attempts == {os.fsencode(papers / reading.read[0]): 1}
        reading.may_read.set()
        await library.settle()
        update(Format.TEXT)

    async def marked(library: OpenLibrary, _reading: Reading) -> None:
        await library.settle()
        database = library.catalog.database
        database.run("UPDATE documents SET outdated = 1, attempts = ? WHERE suffix = 'txt'", (MAX_ATTEMPTS,))

    async def left(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert reading.read == []
        assert library.states()["a.txt"] == (READY, Reason.NONE)

    async def used() -> None:
        reading = Reading()
        for scenario in (late, ended, marked, left):
            reading.read.clear()
            async with open_library(tmp_path / "data", read=reading) as library:
                if scenario is late:
                    await library.add(papers)
                await scenario(library, reading)

    asyncio.run(used())


def test_what_was_recognised_on_scans_stays(tmp_path: Path, papers: Path, update: Callable[[Format], None]) -> None:
    scanned = DocumentText("", (Page(1, "", (), is_scan=True), Page(2, "", (), is_scan=True)), ())
    (papers / "s.pdf").write_bytes(b"%PDF-")

    class Scanning(Reading):
        async def __call__(self, path: bytes, at: Location | None = None) -> FileRead | FileRefused:
            answer = await super().__call__(path, at)
            return FileRead(scanned, kind="pdf") if path.endswith(b".pdf") else answer

    async def use() -> None:
        reading = Scanning()
        async with open_library(tmp_path / "data", read=reading) as library:
            await library.add(papers)
            page = scans.next_waiting(library.catalog.database)
            assert page is not None
            text = Page(1, "Medlars on a scan.", ())
            assert scans.settle(library.catalog.database, page, text, (Passage(1, 0, 18, ()),), b"")
            library.indexer.take_up(page.document_id)
            await library.settle()
        update(Format.PDF)
        for is_otherwise in (False, True):
            if is_otherwise:
                update(Format.PDF)
                object.__setattr__(scanned, "title", "Otherwise")
            reading.read.clear()
            async with open_library(tmp_path / "data", read=reading) as library:
                await library.settle()
                assert reading.read == ["s.pdf"]
                assert library.paths_with("medlars") == {"s.pdf"}
                assert library.states()["s.pdf"] == (READY, Reason.NONE)
                row = next(row for row in library.catalog.document_rows() if row.path.endswith(b"s.pdf"))
                assert (row.pages_without_text, row.pages_waiting, row.passages) == (1, 1, 1)
                assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(use())


def test_what_is_in_a_mail_stays_while_the_mail_is_read_again(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    (papers / "m.eml").write_bytes(mail("Offer", "See below.", {"n.md": b"Medlars.", "o.md": b"Sloes."}).as_bytes())

    async def late(library: OpenLibrary, reading: Reading) -> None:
        assert library.paths_with("medlars") == {"n.md"}
        update(Format.MAIL)
        reading.may_read.clear()

    async def updated(library: OpenLibrary, reading: Reading) -> None:
        async with asyncio.timeout(WAIT_S):
            await reading.waits.wait()
        assert reading.read == ["m.eml"]
        assert library.paths_with("medlars") == {"n.md"}
        reading.may_read.set()
        await library.settle()
        assert reading.read == ["m.eml"]
        assert library.paths_with("medlars") == {"n.md"}
        assert library.paths_with("below") == {"m.eml"}
        update(Format.MARKDOWN)

    async def members(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert sorted(reading.read) == ["n.md", "o.md"]

    async def use() -> None:
        reading = Reading()
        async with open_library(tmp_path / "data", read=reading) as library:
            await library.add(papers)
            await late(library, reading)
        for scenario in (updated, members):
            reading.read.clear()
            async with open_library(tmp_path / "data", read=reading) as library:
                await scenario(library, reading)
                assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(use())


def test_what_is_away_is_read_again_when_it_is_back(
    tmp_path: Path, papers: Path, update: Callable[[Format], None]
) -> None:
    away = tmp_path / "away"

    async def late(_library: OpenLibrary, reading: Reading) -> None:
        update(Format.TEXT)
        reading.is_new = True
        shutil.move(papers, away)

    async def updated(library: OpenLibrary, reading: Reading) -> None:
        await library.settle()
        assert library.catalog.status().absent == 3
        reading.read.clear()
        shutil.move(away, papers)
        await library.look_again()
        assert sorted(reading.read) == ["a.txt", "b.txt"]
        assert library.paths_with("better") == {"a.txt", "b.txt"}

    run(tmp_path, papers, late, updated)
