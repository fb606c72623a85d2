"""The values that pass between layers and processes. Used in every process.

Paths are the file system's own bytes (`os.fsencode`), because a file name need not be UTF-8. Spans
and pages: `app.core.pages`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from app.core.pages import Span
from app.core.styles import PLAIN, Style
from app.core.tallies import Coverage


class DocumentState(StrEnum):
    """Where a document stands between the folder and the index."""

    QUEUED = "queued"
    READING = "reading"
    READY = "ready"
    FAILED = "failed"
    IGNORED = "ignored"
    ABSENT = "absent"


class Reason(StrEnum):
    """Why a document is not in the index; `ui` and `cli` write the sentence and the remedy."""

    NONE = ""
    EMPTY = "empty"
    NO_TEXT = "no_text"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not_a_file"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    READER_DIED = "reader_died"
    CHANGED_WHILE_READ = "changed_while_read"
    FOLDER_MISSING = "folder_missing"
    IGNORED_BY_RULE = "ignored_by_rule"
    OTHER_TYPE = "other_type"
    OVER_SIZE = "over_size"
    TOO_DEEP = "too_deep"
    NOT_LISTED = "not_listed"
    ONLINE_ONLY = "online_only"


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document as lists show it; `pages_waiting` of its pages without text wait for text recognition.

    On `pages_given_up` of them it found nothing, or could not be done: they are tried again when a person asks for it.
    `file` is the path of the file that the document is a member of, b"" for a file.
    """

    id: int
    path: bytes
    folder: bytes
    state: DocumentState
    reason: Reason
    detail: str
    pages: int
    pages_without_text: int
    passages: int
    size_bytes: int
    modified_ns: int
    pages_waiting: int = 0
    file: bytes = b""
    pages_given_up: int = 0

    @property
    def file_path(self) -> bytes:
        """Return the path of the file on the disk that holds the document."""
        return self.file or self.path

    @property
    def waits_for_file(self) -> bool:
        """Return whether what the document is a member of waits to be read, and the document with it."""
        return bool(self.file) and self.state is DocumentState.ABSENT and self.reason is Reason.NONE


MOST_BYTES = 1 << 63
"""More than SQLite and the seam can tell."""


@dataclass(frozen=True, slots=True)
class FolderRules:
    """What the person has left out of a folder: nothing, as long as a field is empty.

    `patterns` are lines in gitignore's syntax, `types` the only lower-case suffixes without the dot that are read, and
    `most_bytes`, below `MOST_BYTES`, the size of the largest file that is. What is packed in archives is read only if
    `archives` says so.
    """

    patterns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    most_bytes: int = 0
    archives: bool = False


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One folder (or single file) that the person added, with its documents counted."""

    path: bytes
    present: bool
    documents: int
    ready: int
    queued: int
    failed: int


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What is in the library; `current_as_of_ns` is the time of the last completed rescan, 0 before the first.

    `embedder` is the chosen one, for which `unembedded` passages wait; the vectors of `answering_embedder` are searched
    meanwhile. `foreign` is the share, 0 to 1, of passages in languages that the embedder does not know; `paused` is
    whether the person paused indexing. `pages_waiting` pages wait for text recognition, which works with the models
    named in `recognises_with`: none are installed or used where that is empty. `absent` documents were read before, but
    are not there now; `outdated` ones were read by an older version, and are read again after all else.
    """

    folders: tuple[FolderRow, ...]
    ready: int
    queued: int
    failed: int
    ignored: int
    passages: int
    pages_without_text: int
    embedder: str
    model: str
    current_as_of_ns: int
    unembedded: int = 0
    answering_embedder: str = ""
    foreign: float = 0.0
    paused: bool = False
    pages_waiting: int = 0
    recognises_with: tuple[str, ...] = ()
    absent: int = 0
    outdated: int = 0


@dataclass(frozen=True, slots=True)
class Filters:
    """Restricts a search; an empty field restricts nothing. `types` are lower-case suffixes without the dot.

    Documents below `without_paths` are left out, whatever the other fields say. `only_forgotten` means that all the
    paths were forgotten, so that nothing is left to search.
    """

    paths: tuple[bytes, ...] = ()
    types: tuple[str, ...] = ()
    after_ns: int | None = None
    before_ns: int | None = None
    without_paths: tuple[bytes, ...] = ()
    only_forgotten: bool = False


ThreadRuns: TypeAlias = tuple[tuple[int, int], ...]
"""With how many threads a text was written, and how many tokens with so many, in order."""


class Lift(StrEnum):
    """Why a passage was put before others whose words and meaning may be nearer."""

    TIME = "time"
    """Its file's name is of the time, or is the latest, that the question asks for."""

    CODE = "code"
    """Its document holds the code that the question names, which few others do."""

    WHOLE = "whole"
    """It is how a document begins that the question asks about as a whole."""

    PHRASE = "phrase"
    """It holds the words that the question has in quotation marks."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A hit's score and rank at each step, higher scores better; None where a step did not see the passage.

    `page` is how well the words of the page around it match; `fused` has it in. `fused_rank` counts passages before
    twins are folded, `rerank_rank` and `final_rank` after. `lifts` say why a score is more than its steps make.
    """

    bm25: float | None = None
    bm25_rank: int | None = None
    vector: float | None = None
    vector_rank: int | None = None
    fused: float = 0.0
    fused_rank: int | None = None
    rerank: float | None = None
    rerank_rank: int | None = None
    final: float = 0.0
    final_rank: int | None = None
    page: float | None = None
    lifts: tuple[Lift, ...] = ()


@dataclass(frozen=True, slots=True)
class Twin:
    """Another place where nearly the text of a hit stands."""

    document_id: int
    path: bytes
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, with everything needed to show and to open it, and the twins folded into it.

    `earlier` marks one that is given to the model only because an answer before it in the conversation cites it,
    `recognised` one whose text was recognised in a picture of the page and may be misread; `chosen` is "pinned" or
    "added" for one that a person had given to the model. `file` is the path of the file that the document is a member
    of, b"" for a file.
    """

    passage_id: int
    document_id: int
    path: bytes
    digest: str
    modified_ns: int
    title: str
    page: int
    start: int
    end: int
    headings: tuple[str, ...]
    text: str
    scores: Scores
    twins: tuple[Twin, ...] = ()
    earlier: bool = False
    recognised: bool = False
    chosen: str = ""
    file: bytes = b""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and the milliseconds that each step took."""

    hits: tuple[Hit, ...]
    ms: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt; `role` is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and its answer.

    `passages` are the ids of the evidence that the answer was given, in order; without them the answer is not told on.
    """

    question: str
    answer: str
    passages: tuple[int, ...] = ()


SUPPORTED = 0.5
"""The support from which a sentence rests on its passages. Set on MTRAG's answers: 86 % of their sentences reach it
with one of their own passages, 3 % with one of another question (tests/quality/README.md)."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer without its marks; `citations` are evidence numbers, `support` is in 0..1.

    `missing` are its figures and names that stand in no passage that it cites, as it writes them; `span` is where it
    stands in the answer's text, marks inside it included.
    """

    text: str
    citations: tuple[int, ...]
    support: float
    missing: tuple[str, ...] = ()
    span: Span = Span(0, 0)

    @property
    def is_supported(self) -> bool:
        """Return whether its passages hold the sentence, and every figure and name in it."""
        return self.support >= SUPPORTED and not self.missing


@dataclass(frozen=True, slots=True)
class Citation:
    """A resolved `[n]`: the passage's place, and within it the quotation that supports the answer."""

    n: int
    document_id: int
    path: bytes
    page: int
    start: int
    end: int
    quote: str
    quote_start: int
    quote_end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer; `found` is False where the evidence does not hold it, `stopped` where it was stopped.

    `ended` says why no more was written: "end", "length" (no room left), "loop" (it went round and was ended),
    "nothing" (the model wrote not a word), "doubt" (it did not think that the passages hold the answer), "quoted" (the
    text is a sentence of a passage, which the model thinks to hold the answer that it did not write). `searched` is
    the question made standalone. `unread` are documents that cannot be read and might hold what was not found.
    `withheld` is what was written, and seen as it came, before it was doubted: no answer, but not to be hidden either.
    """

    text: str
    found: bool
    stopped: bool
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    evidence: tuple[Hit, ...]
    receipt: str
    model: str
    retrieve_ms: float
    first_token_ms: float
    total_ms: float
    prompt_tokens: int
    answer_tokens: int
    searched: str = ""
    ended: str = "end"
    coverage: Coverage | None = None
    unread: tuple[DocumentRow, ...] = ()
    withheld: str = ""
    style: Style = PLAIN
