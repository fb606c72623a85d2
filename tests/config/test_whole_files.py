"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from app.config.whole_files import write_whole


def test_a_file_is_put_in_place_of_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old and longer")
    write_whole(tmp_path / "a.txt", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.txt": b"new"}


def test_where_that_fails_nothing_is_left_of_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "inside").touch()
    with pytest.raises(OSError, match="a"):
        write_whole(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_the_reason_is_told_where_the_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(NotADirectoryError):
        write_whole(tmp_path / "a" / "b", b"new")
