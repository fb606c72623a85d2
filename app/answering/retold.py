"""An answer as its receipt has it, to be shown again. Engine's process."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from app.answering.records import Fields, path_of
from app.core.errors import ReceiptErased
from app.core.found import withheld
from app.core.pages import Span
from app.core.receipt_chain import Entry
from app.core.styles import PLAIN, Style
from app.core.tallies import Coverage
from app.core.types import Answer, Citation, Hit, Scores, Sentence

Place: TypeAlias = Callable[[bytes, str, int, Span], tuple[int, int]]
"""Tells a document's and a passage's number by path, content (SHA-256), page and span; 0 for one that is not there."""


def retold(entry: Entry, place: Place) -> Answer:
    """Return the answer with its passages as they were, each with the number of the document it can be opened in.

    Of the scores only the reranker's are in a receipt, and not which files could not be read then.

    Raises:
        ReceiptErased: one of its texts is no longer there.
    """
    body: dict[str, Any] = json.loads(entry.body or "{}")
    parts: dict[str, Any] = {part.name: json.loads(part.text) for part in entry.parts}
    names = body.get("parts", {})
    if "answer" not in names or not set(names) <= set(parts):
        raise ReceiptErased(receipt=entry.id)
    sources: list[Fields] = [parts[name] for name in names if name.startswith("source ")]
    hits = {int(str(source["n"])): _hit(source, place) for source in sources}
    evidence = tuple(hits[n] for n in sorted(hits))
    told = parts["answer"]
    tries: list[dict[str, Any]] = body["tries"]
    believed = next((one for one in reversed(tries) if one["believed"]), tries[-1] if tries else {})
    ended = _ended(parts, believed, told["text"], found=body["found"])
    written = [parts[name]["text"] for name in sorted(names) if name.startswith("try ")]
    prompt_tokens, answer_tokens = believed.get("tokens", (0, 0))
    return Answer(
        text=told["text"],
        found=body["found"],
        stopped=body["stopped"],
        sentences=tuple(_sentence(one) for one in told["sentences"]),
        citations=tuple(_citation(one, hits[one["n"]]) for one in told["citations"]),
        evidence=evidence,
        receipt=entry.id,
        model=body["model"]["name"],
        retrieve_ms=body["ms"]["retrieve"],
        first_token_ms=body["ms"]["first_token"],
        total_ms=body["ms"]["total"],
        prompt_tokens=prompt_tokens,
        answer_tokens=answer_tokens,
        searched=parts["question"]["searched"],
        ended=ended,
        coverage=Coverage(**body["coverage"]) if "coverage" in body else None,
        withheld=withheld(written, believed=body["found"] and ended != "quoted", stopped=body["stopped"]),
        style=Style(**parts["style"]) if "style" in parts else PLAIN,
    )


def _ended(parts: Mapping[str, Any], believed: Mapping[str, Any], text: str, *, found: bool) -> str:
    """Return why no more was written, as `Answer` says it."""
    if found and not believed.get("believed", True):
        return "quoted"
    checks = [parts[name] for name in ("check", "quoted") if name in parts]
    if any(check["log_odds"] < check["doubts_below"] for check in checks):
        return "doubt"
    reason = believed.get("reason", "end")
    return "nothing" if believed and reason == "end" and not text else reason


def _hit(source: Mapping[str, Any], place: Place) -> Hit:
    path = path_of(source)
    span = Span(source["start"], source["end"])
    document_id, passage_id = place(path, source["sha256"], source["page"], span)
    return Hit(
        passage_id=passage_id,
        document_id=document_id,
        path=path,
        digest=source["sha256"],
        modified_ns=source["modified_ns"],
        title=source["title"],
        page=source["page"],
        start=span.start,
        end=span.end,
        headings=tuple(source["headings"]),
        text=source["text"],
        scores=Scores(rerank=source.get("rerank")),
        earlier=source["earlier"],
        chosen=source.get("chosen", ""),
        recognised=source.get("recognised", False),
        file=str(source.get("file", "")).encode("utf-8", "surrogateescape"),
    )


def _sentence(told: Mapping[str, Any]) -> Sentence:
    return Sentence(
        told["text"], tuple(told["citations"]), told["support"], tuple(told["missing"]), Span(**told["span"])
    )


def _citation(told: Mapping[str, Any], hit: Hit) -> Citation:
    return Citation(
        n=told["n"],
        document_id=hit.document_id,
        path=hit.path,
        page=hit.page,
        start=hit.start,
        end=hit.end,
        quote=told["quote"],
        quote_start=told["quote_start"],
        quote_end=told["quote_end"],
    )
