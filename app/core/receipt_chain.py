"""The chain that receipts are links of: canonical JSON, each link's hash over the one before. Pure.

The chained body holds no text and no path: of each of those it holds a commitment, the SHA-256 of a random salt and the
text. Salts and texts lie beside the body. Without its salt a commitment says nothing of its text, so an erased text is
gone, while the body and with it the chain stay what they were.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIRST_PREVIOUS = "0" * 64
VERSION = "2"
ANSWER, ERASURE, BEGINNING = "answer", "erasure", "beginning"
OLD_BODY = "body"
"""The name of all that stands in a receipt of version 1, which held its texts in the body."""


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


def model_was_asked(body: Mapping[str, Any]) -> bool:
    """Return whether a model was asked for an answer, by its receipt's body: it always was for one of version 1."""
    return "parts" not in body or any(name == "check" or name.startswith("try ") for name in body["parts"])


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
