"""Tests of the walk through a folder and of the comparison with what was known."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.core.types import DocumentState, FolderRules, Reason
from app.library.ignoring import Ignoring
from app.library.scanner import (
    FileStamp,
    FoundFile,
    KnownFile,
    UnreadableFolder,
    compare,
    covers,
    scan,
    suffix_of,
)

SUFFIXES = frozenset({"txt", "pdf"})
STAMP = FileStamp(1, 1)


def look(path: Path, rules: FolderRules = FolderRules(), root: Path | None = None) -> list[FoundFile]:
    ignoring = Ignoring(os.fsencode(root or path), rules)
    return [file for file in scan(os.fsencode(path), SUFFIXES, ignoring) if isinstance(file, FoundFile)]


def names(folder: Path) -> dict[str, Reason]:
    return {os.fsdecode(os.path.relpath(file.path, os.fsencode(folder))): file.reason for file in look(folder)}


def known(path: bytes, state: DocumentState = DocumentState.READY, reason: Reason = Reason.NONE) -> KnownFile:
    return KnownFile(1, path, STAMP, state, reason, "", b"digest")


def test_documents_are_found_at_every_depth_and_the_rest_is_listed_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "deep.PDF").touch()
    (tmp_path / "top.txt").touch()
    (tmp_path / "song.mp3").touch()
    os.mkfifo(tmp_path / "pipe.txt")
    assert names(tmp_path) == {
        "a/b/deep.PDF": Reason.NONE,
        "top.txt": Reason.NONE,
        "song.mp3": Reason.UNSUPPORTED,
        "pipe.txt": Reason.NOT_A_FILE,
    }


def test_hidden_temporary_and_machine_made_files_are_not_documents(tmp_path: Path) -> None:
    for name in (".git/config.txt", "node_modules/readme.txt", "~$letter.txt", "letter.txt~", ".x.txt", "x.txt.PART"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert {os.path.basename(file.path): (file.reason, file.detail) for file in look(tmp_path)} == {
        b".git": (Reason.IGNORED_BY_RULE, ".*"),
        b"node_modules": (Reason.IGNORED_BY_RULE, "node_modules/"),
        b"~$letter.txt": (Reason.IGNORED_BY_RULE, "~$*"),
        b"letter.txt~": (Reason.IGNORED_BY_RULE, "*~"),
        b".x.txt": (Reason.IGNORED_BY_RULE, ".*"),
        b"x.txt.PART": (Reason.IGNORED_BY_RULE, "*.part"),
    }


def test_only_some_types_and_sizes_are_read_if_the_person_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.pdf").write_text("b")
    (tmp_path / "c.txt").write_text("long")
    rules = FolderRules(types=("txt",), most_bytes=3)
    assert {os.path.basename(file.path): (file.reason, file.detail) for file in look(tmp_path, rules)} == {
        b"a.txt": (Reason.NONE, ""),
        b"b.pdf": (Reason.OTHER_TYPE, "pdf"),
        b"c.txt": (Reason.OVER_SIZE, "3"),
    }
    assert all(file.state is not DocumentState.FAILED for file in look(tmp_path, rules))


def test_a_look_at_a_part_of_a_folder_sees_what_a_look_at_all_of_it_sees(tmp_path: Path) -> None:
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / ".margentignore").write_text("sub/deep/\n*.pdf\n")
    for name in ("sub/deep/a.txt", "sub/b.txt", "sub/c.pdf"):
        (tmp_path / name).touch()
    whole = look(tmp_path)
    assert {os.path.basename(file.path): file.reason for file in whole} == {
        b"deep": Reason.IGNORED_BY_RULE,
        b"b.txt": Reason.NONE,
        b"c.pdf": Reason.IGNORED_BY_RULE,
    }
    assert sorted(look(tmp_path / "sub", root=tmp_path), key=str) == sorted(whole, key=str)
    assert look(tmp_path / "sub" / "deep" / "a.txt", root=tmp_path) == []
    assert [file.detail for file in look(tmp_path / "sub" / "c.pdf", root=tmp_path)] == ["*.pdf in .margentignore"]


def test_links_that_go_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").touch()
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "out.txt").symlink_to("/etc/hostname")
    assert names(tmp_path) == {"sub/a.txt": Reason.NONE, "sub/up": Reason.NOT_A_FILE, "out.txt": Reason.NOT_A_FILE}


def test_one_file_is_scanned_as_itself_and_a_missing_path_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ab")
    (found,) = look(tmp_path / "a.txt")
    assert found.stamp.size_bytes == 2
    assert look(tmp_path / "none") == []
    assert look(tmp_path / "a.txt" / "below") == []


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    too_long = os.fsencode(tmp_path) + b"/" + b"x" * 300
    (found,) = scan(too_long, SUFFIXES, Ignoring(too_long))
    assert isinstance(found, UnreadableFolder)
    assert found.detail


def test_new_touched_gone_and_unchanged_are_told_apart() -> None:
    found = [FoundFile(b"/new", STAMP), FoundFile(b"/same", STAMP), FoundFile(b"/longer", FileStamp(2, 1))]
    changes = compare(found, [known(b"/same"), known(b"/longer"), known(b"/gone")])
    assert [file.path for file in changes.new] == [b"/new"]
    assert [touched.found.path for touched in changes.touched] == [b"/longer"]
    assert [file.path for file in changes.gone] == [b"/gone"]
    assert changes.unchanged == 1


def test_a_file_that_its_reader_refused_is_not_read_again_unchanged() -> None:
    refused = known(b"/odd.txt", DocumentState.FAILED, Reason.UNSUPPORTED)
    assert compare([FoundFile(b"/odd.txt", STAMP)], [refused]).unchanged == 1


def test_an_absent_file_that_is_back_and_an_unsupported_one_with_a_reader_now_are_touched() -> None:
    back = known(b"/back", DocumentState.ABSENT, Reason.FOLDER_MISSING)
    read_now = known(b"/read", DocumentState.IGNORED, Reason.UNSUPPORTED)
    failed = known(b"/failed", DocumentState.FAILED, Reason.DAMAGED)
    changes = compare([FoundFile(path, STAMP) for path in (b"/back", b"/read", b"/failed")], [back, read_now, failed])
    assert [touched.known for touched in changes.touched] == [back, read_now]
    assert changes.unchanged == 1


PATHS = st.dictionaries(st.binary(min_size=1, max_size=2), st.integers(0, 2), max_size=8)


@given(PATHS, PATHS)
def test_every_path_is_in_exactly_one_part_of_the_comparison(found: dict[bytes, int], before: dict[bytes, int]) -> None:
    changes = compare(
        [FoundFile(path, FileStamp(0, mtime)) for path, mtime in found.items()],
        [
            KnownFile(1, path, FileStamp(0, mtime), DocumentState.READY, Reason.NONE, "", b"")
            for path, mtime in before.items()
        ],
    )
    assert {file.path for file in changes.new} == found.keys() - before.keys()
    assert {file.path for file in changes.gone} == before.keys() - found.keys()
    assert {one.found.path for one in changes.touched} == {p for p in found.keys() & before if found[p] != before[p]}
    assert changes.unchanged == sum(1 for path in found.keys() & before if found[path] == before[path])


def test_a_folder_covers_what_a_walk_comes_by() -> None:
    assert covers(b"/a", b"/a")
    assert covers(b"/a", b"/a/b/c.txt")
    assert covers(b"/", b"/a")
    assert not covers(b"/a", b"/ab")
    assert not covers(b"/a/b", b"/a")


def test_suffixes_are_lower_case_whatever_the_bytes() -> None:
    assert suffix_of(b"/a/B.PDF") == "pdf"
    assert suffix_of(b"/a.b/c") == ""
    assert suffix_of(b"/a/b.\xff") == "\N{REPLACEMENT CHARACTER}"
