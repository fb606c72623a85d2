"""What the processes say to each other: frozen values of builtins, tuples and `core.types`. Used in every process.

Every request has an id that the sender chooses, every event repeats it; events nobody asked for carry id 0.
A request ends with exactly one of its final events or with `Failed`.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from app.core.conversation_messages import CONVERSATION_FINAL_EVENTS, ConversationRequest
from app.core.evidence_messages import EVIDENCE_FINAL_EVENTS, EvidenceRequest
from app.core.explanation import Explanation
from app.core.file_messages import FileRequest
from app.core.model_messages import ModelRequest, ModelsListed
from app.core.page_messages import PAGE_FINAL_EVENTS, PageRequest
from app.core.pages import Page, PageForm, PageImage, Rect, Span
from app.core.password_messages import PasswordKept, PasswordRequest
from app.core.power_messages import BatteryPace, PowerRequest
from app.core.receipt_messages import RECEIPT_FINAL_EVENTS, ReceiptRequest
from app.core.rule_messages import RuleRequest, RulesListed, RulesPreviewed
from app.core.style_messages import StyleRequest, StylesListed
from app.core.styles import PLAIN, Style
from app.core.tallies import PromptTokens
from app.core.types import Answer, ChatMessage, DocumentRow, Filters, Hit, LibraryStatus, Reason, SearchResult, Turn

# Any process -> its parent


@dataclass(frozen=True, slots=True)
class Failed:
    """A request failed; `error` is an `AppError` class name, or "" with a traceback in `facts["traceback"]`."""

    error: str
    facts: dict[str, str] = field(default_factory=dict[str, str])


# Window -> engine


@dataclass(frozen=True, slots=True)
class AddFolder:
    """Add a folder or a file to the library; ends with `Done`. `ignore` is added to the patterns of its rules."""

    path: bytes
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveFolder:
    """Take a folder or a file out of the library with all its passages; ends with `Done`."""

    path: bytes


@dataclass(frozen=True, slots=True)
class Rescan:
    """Look at every folder again; ends with `Done` when the rescan (not the indexing) is complete."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Read and embed nothing until `Resume`, also after a restart; ends with `Done`."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on reading and embedding; ends with `Done`."""


@dataclass(frozen=True, slots=True)
class ListDocuments:
    """Ends with `DocumentsListed`."""


@dataclass(frozen=True, slots=True)
class Search:
    """Ends with `Searched`."""

    query: str
    limit: int = 10
    filters: Filters = Filters()


@dataclass(frozen=True, slots=True)
class Explain:
    """Ask what became of every passage of a page, or those that touch `span`; ends with `Explained`.

    The question is taken as a search for `limit` hits, or with `limit` 0 as `Ask` takes it after `turns`. `given` are
    the ids of the passages that the model was really given, empty where that is not known. With `drawn`, each passage
    comes with its rectangles on the page.
    """

    question: str
    document_id: int
    page: int
    span: Span | None = None
    turns: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    limit: int = 0
    given: tuple[int, ...] = ()
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Yields `EvidenceFound`, `AnswerReached`, `AnswerGrew`…, ends with `AnswerFinished`. `model` "": the chosen one.

    A `style` without words is looked up by its name.

    `adapter_scale` says how much of the adapter is laid over the model: 0 none, 1 as it was trained, at most 4.
    `first_token_s` is how long the first word may take (0: any time), None for what the settings said at the start.
    `passages` are the ids of the evidence to give, in this order, instead of what a search would find; None searches.
    `found` are then the ids that a search had found when a person chose them: what is missing of them was dropped, what
    is beyond them added. `pinned` are given in any case, first where there is a search. `searched` is what to search
    for, "" for the question made standalone. `conversation` is the id, any that the window makes, of the one that the
    turn is kept in; "" keeps it in none.
    With `evidence_only`, `PromptPrepared` comes in the place of the text if a model is installed; it is no turn.
    """

    question: str
    turns: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    model: str = ""
    style: Style = PLAIN
    adapter: bytes = b""
    adapter_scale: float = 1.0
    first_token_s: int | None = None
    evidence_only: bool = False
    no_model: bool = False
    passages: tuple[int, ...] | None = None
    conversation: str = ""
    found: tuple[int, ...] = ()
    pinned: tuple[int, ...] = ()
    searched: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop request `request` (an `Ask` or a `GetModel`), which then ends as usual; has no event of its own."""

    request: int


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Ends with `PageOpened`. `span` is marked; `scale` is pixels per point for pages that are drawn.

    Of a drawn page only what lies in `clip`, points, is drawn.

    `as_image` has a page drawn that would come as text, from the text that was indexed; what is too large to be drawn
    still comes as text.
    """

    document_id: int
    page: int
    span: Span | None = None
    scale: float = 1.0
    as_image: bool = False
    clip: Rect | None = None


# Engine -> window


@dataclass(frozen=True, slots=True)
class Done:
    """A request without a result is complete."""


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Unasked (id 0), at start and at most four times a second: the library as it stands, and indexing progress.

    `indexing` is True while documents are queued; `waiting_for` is "" or what indexing waits for
    ("embedder", or "person" while it is paused); `pace` is what the battery makes of it.
    """

    status: LibraryStatus
    indexing: bool
    documents_per_s: float
    seconds_left: float | None
    waiting_for: str = ""
    pace: BatteryPace = BatteryPace.FULL


@dataclass(frozen=True, slots=True)
class DamageFound:
    """Unasked (id 0), at start: where a damaged catalog or history was set aside, b"" for one that was sound.

    A new catalog is filled from the folders; a new history begins empty.
    """

    catalog: bytes
    history: bytes


@dataclass(frozen=True, slots=True)
class DocumentsChanged:
    """Unasked (id 0): rows that are new or changed, and the ids of documents that left the library."""

    changed: tuple[DocumentRow, ...]
    removed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelState:
    """Unasked (id 0): `state` is "none", "loading", "ready" or "failed"; `device` e.g. "CPU, 2 threads"."""

    state: str
    name: str = ""
    device: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DocumentsListed:
    documents: tuple[DocumentRow, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    result: SearchResult


@dataclass(frozen=True, slots=True)
class Explained:
    """What became of the passages, in reading order; `searched` is the question as it was searched for."""

    searched: str
    explanations: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The passages that the model is given: number n is `evidence[n - 1]`. May be repeated, the last counts.

    `searched` is the question made standalone, or the wording that was asked for.
    """

    evidence: tuple[Hit, ...]
    retrieve_ms: float
    searched: str = ""


@dataclass(frozen=True, slots=True)
class PromptPrepared:
    """The prompt exactly as it would be sent with the evidence announced last, and what each part of it takes."""

    prompt: tuple[ChatMessage, ...]
    tokens: PromptTokens


@dataclass(frozen=True, slots=True)
class AnswerGrew:
    """More text of the answer, as the model wrote it, marks included."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    answer: Answer


@dataclass(frozen=True, slots=True)
class PageOpened:
    """A page as drawn (`image`, with `rects` in points) or as `text`; exactly one of `image` and `text` is there.

    `changed` is True if the file is no longer the one that was indexed, and `is_missing` if it is not there; `undrawn`
    is why the text is shown of a page that has a drawn form. A picture `is_typeset` if it was made from the indexed
    text. `span` and `clip` repeat the request's. `file` is the path of the file that the document is a member of, b""
    for a file.
    """

    document_id: int
    path: bytes
    page: int
    pages: int
    text: Page | None
    image: PageImage | None
    rects: tuple[Rect, ...]
    span: Span | None
    scale: float
    changed: bool
    form: PageForm = PageForm.PRINTED
    is_typeset: bool = False
    is_missing: bool = False
    undrawn: Reason = Reason.NONE
    clip: Rect | None = None
    file: bytes = b""


WindowRequest: TypeAlias = (
    AddFolder
    | RemoveFolder
    | RuleRequest
    | PasswordRequest
    | FileRequest
    | PowerRequest
    | Rescan
    | Pause
    | Resume
    | ListDocuments
    | Search
    | Explain
    | Ask
    | Stop
    | OpenPage
    | PageRequest
    | EvidenceRequest
    | ReceiptRequest
    | ConversationRequest
    | ModelRequest
    | StyleRequest
)

FINAL_EVENTS = (
    Failed,
    Done,
    DocumentsListed,
    RulesListed,
    PasswordKept,
    RulesPreviewed,
    Searched,
    Explained,
    AnswerFinished,
    PageOpened,
    *PAGE_FINAL_EVENTS,
    ModelsListed,
    StylesListed,
    *EVIDENCE_FINAL_EVENTS,
    *RECEIPT_FINAL_EVENTS,
    *CONVERSATION_FINAL_EVENTS,
)
