"""What the window and the engine say to each other about receipts and about forgetting. Used in both."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from app.core.receipt_chain import Entry, EntryCheck
from app.core.receipts import ReceiptRow, SourceCheck
from app.core.types import Hit


class ExportFormat(StrEnum):
    """What an answer can be written as: the suffixes of such files."""

    HTML = ".html"
    MARKDOWN = ".md"
    DOCX = ".docx"
    JSON = ".json"


# Window -> engine


@dataclass(frozen=True, slots=True)
class ListReceipts:
    """Ends with `ReceiptsListed`."""


@dataclass(frozen=True, slots=True)
class OpenReceipt:
    """Ends with `ReceiptOpened`; the beginning of an id is enough if no other begins so."""

    receipt: str


@dataclass(frozen=True, slots=True)
class VerifyReceipts:
    """Recompute the whole chain and hash the files of one receipt, or of all (""); ends with `ReceiptsVerified`."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class RerunReceipt:
    """Send a receipt's prompts again to the same model; yields `AnswerGrew`…, ends with `ReceiptRerun`."""

    receipt: str


@dataclass(frozen=True, slots=True)
class ExportReceipt:
    """Ends with `ReceiptExported`."""

    receipt: str
    format: ExportFormat


@dataclass(frozen=True, slots=True)
class FindChangedSources:
    """Ends with `ChangedSources`: which answers were given a passage whose file is another one now, or gone.

    `receipts` are the answers that are asked about, all for none.
    """

    receipts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareSource:
    """Ends with `SourceCompared`: a passage of a receipt, by its number there, beside what stands there now."""

    receipt: str
    n: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Remove every trace of a document or a library folder; ends with `Forgot`."""

    path: bytes


ReceiptRequest: TypeAlias = (
    ListReceipts
    | OpenReceipt
    | VerifyReceipts
    | RerunReceipt
    | ExportReceipt
    | FindChangedSources
    | CompareSource
    | Forget
)

# Engine -> window


@dataclass(frozen=True, slots=True)
class ReceiptsListed:
    """Newest first."""

    receipts: tuple[ReceiptRow, ...]


@dataclass(frozen=True, slots=True)
class ReceiptOpened:
    receipt: Entry


@dataclass(frozen=True, slots=True)
class ReceiptsVerified:
    """`checks` are of the whole chain in its order, `sources` of the receipts that were asked for.

    `missing` is how many links were cut off at its end, `head` the hash of the last one that is there, "" for none.
    """

    checks: tuple[EntryCheck, ...]
    sources: tuple[SourceCheck, ...]
    missing: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptRerun:
    """What the model wrote this time; `differences` names what is not as it was (`model`, `adapter`, `versions`)."""

    receipt: str
    text: str
    is_same: bool
    differences: tuple[str, ...]
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptExported:
    """What is to be in the file."""

    receipt: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ChangedSources:
    sources: tuple[SourceCheck, ...]


@dataclass(frozen=True, slots=True)
class SourceCompared:
    """A passage as it was given to the model, and `now` the nearest one that its file holds, None for none.

    A file that changed and holds none is still to be read again.
    """

    check: SourceCheck
    was: str
    now: Hit | None


@dataclass(frozen=True, slots=True)
class Forgot:
    """What was removed, and `left`: how many traces a search for it found afterwards."""

    documents: int
    passages: int
    vectors: int
    receipts: int
    left: int


RECEIPT_FINAL_EVENTS = (
    ReceiptsListed,
    ReceiptOpened,
    ReceiptsVerified,
    ReceiptRerun,
    ReceiptExported,
    ChangedSources,
    SourceCompared,
    Forgot,
)
