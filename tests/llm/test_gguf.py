"""Headers of good, damaged and hostile GGUF files."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import ModelFileInvalid, PathMissing
from app.core.models import ModelRole
from app.llm.gguf import memory_needed, read_header
from tests.llm.small_files import gguf_bytes


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(content)
    return path


def flaw(path: Path, role: ModelRole | None = ModelRole.ANSWER, *, is_adapter: bool = False) -> str:
    with pytest.raises(ModelFileInvalid) as caught:
        read_header(path, role, is_adapter=is_adapter)
    assert caught.value.facts["path"] == str(path)
    return caught.value.facts["detail"]


def test_a_header_says_what_the_model_is(tmp_path: Path) -> None:
    header = read_header(written(tmp_path, gguf_bytes({"tokenizer.chat_template": "{{ messages }}"})))
    assert (header.architecture, header.name, header.context_tokens, header.layers) == ("llama", "Small Model", 2048, 2)
    assert header.vocabulary == 3
    assert header.chat_template == "{{ messages }}"
    assert header.kv_bytes_per_token == 2 * 2 * (16 + 16) * 2  # layers, heads, key and value of 64 / 4 each, float16


def test_heads_may_differ_from_layer_to_layer(tmp_path: Path) -> None:
    header = read_header(written(tmp_path, gguf_bytes({"llama.attention.head_count_kv": [2, 1]})))
    assert header.kv_bytes_per_token == 3 * (16 + 16) * 2


def test_the_starter_model_is_understood(models_dir: Path) -> None:
    path = models_dir / "smollm2-135m-instruct-q4_1.gguf"
    header = read_header(path)
    assert (header.architecture, header.layers, header.vocabulary) == ("llama", 30, 49152)
    assert "<|im_start|>" in header.chat_template
    assert header.size_bytes < memory_needed(header, 4096) < 4 * header.size_bytes


@pytest.mark.parametrize("keep", [4, 11, 30, 100, 300, -130, -1])
def test_a_truncated_file_is_told_from_a_whole_one(tmp_path: Path, keep: int) -> None:
    assert flaw(written(tmp_path, gguf_bytes()[:keep])) == "truncated"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 not a model", "not_gguf"),
        (b"GG", "not_gguf"),
        (gguf_bytes(version=1), "version"),
        (gguf_bytes({"split.count": 4}), "split"),
        (gguf_bytes({"general.architecture": "bert"}), "not_for_answers"),
        (gguf_bytes({"general.type": "adapter"}), "not_for_answers"),
        (gguf_bytes(tensors=0), "not_for_answers"),
    ],
)
def test_what_is_wrong_has_a_word(tmp_path: Path, content: bytes, detail: str) -> None:
    assert flaw(written(tmp_path, content)) == detail


def test_an_adapter_is_accepted_as_one_only(tmp_path: Path) -> None:
    path = written(tmp_path, gguf_bytes({"general.type": "adapter"}))
    assert read_header(path, is_adapter=True).architecture == "llama"
    assert flaw(written(tmp_path, gguf_bytes()), is_adapter=True) == "not_an_adapter"


def test_folders_pipes_and_missing_files_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert flaw(tmp_path / "pipe") == "not_a_file"
    assert flaw(tmp_path) == "not_a_file"
    with pytest.raises(PathMissing):
        read_header(tmp_path / "nowhere.gguf")


def test_a_header_that_announces_more_than_there_is_does_not_hang(tmp_path: Path) -> None:
    content = bytearray(gguf_bytes())
    content[16:24] = (2**62).to_bytes(8, "little")  # that many key-value pairs
    assert flaw(written(tmp_path, bytes(content))) in ("truncated", "damaged")


@given(st.data())
def test_flipped_bytes_never_end_in_another_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(gguf_bytes())
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=6)):
        content[position] = data.draw(st.integers(0, 255))
    path = written(tmp_path_factory.mktemp("flipped"), bytes(content))
    try:
        header = read_header(path)
    except ModelFileInvalid:
        return
    assert header.size_bytes == len(content)
