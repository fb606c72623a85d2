"""`margent evaluate answers` with a real model over a tiny folder."""

import json
import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.evaluate_answers import time_left
from app.cli.parser import parse, run
from app.cli.terminal import Advance, Terminal

TINY = "smollm2-135m-instruct-q4_1"
TEXT = "The lighthouse keeper is called Odile Brandt.\n\nShe must light the lamp at 18:45 every evening.\n"
LINES = [
    {
        "id": "keeper",
        "question": "What is the lighthouse keeper called?",
        "answerable": True,
        "answers": ["Odile Brandt"],
        "evidence": [{"doc": "lamp.txt", "char_start": TEXT.index("Odile"), "char_end": TEXT.index("Brandt") + 6}],
    },
    {
        "id": "lamp",
        "question": "When must the lamp be lit?",
        "answerable": True,
        "answers": ["18:45"],
        "evidence": [{"doc": "docs/lamp.txt", "page": 0}],
    },
    {"id": "beer", "question": "Which brewery exported most beer in 1921?", "answerable": False, "answers": []},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    (tmp_path / "set" / "docs").mkdir(parents=True)
    (tmp_path / "set" / "docs" / "lamp.txt").write_text(TEXT)
    path = tmp_path / "set" / "qa.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)))
    return path


@pytest.fixture
def library(tmp_path: Path, models_dir: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir)
    (data / "settings.toml").write_text("answer_tokens = 48\n")
    return data


def words(questions: Path, library: Path) -> list[str]:
    return ["evaluate", "answers", str(questions), "--model", TINY, "--json", "--data-dir", str(library)]


def test_every_question_is_asked_and_scored(questions: Path, library: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(parse(words(questions, library))) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["questions"], found["answerable"], found["model"], found["failed"]) == (3, 2, TINY, [])
    assert found["invented_as_supported"] == sum(len(one["invented"]) for one in found["answers"])
    assert [one["id"] for one in found["answers"]] == ["keeper", "lamp", "beer"]
    answered = [one for one in found["answers"] if one["answer"]]
    assert answered, "the tiny model answers one of two plain questions"
    assert found["first_citation_on_evidence"] == 1.0
    assert found["unanswerable_refused"] == 1.0
    assert found["contains_answer"] == sum(one["contains"] for one in answered) / 2
    assert found["seconds_per_question"] > 0

    assert run(parse([*words(questions, library), "--sample", "1", "--seed", "3"])) == 0
    assert json.loads(capfd.readouterr().out)["questions"] == 1


class Interrupted(Terminal):
    """A terminal at which Ctrl-C is pressed as soon as the first question was asked."""

    @contextmanager
    def progress(self, title: str) -> Generator[Advance]:
        def advance(_done: float, _total: float, word: str) -> None:
            if "1 of 3 asked" in word:
                os.kill(os.getpid(), signal.SIGINT)

        yield advance


def test_ctrl_c_prints_what_was_measured_so_far(
    questions: Path, library: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = parse(words(questions, library))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            options.run(options, Interrupted(as_json=True))
    finally:
        signal.signal(signal.SIGINT, before)
    assert [one["id"] for one in json.loads(capfd.readouterr().out)["answers"]] == ["keeper"]


def spoil(path: Path) -> None:
    path.write_text(f"{json.dumps(LINES[0])}\nno JSON\n")


def put_documents_away(path: Path) -> None:
    (path.parent / "docs").rename(path.parent / "papers")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Path.unlink, "qa.jsonl: there is no such file or folder"),
        (spoil, "qa.jsonl: these are no questions with known answers (line 2: "),
        (put_documents_away, "docs: there is no such file or folder"),
    ],
    ids=["no file", "no JSON", "no documents"],
)
def test_bad_input_is_one_line_and_1(
    questions: Path, library: Path, capfd: pytest.CaptureFixture[str], change: Callable[[Path], None], said: str
) -> None:
    change(questions)
    assert run(parse(words(questions, library))) == 1
    captured = capfd.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1


def test_a_model_that_is_not_there_is_said_before_anything_is_indexed(
    questions: Path, library: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(parse([*words(questions, library), "--model", "no-such-model"])) == 1
    assert "no model of this name" in capfd.readouterr().err
    assert not (library / "catalog.sqlite").exists()


def test_an_estimate_is_in_minutes_or_seconds() -> None:
    assert time_left(59.4) == "about 59 s left"
    assert time_left(725) == "about 12 min left"
