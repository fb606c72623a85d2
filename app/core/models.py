"""What is known of a model: its role, how an embedder wants its texts, its row on the shelf. Used in every process."""

from dataclasses import dataclass
from enum import StrEnum

FOREIGN_FROM = 0.3
"""From this share of passages in languages that the embedder does not know, the person is told of it."""


class ModelRole(StrEnum):
    """What a model is for."""

    ANSWER = "answer"
    EMBED = "embed"
    RERANK = "rerank"
    RECOGNISE = "recognise"


class Pooling(StrEnum):
    """How the states of a text's tokens become one vector: the first one's, their mean, or the last one's."""

    CLS = "cls"
    MEAN = "mean"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """How an embedder wants its texts; what is longer than `max_tokens`, prefix included, is cut."""

    pooling: Pooling
    max_tokens: int = 512
    query_prefix: str = ""
    passage_prefix: str = ""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model of the shelf; `chosen` marks the one in use for its role.

    `trouble` says in a word why a file of the person's own cannot be used (see `llm.gguf.read_header`): it can only be
    removed.
    """

    name: str
    role: ModelRole
    title: str
    size_bytes: int
    licence: str
    memory_bytes: int
    installed: bool
    chosen: bool
    recommended: bool
    note: str = ""
    trouble: str = ""
