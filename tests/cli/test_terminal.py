"""What reaches the terminal: results apart from remarks, and nothing that could take the terminal over."""

import json
import os

import pytest

from app.cli.terminal import Terminal, indented, plain, shown_path
from app.core.errors import PathMissing


def test_json_alone_reaches_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(as_json=True)
    with terminal.progress("Working") as advance:
        advance(1, 2, "half")
    terminal.say("a remark")
    terminal.result({"answer": 42}, lambda: "for people")
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"answer": 42}
    assert "a remark" in captured.err


def test_a_name_that_is_not_utf8_survives_json(capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    Terminal(as_json=True).result({"path": name}, lambda: "")
    assert os.fsencode(json.loads(capsys.readouterr().out)["path"]) == b"caf\xe9.txt"


def test_document_text_cannot_move_the_cursor() -> None:
    assert "\x1b" not in plain("\x1b]0;owned\x07 text \x9b2J\r")
    assert plain("two\nlines\tand a tab") == "two\nlines\tand a tab"


def test_a_name_that_is_not_utf8_is_shown() -> None:
    assert shown_path(b"/elsewhere/caf\xe9.txt") == "/elsewhere/caf\\udce9.txt"


def test_paths_below_the_working_directory_are_shown_short() -> None:
    assert shown_path(os.fsencode(os.path.join(os.getcwd(), "papers", "lease.pdf"))) == "papers/lease.pdf"


def test_a_name_with_a_line_break_stays_in_one_line() -> None:
    assert shown_path(b"/elsewhere/two\nlines\tand a tab.txt") == "/elsewhere/two\ufffdlines\ufffdand a tab.txt"


def test_long_text_is_cut_with_a_sign() -> None:
    assert indented("word " * 500, lines=3).count("\n") == 2
    assert indented("word " * 500, lines=3).endswith("…")
    assert indented("short") == "   short"


def test_a_complaint_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(as_json=False).complain(PathMissing(path="a\nb"))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "margent: a b: there is no such file or folder\n"
