"""A receipt as what is handed on of it, whatever the file will be. Used in the engine's process.

The words are the file's own, the same whoever asked for it: it is handed on, and may be compared.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from app.core.errors import ReceiptErased
from app.core.pages import Span
from app.core.receipt_chain import Entry, model_was_asked
from app.core.types import Sentence

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


GIVEN = "What the model was given"
NEAREST = "The nearest passages, too far from the question for a model to be asked"


@dataclass(frozen=True, slots=True)
class ExportedSource:
    """A passage: its number, where it stands, its text, and the quotations in it as offsets."""

    n: int
    place: str
    text: str
    quotes: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """An answer as it is handed on; `answer` is a line for each sentence or, where nothing was found, one for that.

    `heading` leads to the sources.
    """

    question: str
    answer: tuple[str, ...]
    heading: str
    sources: tuple[ExportedSource, ...]
    facts: tuple[tuple[str, str], ...]


def exported(entry: Entry) -> Exported:
    """Return what a receipt tells of an answer.

    Raises: ReceiptErased.
    """
    parts: dict[str, Any] = {part.name: json.loads(part.text) for part in entry.parts}
    body: dict[str, Any] = json.loads(entry.body or "{}")
    names = [name for name in body.get("parts", ()) if name.startswith("source ")]
    if not {"question", "answer", *names} <= set(parts):
        raise ReceiptErased(receipt=entry.id)
    sources = sorted((parts[name] for name in names), key=lambda source: source["n"])
    versions = ", ".join(f"{name} {version}" for name, version in body["versions"].items() if version)
    return Exported(
        question=_clean(parts["question"]["question"]),
        answer=_answer_lines(parts["answer"], found=body["found"]),
        heading=GIVEN if model_was_asked(body) else NEAREST,
        sources=tuple(_source(source, parts["answer"]["citations"]) for source in sources),
        facts=(
            ("Asked", datetime.fromtimestamp(body["created_ns"] / 1e9, UTC).isoformat(timespec="seconds")),
            ("Model", _model(body["model"])),
            ("With", versions),
            *((("Style", _clean(parts["style"]["name"] or "words of one's own")),) if "style" in parts else ()),
            ("Receipt", entry.id),
            ("Its hash", entry.hash),
        ),
    )


def runs_of(source: ExportedSource) -> list[tuple[str, bool]]:
    """Return a passage's text cut where quotations begin and end, each run with whether it is one."""
    runs: list[tuple[str, bool]] = []
    done = 0
    for quote in sorted(source.quotes, key=lambda span: span.start):
        start = max(done, quote.start)
        runs += [(source.text[done:start], False), (source.text[start : quote.end], True)]
        done = max(done, quote.end)
    return [run for run in (*runs, (source.text[done:], False)) if run[0]]


def _model(model: Mapping[str, str]) -> str:
    return f"{model['name']}, SHA-256 {model['sha256']}" if model["name"] else "none was asked"


def _answer_lines(answer: dict[str, Any], *, found: bool) -> tuple[str, ...]:
    if not found:
        return ("The documents do not seem to hold the answer.",)
    lines: list[str] = []
    for one in answer["sentences"]:
        sentence = Sentence(one["text"], tuple(one["citations"]), one["support"], tuple(one["missing"]))
        marks = "".join(f"[{n}]" for n in sentence.citations)
        doubt = "" if sentence.is_supported else "(not found in the sources)"
        lines.append(_clean(" ".join(part for part in (sentence.text, marks, doubt) if part)))
    return tuple(lines)


def _source(source: dict[str, Any], citations: list[dict[str, Any]]) -> ExportedSource:
    spans = [
        Span(max(0, one["quote_start"] - source["start"]), one["quote_end"] - source["start"])
        for one in citations
        if one["n"] == source["n"]
    ]
    headings = " › ".join(source["headings"])
    place = f"{PurePath(source['path']).name}, page {source['page']}{f', {headings}' if headings else ''}"
    return ExportedSource(source["n"], _clean(place), _clean(source["text"]), tuple(spans))


def _clean(text: str) -> str:
    """Return foreign text without what a file format cannot hold, character for character."""
    return _CONTROL.sub("\ufffd", text)
