"""The command line's JSON: the keys that scripts rely on, made from the product's values. Runs in the command."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from app.core.messages import PageOpened, RulesListed
from app.core.types import (
    Answer,
    Citation,
    DocumentRow,
    FolderRow,
    Hit,
    LibraryStatus,
    ModelRow,
    Rect,
    Scores,
    SearchResult,
    Sentence,
)

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def moment(nanoseconds: int) -> str | None:
    """Return a time as ISO 8601 in UTC, None for never."""
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).isoformat(timespec="seconds") if nanoseconds else None


def status_record(status: LibraryStatus, set_aside: Sequence[Path]) -> dict[str, Json]:
    """Return what `status --json` prints; `set_aside` are the damaged files that are kept."""
    return {
        "folders": [_folder_record(folder) for folder in status.folders],
        "documents": {
            "ready": status.ready,
            "queued": status.queued,
            "failed": status.failed,
            "ignored": status.ignored,
        },
        "passages": status.passages,
        "pages_without_text": status.pages_without_text,
        "embedder": status.embedder,
        "model": status.model,
        "current_as_of": moment(status.current_as_of_ns),
        "paused": status.paused,
        "set_aside": [str(path) for path in set_aside],
    }


def _folder_record(folder: FolderRow) -> dict[str, Json]:
    return {
        "path": os.fsdecode(folder.path),
        "present": folder.present,
        "documents": folder.documents,
        "ready": folder.ready,
        "queued": folder.queued,
        "failed": folder.failed,
    }


def document_record(row: DocumentRow) -> dict[str, Json]:
    """Return one element of what `documents --json` prints."""
    return {
        "path": os.fsdecode(row.path),
        "state": row.state.value,
        "reason": row.reason.value,
        "detail": row.detail,
        "pages": row.pages,
        "pages_without_text": row.pages_without_text,
        "passages": row.passages,
    }


def rules_record(listed: RulesListed) -> dict[str, Json]:
    """Return what `rules --json` prints."""
    return {
        "path": os.fsdecode(listed.path),
        "patterns": list(listed.rules.patterns),
        "types": list(listed.rules.types),
        "most_bytes": listed.rules.most_bytes,
        "built_in": list(listed.built_in),
    }


def hit_record(rank: int, hit: Hit) -> dict[str, Json]:
    """Return one hit of `search --json`."""
    return {
        "rank": rank,
        "path": os.fsdecode(hit.path),
        "page": hit.page,
        "heading": heading_of(hit),
        "text": hit.text,
        "start": hit.start,
        "end": hit.end,
        "scores": _scores_record(hit.scores),
    }


def heading_of(hit: Hit) -> str:
    """Return the path of headings that a passage stands under."""
    return " › ".join(hit.headings)


def _scores_record(scores: Scores) -> dict[str, Json]:
    return {
        "bm25": scores.bm25,
        "bm25_rank": scores.bm25_rank,
        "vector": scores.vector,
        "vector_rank": scores.vector_rank,
        "fused": scores.fused,
        "rerank": scores.rerank,
        "final": scores.final,
    }


def search_record(result: SearchResult) -> dict[str, Json]:
    """Return what `search --json` prints."""
    return {
        "hits": [hit_record(rank, hit) for rank, hit in enumerate(result.hits, 1)],
        "ms": {step: round(ms, 2) for step, ms in result.ms.items()},
    }


def answer_record(answer: Answer, rects: Mapping[int, tuple[Rect, ...]]) -> dict[str, Json]:
    """Return what `ask --json` prints; `rects` are each citation's rectangles, by its place in `answer.citations`."""
    return {
        "answer": answer.text,
        "found": answer.found,
        "sentences": [_sentence_record(sentence) for sentence in answer.sentences],
        "citations": [_citation_record(at, rects.get(place, ())) for place, at in enumerate(answer.citations)],
        "evidence": [{"n": n, **hit_record(n, hit)} for n, hit in enumerate(answer.evidence, 1)],
        "receipt": answer.receipt,
        "model": answer.model,
        "ms": {
            "retrieve": round(answer.retrieve_ms, 1),
            "first_token": round(answer.first_token_ms, 1),
            "total": round(answer.total_ms, 1),
        },
        "tokens": {"prompt": answer.prompt_tokens, "answer": answer.answer_tokens},
    }


def _sentence_record(sentence: Sentence) -> dict[str, Json]:
    return {"text": sentence.text, "citations": list(sentence.citations), "support": round(sentence.support, 3)}


def _citation_record(citation: Citation, rects: tuple[Rect, ...]) -> dict[str, Json]:
    return {
        "n": citation.n,
        "path": os.fsdecode(citation.path),
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "rects": _rects_record(rects),
    }


def shown_record(opened: PageOpened, png: Path) -> dict[str, Json]:
    """Return what `show --json` prints: the page that was drawn, and where the span lies on it, in points."""
    return {
        "path": os.fsdecode(opened.path),
        "page": opened.page,
        "pages": opened.pages,
        "png": str(png),
        "rects": _rects_record(opened.rects),
        "changed": opened.changed,
    }


def _rects_record(rects: Sequence[Rect]) -> list[Json]:
    return [[rect.x0, rect.y0, rect.x1, rect.y1] for rect in rects]


def model_record(row: ModelRow) -> dict[str, Json]:
    """Return one element of what `models --json` prints."""
    return {
        "name": row.name,
        "role": row.role.value,
        "title": row.title,
        "size_bytes": row.size_bytes,
        "memory_bytes": row.memory_bytes,
        "licence": row.licence,
        "installed": row.installed,
        "chosen": row.chosen,
        "recommended": row.recommended,
        "note": row.note,
        "trouble": row.trouble,
    }
