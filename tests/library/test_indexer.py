"""Tests of the indexer on real files, SQLite and Chroma."""

import asyncio
import os
from pathlib import Path

import pytest

from app.core.child_messages import FileRead, FileRefused
from app.core.errors import DiskFull, PathMissing, PathNotInLibrary
from app.core.types import DocumentState, Reason
from app.library.reading_queue import MAX_ATTEMPTS
from tests.library.libraries import OpenLibrary, flaws, open_library, read_here

SECTIONS = 300


def write_sections(path: Path, count: int = SECTIONS, changed: int | None = None) -> None:
    """Write a document of many sections; `changed` has one paragraph say something else."""
    sections: list[str] = []
    for n in range(count):
        word = "amended" if n == changed else "agreed"
        paragraphs = [
            f"Paragraph {m} of section {n} names witness number {n * 13 + m}, who came to the place {n * 17 + m} in"
            f" spring, on a morning, saw what was to be seen there, and signed for it on sheet {n * 19 + m} of a roll."
            for m in range(6)
        ]
        clause = f"Clause {n} was {word} in the year {1700 + n}. It binds both parties to term {n * 7}."
        sections.append("\n\n".join((f"# Section {n}", clause, *paragraphs)))
    path.write_text("\n\n".join(sections), encoding="utf-8")


def assert_sound(library: OpenLibrary) -> None:
    assert flaws(library.catalog, library.vectors, library.embedder.name) == []


def test_a_folder_is_indexed_with_its_subfolders(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    (papers / "deep" / "deeper").mkdir(parents=True)
    (papers / "one.txt").write_text("The lighthouse keeper wrote a letter.")
    (papers / "deep" / "deeper" / "two.md").write_text("# Harbour\n\nA crane stands there.")
    (papers / "film.mkv").write_bytes(b"\xff\xd8")
    (papers / ".hidden.txt").write_text("not seen")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            assert library.states() == {
                "one.txt": (DocumentState.READY, Reason.NONE),
                "two.md": (DocumentState.READY, Reason.NONE),
                "film.mkv": (DocumentState.IGNORED, Reason.UNSUPPORTED),
                ".hidden.txt": (DocumentState.IGNORED, Reason.IGNORED_BY_RULE),
            }
            assert library.paths_with("lighthouse") == {"one.txt"}
            assert library.paths_with("crane") == {"two.md"}
            assert {row.id for row in library.rows} == {row.id for row in library.catalog.document_rows()}
            status = library.catalog.status()
            assert (status.ready, status.ignored, status.embedder) == (2, 2, "words")
            assert status.current_as_of_ns > 0
            assert_sound(library)

    asyncio.run(scenario())


def test_a_changed_paragraph_of_a_long_document_embeds_only_what_changed(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    write_sections(papers / "long.md")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            before = len(library.embedder.embedded)
            write_sections(papers / "long.md", changed=150)
            await library.look_again()
            again = library.embedder.embedded[before:]
            assert before >= SECTIONS
            assert 1 <= len(again) <= 2
            assert all("Clause 150 was amended" in text for text in again)
            assert library.paths_with("amended") == {"long.md"}
            assert_sound(library)

    asyncio.run(scenario())


def test_a_touched_but_identical_file_costs_one_hash(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "one.txt").write_text("The same words.")
    reads: list[bytes] = []

    async def counted(path: bytes, _at: object = None) -> FileRead | FileRefused:
        reads.append(path)
        return await read_here(path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=counted) as library:
            await library.add(papers)
            hashed = library.indexer.counts.hashed
            os.utime(papers / "one.txt", ns=(1, 1))
            await library.look_again()
            assert library.indexer.counts.hashed == hashed + 1
            assert len(reads) == 1
            assert library.catalog.document_rows()[0].modified_ns == 1
            assert library.paths_with("words") == {"one.txt"}
            await library.look_again()
            assert library.indexer.counts.hashed == hashed + 1

    asyncio.run(scenario())


def test_a_moved_folder_is_neither_read_nor_embedded_again(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    (papers / "old").mkdir(parents=True)
    for n in range(50):
        (papers / "old" / f"paper {n}.txt").write_text(f"Paper {n} speaks of subject{n}.")
    reads: list[bytes] = []

    async def counted(path: bytes, _at: object = None) -> FileRead | FileRefused:
        reads.append(path)
        return await read_here(path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=counted) as library:
            await library.add(papers)
            ids = {row.id for row in library.catalog.document_rows()}
            (papers / "old").rename(papers / "new")
            (papers / "new" / "paper 3.txt").rename(papers / "renamed.txt")
            await library.look_again()
            assert (len(reads), len(library.embedder.embedded)) == (50, 50)
            assert {row.id for row in library.catalog.document_rows()} == ids
            assert library.paths_with("subject3") == {"renamed.txt"}
            assert library.indexer.counts.moved == 50
            assert_sound(library)

    asyncio.run(scenario())


def test_a_deleted_file_leaves_nothing_behind(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "keep.txt").write_text("Shared words stand here.")
    (papers / "copy.txt").write_text("Shared words stand here.")
    (papers / "drop.txt").write_text("Confidential zebra.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            dropped = library.catalog.document_at(str(papers / "drop.txt").encode())
            (papers / "drop.txt").unlink()
            (papers / "copy.txt").unlink()
            await library.look_again()
            assert library.paths_with("zebra") == set()
            assert library.paths_with("shared") == {"keep.txt"}
            assert dropped is not None
            assert dropped.id in library.removed
            assert_sound(library)

    asyncio.run(scenario())


def test_a_forgotten_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("Alpha.")
    other = tmp_path / "other.txt"
    other.write_text("Omega.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            await library.add(other)
            forgotten = library.indexer.remove_folder(str(papers).encode())
            assert (len(forgotten.document_ids), forgotten.passages) == (1, 1)
            assert library.paths_with("alpha") == set()
            await library.settle()
            assert library.states() == {"other.txt": (DocumentState.READY, Reason.NONE)}
            assert_sound(library)
            with pytest.raises(PathNotInLibrary):
                library.indexer.remove_folder(str(papers).encode())

    asyncio.run(scenario())


def test_a_missing_folder_is_absent_and_comes_back_without_work(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("Alpha beta.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            papers.rename(tmp_path / "unplugged")
            await library.look_again()
            assert library.states() == {"a.txt": (DocumentState.ABSENT, Reason.FOLDER_MISSING)}
            assert not library.catalog.folder_rows()[0].present
            assert (library.catalog.status().ready, library.catalog.status().absent) == (0, 1)
            assert library.paths_with("alpha") == set()
            (tmp_path / "unplugged").rename(papers)
            await library.look_again()
            assert library.states() == {"a.txt": (DocumentState.READY, Reason.NONE)}
            assert library.paths_with("alpha") == {"a.txt"}
            assert len(library.embedder.embedded) == 1
            assert_sound(library)

    asyncio.run(scenario())


def test_what_cannot_be_read_is_listed_with_the_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "empty.txt").write_text("")
    (papers / "broken.docx").write_bytes(b"PK not really a zip")
    os.mkfifo(papers / "pipe.txt")
    (papers / "link.txt").symlink_to(papers / "good.txt")
    (papers / "good.txt").write_text("Good.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            assert library.states() == {
                "empty.txt": (DocumentState.FAILED, Reason.EMPTY),
                "broken.docx": (DocumentState.FAILED, Reason.DAMAGED),
                "pipe.txt": (DocumentState.FAILED, Reason.NOT_A_FILE),
                "link.txt": (DocumentState.FAILED, Reason.NOT_A_FILE),
                "good.txt": (DocumentState.READY, Reason.NONE),
            }
            report = library.indexer.report
            assert (report.documents, report.indexed, len(report.failed)) == (5, 1, 4)
            (papers / "empty.txt").write_text("No longer empty.")
            await library.look_again()
            assert library.states()["empty.txt"] == (DocumentState.READY, Reason.NONE)
            assert_sound(library)

    asyncio.run(scenario())


def test_without_an_embedder_documents_are_found_by_words_and_wait_for_one(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("Alpha.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            library.indexer.use_embedder(None)
            await library.add(papers)
            assert library.states() == {"a.txt": (DocumentState.READY, Reason.NONE)}
            assert library.paths_with("alpha") == {"a.txt"}
            assert library.indexer.progress.waiting_for == "embedder"
            library.indexer.use_embedder(library.embedder)
            await library.settle()
            assert library.indexer.progress.waiting_for == ""
            assert_sound(library)

    asyncio.run(scenario())


def test_a_document_is_found_by_words_before_any_of_it_is_embedded(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    write_sections(papers / "long.md", 30)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            library.embedder.may_embed.clear()
            await library.indexer.add_folder(str(papers).encode())
            await library.until(lambda: library.paths_with("witness") == {"long.md"})
            progress = library.indexer.progress
            assert (progress.indexing, library.embedder.embedded) == (True, [])
            assert progress.unembedded == library.catalog.status().passages
            library.embedder.may_embed.set()
            await library.settle()
            assert library.indexer.progress.unembedded == 0
            assert_sound(library)

    asyncio.run(scenario())


def test_the_same_text_is_embedded_once_wherever_it_stands(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for n in range(12):
        (papers / f"{n}.txt").write_text("The same notice hangs in every room.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            assert len(library.embedder.embedded) == library.indexer.counts.embedded == 1
            assert library.catalog.status().passages == 12
            assert_sound(library)

    asyncio.run(scenario())


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("First words.")
    reads: list[bytes] = []

    async def disturbed(path: bytes, _at: object = None) -> FileRead | FileRefused:
        reads.append(path)
        answer = await read_here(path)
        if len(reads) == 1:
            (papers / "a.txt").write_text("Later words.")
        return answer

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=disturbed) as library:
            await library.add(papers)
            assert len(reads) == 2
            assert library.paths_with("first") == set()
            assert library.paths_with("later") == {"a.txt"}
            assert_sound(library)

    asyncio.run(scenario())


def test_a_file_that_never_settles_is_given_up_with_the_reason(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "log.txt").write_text("line 0")
    reads: list[bytes] = []

    async def disturbed(path: bytes, _at: object = None) -> FileRead | FileRefused:
        reads.append(path)
        (papers / "log.txt").write_text("line\n" * len(reads) + "end")
        return await read_here(path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=disturbed) as library:
            await library.add(papers)
            assert library.states() == {"log.txt": (DocumentState.FAILED, Reason.CHANGED_WHILE_READ)}

    asyncio.run(scenario())


def test_a_folder_that_is_unplugged_while_it_is_read_is_absent_not_deleted(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for n in range(10):
        (papers / f"{n}.txt").write_text(f"Paper {n}.")

    unplugged: list[bytes] = []

    async def unplugging(path: bytes, _at: object = None) -> FileRead | FileRefused:
        answer = await read_here(path)
        if path.endswith(b"/5.txt") and not unplugged:
            unplugged.append(path)
            papers.rename(tmp_path / "unplugged")
        return answer

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=unplugging) as library:
            await library.add(papers)
            assert set(library.states().values()) == {(DocumentState.ABSENT, Reason.FOLDER_MISSING)}
            assert len(library.states()) == 10
            (tmp_path / "unplugged").rename(papers)
            await library.look_again()
            assert set(library.states().values()) == {(DocumentState.READY, Reason.NONE)}
            assert_sound(library)

    asyncio.run(scenario())


def test_what_ends_the_indexer_is_told_to_everybody_who_waits(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    write_sections(papers / "long.md")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.settle()
            library.catalog.database.read("PRAGMA max_page_count = 70")
            await library.indexer.add_folder(str(papers).encode())
            with pytest.raises(DiskFull):
                await library.settle()
            with pytest.raises(DiskFull):
                await library.indexer.rescan()
        async with open_library(tmp_path / "data") as library:
            await library.settle()
            assert library.states() == {"long.md": (DocumentState.READY, Reason.NONE)}
            assert_sound(library)

    asyncio.run(scenario())


def test_nothing_is_embedded_while_an_answer_is_written(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    write_sections(papers / "long.md", 30)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            library.is_busy = True
            await library.indexer.add_folder(str(papers).encode())
            for _ in range(1000):
                await asyncio.sleep(0)
            assert library.embedder.embedded == []
            library.is_busy = False
            await library.settle()
            assert len(library.embedder.embedded) >= 30

    asyncio.run(scenario())


def test_paused_it_reads_nothing_also_after_a_restart_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    write_sections(papers / "long.md", 60)
    (papers / "short.txt").write_text("Alpha.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.indexer.add_folder(str(papers).encode())
            await library.until(lambda: len(library.embedder.embedded) > 20)
            library.indexer.pause(paused=True)
            await library.settle()
            embedded = len(library.embedder.embedded)
            left = library.indexer.progress.unembedded
            assert 0 < left <= library.catalog.status().passages - 20
            assert library.catalog.status().paused
            assert (library.indexer.progress.waiting_for, library.indexer.progress.seconds_left) == ("person", None)

            (papers / "short.txt").unlink()
            (papers / "late.txt").write_text("Omega.")
            await library.look_again()
            assert library.states()["late.txt"] == (DocumentState.QUEUED, Reason.NONE)
            assert library.paths_with("alpha") == set()
            assert len(library.embedder.embedded) == embedded

        async with open_library(tmp_path / "data") as library:
            await library.look_again()
            assert library.embedder.embedded == []
            library.indexer.pause(paused=False)
            await library.settle()
            ready = (DocumentState.READY, Reason.NONE)
            assert library.states() == {"long.md": ready, "late.txt": ready}
            assert len(library.embedder.embedded) <= left + 1
            assert library.indexer.progress.waiting_for == ""
            assert_sound(library)

    asyncio.run(scenario())


def test_a_document_removed_while_it_is_indexed_leaves_nothing(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    write_sections(papers / "long.md")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.indexer.add_folder(str(papers).encode())
            while len(library.embedder.embedded) < 40:
                await asyncio.sleep(0)
            library.indexer.remove_folder(str(papers).encode())
            await library.settle()
            assert len(library.embedder.embedded) < SECTIONS
            assert library.catalog.document_rows() == ()
            assert library.vectors.count() == 0
            assert_sound(library)

    asyncio.run(scenario())


def test_a_document_that_was_being_read_at_many_ends_of_the_engine_is_failed(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("Alpha.")

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            library.catalog.database.run("UPDATE documents SET state = 'reading', attempts = ?", (MAX_ATTEMPTS - 1,))
        async with open_library(tmp_path / "data") as library:
            await library.settle()
            assert library.states() == {"a.txt": (DocumentState.READY, Reason.NONE)}
            library.catalog.database.run("UPDATE documents SET state = 'reading', attempts = ?", (MAX_ATTEMPTS,))
        async with open_library(tmp_path / "data") as library:
            await library.settle()
            assert library.states() == {"a.txt": (DocumentState.FAILED, Reason.READER_DIED)}
            assert_sound(library)

    asyncio.run(scenario())


def three_papers(place: Path) -> Path:
    """Write three short papers, and return their folder."""
    papers = place / "papers"
    papers.mkdir()
    for name in "abc":
        (papers / f"{name}.txt").write_text(f"Paper {name}.")
    return papers


def test_what_was_being_read_at_an_end_of_the_engine_is_read_after_all_else(tmp_path: Path) -> None:
    papers = three_papers(tmp_path)
    order: list[str] = []

    async def read(path: bytes, _at: object = None) -> FileRead | FileRefused:
        order.append(Path(os.fsdecode(path)).name)
        return await read_here(path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=read) as library:
            await library.add(papers)
            first = order[0]
            order.clear()
            library.catalog.database.run("UPDATE documents SET state = 'queued', text_id = NULL")
            in_hand = "UPDATE documents SET state = 'reading', attempts = 1 WHERE path = ?"
            library.catalog.database.run(in_hand, (os.fsencode(papers / first),))
        async with open_library(tmp_path / "data", read=read) as library:
            await library.settle()
            assert len(order) == 3
            assert order[-1] == first
            assert library.catalog.database.value("SELECT sum(attempts) FROM documents") == 0

    asyncio.run(scenario())


@pytest.mark.parametrize("passes", [True, False])
def test_a_document_whose_reading_was_interrupted_is_tried_again_after_the_others(tmp_path: Path, passes: bool) -> None:
    papers = three_papers(tmp_path)
    order: list[str] = []

    async def read(path: bytes, _at: object = None) -> FileRead | FileRefused:
        order.append(Path(os.fsdecode(path)).name)
        if order[-1] == order[0] and not (passes and order.count(order[0]) > 1):
            return FileRefused(Reason.TOO_SLOW, "30", may_pass=True)
        return await read_here(path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=read) as library:
            await library.add(papers)
            ready, given_up = (DocumentState.READY, Reason.NONE), (DocumentState.FAILED, Reason.TOO_SLOW)
            assert library.states() == {
                name: ready if passes or name != order[0] else given_up for name in ("a.txt", "b.txt", "c.txt")
            }
            assert order[3] == order[0]
            assert_sound(library)

    asyncio.run(scenario())


def test_a_path_that_does_not_exist_is_not_added(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            with pytest.raises(PathMissing):
                await library.indexer.add_folder(str(tmp_path / "nowhere").encode())
            assert library.catalog.folders() == ()

    asyncio.run(scenario())


def test_a_file_name_that_is_not_utf_8_is_indexed(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    with open(os.path.join(os.fsencode(papers), b"caf\xe9.txt"), "wb") as file:
        file.write(b"Espresso.")

    async def read(path: bytes, _at: object = None) -> FileRead | FileRefused:
        return await read_here(os.fsencode(papers / "copy.txt"))

    async def scenario() -> None:
        async with open_library(tmp_path / "data", read=read) as library:
            (papers / "copy.txt").write_bytes(b"Espresso.")
            await library.add(papers)
            rows = library.catalog.document_rows()
            assert [row.path.rsplit(b"/", 1)[1] for row in rows] == [b"caf\xe9.txt", b"copy.txt"]
            assert {row.state for row in rows} == {DocumentState.READY}

    asyncio.run(scenario())
