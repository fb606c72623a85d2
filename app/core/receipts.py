"""Receipts: the record of one answer as canonical JSON, chained by SHA-256, whose texts can be erased. Pure.

The chained body holds no text and no path: of each of those it holds a commitment, the SHA-256 of a random salt and the
text. Salts and texts lie beside the body. Without its salt a commitment says nothing of its text, so an erased text is
gone, while the body and with it the chain stay what they were.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.core.styles import PLAIN, Style
from app.core.types import ChatMessage, Citation, Hit, Sentence, Turn

FIRST_PREVIOUS = "0" * 64
VERSION = "2"
ANSWER, ERASURE, BEGINNING = "answer", "erasure", "beginning"
OLD_BODY = "body"
"""The name of all that stands in a receipt of version 1, which held its texts in the body."""


@dataclass(frozen=True, slots=True)
class UsedModel:
    """What wrote an answer: files by their SHA-256, "" where there is none or it could not be computed."""

    name: str
    sha256: str
    adapter: str = ""
    adapter_sha256: str = ""
    adapter_scale: float = 0.0
    device: str = ""
    context_tokens: int = 0


@dataclass(frozen=True, slots=True)
class WritingSettings:
    """How an answer was written; temperature 0 is greedy."""

    seed: int
    temperature: float
    max_tokens: int
    evidence_tokens: int
    supported_from: float
    prompt_ms_per_token: float = 0.0


@dataclass(frozen=True, slots=True)
class Try:
    """One prompt as it was sent, and what came of it; a try that was not believed is kept too."""

    prompt: tuple[ChatMessage, ...]
    text: str
    reason: str
    prompt_tokens: int
    answer_tokens: int
    believed: bool


@dataclass(frozen=True, slots=True)
class Check:
    """Whether some text answers the question, as the model was asked, and its leaning: a no below `doubts_below`."""

    prompt: tuple[ChatMessage, ...]
    log_odds: float
    doubts_below: float

    @property
    def is_doubted(self) -> bool:
        """Return whether the model does not think that the text answers the question."""
        return self.log_odds < self.doubts_below


@dataclass(frozen=True, slots=True)
class Translation:
    """The question in the language of the documents, as the model was asked for it and wrote it."""

    prompt: tuple[ChatMessage, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that is needed to see later what an answer rested on, and to ask again.

    `translation` was asked for where the documents are in another language than the question, before they were searched
    again. `check` was asked of the passages before anything was written, `quoted` of what the answer quotes of them,
    `near` of single sentences, one of which stands for an answer that the model did not write.
    `dropped` are passages that were found, and that the person left out before the model was asked.
    """

    created_ns: int
    question: str
    searched: str
    conversation: tuple[Turn, ...]
    evidence: tuple[Hit, ...]
    check: Check | None
    tries: tuple[Try, ...]
    model: UsedModel
    settings: WritingSettings
    versions: Mapping[str, str]
    answer: str
    found: bool
    stopped: bool
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    retrieve_ms: float
    first_token_ms: float
    total_ms: float
    dropped: tuple[Hit, ...] = ()
    quoted: Check | None = None
    near: tuple[Check, ...] = ()
    translation: Translation | None = None
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a receipt: its name, and what its commitment was made of."""

    name: str
    salt: str
    text: str

    @property
    def commitment(self) -> str:
        """Return the SHA-256 of salt and text."""
        return hashlib.sha256(f"{self.salt}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the chain as it is stored, with those of its parts that are still there."""

    id: str
    previous: str
    hash: str
    body: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryCheck:
    """What became of a link: `problem` is "" or what is wrong; `erased` are the names of parts that were erased."""

    id: str
    kind: str
    created_ns: int
    problem: str = ""
    erased: tuple[str, ...] = ()


class SourceState(StrEnum):
    """What became of a file that an answer was given a passage of."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    GONE = "gone"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """A passage of a receipt and its file as it is now; of an erased one only the number is known."""

    receipt: str
    n: int
    path: bytes
    page: int
    state: SourceState


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One answer as lists show it; `question` is "" where it was erased."""

    id: str
    created_ns: int
    question: str
    found: bool
    model: str
    passages: int
    is_erased: bool


def sealed(receipt: Receipt, salt: Callable[[], str]) -> tuple[str, tuple[Part, ...]]:
    """Return a receipt's body, and beside it the parts that the body holds commitments of."""
    parts = tuple(Part(name, salt(), canonical_json(content)) for name, content in _contents(receipt).items())
    body = {
        "kind": ANSWER,
        "version": VERSION,
        "created_ns": receipt.created_ns,
        "model": asdict(receipt.model) | {"adapter": bool(receipt.model.adapter)},
        "settings": asdict(receipt.settings),
        "versions": dict(receipt.versions),
        "found": receipt.found,
        "stopped": receipt.stopped,
        "tries": [
            {"reason": one.reason, "believed": one.believed, "tokens": [one.prompt_tokens, one.answer_tokens]}
            for one in receipt.tries
        ],
        "ms": {
            "retrieve": round(receipt.retrieve_ms),
            "first_token": round(receipt.first_token_ms),
            "total": round(receipt.total_ms),
        },
        "parts": {part.name: part.commitment for part in parts},
    }
    return canonical_json(body), parts


def erasure_body(created_ns: int, erased: Mapping[str, tuple[str, ...]]) -> str:
    """Return the body of a link that says which parts of which receipts were erased, and not why."""
    return canonical_json({"kind": ERASURE, "version": VERSION, "created_ns": created_ns, "erased": erased})


def beginning_body(created_ns: int, file_sha256: str, last_hash: str) -> str:
    """Return the body of a link that begins a new chain because the one before was damaged.

    It names the damaged file's SHA-256, and the hash of the last link that could still be read in it, or "".
    """
    follows = {"file_sha256": file_sha256, "last_hash": last_hash}
    return canonical_json({"kind": BEGINNING, "version": VERSION, "created_ns": created_ns, "follows": follows})


def canonical_json(content: object) -> str:
    """Return the one spelling of what JSON can hold: sorted keys, no spaces, ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def chain_hash(previous: str, body: str) -> str:
    """Return a link's own hash, which covers its body and the hash of the link before it."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def checked(entries: tuple[Entry, ...]) -> tuple[EntryCheck, ...]:
    """Check a whole chain from its first link on: every hash, every link, every part that is there or was erased."""
    bodies = [_body(entry) for entry in entries]
    erased: dict[str, set[str]] = {}
    for body in bodies:
        for identity, names in _mapping(body.get("erased")).items():
            erased.setdefault(identity, set()).update(map(str, _sequence(names)))
    checks: list[EntryCheck] = []
    previous = FIRST_PREVIOUS
    for entry, body in zip(entries, bodies, strict=True):
        allowed = erased.get(entry.id, set())
        problem = "previous" if entry.previous != previous else _problem(entry, body, allowed)
        gone = tuple(sorted(allowed - {part.name for part in entry.parts}))
        created_ns = written if isinstance(written := body.get("created_ns"), int) else 0
        checks.append(EntryCheck(entry.id, str(body.get("kind", ANSWER)), created_ns, problem, gone))
        previous = entry.hash
    return tuple(checks)


def entry_record(entry: Entry) -> dict[str, Any]:
    """Return a link as JSON for people and scripts: the chained body, and in place of commitments the texts."""
    body: dict[str, Any] = json.loads(entry.body or "{}")
    parts: dict[str, Any] = {part.name: json.loads(part.text) for part in entry.parts}
    commitments: dict[str, Any] = body.get("parts", {})
    return {
        "id": entry.id,
        "previous": entry.previous,
        "hash": entry.hash,
        **{name: value for name, value in body.items() if name != "parts"},
        "parts": {name: parts.get(name) for name in commitments},
        "commitments": commitments,
    }


def _contents(receipt: Receipt) -> dict[str, object]:
    """Return what a receipt holds of a person's and of documents' texts, by the name of the part."""
    sources: dict[str, object] = {f"source {n}": _source(n, hit) for n, hit in enumerate(receipt.evidence, start=1)}
    for n, hit in enumerate(receipt.dropped, start=1):
        sources[f"dropped {n}"] = _source(n, hit) | {"dropped": True}
    tries = {
        f"try {n}": {"prompt": [asdict(message) for message in one.prompt], "text": one.text}
        for n, one in enumerate(receipt.tries, start=1)
    }
    return {
        "question": {"question": receipt.question, "searched": receipt.searched},
        **({"translation": asdict(receipt.translation)} if receipt.translation else {}),
        **({"style": asdict(receipt.style)} if receipt.style.instructions else {}),
        "conversation": [{"question": turn.question, "answer": turn.answer} for turn in receipt.conversation],
        **sources,
        **({"check": asdict(receipt.check)} if receipt.check else {}),
        **tries,
        **({"quoted": asdict(receipt.quoted)} if receipt.quoted else {}),
        **{f"near {n}": asdict(check) for n, check in enumerate(receipt.near, start=1)},
        "answer": {
            "text": receipt.answer,
            "adapter": receipt.model.adapter,
            "sentences": [asdict(sentence) for sentence in receipt.sentences],
            "citations": [
                {"n": one.n, "quote": one.quote, "quote_start": one.quote_start, "quote_end": one.quote_end}
                for one in receipt.citations
            ],
        },
    }


def _source(n: int, hit: Hit) -> dict[str, object]:
    """Return a passage with its file; a path that is not UTF-8 keeps its bytes as lone surrogates."""
    return {
        "n": n,
        "path": hit.path.decode("utf-8", "surrogateescape"),
        "sha256": hit.digest,
        "modified_ns": hit.modified_ns,
        "page": hit.page,
        "start": hit.start,
        "end": hit.end,
        "title": hit.title,
        "headings": list(hit.headings),
        "earlier": hit.earlier,
        "chosen": hit.chosen,
        "recognised": hit.recognised,
        "text": hit.text,
        **({"file": hit.file.decode("utf-8", "surrogateescape")} if hit.file else {}),
    }


def _problem(entry: Entry, body: Mapping[str, object], erased: set[str]) -> str:
    if OLD_BODY in erased and not entry.body:
        return ""
    if chain_hash(entry.previous, entry.body) != entry.hash:
        return "hash"
    if not entry.hash.startswith(entry.id):
        return "id"
    committed = _mapping(body.get("parts"))
    for part in entry.parts:
        if committed.get(part.name) != part.commitment:
            return f"part {part.name}"
    missing = set(committed) - {part.name for part in entry.parts} - erased
    return f"missing {min(missing)}" if missing else ""


def _body(entry: Entry) -> dict[str, object]:
    try:
        return _mapping(json.loads(entry.body))
    except ValueError:
        return {}


def _mapping(value: object) -> dict[str, object]:
    return {str(key): one for key, one in value.items()} if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _sequence(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
