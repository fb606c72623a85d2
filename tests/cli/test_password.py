"""`margent password`: the password of a locked file, given on standard input and taken away."""

import io
import json
from pathlib import Path

import pytest

from app.cli.parser import parse, run
from tests.keyrings import MemoryKeyring, without_keyring
from tests.readers.small_files import Paper


@pytest.fixture
def locked(tmp_path: Path, models_dir: Path) -> Path:
    """A locked file in a library with the search's models."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models_dir)
    path = tmp_path / "lease.pdf"
    path.write_bytes(Paper().page().write(72, 72, "The rent is 900 euros a month.").saved("quince").getvalue())
    assert run(parse(["index", str(path), "--data-dir", str(tmp_path / "data")])) == 0
    return path


def margent(monkeypatch: pytest.MonkeyPatch, locked: Path, *words: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return run(parse(["password", str(locked), *words, "--data-dir", str(locked.parent / "data")]))


def test_the_password_is_asked_for_tried_kept_and_taken_away(
    locked: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], keyring: MemoryKeyring
) -> None:
    capfd.readouterr()
    assert margent(monkeypatch, locked, typed="plum\n") == 1
    assert "this is not its password" in capfd.readouterr().err
    assert margent(monkeypatch, locked, typed="") == 2

    assert margent(monkeypatch, locked, "--json", typed="quince\n") == 0
    told = capfd.readouterr()
    record = json.loads(told.out)
    assert (record["kept"], record["state"], record["pages"]) == ("keyring", "ready", 1)
    assert "quince" not in told.out + told.err
    assert list(keyring.kept.values()) == ["quince"]

    assert margent(monkeypatch, locked, "--remove") == 0
    assert "no password of it is kept" in capfd.readouterr().out
    assert keyring.kept == {}


def test_it_is_said_that_a_password_is_not_kept_without_a_keyring(
    locked: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with without_keyring():
        assert margent(monkeypatch, locked, typed="quince\n") == 0
    assert "There is no keyring on this computer" in capfd.readouterr().out


def test_a_terminal_shows_nothing_of_what_is_typed(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return "quince"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", typed)
    with without_keyring():
        assert run(parse(["password", str(locked), "--data-dir", str(locked.parent / "data")])) == 0
    assert asked == [f"Password of {locked}: "]
