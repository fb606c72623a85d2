"""The llama process as its parent meets it: a real child, jailed, with the smallest real model."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.child_messages import (
    CountTokens,
    Generate,
    Generated,
    LoadModel,
    ModelLoaded,
    StopGenerating,
    TokensCounted,
    TokenText,
)
from app.core.messages import Failed
from app.core.model_messages import ListModels
from app.core.types import ChatMessage
from app.engine.spawn import spawn
from app.engine.wire import Connection
from tests.llm.small_files import gguf_bytes

ANSWER_S = 120.0
LONG = (ChatMessage("user", "The quick brown fox jumps over the lazy dog by the river. " * 250),)
FRANCE = (
    ChatMessage("system", "You answer questions about papers. Be brief and say only what is asked."),
    ChatMessage("user", "What is the capital of France?"),
)


@dataclass
class Parent:
    """The engine's end of one llama process."""

    process: subprocess.Popen[bytes]
    connection: Connection

    def next(self, number: int) -> object:
        assert self.connection.poll(ANSWER_S), "no answer"
        received = self.connection.receive()
        assert received.request_id == number
        return received.message

    def ask(self, number: int, message: object) -> object:
        self.connection.send(number, message)
        return self.next(number)

    def rest(self, number: int) -> tuple[str, Generated]:
        """Return the text that is still to come, and how it ended."""
        written: list[str] = []
        while True:
            match self.next(number):
                case TokenText(text):
                    written.append(text)
                case Generated() as end:
                    return "".join(written), end
                case other:
                    pytest.fail(f"{other}")


@pytest.fixture
def parent() -> Iterator[Parent]:
    process, ours = spawn("llama")
    connection = Connection(ours)
    yield Parent(process, connection)
    connection.close()
    process.wait(ANSWER_S)


@pytest.fixture
def loaded(parent: Parent, models_dir: Path) -> Parent:
    path = models_dir / "smollm2-135m-instruct-q4_1.gguf"
    assert isinstance(parent.ask(1, LoadModel(os.fsencode(path), gpu=False)), ModelLoaded)
    return parent


def test_a_question_is_answered_piece_by_piece(parent: Parent, models_dir: Path) -> None:
    path = models_dir / "smollm2-135m-instruct-q4_1.gguf"
    told = parent.ask(1, LoadModel(os.fsencode(path), context_tokens=1024, gpu=False))
    assert isinstance(told, ModelLoaded)
    assert (told.context_tokens, told.template) == (1024, "model")
    assert told.device.startswith("CPU, ")
    counted = parent.ask(2, CountTokens(FRANCE))
    parent.connection.send(3, Generate(FRANCE, max_tokens=32))
    text, end = parent.rest(3)
    assert "Paris" in text
    assert end.reason == "end"
    assert counted == TokensCounted(end.prompt_tokens)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the jail is Linux's")
def test_the_process_is_jailed_and_says_how(parent: Parent, models_dir: Path) -> None:
    path = models_dir / "smollm2-135m-instruct-q4_1.gguf"
    told = parent.ask(1, LoadModel(os.fsencode(path), gpu=False))
    assert isinstance(told, ModelLoaded)
    assert told.sandbox
    status = Path(f"/proc/{parent.process.pid}/status").read_text(encoding="ascii")
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status


def test_stop_works_while_a_long_prompt_is_read_and_the_model_stays_usable(loaded: Parent) -> None:
    loaded.connection.send(2, Generate(LONG, max_tokens=400))
    loaded.connection.send(2, StopGenerating())
    text, end = loaded.rest(2)
    assert (text, end.reason, end.answer_tokens) == ("", "stopped", 0)
    assert end.prompt_tokens > 3000
    loaded.connection.send(3, Generate(FRANCE, max_tokens=32))
    text, end = loaded.rest(3)
    assert "Paris" in text
    assert end.reason == "end"


def test_stop_works_while_an_answer_is_written(loaded: Parent) -> None:
    loaded.connection.send(2, Generate((ChatMessage("user", "Tell a long story about a fox."),), max_tokens=1000))
    assert isinstance(loaded.next(2), TokenText)
    loaded.connection.send(2, StopGenerating())
    _, end = loaded.rest(2)
    assert end.reason == "stopped"
    assert end.answer_tokens < 1000


def test_a_stop_that_comes_too_late_stops_nothing(loaded: Parent) -> None:
    loaded.connection.send(2, StopGenerating())
    loaded.connection.send(3, Generate(FRANCE, max_tokens=32))
    text, end = loaded.rest(3)
    assert "Paris" in text
    assert end.reason == "end"


def test_what_is_asked_meanwhile_is_answered_in_its_turn(loaded: Parent) -> None:
    loaded.connection.send(2, Generate(FRANCE, max_tokens=32))
    loaded.connection.send(3, CountTokens(FRANCE))
    _, end = loaded.rest(2)
    assert loaded.next(3) == TokensCounted(end.prompt_tokens)


def test_what_does_not_fit_is_refused_with_its_numbers(loaded: Parent) -> None:
    told = loaded.ask(2, Generate(LONG, max_tokens=4000))
    assert isinstance(told, Failed)
    assert told.error == "QuestionTooLong"
    assert told.facts["limit"] == "96"


@pytest.mark.parametrize(("content", "detail"), [(gguf_bytes()[:-1], "truncated"), (b"no model", "not_gguf")])
def test_a_bad_file_is_refused_and_the_process_lives(
    parent: Parent, tmp_path: Path, content: bytes, detail: str
) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)
    told = parent.ask(1, LoadModel(os.fsencode(path)))
    assert told == Failed("ModelFileInvalid", {"path": str(path), "detail": detail})
    assert isinstance(parent.ask(2, CountTokens(FRANCE)), Failed)


def test_requests_that_make_no_sense_are_refused(parent: Parent) -> None:
    for number, message in enumerate((Generate(FRANCE, max_tokens=8), CountTokens(FRANCE), ListModels()), start=1):
        told = parent.ask(number, message)
        assert isinstance(told, Failed)
        assert told.error == "UsageWrong"


def test_a_template_that_takes_for_ever_does_not(parent: Parent, tmp_path: Path, models_dir: Path) -> None:
    source = (models_dir / "smollm2-135m-instruct-q4_1.gguf").read_bytes()
    own = source[source.index(b"{% for message") :].split(b"<|im_start|>assistant\n' }}{% endif %}")[0]
    own += b"<|im_start|>assistant\n' }}{% endif %}"
    slow = b"{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}".ljust(len(own))
    path = tmp_path / "slow.gguf"
    path.write_bytes(source.replace(own, slow, 1))
    told = parent.ask(1, LoadModel(os.fsencode(path), gpu=False))
    assert isinstance(told, ModelLoaded)
    assert told.template == "plain"  # and not after 8,100 million rounds of the template's loops


def test_the_process_ends_with_its_parent_also_in_the_middle_of_a_prompt(loaded: Parent) -> None:
    loaded.connection.send(2, Generate(LONG, max_tokens=400))
    loaded.connection.close()
    assert loaded.process.wait(ANSWER_S) == 0
