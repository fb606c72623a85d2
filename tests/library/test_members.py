"""Documents inside documents: attachments that come, change and go with their mails."""

import asyncio
import os
import sqlite3
import zipfile
from collections.abc import Coroutine
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.core.types import DocumentRow, DocumentState, FolderRules, Reason
from app.library import folders, rescan
from app.readers import reading
from tests.library.libraries import OpenLibrary, flaws, open_library
from tests.readers.mails import mail, mailbox
from tests.readers.small_files import word, word_paragraph

READY, FAILED, IGNORED = DocumentState.READY, DocumentState.FAILED, DocumentState.IGNORED
NOTHING = (DocumentState.READY, Reason.NONE)
MIGRATIONS_BEFORE_MEMBERS = 5
MIGRATIONS_BEFORE_ADDRESSES = 7
WITHOUT_READ_BY = (
    "DROP INDEX documents_outdated; ALTER TABLE documents DROP COLUMN outdated;"
    "ALTER TABLE documents DROP COLUMN read_by;"
)


def run(tmp_path: Path, scenario: "object") -> None:
    async def use() -> None:
        papers = tmp_path / "papers"
        papers.mkdir(exist_ok=True)
        async with open_library(tmp_path / "data") as library:
            work = scenario(library, papers)  # pyright: ignore
            assert isinstance(work, Coroutine)
            await work
            await library.settle()
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(use())


def rows(library: OpenLibrary, papers: Path) -> dict[str, DocumentRow]:
    """Return the documents by their path in the folder."""
    return {os.path.relpath(os.fsdecode(row.path), papers): row for row in library.catalog.document_rows()}


def states(library: OpenLibrary, papers: Path) -> dict[str, tuple[DocumentState, Reason]]:
    return {path: (row.state, row.reason) for path, row in rows(library, papers).items()}


def offer(**texts: str) -> bytes:
    """Return a mail with text files."""
    return mail("Offer", "See below.", {f"{name}.txt": text.encode() for name, text in texts.items()}).as_bytes()


def test_attachments_are_documents_with_states_of_their_own(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        scope = word(word_paragraph("Seven quinces.")).getvalue()
        attached = {"scope.docx": scope, "tool.exe": b"\x7fELF", "void.txt": b"", "odd.docx": b"PK\x03\x04odd"}
        (papers / "mail.eml").write_bytes(mail("Offer", "Apples.", attached).as_bytes())
        await library.add(papers)
        assert states(library, papers) == {
            "mail.eml": NOTHING,
            "mail.eml/scope.docx": NOTHING,
            "mail.eml/tool.exe": (IGNORED, Reason.UNSUPPORTED),
            "mail.eml/void.txt": (FAILED, Reason.EMPTY),
            "mail.eml/odd.docx": (FAILED, Reason.DAMAGED),
        }
        assert library.paths_with("quinces") == {"scope.docx"}
        row = rows(library, papers)["mail.eml/scope.docx"]
        assert (row.size_bytes, row.file) == (len(scope), os.fsencode(papers / "mail.eml"))

    run(tmp_path, scenario)


def test_a_changed_mail_has_changed_attachments_and_nothing_is_embedded_twice(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        path = papers / "mail.eml"
        path.write_bytes(offer(same="Apples stay.", other="Pears were.", gone="Plums go."))
        await library.add(papers)
        before = rows(library, papers)
        library.embedder.embedded.clear()
        path.write_bytes(offer(renamed="Apples stay.", other="Quinces are.", new="Medlars come."))
        await library.look_again()
        after = rows(library, papers)
        assert set(after) == {"mail.eml", *(f"mail.eml/{name}.txt" for name in ("renamed", "other", "new"))}
        assert after["mail.eml/renamed.txt"].id == before["mail.eml/same.txt"].id
        embedded = " ".join(library.embedder.embedded)
        assert "Apples" not in embedded
        assert "Quinces" in embedded
        assert [library.paths_with(word) for word in ("Apples", "Pears", "Quinces", "Plums", "Medlars")] == [
            {"renamed.txt"},
            set(),
            {"other.txt"},
            set(),
            {"new.txt"},
        ]
        path.unlink()
        await library.look_again()
        assert rows(library, papers) == {}
        assert library.catalog.database.value("SELECT count(*) FROM embeddings") == 0

    run(tmp_path, scenario)


def test_attachments_move_with_their_mail_and_nothing_is_read_again(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        (papers / "mail.eml").write_bytes(offer(a="Apples."))
        await library.add(papers)
        before = {row.id for row in library.catalog.document_rows()}
        (papers / "sub").mkdir()
        (papers / "mail.eml").rename(papers / "sub" / "moved.eml")
        await library.look_again()
        assert states(library, papers) == {"sub/moved.eml": NOTHING, "sub/moved.eml/a.txt": NOTHING}
        assert {row.id for row in library.catalog.document_rows()} == before
        assert library.indexer.counts.indexed == 2
        os.utime(papers / "sub" / "moved.eml", ns=(5, 5))
        await library.look_again()
        assert {row.modified_ns for row in library.catalog.document_rows()} == {5}

    run(tmp_path, scenario)


def test_a_folder_in_the_place_of_a_mail_is_not_mistaken_for_it(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        (papers / "mail.eml").write_bytes(offer(a="Apples."))
        (papers / "b.txt").write_text("Pears.")
        await library.add(papers)
        (papers / "mail.eml").rename(papers / "other.eml")
        (papers / "mail.eml").mkdir()
        (papers / "b.txt").rename(papers / "mail.eml" / "a.txt")
        await library.look_again()
        assert states(library, papers) == dict.fromkeys(("mail.eml/a.txt", "other.eml", "other.eml/a.txt"), NOTHING)
        assert library.paths_with("Pears") == {"a.txt"}

    run(tmp_path, scenario)


def test_rules_hold_for_attachments_too_and_are_applied_at_once(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        (papers / "mail.eml").write_bytes(offer(a="Apples.", b="Pears are heavy."))
        await library.add(papers)

        async def listed(rules: FolderRules) -> dict[str, tuple[DocumentState, Reason]]:
            folders.set_rules(library.catalog.database, os.fsencode(papers), rules)
            await library.look_again()
            return {name: state for name, state in states(library, papers).items() if name != "mail.eml"}

        ready = {"mail.eml/a.txt": NOTHING, "mail.eml/b.txt": NOTHING}
        without = {"mail.eml/b.txt": (IGNORED, Reason.IGNORED_BY_RULE)}
        assert await listed(FolderRules(("b.txt",))) == ready | without
        assert library.paths_with("Pears") == set()
        assert await listed(FolderRules(("mail.eml/b.*",))) == ready | without
        assert await listed(FolderRules(most_bytes=10_000)) == ready
        assert library.paths_with("Pears") == {"b.txt"}
        assert await listed(FolderRules(types=("eml",))) == dict.fromkeys(ready, (IGNORED, Reason.OTHER_TYPE))
        assert await listed(FolderRules(("mail.eml",))) == {}
        assert await listed(FolderRules()) == ready

    run(tmp_path, scenario)


def test_what_is_attached_to_attached_mails_is_read_as_deep_as_a_person_puts_it(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        content = offer(deep="Apples.")
        for number in range(5):
            content = mail("Again", "See below.", {f"{number}.eml": content}).as_bytes()
        (papers / "mail.eml").write_bytes(content)
        await library.add(papers)
        deepest = "mail.eml/4.eml/3.eml/2.eml/1.eml"
        assert states(library, papers)[deepest] == NOTHING
        assert states(library, papers)[f"{deepest}/0.eml"] == (IGNORED, Reason.TOO_DEEP)
        await library.look_again()
        assert library.indexer.counts.indexed == 5

    run(tmp_path, scenario)


def test_a_mailbox_of_many_attachments_is_read_mail_by_mail(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        box = mailbox(*(mail(f"Mail {n}", "See below.", {"a.txt": f"Apple{n}.".encode()}) for n in range(30)))
        (papers / "box.mbox").write_bytes(box)
        await library.add(papers)
        assert len(rows(library, papers)) == 31
        assert library.paths_with("Apple7") == {"a (8).txt"}

    run(tmp_path, scenario)


def test_what_is_not_listed_of_a_mailbox_says_so_whatever_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MEMBER_LIMIT", 3)

    async def scenario(library: OpenLibrary, papers: Path) -> None:
        mails = [mail(f"Mail {n}", "Apples.", {f"{n}.txt": b"Pears."}) for n in range(5)]
        (papers / "all.mbox").write_bytes(mailbox(*mails))
        await library.add(papers)
        told = {f"all.mbox/{name}": NOTHING for name in ("0.txt", "1.txt")} | {"all.mbox": NOTHING}
        for rules in (FolderRules(), FolderRules(("*.pdf",))):
            folders.set_rules(library.catalog.database, os.fsencode(papers), rules)
            await library.look_again()
            assert states(library, papers) == told | {"all.mbox/…": (FAILED, Reason.NOT_LISTED)}
            assert rows(library, papers)["all.mbox/…"].detail == "3"
        (papers / "all.mbox").write_bytes(mailbox(*mails[:3]))
        await library.look_again()
        assert states(library, papers) == told | {"all.mbox/2.txt": NOTHING}

    run(tmp_path, scenario)


def test_attachments_are_away_with_their_mail_and_come_back(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        (papers / "mail.eml").write_bytes(offer(a="Apples.", void=""))
        await library.add(papers)
        papers.rename(tmp_path / "away")
        await library.look_again()
        assert {state for state, _ in states(library, papers).values()} == {DocumentState.ABSENT}
        assert library.paths_with("Apples") == set()
        (tmp_path / "away").rename(papers)
        await library.look_again()
        assert states(library, papers) == {
            "mail.eml": NOTHING,
            "mail.eml/a.txt": NOTHING,
            "mail.eml/void.txt": (FAILED, Reason.EMPTY),
        }
        assert library.indexer.counts.indexed == 2

    run(tmp_path, scenario)


def test_what_cannot_be_taken_out_of_an_archive_says_so_until_the_archive_is_another(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        box = papers / "box.zip"
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("bad.txt", "Quinces.")
            archive.writestr("good.txt", "Apples.")
        sound = box.read_bytes()
        box.write_bytes(sound.replace(b"Quinces.", b"Quincey."))
        await library.indexer.add_folder(os.fsencode(papers), FolderRules(archives=True))
        await library.settle()
        damaged = {"box.zip": NOTHING, "box.zip/bad.txt": (FAILED, Reason.DAMAGED), "box.zip/good.txt": NOTHING}
        assert states(library, papers) == damaged
        library.indexer.read_again([row.id for row in library.catalog.document_rows()])
        await library.settle()
        assert states(library, papers) == damaged
        papers.rename(tmp_path / "away")
        await library.look_again()
        assert states(library, papers)["box.zip/good.txt"][0] is DocumentState.ABSENT
        with library.catalog.database.transaction():  # as programs before this one did
            library.catalog.database.run("UPDATE documents SET state = 'absent', reason = 'folder_missing'")
        (tmp_path / "away").rename(papers)
        await library.look_again()
        assert states(library, papers) == damaged
        box.write_bytes(sound)
        await library.look_again()
        assert library.paths_with("Quinces") == {"bad.txt"}

    run(tmp_path, scenario)


def test_what_cannot_be_taken_out_has_its_own_reason_once_no_rule_leaves_it_out(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        box = papers / "box.zip"
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("bad.txt", "Quinces.")
            archive.writestr("good.txt", "Apples.")
        box.write_bytes(box.read_bytes().replace(b"Quinces.", b"Quincey."))
        await library.indexer.add_folder(os.fsencode(papers), FolderRules(("bad.*",), archives=True))
        await library.settle()
        assert states(library, papers)["box.zip/bad.txt"] == (IGNORED, Reason.IGNORED_BY_RULE)
        folders.set_rules(library.catalog.database, os.fsencode(papers), FolderRules(archives=True))
        library.embedder.embedded.clear()
        counts: list[int] = []
        for _ in range(2):
            await library.look_again()
            assert states(library, papers)["box.zip/bad.txt"] == (FAILED, Reason.DAMAGED)
            assert library.paths_with("Apples") == {"good.txt"}
            counts.append(library.indexer.counts.hashed)
        assert library.embedder.embedded == []
        assert counts[0] == counts[1]

    run(tmp_path, scenario)


def test_what_cannot_be_taken_out_is_read_again_with_what_it_is_in(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        box = papers / "box.zip"
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("bad.txt", "Quinces.")
            archive.writestr("good.txt", "Apples.")
        sound, times = box.read_bytes(), (1_700_000_000, 1_700_000_000)
        box.write_bytes(sound.replace(b"Quinces.", b"Quincey."))
        os.utime(box, times)
        await library.indexer.add_folder(os.fsencode(papers), FolderRules(archives=True))
        await library.settle()
        box.write_bytes(sound)  # of the same size and time: nobody sees that it is another
        os.utime(box, times)
        await library.look_again()
        bad = rows(library, papers)["box.zip/bad.txt"]
        assert (bad.state, bad.reason) == (FAILED, Reason.DAMAGED)
        library.indexer.read_again([bad.id])
        await library.settle()
        assert library.paths_with("Quinces") == {"bad.txt"}

    run(tmp_path, scenario)


def test_what_is_attached_to_a_changed_mail_is_not_found_until_the_mail_is_read_again(tmp_path: Path) -> None:
    async def scenario(library: OpenLibrary, papers: Path) -> None:
        (papers / "mail.eml").write_bytes(offer(a="Apples."))
        await library.add(papers)
        library.indexer.pause(paused=True)
        (papers / "mail.eml").write_bytes(offer(a="Pears."))
        await library.indexer.rescan()
        assert library.paths_with("Apples") == set()
        (papers / "mail.eml").write_bytes(offer(a="Apples."))
        await library.indexer.rescan()
        library.indexer.pause(paused=False)
        await library.settle()
        assert library.paths_with("Apples") == {"a.txt"}

    run(tmp_path, scenario)


def test_a_catalog_of_before_has_its_mails_read_again_with_what_is_attached(tmp_path: Path) -> None:
    papers, data = tmp_path / "papers", tmp_path / "data"
    papers.mkdir()
    (papers / "mail.eml").write_bytes(offer(a="Apples."))
    (papers / "b.txt").write_text("Pears.")

    async def made() -> None:
        async with open_library(data) as library:
            await library.add(papers)

    asyncio.run(made())
    with closing(sqlite3.connect(data / "catalog.sqlite")) as old:
        old.executescript(
            "DELETE FROM documents WHERE container_id IS NOT NULL;"
            "INSERT OR IGNORE INTO retired SELECT id FROM texts WHERE id NOT IN"
            " (SELECT text_id FROM documents WHERE text_id IS NOT NULL);"
            f"{WITHOUT_READ_BY} DROP INDEX documents_container; DROP INDEX documents_file;"
            "ALTER TABLE documents DROP COLUMN container_id; ALTER TABLE documents DROP COLUMN file_id;"
            "ALTER TABLE documents DROP COLUMN address; ALTER TABLE documents DROP COLUMN digest;"
            f"PRAGMA user_version = {MIGRATIONS_BEFORE_MEMBERS};"
        )

    (data / "catalog.sqlite.sums").unlink()

    async def scenario(library: OpenLibrary, papers: Path) -> None:
        await library.look_again()
        assert states(library, papers) == dict.fromkeys(("mail.eml", "mail.eml/a.txt", "b.txt"), NOTHING)
        assert library.indexer.counts.indexed == 2, "the text file was not read again"

    run(tmp_path, scenario)


def test_a_catalog_of_before_has_its_archives_read_again_and_their_members_found(tmp_path: Path) -> None:
    papers, data = tmp_path / "papers", tmp_path / "data"
    papers.mkdir()
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.txt", "Apples.")
    with zipfile.ZipFile(papers / "box.zip", "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("p.txt", "Pears.")

    async def made() -> None:
        async with open_library(data) as library:
            await library.indexer.add_folder(os.fsencode(papers), FolderRules(archives=True))
            await library.settle()

    asyncio.run(made())
    with closing(sqlite3.connect(data / "catalog.sqlite")) as old:
        old.executescript(
            f"{WITHOUT_READ_BY} UPDATE documents SET address = '0/' || address || '/0' WHERE container_id IS NOT NULL;"
            f"PRAGMA user_version = {MIGRATIONS_BEFORE_ADDRESSES};"
        )
    (data / "catalog.sqlite.sums").unlink()

    async def scenario(library: OpenLibrary, papers: Path) -> None:
        await library.look_again()
        names = ("box.zip", "box.zip/inner.zip", "box.zip/inner.zip/a.txt", "box.zip/p.txt")
        assert states(library, papers) == dict.fromkeys(names, NOTHING)
        addresses = [address for (address,) in library.catalog.database.read("SELECT address FROM documents")]
        assert sorted(address.count("/") for address in addresses) == [0, 2, 2, 2]
        assert library.paths_with("Apples") == {"a.txt"}

    run(tmp_path, scenario)


def test_a_folder_may_be_removed_while_it_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "mail.eml").write_bytes(mail("Offer", "See below.", {"note.txt": b"The kiln is hot."}).as_bytes())

    async def look() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            loop, look_at = asyncio.get_running_loop(), rescan._look

            def removed_meanwhile(*scope: Any) -> Any:
                async def remove() -> None:
                    library.indexer.remove_folder(os.fsencode(papers))

                asyncio.run_coroutine_threadsafe(remove(), loop).result()
                return look_at(*scope)

            monkeypatch.setattr(rescan, "_look", removed_meanwhile)
            await library.indexer.rescan()
            monkeypatch.setattr(rescan, "_look", look_at)
            await library.settle()
            assert library.states() == {}

    asyncio.run(look())
