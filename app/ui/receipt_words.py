"""What a receipt tells, in words, and what verifying it or writing it again came to. Pure, window process."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.receipt_chain import Entry, model_was_asked
from app.core.receipt_messages import ReceiptRerun, ReceiptsVerified
from app.core.receipts import SourceState
from app.core.styles import PLAIN, Style
from app.core.tallies import Coverage
from app.core.types import ChatMessage, Sentence
from app.ui.answer_foot import coverage_parts
from app.ui.moments import day_words
from app.ui.sentences import counted, page_words, shown_name, translate
from app.ui.style_words import style_name

DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ToldPassage:
    """A passage of a receipt; `part` is "source" for one that was given, "dropped" for one that was left out."""

    part: str
    n: int
    place: str
    path: str
    sha256: str
    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class ToldReceipt:
    """A receipt as people read it; what was erased is missing. Each prompt has words that lead to it, or "".

    `was_asked` says whether a model was asked at all.
    """

    id: str
    question: str
    answer: str
    facts: tuple[tuple[str, str], ...]
    passages: tuple[ToldPassage, ...]
    prompts: tuple[tuple[str, tuple[ChatMessage, ...]], ...]
    checks: tuple[str, ...]
    was_asked: bool = True


def told_receipt(entry: Entry) -> ToldReceipt:
    """Return what a receipt tells."""
    body: dict[str, Any] = json.loads(entry.body or "{}")
    parts: dict[str, Any] = {part.name: json.loads(part.text) for part in entry.parts}
    question: dict[str, Any] = parts.get("question", {})
    answer: dict[str, Any] = parts.get("answer", {})
    passages = [_passage(name, parts[name]) for name in parts if name.startswith(("source ", f"{DROPPED} "))]
    return ToldReceipt(
        id=entry.id,
        question=question.get("question") or translate("receipts", "(erased)"),
        answer=answer.get("text", ""),
        facts=_facts(entry, body, question, Style(**parts["style"]) if "style" in parts else PLAIN),
        passages=tuple(sorted(passages, key=lambda passage: (passage.part == DROPPED, passage.n))),
        prompts=_prompts(parts),
        checks=_checks(answer),
        was_asked=model_was_asked(body),
    )


def _prompts(parts: dict[str, Any]) -> tuple[tuple[str, tuple[ChatMessage, ...]], ...]:
    """Return what the model was asked, in that order."""
    tries = sorted(name for name in parts if name.startswith("try "))
    leading = {"translation": translate("receipts", "Asked for the question in the documents' language:")}
    is_late = bool(tries) and _leans(parts.get("question", {}), parts[tries[0]])
    check = {"check": translate("receipts", "Asked whether this holds the answer:")}
    if not is_late:
        leading |= check
    is_then = "check" in parts and not is_late
    leading |= dict.fromkeys(tries[:1], translate("receipts", "Then asked to answer:") if is_then else "")
    leading |= dict.fromkeys(tries[1:], translate("receipts", "Asked once more:"))
    leading["quoted"] = translate("receipts", "Then asked whether what it quoted holds the answer:")
    said = sorted(name for name in parts if name.startswith("said "))
    leading |= dict.fromkeys(said, translate("receipts", "Asked whether what it quoted says this sentence:"))
    if is_late:
        leading |= check
    near = sorted(name for name in parts if name.startswith("near "))
    leading |= dict.fromkeys(near, translate("receipts", "Asked whether this sentence holds the answer:"))
    return tuple(
        (words, tuple(ChatMessage(one["role"], one["content"]) for one in parts[name]["prompt"]))
        for name, words in leading.items()
        if name in parts
    )


def _leans(question: dict[str, Any], first_try: dict[str, Any]) -> bool:
    """Return whether a question leans on its conversation: only then what was searched for is not in the prompt.

    Of such a question it is asked late whether a sentence answers it, where the model wrote no answer.
    """
    searched = question.get("searched", "")
    in_prompt = any(searched in message["content"] for message in first_try["prompt"])
    return searched != question.get("question") and not in_prompt


def state_words(state: SourceState) -> str:
    """Return what became of a passage's file."""
    match state:
        case SourceState.UNCHANGED:
            return translate("receipts", "unchanged")
        case SourceState.CHANGED:
            return translate("receipts", "changed since")
        case SourceState.GONE:
            return translate("receipts", "gone")
        case SourceState.ERASED:
            return translate("receipts", "erased")


def verified_words(verified: ReceiptsVerified) -> str:
    """Return whether the record and the files are what they were."""
    links = len(verified.checks)
    broken = [check for check in verified.checks if check.problem]
    if broken:
        words = translate(
            "receipts", "The record is damaged: {n} of {links} receipts are not as they were written ({ids})."
        )
        ids = ", ".join(check.id for check in broken[:3])
        chain = words.format(n=f"{len(broken):,}", links=f"{links:,}", ids=ids)
    elif verified.missing:
        one = translate("receipts", "The record is damaged: its last receipt, or more, was cut off or put back.")
        many = translate("receipts", "The record is damaged: its last {n} receipts, or more, were cut off or put back.")
        chain = counted(verified.missing, one, many)
    else:
        one = translate("receipts", "The record holds: its one receipt is as it was written.")
        many = translate(
            "receipts", "The record holds: all {n} receipts are as they were written, and none is missing."
        )
        chain = counted(links, one, many)
    counts = {state: sum(one.state is state for one in verified.sources) for state in SourceState}
    other = [f"{count:,} {state_words(state)}" for state, count in counts.items() if count and state != "unchanged"]
    if other:
        files = translate("receipts", "Passages whose files are not what they were: {list}.").format(
            list=", ".join(other)
        )
    else:
        files = translate("receipts", "Every file is what it was, byte for byte.")
    return f"{chain} {files}"


def rerun_words(again: ReceiptRerun) -> str:
    """Return whether the model wrote the same again, and what was not as it was then."""
    named = {
        "model": translate("receipts", "another model file"),
        "adapter": translate("receipts", "another adapter"),
        "versions": translate("receipts", "other versions of the programs"),
    }
    same = translate("receipts", "Written again: word for word the same.")
    other = translate("receipts", "Written again: another text, shown below.")
    words = same if again.is_same else other
    if not again.text:
        nothing = translate("receipts", "Asked again: again nothing is written.")
        words = nothing if again.is_same else translate("receipts", "Asked again: this time it came out otherwise.")
    if again.stopped:
        words = translate("receipts", "Stopped before it was written again.")
    if again.differences:
        listed = ", ".join(named.get(name, name) for name in again.differences)
        words += " " + translate("receipts", "Not as it was then: {list}.").format(list=listed)
    return words


def _facts(entry: Entry, body: dict[str, Any], question: dict[str, Any], style: Style) -> tuple[tuple[str, str], ...]:
    model: dict[str, Any] = body["model"] if isinstance(body.get("model"), dict) else {"name": body.get("model", "")}
    ms: dict[str, Any] = body.get("ms", {})
    versions: dict[str, Any] = body.get("versions", {})
    settings: dict[str, Any] = body.get("settings", {})
    searched, adapter = question.get("searched", ""), model.get("adapter_sha256", "")
    facts = (
        (
            translate("receipts", "Asked"),
            _exactly(datetime.fromtimestamp(body.get("created_ns", 0) / 1e9)),
        ),
        (translate("receipts", "Searched for"), "" if searched == question.get("question") else searched),
        (translate("receipts", "Style"), f"{style_name(style)}: {style.instructions}" if style.instructions else ""),
        (translate("receipts", "Model"), model.get("name", "")),
        (translate("receipts", "Its SHA-256"), model.get("sha256", "")),
        (translate("receipts", "Adapter's SHA-256"), adapter),
        (translate("receipts", "So much of the adapter"), f"{model.get('adapter_scale', 0):g}" if adapter else ""),
        (translate("receipts", "Ran on"), model.get("device", "")),
        (translate("receipts", "Settings"), ", ".join(f"{name} {value}" for name, value in settings.items())),
        (
            translate("receipts", "Took"),
            ", ".join(f"{name.replace('_', ' ')} {value:,} ms" for name, value in ms.items()),
        ),
        (
            translate("receipts", "With"),
            ", ".join(f"{name} {version}" for name, version in versions.items() if version),
        ),
        (translate("receipts", "The library then"), _library(body)),
        (translate("receipts", "Receipt"), entry.id),
        (translate("receipts", "Its hash"), entry.hash),
        (translate("receipts", "Follows"), entry.previous),
    )
    return tuple((name, str(fact)) for name, fact in facts if fact)


def _library(body: dict[str, Any]) -> str:
    """Return what the library held when the question was asked, "" where that was not noted."""
    if "coverage" not in body:
        return ""
    as_of, *held = (words for words, _files in coverage_parts(Coverage(**body["coverage"]), None))
    return f"{as_of}. {', '.join(held)}" if held else as_of


def _passage(name: str, source: dict[str, Any]) -> ToldPassage:
    path = str(source["path"]).encode("utf-8", "surrogateescape")
    origins = {
        "pinned": translate("receipts", "pinned by you"),
        "added": translate("receipts", "added by you"),
    }
    origin = origins.get(source.get("chosen", ""), "")
    if source.get("dropped"):
        origin = translate("receipts", "left out by you: the model was not given it")
    elif source.get("earlier"):
        origin = translate("receipts", "from an answer before")
    place = f"{shown_name(path)} · {page_words(path, source['page'])}"
    shown = path.decode("utf-8", "replace")
    return ToldPassage(name.split()[0], source["n"], place, shown, source["sha256"], source["text"], origin)


def _exactly(moment: datetime) -> str:
    return f"{day_words(moment)}, {moment:%H:%M:%S}"


def _checks(answer: dict[str, Any]) -> tuple[str, ...]:
    """Return how many sentences rest on their passages, and what is wrong with the others."""
    sentences = [
        Sentence(one["text"], tuple(one["citations"]), one["support"], tuple(one["missing"]))
        for one in answer.get("sentences", ())
    ]
    if not sentences:
        return ()
    held = sum(sentence.is_supported for sentence in sentences)
    one = translate("receipts", "{held} of 1 sentence rests on the passages it cites.")
    many = translate("receipts", "{held} of {n} sentences rest on the passages they cite.")
    checks = [counted(len(sentences), one, many).replace("{held}", str(held))]
    for sentence in sentences:
        if not sentence.is_supported:
            missing = ", ".join(sentence.missing)
            words = translate("receipts", "Not found in the sources: “{text}”").replace("{text}", sentence.text)
            checks.append(f"{words} ({missing})" if missing else words)
    return tuple(checks)
