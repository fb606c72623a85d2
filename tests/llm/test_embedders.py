"""How embedders want their texts: the catalogue's, folders as model hubs lay them out, and GGUF files."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from app.config.paths import resources_dir
from app.core.errors import ModelFileInvalid, ModelUnknown
from app.core.models import EmbeddingSettings, ModelRole, Pooling
from app.llm.catalogue import load_catalogue, load_families
from app.llm.embedders import embedder_choice
from app.llm.encoder_folder import files_of
from app.llm.shelf import Shelf
from tests.llm.small_files import gguf_bytes

CATALOGUE = resources_dir() / "models.toml"
FAMILIES = load_families(CATALOGUE)
MEAN, CLS = 1, 2


def no_progress(_stage: str, _done: int, _total: int) -> None:
    return


def write_folder(folder: Path, model: str = "model.onnx", files: Mapping[str, object] = MappingProxyType({})) -> Path:
    """Write a folder with a model, a tokenizer, and configuration files: `a__b` stands for `a/b.json`."""
    (folder / model).parent.mkdir(parents=True, exist_ok=True)
    (folder / model).write_bytes(b"onnx")
    (folder / "tokenizer.json").write_text("{}")
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))
    return folder


def settings_of(
    tmp_path: Path, name: str, model: str = "model.onnx", files: Mapping[str, object] = MappingProxyType({})
) -> EmbeddingSettings:
    """Put a folder on the shelf and return how it is to be used."""
    shelf = Shelf((tmp_path / "models",), ())
    (tmp_path / "models").mkdir()
    added = shelf.add(write_folder(tmp_path / "hub" / name, model, files), no_progress, lambda: False)
    return embedder_choice(shelf, FAMILIES, added).settings


def test_the_catalogues_embedder_is_used_as_its_entry_says(models_dir: Path) -> None:
    shelf = Shelf((models_dir,), load_catalogue(CATALOGUE))
    choice = embedder_choice(shelf, FAMILIES)
    prefix = "Represent this sentence for searching relevant passages: "
    assert (choice.name, choice.space, choice.is_gguf) == ("bge-small-en-v1.5", "bge-small-en-v1.5", False)
    assert choice.settings == EmbeddingSettings(Pooling.CLS, 512, prefix)


def test_a_folders_own_files_say_pooling_length_and_prompts(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        "Some Encoder",
        "onnx/model_quantized.onnx",
        {
            "1_Pooling__config": {"pooling_mode_cls_token": False, "pooling_mode_lasttoken": True},
            "config_sentence_transformers": {"prompts": {"query": "ask: ", "document": "say: "}},
            "sentence_bert_config": {"max_seq_length": 256},
            "tokenizer_config": {"model_max_length": 1e30},
            "modules": [{"type": "sentence_transformers.models.Transformer"}, {"type": "x.Normalize"}],
        },
    )
    assert settings == EmbeddingSettings(Pooling.LAST, 256, "ask: ", "say: ")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("multilingual-e5-small", EmbeddingSettings(Pooling.MEAN, 512, "query: ", "passage: ")),
        ("bge-m3", EmbeddingSettings(Pooling.CLS)),
        ("bge-base-en-v1.5", EmbeddingSettings(Pooling.CLS, 512, FAMILIES[2].query_prefix)),
        ("nomic-embed-text-v1.5", EmbeddingSettings(Pooling.MEAN, 512, "search_query: ", "search_document: ")),
        ("of-nobody-knows-whom", EmbeddingSettings(Pooling.MEAN)),
    ],
)
def test_where_the_files_say_nothing_the_family_does(tmp_path: Path, name: str, settings: EmbeddingSettings) -> None:
    assert settings_of(tmp_path, name) == settings


def test_the_newer_form_of_the_pooling_file_is_read_too(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "e", files={"1_Pooling__config": {"pooling_mode": "cls"}}).pooling is Pooling.CLS


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({"config": {"architectures": ["BertForSequenceClassification"]}}, "not_for_embedding"),
        ({"modules": [{"type": "sentence_transformers.models.Dense"}]}, "not_for_embedding"),
    ],
)
def test_another_kind_of_model_is_refused(tmp_path: Path, files: dict[str, object], detail: str) -> None:
    with pytest.raises(ModelFileInvalid) as caught:
        files_of(write_folder(tmp_path / "e", files=files))
    assert caught.value.facts["detail"] == detail


@pytest.mark.parametrize(("missing", "detail"), [("model.onnx", "no_onnx"), ("tokenizer.json", "no_tokenizer")])
def test_a_folder_that_is_not_whole_is_refused_and_nothing_is_left(tmp_path: Path, missing: str, detail: str) -> None:
    folder = write_folder(tmp_path / "hub")
    (folder / missing).unlink()
    with pytest.raises(ModelFileInvalid) as caught:
        Shelf((tmp_path / "models",), ()).add(folder, no_progress, lambda: False)
    assert caught.value.facts["detail"] == detail
    assert not (tmp_path / "models").exists()


def test_an_added_folder_is_listed_chosen_checked_and_removed(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    shelf = Shelf((tmp_path / "models",), ())
    folder = write_folder(tmp_path / "hub" / "My Encoder", "onnx/model.onnx")
    (folder / "onnx" / "model.onnx_data").write_bytes(b"weights")
    name = shelf.add(folder, no_progress, lambda: False)
    assert name == shelf.add(folder, no_progress, lambda: False) == "my-encoder"
    (row,) = shelf.rows(name)
    assert (row.role, row.installed, row.chosen) == (ModelRole.EMBED, True, True)
    assert (shelf.find(name, ModelRole.EMBED) / "model.onnx_data").read_bytes() == b"weights"
    assert {checked.path.name for checked in shelf.check(name, no_progress)} == {"model.onnx", "tokenizer.json"}
    with pytest.raises(ModelFileInvalid):
        shelf.find(name, ModelRole.ANSWER)
    shelf.remove(name)
    assert shelf.rows() == ()
    with pytest.raises(ModelUnknown):
        shelf.role(name)


def test_a_gguf_embedder_says_its_pooling_itself_and_its_name_its_prefixes(tmp_path: Path) -> None:
    header = {"general.architecture": "bert", "general.name": "Multilingual E5 Small", "bert.pooling_type": CLS}
    (tmp_path / "e5.gguf").write_bytes(gguf_bytes({**header, "bert.context_length": 384}))
    choice = embedder_choice(Shelf((tmp_path,), ()), FAMILIES)
    assert choice.is_gguf
    assert choice.settings == EmbeddingSettings(Pooling.CLS, 384, "query: ", "passage: ")


def test_vectors_of_another_file_or_of_other_settings_have_another_name(tmp_path: Path) -> None:
    shelf = Shelf((tmp_path,), ())
    names: list[str] = []
    for pooling in (MEAN, CLS):
        (tmp_path / "e.gguf").write_bytes(gguf_bytes({"llama.pooling_type": pooling}))
        names += [embedder_choice(shelf, FAMILIES).space]
    names.append(embedder_choice(shelf, (), "e").space)
    assert len(set(names[:2])) == 2
    assert names[1] == names[2]


def test_a_model_that_writes_answers_is_no_embedder(tmp_path: Path) -> None:
    (tmp_path / "writer.gguf").write_bytes(gguf_bytes())
    with pytest.raises(ModelFileInvalid) as caught:
        embedder_choice(Shelf((tmp_path,), ()), FAMILIES, "writer")
    assert caught.value.facts["detail"] == "not_for_embedding"
