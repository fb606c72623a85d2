"""A folder with an ONNX sentence encoder, laid out as on model hubs, and how it wants its texts. Engine process.

What is read are the configuration files of sentence-transformers and of the tokenizer; none of them has to be there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias, cast

from app.core.errors import ModelFileInvalid
from app.core.models import EmbeddingSettings, Pooling
from app.llm.catalogue import Family

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
MOST_TOKENS = 2048
"""A passage has a few hundred; a longer window would only take memory."""

_PLACES = ("", "onnx/")
_NAMES = ("model.onnx", "model_quantized.onnx", "model_int8.onnx", "model_qint8_avx512_vnni.onnx", "model_fp16.onnx")
_DEFAULT_TOKENS = 512
_CONFIGURATIONS = (
    "config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "tokenizer_config.json",
    "1_Pooling/config.json",
)
_MODULES = ("Transformer", "Pooling", "Normalize")
_QUERY_PROMPTS = ("query", "s2p_query", "retrieval.query", "Retrieval-query")
_PASSAGE_PROMPTS = ("passage", "document", "corpus", "retrieval.passage", "Retrieval-document")

Json: TypeAlias = dict[str, object]


def is_encoder_folder(folder: Path) -> bool:
    """Return whether a folder on the shelf holds a model and its tokenizer."""
    return (folder / MODEL).is_file() and (folder / TOKENIZER).is_file()


def files_of(folder: Path) -> dict[str, Path]:
    """Return what belongs to the encoder in a folder, by the path that each file is to have on the shelf.

    Raises:
        ModelFileInvalid: `detail` is "no_onnx" or "no_tokenizer" where that file is missing, "not_for_embedding" where
            the files say that it is another kind of model, or that a layer follows which is not in the ONNX file.
    """
    model = next((folder / f"{place}{name}" for name in _NAMES for place in _PLACES if _is(folder, place + name)), None)
    if model is None:
        raise ModelFileInvalid(path=str(folder), detail="no_onnx")
    if not (folder / TOKENIZER).is_file():
        raise ModelFileInvalid(path=str(folder), detail="no_tokenizer")
    if not _is_sentence_encoder(folder):
        raise ModelFileInvalid(path=str(folder), detail="not_for_embedding")
    weights = {path.name: path for path in model.parent.glob(f"{model.name}?*") if path.is_file()}
    known = {name: folder / name for name in _CONFIGURATIONS if (folder / name).is_file()}
    return {MODEL: model, TOKENIZER: folder / TOKENIZER, **weights, **known}


def settings_of(folder: Path, family: Family) -> EmbeddingSettings:
    """Return how the encoder wants its texts: as its files say, else as its family does."""
    prompts = _table(_read(folder / "config_sentence_transformers.json").get("prompts"))
    limits = (
        _read(folder / "sentence_bert_config.json").get("max_seq_length"),
        _read(folder / "tokenizer_config.json").get("model_max_length"),
        _read(folder / "config.json").get("max_position_embeddings"),
    )
    told = [int(limit) for limit in limits if isinstance(limit, int | float) and 0 < limit <= 1e6]
    return EmbeddingSettings(
        pooling=_pooling(_read(folder / "1_Pooling/config.json")) or family.pooling,
        max_tokens=min(told[0] if told else _DEFAULT_TOKENS, MOST_TOKENS),
        query_prefix=_prompt(prompts, _QUERY_PROMPTS) or family.query_prefix,
        passage_prefix=_prompt(prompts, _PASSAGE_PROMPTS) or family.passage_prefix,
    )


def _is(folder: Path, name: str) -> bool:
    return (folder / name).is_file()


def _is_sentence_encoder(folder: Path) -> bool:
    """Return False for a cross-encoder, and where a layer follows that is not in the ONNX file."""
    architectures = _read(folder / "config.json").get("architectures")
    if any("ForSequenceClassification" in str(one) for one in cast("list[object]", architectures or [])):
        return False
    modules = _json(folder / "modules.json")
    kinds = [str(_table(one).get("type", "")) for one in cast("list[object]", modules)] if modules else []
    return all(kind.rpartition(".")[2] in _MODULES for kind in kinds)


def _pooling(config: Json) -> Pooling | None:
    """Return the pooling that sentence-transformers' configuration names, in its older or newer form."""
    named = {"cls": Pooling.CLS, "mean": Pooling.MEAN, "lasttoken": Pooling.LAST}
    switches = {"cls_token": Pooling.CLS, "mean_tokens": Pooling.MEAN, "lasttoken": Pooling.LAST}
    chosen = [pooling for name, pooling in switches.items() if config.get(f"pooling_mode_{name}") is True]
    return named.get(str(config.get("pooling_mode", ""))) or next(iter(chosen), None)


def _prompt(prompts: Json, names: tuple[str, ...]) -> str:
    return next((text for text in _texts(prompts, names) if text), "")


def _texts(prompts: Json, names: tuple[str, ...]) -> Iterator[str]:
    return (text for text in map(prompts.get, names) if isinstance(text, str))


def _read(path: Path) -> Json:
    return _table(_json(path))


def _json(path: Path) -> object:
    """Return what a file holds, None if it is not there or no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _table(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}
