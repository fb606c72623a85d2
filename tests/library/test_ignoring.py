"""Tests of what is left out of a folder: the rules alone, and in a library."""

import asyncio
import os
from pathlib import Path

import pytest

from app.core.errors import PartOfFolder, RuleInvalid
from app.core.types import DocumentState, FolderRules, Reason
from app.library import folders
from app.library.catalog import Catalog
from app.library.ignoring import Ignoring, check_patterns
from tests.library.libraries import OpenLibrary, flaws, open_library

READY = (DocumentState.READY, Reason.NONE)
LEFT_OUT = (DocumentState.IGNORED, Reason.IGNORED_BY_RULE)


def rule(ignoring: Ignoring, path: str) -> str:
    return ignoring.rule_for(os.fsencode(path), is_folder=path.endswith("/"))


def rule_of(path: str, *patterns: str, is_folder: bool = False) -> str:
    return Ignoring(b"/a", FolderRules(patterns)).rule_for(os.fsencode(path), is_folder=is_folder)


def test_patterns_mean_what_they_mean_to_git() -> None:
    assert rule_of("/a/deep/x.md", "*.md") == "*.md"
    assert rule_of("/a/deep/x.md", "/*.md") == ""
    assert rule_of("/a/drafts", "drafts/", is_folder=True) == "drafts/"
    assert rule_of("/a/drafts", "drafts/") == ""
    assert rule_of("/a/b/c/x.txt", "b/**/x.txt") == "b/**/x.txt"
    assert rule_of("/a/keep.md", "*.md", "!keep.md") == ""
    assert rule_of("/a/keep.md", "!keep.md", "*.md") == "*.md"
    assert rule_of("/a/drafts", "drafts/**", "!drafts/keep.txt", is_folder=True) == ""
    assert rule_of("/a/caf\udce9.md", "*.md") == "*.md"


def test_what_is_inside_a_file_is_left_out_as_if_the_file_were_a_folder(tmp_path: Path) -> None:
    root, file = os.fsencode(tmp_path), os.fsencode(tmp_path / "in" / "box.zip")

    def within(name: str, *patterns: str, at: bytes = root) -> str:
        return Ignoring(at, FolderRules(patterns)).rule_within(file, file + os.fsencode(f"/{name}"))

    assert within("a.txt", "*.txt") == "*.txt"
    assert within("deep/a.txt", "deep/") == "deep/"
    assert within("deep/er/a.txt", "in/box.zip/deep") == "in/box.zip/deep"
    assert within("a.txt", "box.zip/") == "box.zip/"
    assert within("deep/.hidden/a.txt") == ".*"
    assert within("deep/a.txt", "a/") == ""
    assert within("deep/a.txt", "deep/", at=file) == "deep/"
    assert within("a.txt", "box.zip/", at=file) == ""
    (tmp_path / "in" / "box.zip" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "box.zip" / "deep" / ".margentignore").write_text("*")
    assert within("deep/a.txt") == ""  # a file has no folders on the disk
    (tmp_path / "in" / ".margentignore").write_text("box.zip/*.txt")
    assert within("a.txt") == "box.zip/*.txt in in/.margentignore"


@pytest.mark.parametrize(
    "name",
    [
        *(".x", "~$a.docx", "a.txt~", "#a#", "Thumbs.db", "a.tmp", "film.CRDOWNLOAD", "a.part", "a.bak", ".a.txt.swp"),
        *("a.sync-conflict-20240101-101010-ABCDEFG.txt", "a (Anna's conflicted copy 2024-01-01).txt"),
        "a_conflict-20240101-101010.txt",
    ],
)
def test_what_is_built_in_leaves_out_what_nobody_wrote(name: str) -> None:
    assert rule_of(f"/a/{name}")


@pytest.mark.parametrize(
    "name", ["a.txt", "conflict of interest.pdf", "a_conflict-of-interest.pdf", "part.txt", "temp"]
)
def test_what_is_built_in_lets_documents_be(name: str) -> None:
    assert rule_of(f"/a/{name}") == ""


def test_what_is_built_in_can_be_taken_back() -> None:
    assert rule_of("/a/.notes", "!.notes/", is_folder=True) == ""
    assert not Ignoring(b"/a", FolderRules(("!.notes/",))).is_beyond(b"/a/.notes/x.txt")
    assert Ignoring(b"/a").is_beyond(b"/a/.notes/x.txt")


def test_an_inner_file_of_rules_counts_more_and_only_below_itself(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".margentignore").write_text("# mine\n\n*.md\n")
    (tmp_path / "sub" / ".margentignore").write_bytes(b"\xef\xbb\xbf!*.md\r\n/only.txt\r\n!\n")
    ignoring = Ignoring(os.fsencode(tmp_path), FolderRules(("x.txt",)))
    assert rule(ignoring, f"{tmp_path}/a.md") == "*.md in .margentignore"
    assert rule(ignoring, f"{tmp_path}/sub/a.md") == ""
    assert rule(ignoring, f"{tmp_path}/sub/only.txt") == "/only.txt in sub/.margentignore"
    assert rule(ignoring, f"{tmp_path}/only.txt") == ""
    assert rule(ignoring, f"{tmp_path}/sub/x.txt") == "x.txt"


@pytest.mark.parametrize("pattern", ["", "# a note", "!", "/", "a\nb", "\udce9"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(RuleInvalid):
        check_patterns((pattern,))


def papers_in(folder: Path) -> Path:
    papers = folder / "papers"
    (papers / "drafts").mkdir(parents=True)
    (papers / "a.txt").write_text("Alpha.")
    (papers / "b.md").write_text("Beta.")
    (papers / "drafts" / "c.txt").write_text("Gamma.")
    return papers


async def change(library: OpenLibrary, papers: Path, *patterns: str) -> None:
    folders.set_rules(library.catalog.database, os.fsencode(papers), FolderRules(patterns))
    await library.look_again()


def test_changed_rules_take_effect_without_reading_what_stays(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            hashed = library.indexer.counts.hashed

            await change(library, papers, "drafts/", "*.md")
            assert library.states() == {"a.txt": READY, "b.md": LEFT_OUT, "drafts": LEFT_OUT}
            assert library.paths_with("beta") == library.paths_with("gamma") == set()
            assert {row.detail for row in library.catalog.document_rows()} == {"", "*.md", "drafts/"}
            assert (library.indexer.counts.hashed, len(library.embedder.embedded)) == (hashed, 3)
            assert flaws(library.catalog, library.vectors, "words") == []

            await change(library, papers, "*.md")
            assert library.states() == {"a.txt": READY, "b.md": LEFT_OUT, "c.txt": READY}
            assert library.indexer.counts.hashed == hashed + 1

            await change(library, papers, "b.*")
            assert library.catalog.document_at(os.fsencode(papers / "b.md")).detail == "b.*"  # pyright: ignore

    asyncio.run(scenario())


def test_a_file_of_rules_takes_effect_as_it_is_saved(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", watch=True) as library:
            await library.add(papers)
            await library.look_again()
            (papers / "drafts" / ".margentignore").write_text("*.txt\n")
            await library.until(lambda: library.states().get("c.txt") == LEFT_OUT)
            (papers / "drafts" / ".margentignore").unlink()
            await library.until(lambda: library.paths_with("gamma") == {"c.txt"})

    asyncio.run(scenario())


def test_rules_are_there_after_a_restart_and_after_the_loss_of_the_catalog(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog.open(path)
    rules = FolderRules(("*.md",), ("txt",), 7)
    catalog.add_folder(b"/papers", rules)
    catalog.add_folder(b"/papers/own.md")
    catalog.close()
    catalog = Catalog.open(path)
    assert folders.rules_of(catalog.database, b"/papers") == rules
    catalog.close()
    path.write_bytes(b"\xff" * 8192)
    catalog = Catalog.open(path)
    assert catalog.damaged is not None
    assert {folder.path: folder.rules for folder in catalog.folders()} == {
        b"/papers": rules,
        b"/papers/own.md": FolderRules(),
    }
    catalog.close()


def test_what_a_folder_leaves_out_can_be_added_by_itself(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.indexer.add_folder(os.fsencode(papers), FolderRules(("drafts/",)))
            await library.add(papers / "drafts")
            assert library.states() == {"a.txt": READY, "b.md": READY, "c.txt": READY}
            await change(library, papers)  # its own folder's still
            assert [folder.path for folder in library.catalog.folders()] == [
                os.fsencode(papers),
                os.fsencode(papers / "drafts"),
            ]
            assert library.states() == {"a.txt": READY, "b.md": READY, "c.txt": READY}
            with pytest.raises(PartOfFolder):
                await library.indexer.add_folder(os.fsencode(papers / "a.txt"), FolderRules(("*.md",)))
            await library.indexer.add_folder(os.fsencode(papers), FolderRules(("*.md",)))
            await library.settle()
            assert library.states() == {"a.txt": READY, "b.md": LEFT_OUT, "c.txt": READY}

    asyncio.run(scenario())


def test_the_library_itself_is_no_document(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(papers / "library") as library:
            await library.add(papers)
            assert library.states() == {"a.txt": READY, "b.md": READY, "c.txt": READY}

    asyncio.run(scenario())
