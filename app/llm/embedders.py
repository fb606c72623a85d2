"""Which embedder to use, and how it wants its texts: from the catalogue or from its own files. Engine process."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.models import EmbeddingSettings, ModelRole, Pooling
from app.llm.catalogue import Family
from app.llm.encoder_folder import MODEL, MOST_TOKENS, settings_of
from app.llm.gguf import read_header
from app.llm.shelf import Shelf

_PRINTED_BYTES = 1 << 16
_NO_FAMILY = Family(names="")


@dataclass(frozen=True, slots=True)
class EmbedderChoice:
    """An embedder as it is to be loaded: a GGUF file or a folder with ONNX.

    `space` names its vectors: those of two models, or of one model used in two ways, never meet.
    """

    name: str
    path: Path
    settings: EmbeddingSettings
    space: str

    @property
    def is_gguf(self) -> bool:
        """Return whether llama.cpp runs it."""
        return self.path.is_file()


def embedder_choice(shelf: Shelf, families: Sequence[Family], name: str = "") -> EmbedderChoice:
    """Return the embedder of this name, "" for the recommended one, or whichever there is.

    Raises:
        NoModelInstalled, ModelUnknown, ModelFileInvalid.
    """
    path = shelf.find(name, ModelRole.EMBED)
    name = path.stem if path.is_file() else path.name
    entry = shelf.entry(name)
    if entry is not None and entry.embedding is not None:  # known by its hash
        return EmbedderChoice(name, path, entry.embedding.settings, name)
    settings = _gguf_settings(path, families) if path.is_file() else settings_of(path, _family(families, name))
    return EmbedderChoice(name, path, settings, f"{name}#{_print(path, settings)}")


def _gguf_settings(path: Path, families: Sequence[Family]) -> EmbeddingSettings:
    header = read_header(path, ModelRole.EMBED)
    family = _family(families, f"{path.stem} {header.name}")
    pooling: Pooling = header.pooling or family.pooling
    tokens = min(header.context_tokens or MOST_TOKENS, MOST_TOKENS)
    return EmbeddingSettings(pooling, tokens, family.query_prefix, family.passage_prefix)


def _family(families: Sequence[Family], name: str) -> Family:
    """Return the first family whose pattern is found in a model's name."""
    return next((family for family in families if re.search(family.names, name.lower())), _NO_FAMILY)


def _print(path: Path, settings: EmbeddingSettings) -> str:
    """Return a few digits that differ for another file of the same name, or for other settings."""
    file = path if path.is_file() else path / MODEL
    size_bytes = file.stat().st_size
    with file.open("rb") as opened:
        first = opened.read(_PRINTED_BYTES)
        opened.seek(max(0, size_bytes - _PRINTED_BYTES))
        last = opened.read()
    return hashlib.sha256(repr((size_bytes, settings)).encode() + first + last).hexdigest()[:8]
