"""The llama process on call, with the smallest real model: whose text a stop ends, and what a full GPU leads to."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from app.core.child_messages import Generated, TokenText
from app.core.errors import ModelDied
from app.core.messages import ModelState
from app.core.types import ChatMessage
from app.engine.model_host import ModelChoice, ModelHost

STORY = (ChatMessage("user", "Tell a long story about a fox."),)
FRANCE = (
    ChatMessage("system", "You answer questions about papers. Be brief and say only what is asked."),
    ChatMessage("user", "What is the capital of France?"),
)
FULL_GPU = """
import app.llm.llama as llama

class OnAFullGpu(llama.Llama):
    def __init__(self, path, *, on_gpu, **settings):
        if on_gpu:
            raise llama.LoadFailed
        super().__init__(path, on_gpu=on_gpu, **settings)

llama.Llama = OnAFullGpu
llama.gpu_name = lambda: "A GPU without room"
"""


def choice(models_dir: Path) -> ModelChoice:
    return ModelChoice("tiny", os.fsencode(models_dir / "smollm2-135m-instruct-q4_1.gguf"))


async def written(host: ModelHost, question: tuple[ChatMessage, ...], writer: object) -> tuple[str, Generated]:
    text = ""
    async for event in host.generate(question, 40, 0, writer):
        if isinstance(event, Generated):
            return text, event
        text += event.text
    raise AssertionError("no end")


def test_a_stop_ends_its_own_text_and_no_other(models_dir: Path) -> None:
    async def two_at_once() -> tuple[Generated, str]:
        host = ModelHost(lambda _state: None)
        await host.load(choice(models_dir))
        first = host.generate(STORY, 40, 0, "first")
        assert isinstance(await anext(first), TokenText)
        second = asyncio.create_task(written(host, FRANCE, "second"))
        await host.stop("second")  # which waits for its turn
        ends = [event async for event in first if isinstance(event, Generated)]
        text, _ = await second
        host.end()
        return ends[0], text

    end, text = asyncio.run(two_at_once())
    assert (end.reason, end.answer_tokens) == ("length", 40)
    assert "Paris" in text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the jail is Linux's")
def test_what_the_gpu_does_not_take_is_loaded_for_the_cpu_by_a_jailed_process(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FULL_GPU)  # there is no GPU here: the child is told of one
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told: list[ModelState] = []

    async def load() -> tuple[str, tuple[str, ...], str]:
        host = ModelHost(told.append)
        loaded = await host.load(choice(models_dir))
        child = host._child  # pyright: ignore[reportPrivateUsage] - what the system says of it, not what it says itself
        assert child is not None
        status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii")
        text, _ = await written(host, FRANCE, "one")
        host.end()
        assert "Paris" in text
        return loaded.device, loaded.sandbox, status

    device, sandbox, status = asyncio.run(load())
    assert device.startswith("CPU, ")
    assert sandbox
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
    assert [(state.state, state.device) for state in told] == [("loading", ""), ("ready", device)]


def kill(host: ModelHost) -> None:
    child = host._child  # pyright: ignore[reportPrivateUsage] - killed as a system does that is short of memory
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="waits for the killed process as Linux does")
def test_a_model_whose_process_was_killed_is_loaded_again_at_the_next_question(models_dir: Path) -> None:
    told: list[str] = []

    async def load_thrice() -> tuple[str, str]:
        host = ModelHost(lambda state: told.append(state.state))
        loading = asyncio.create_task(host.load(choice(models_dir)))
        while host._child is None:  # pyright: ignore[reportPrivateUsage]
            await asyncio.sleep(0)
        kill(host)
        with pytest.raises(ModelDied):
            await loading
        await host.load(choice(models_dir))
        first, _ = await written(host, FRANCE, "one")
        kill(host)
        await host.load(choice(models_dir))
        second, _ = await written(host, FRANCE, "two")
        host.end()
        return first, second

    first, second = asyncio.run(load_thrice())
    assert "Paris" in first
    assert second == first
    assert [state for state in told if state != "failed"] == ["loading", "loading", "ready", "loading", "ready"]
