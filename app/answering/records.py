"""What receipts tell: as rows, against the files as they are now, and as prompts to send again. Engine's process."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from app.core.errors import NothingWritten, ReceiptErased
from app.core.receipt_chain import ANSWER, Entry, model_was_asked
from app.core.receipts import ReceiptRow, SourceCheck, SourceState
from app.core.types import ChatMessage, ThreadRuns
from app.library.contents import FileContent, NoContent, content_of

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is needed to have an answer written again, and the text that was believed.

    Where the model was not asked to write because it doubted, `prompts` is empty and `check` is what it was asked.
    `threads` are those that each text was written with, () where that was not noted.
    """

    prompts: tuple[tuple[ChatMessage, ...], ...]
    threads: tuple[ThreadRuns, ...]
    check: tuple[ChatMessage, ...]
    doubts_below: float
    text: str
    model: str
    model_sha256: str
    adapter: str
    adapter_sha256: str
    adapter_scale: float
    max_tokens: int
    seed: int
    versions: Mapping[str, str]


def receipt_rows(entries: Iterable[Entry]) -> tuple[ReceiptRow, ...]:
    """Return the answers among the links, newest first."""
    rows = [_row(entry) for entry in entries if _kind(entry) == ANSWER]
    return tuple(reversed(rows))


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A document inside a file: the file's path, and the SHA-256 of both, in hex, as they were last read."""

    file: bytes
    file_sha256: str
    sha256: str


def file_checks(sources: Iterable[tuple[str, Fields]], members: Mapping[bytes, KnownMember]) -> tuple[SourceCheck, ...]:
    """Hash the file of each passage and tell what became of it; each file is read once. Takes as long as that does.

    One of the `members`, by their paths, is what it was if the library has read it so in the file as it is now; one
    that the library no longer lists is no longer what it was.
    """
    contents: dict[bytes, FileContent | NoContent] = {}
    checks: list[SourceCheck] = []
    for identity, source in sources:
        path = path_of(source)
        member = members.get(path)
        file = member.file if member else str(source.get("file", "")).encode("utf-8", "surrogateescape") or path
        if file not in contents:
            contents[file] = content_of(file)
        found = contents[file]
        if isinstance(found, NoContent):
            state = SourceState.GONE if found.is_gone else SourceState.CHANGED
        elif member is None and file != path:
            state = SourceState.CHANGED
        elif member is not None:
            is_same = (found.digest.hex(), source["sha256"]) == (member.file_sha256, member.sha256)
            state = SourceState.UNCHANGED if is_same else SourceState.CHANGED
        else:
            state = SourceState.UNCHANGED if found.digest.hex() == source["sha256"] else SourceState.CHANGED
        checks.append(_check(identity, source, state))
    return tuple(checks)


def changed_sources(
    sources: Iterable[tuple[str, Fields]], digest_at: Callable[[bytes], str]
) -> tuple[SourceCheck, ...]:
    """Return the passages whose file is another one now or gone, by what the library knows ("" for no such file)."""
    known: dict[bytes, str] = {}
    checks: list[SourceCheck] = []
    for identity, source in sources:
        path = path_of(source)
        if path not in known:
            known[path] = digest_at(path)
        if known[path] != source["sha256"]:
            checks.append(_check(identity, source, SourceState.CHANGED if known[path] else SourceState.GONE))
    return tuple(checks)


def erased_checks(entry: Entry) -> tuple[SourceCheck, ...]:
    """Return the passages of a receipt that were erased; only their numbers are known."""
    present = {part.name for part in entry.parts}
    names = [name for name in _fields(_body(entry), "parts") if name.startswith("source ") and name not in present]
    return tuple(SourceCheck(entry.id, int(name[7:]), b"", 0, SourceState.ERASED) for name in sorted(names))


def recorded(entry: Entry) -> Recorded:
    """Return what is needed to have an answer written again.

    Raises: ReceiptErased, NothingWritten.
    """
    body, parts = _body(entry), {part.name: json.loads(part.text) for part in entry.parts}
    tries = [parts[name] for name in sorted(parts) if name.startswith("try ")]
    check = parts.get("check", {})
    if not model_was_asked(body):
        raise NothingWritten(receipt=entry.id)
    if not (tries or check) or len(tries) != len(_items(body, "tries")) or "answer" not in parts:
        raise ReceiptErased(receipt=entry.id)
    model, settings = _fields(body, "model"), _fields(body, "settings")
    return Recorded(
        prompts=tuple(_prompt(one["prompt"]) for one in tries),
        threads=tuple(_threads(one) for one in _items(body, "tries")),
        check=_prompt(check["prompt"]) if check and not tries else (),
        doubts_below=check.get("doubts_below", 0.0),
        text=tries[-1]["text"] if tries else "",
        model=str(model["name"]),
        model_sha256=str(model["sha256"]),
        adapter=parts["answer"]["adapter"],
        adapter_sha256=str(model["adapter_sha256"]),
        adapter_scale=float(str(model["adapter_scale"])),
        max_tokens=int(str(settings["max_tokens"])),
        seed=int(str(settings["seed"])),
        versions={name: str(version) for name, version in _fields(body, "versions").items()},
    )


def path_of(source: Fields) -> bytes:
    """Return the path of a passage's file as the file system's own bytes."""
    return str(source["path"]).encode("utf-8", "surrogateescape")


def _row(entry: Entry) -> ReceiptRow:
    body, parts = _body(entry), {part.name: part.text for part in entry.parts}
    question = json.loads(parts["question"])["question"] if "question" in parts else str(body.get("question", ""))
    model = body.get("model", "")
    names = _fields(body, "parts")
    return ReceiptRow(
        id=entry.id,
        created_ns=int(str(body.get("created_ns", 0))),
        question=question,
        found=bool(body.get("found")),
        model=str(_fields(body, "model").get("name", "")) if isinstance(model, dict) else str(model),
        passages=sum(name.startswith("source ") for name in names) or len(_items(body, "sources")),
        is_erased=not entry.body or bool(set(names) - set(parts)),
    )


def _check(identity: str, source: Fields, state: SourceState) -> SourceCheck:
    return SourceCheck(identity, int(str(source["n"])), path_of(source), int(str(source["page"])), state)


def _prompt(messages: Iterable[Mapping[str, str]]) -> tuple[ChatMessage, ...]:
    return tuple(ChatMessage(message["role"], message["content"]) for message in messages)


def _threads(one: object) -> ThreadRuns:
    runs = cast(Fields, one).get("threads", ())
    return tuple((int(threads), int(tokens)) for threads, tokens in cast(Iterable[tuple[int, int]], runs))


def _kind(entry: Entry) -> str:
    return str(_body(entry).get("kind", ANSWER))


def _body(entry: Entry) -> Fields:
    body: Fields = json.loads(entry.body) if entry.body else {}
    return body


def _fields(body: Fields, name: str) -> dict[str, object]:
    value = body.get(name)
    return dict(value) if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _items(body: Fields, name: str) -> list[object]:
    value = body.get(name)
    return list(value) if isinstance(value, list) else []  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
