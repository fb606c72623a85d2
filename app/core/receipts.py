"""Receipts: the record of one answer, and its body and texts as the chain takes them (`receipt_chain.py`). Pure."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from app.core.receipt_chain import ANSWER, VERSION, Part, canonical_json
from app.core.styles import PLAIN, Style
from app.core.tallies import Coverage
from app.core.types import ChatMessage, Citation, Hit, Sentence, ThreadRuns, Turn


@dataclass(frozen=True, slots=True)
class UsedModel:
    """What wrote an answer: files by their SHA-256, "" where there is none or it could not be computed.

    `name` is "" where no passage came near enough to the question for a model to be asked.
    """

    name: str
    sha256: str
    adapter: str = ""
    adapter_sha256: str = ""
    adapter_scale: float = 0.0
    device: str = ""
    context_tokens: int = 0


@dataclass(frozen=True, slots=True)
class WritingSettings:
    """How an answer was written; temperature 0 is greedy.

    Where the reranker's best logit is not above `asked_above`, no model is asked.
    """

    seed: int
    temperature: float
    max_tokens: int
    evidence_tokens: int
    supported_from: float
    prompt_ms_per_token: float = 0.0
    asked_above: float = 0.0


@dataclass(frozen=True, slots=True)
class Try:
    """One prompt as it was sent, and what came of it; a try that was not believed is kept too.

    `threads` are those that it was written with: another count would round otherwise, now and then to another word.
    """

    prompt: tuple[ChatMessage, ...]
    text: str
    reason: str
    prompt_tokens: int
    answer_tokens: int
    believed: bool
    threads: ThreadRuns = ()


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
    again. `check` was asked of the sentence of the passages that is nearest to the question, which may stand for an
    answer that the model did not write, `quoted` of what the answer quotes of them, and `said` whether these quotations
    say the answer's sentences.
    `dropped` are passages that were found, and that the person left out before the model was asked. `coverage` is what
    the library held then.
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
    said: tuple[Check, ...] = ()
    translation: Translation | None = None
    style: Style = PLAIN
    coverage: Coverage | None = None


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
            {
                "reason": one.reason,
                "believed": one.believed,
                "tokens": [one.prompt_tokens, one.answer_tokens],
                "threads": one.threads,
            }
            for one in receipt.tries
        ],
        "ms": {
            "retrieve": round(receipt.retrieve_ms),
            "first_token": round(receipt.first_token_ms),
            "total": round(receipt.total_ms),
        },
        **({"coverage": asdict(receipt.coverage)} if receipt.coverage else {}),
        "parts": {part.name: part.commitment for part in parts},
    }
    return canonical_json(body), parts


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
        **{f"said {n}": asdict(check) for n, check in enumerate(receipt.said, start=1)},
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
        **({} if hit.scores.rerank is None else {"rerank": round(hit.scores.rerank, 4)}),
    }
