"""Receipts: the record of one answer as canonical JSON, chained by SHA-256. Pure."""

import hashlib
import json
from dataclasses import asdict, dataclass

from app.core.types import ChatMessage, Sentence

FIRST_PREVIOUS = "0" * 64


@dataclass(frozen=True, slots=True)
class ReceiptSource:
    """One passage that the model was given; `sha256` is the file's, times are in nanoseconds since 1970."""

    n: int
    path: str
    sha256: str
    modified_ns: int
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that is needed to see later what an answer rested on, and to ask again."""

    created_ns: int
    question: str
    searched: str
    prompt: tuple[ChatMessage, ...]
    sources: tuple[ReceiptSource, ...]
    model: str
    device: str
    seed: int
    max_tokens: int
    answer: str
    found: bool
    sentences: tuple[Sentence, ...]
    retrieve_ms: float
    first_token_ms: float
    total_ms: float
    prompt_tokens: int
    answer_tokens: int
    version: str


def canonical_json(receipt: Receipt) -> str:
    """Return the receipt's one spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(asdict(receipt), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def chain_hash(previous: str, body: str) -> str:
    """Return a receipt's own hash, which covers its body and the hash of the receipt before it."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()
