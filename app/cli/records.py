"""The command line's JSON: the keys that scripts rely on, made from the product's values. Runs in the command."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from app.core.explanation import Explanation
from app.core.messages import PageOpened, PromptPrepared
from app.core.models import ModelRow
from app.core.pages import Rect
from app.core.rule_messages import RulesListed
from app.core.tallies import Coverage
from app.core.types import (
    Answer,
    Citation,
    DocumentRow,
    FolderRow,
    Hit,
    LibraryStatus,
    Scores,
    SearchResult,
    Sentence,
    Twin,
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
        "outdated": status.outdated,
        "passages": status.passages,
        "pages_without_text": status.pages_without_text,
        "pages_waiting": status.pages_waiting,
        "recognises_with": list(status.recognises_with),
        "embedder": status.embedder,
        "model": status.model,
        "unembedded": status.unembedded,
        "answering_embedder": status.answering_embedder,
        "foreign": round(status.foreign, 2),
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
        "pages_waiting": row.pages_waiting,
        "passages": row.passages,
        "file": os.fsdecode(row.file) or None,
    }


def rules_record(listed: RulesListed) -> dict[str, Json]:
    """Return what `rules --json` prints."""
    return {
        "path": os.fsdecode(listed.path),
        "patterns": list(listed.rules.patterns),
        "types": list(listed.rules.types),
        "most_bytes": listed.rules.most_bytes,
        "archives": listed.rules.archives,
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
        "recognised": hit.recognised,
        "file": os.fsdecode(hit.file) or None,
        "scores": _scores_record(hit.scores),
        "twins": [_twin_record(twin) for twin in hit.twins],
    }


def explanation_record(explanation: Explanation) -> dict[str, Json]:
    """Return one element of `why` in `search --why --json`; `twin_of` is the hit that stands for the passage."""
    hit, better = explanation.hit, explanation.better
    return {
        "fate": explanation.fate.value,
        "path": os.fsdecode(hit.path),
        "page": hit.page,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "scores": _scores_record(hit.scores),
        "twin_of": None if better is None else {"path": os.fsdecode(better.path), "page": better.page},
    }


def heading_of(hit: Hit) -> str:
    """Return the path of headings that a passage stands under."""
    return " › ".join(hit.headings)


def _twin_record(twin: Twin) -> dict[str, Json]:
    return {"path": os.fsdecode(twin.path), "page": twin.page, "start": twin.start, "end": twin.end}


def _scores_record(scores: Scores) -> dict[str, Json]:
    return {
        "bm25": scores.bm25,
        "bm25_rank": scores.bm25_rank,
        "vector": scores.vector,
        "vector_rank": scores.vector_rank,
        "page": scores.page,
        "fused": scores.fused,
        "fused_rank": scores.fused_rank,
        "rerank": scores.rerank,
        "rerank_rank": scores.rerank_rank,
        "final": scores.final,
        "final_rank": scores.final_rank,
        "lifts": list(scores.lifts),
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
        "evidence": [
            {"n": n, "earlier": hit.earlier, "title": hit.title, **hit_record(n, hit)}
            for n, hit in enumerate(answer.evidence, 1)
        ],
        "receipt": answer.receipt,
        "model": answer.model,
        "ms": {
            "retrieve": round(answer.retrieve_ms, 1),
            "first_token": round(answer.first_token_ms, 1),
            "total": round(answer.total_ms, 1),
        },
        "tokens": {"prompt": answer.prompt_tokens, "answer": answer.answer_tokens},
        "stopped": answer.stopped,
        "ended": answer.ended,
        "withheld": answer.withheld,
        "searched": answer.searched,
        "unread": [document_record(row) for row in answer.unread],
        "coverage": _coverage_record(answer.coverage) if answer.coverage else None,
        **({"style": answer.style.name} if answer.style.instructions else {}),
    }


def prompt_record(prepared: PromptPrepared | None) -> dict[str, Json]:
    """Return what `ask --evidence-only --json` prints besides: the prompt as it would be sent, and its tokens."""
    if prepared is None:
        return {}
    tokens = prepared.tokens
    return {
        "prompt": [{"role": message.role, "content": message.content} for message in prepared.prompt],
        "prompt_tokens": {
            "instructions": tokens.instructions,
            "conversation": tokens.conversation,
            "passages": list(tokens.passages),
            "question": tokens.question,
            "answer_room": tokens.answer_room,
            "context": tokens.context,
        },
    }


def _coverage_record(coverage: Coverage) -> dict[str, Json]:
    return {
        "ready": coverage.ready,
        "queued": coverage.queued,
        "failed": coverage.failed,
        "absent": coverage.absent,
        "pages_without_text": coverage.pages_without_text,
        "current_as_of": moment(coverage.current_as_of_ns),
    }


def _sentence_record(sentence: Sentence) -> dict[str, Json]:
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "support": round(sentence.support, 3),
        "supported": sentence.is_supported,
        "missing": list(sentence.missing),
    }


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
