"""Styles are files that a person can copy, edit and delete; a bad one is told and keeps no other from use."""

import os
from pathlib import Path

import pytest

from app.config.paths import resources_dir
from app.config.styles import StyleFolders
from app.core.errors import DataDirectoryUnwritable, StyleInvalid, StyleUnknown
from app.core.styles import CHARACTERS_LIMIT, PLAIN, Style, same_name


@pytest.fixture
def folders(tmp_path: Path) -> StyleFolders:
    return StyleFolders(resources_dir() / "styles", tmp_path / "styles")


def write(folders: StyleFolders, name: str, content: str | bytes) -> Path:
    folders.own.mkdir(exist_ok=True)
    file = folders.own / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def names(folders: StyleFolders) -> list[str]:
    return [row.style.name for row in folders.rows()]


def test_margent_comes_with_styles_that_can_be_used(folders: StyleFolders) -> None:
    rows = folders.rows()
    assert len(rows) >= 5
    for row in rows:
        assert not row.trouble
        assert folders.resolved(Style(row.style.name.upper())) == row.style
        assert not row.style.is_edited
    assert any(row.style.sections for row in rows)


def test_the_plain_manner_needs_no_file(folders: StyleFolders) -> None:
    assert folders.resolved(PLAIN) == PLAIN
    assert folders.resolved(Style("", " \n")) == PLAIN


def test_an_own_style_is_a_file_that_is_read_at_each_question(folders: StyleFolders) -> None:
    file = write(folders, "For my sister.md", b"\xef\xbb\xbfIn two lines.\r\nKindly.\r\n")
    assert folders.resolved(Style("for my sister")).instructions == "In two lines.\nKindly."
    file.write_text("In one line.")
    assert folders.resolved(Style("For my sister")) == Style("For my sister", "In one line.")
    file.unlink()
    with pytest.raises(StyleUnknown) as unknown:
        folders.resolved(Style("For my sister"))
    assert unknown.value.facts["known"] == ", ".join(names(folders))
    assert "brief" in unknown.value.facts["known"]


def test_an_own_style_stands_in_the_place_of_one_of_its_name(folders: StyleFolders) -> None:
    before = names(folders)
    built_in = folders.resolved(Style("brief"))
    folders.keep(Style("Brief", "One word."))
    assert len(names(folders)) == len(before)
    assert folders.resolved(Style("brief")) == Style("Brief", "One word.")
    folders.delete("brief")
    assert folders.resolved(Style("brief")) == built_in


def test_a_style_is_kept_in_place_of_an_own_one_whose_name_is_written_in_other_letters(folders: StyleFolders) -> None:
    folders.keep(Style("Terse", "One."))
    folders.keep(Style("terse", "Two."))
    assert [name for name in names(folders) if same_name(name, "terse")] == ["terse"]
    assert [file.name for file in folders.own.iterdir()] == ["terse.md"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        (" \r\n\t", "empty"),
        ("é".encode("latin-1") * 3, "not_text"),
        (b"\x89PNG\r\n\0\0", "not_text"),
        ("a\0b", "not_text"),
        ("x" * (CHARACTERS_LIMIT + 1), "long"),
        ("x" * 5_000_000, "long"),
    ],
)
def test_a_bad_file_is_told_by_its_path_and_keeps_no_other_from_use(
    folders: StyleFolders, content: str | bytes, reason: str
) -> None:
    file = write(folders, "bad.md", content)
    write(folders, "good.md", "x" * CHARACTERS_LIMIT)
    with pytest.raises(StyleInvalid) as invalid:
        folders.resolved(Style("bad"))
    assert (invalid.value.facts["path"], invalid.value.facts["reason"]) == (str(file), reason)
    assert [row.trouble for row in folders.rows() if row.path] == [reason, ""]
    assert folders.resolved(Style("good")).instructions == "x" * CHARACTERS_LIMIT


def test_what_is_no_file_of_words_is_no_style(folders: StyleFolders) -> None:
    write(folders, "notes.txt", "x")
    write(folders, ".hidden.md", "x")
    (folders.own / "folder.md").mkdir()
    (folders.own / "nowhere.md").symlink_to(folders.own / "absent")
    os.mkfifo(folders.own / "pipe.md")
    assert not any(row.path for row in folders.rows())


def test_words_of_a_question_are_used_as_they_are_and_told_as_edited(folders: StyleFolders) -> None:
    brief = folders.resolved(Style("brief"))
    assert folders.resolved(Style("brief", f"{brief.instructions}\n", is_edited=True)) == brief
    assert folders.resolved(Style("brief", "Otherwise.")) == Style("brief", "Otherwise.", is_edited=True)
    assert folders.resolved(Style("", "Otherwise.")) == Style("", "Otherwise.", is_edited=True)
    assert folders.resolved(Style("gone", "Otherwise.")).is_edited
    with pytest.raises(StyleInvalid) as invalid:
        folders.resolved(Style("", "x" * (CHARACTERS_LIMIT + 1)))
    assert invalid.value.facts == {"name": "", "reason": "long", "limit": str(CHARACTERS_LIMIT)}


@pytest.mark.parametrize("name", ["", "../escape", "a/b", "CON", "x" * 41])
def test_no_file_is_written_outside_the_folder_or_under_a_name_that_no_file_may_have(
    folders: StyleFolders, name: str
) -> None:
    with pytest.raises(StyleInvalid):
        folders.keep(Style(name, "Words."))
    assert not folders.own.exists()


def test_a_folder_that_cannot_be_written_is_told(folders: StyleFolders) -> None:
    folders.own.write_text("a file in its place")
    with pytest.raises(DataDirectoryUnwritable):
        folders.keep(Style("terse", "Words."))
    assert folders.rows() == StyleFolders(folders.built_in, folders.own / "none").rows()
