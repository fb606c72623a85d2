"""What the engine says to its readers, its llama process and its embedder, and they to it. Used in those processes.

The rules are those of `app.core.messages`, which also has `Failed`.
"""

from dataclasses import dataclass, field

from app.core.letters import PageLetters
from app.core.members import Inside, MemberFile
from app.core.models import Pooling
from app.core.pages import DocumentText, Page, PageForm, PageImage, Passage, Rect, Span
from app.core.types import ChatMessage, Reason, ThreadRuns
from app.core.word_boxes import WordBox

# Engine -> reader (all but `DrawText` and `LayOutText` with the open file's descriptor)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Ends with `FileRead` or `FileRefused`. `name` is the file's name for the format and a title, never opened.

    `password` is that of a locked file, `inside` the way to the document where it is a member of the file; `name` and
    `password` are then the member's. Here as in the other messages.
    """

    name: str
    password: str = field(default="", repr=False)
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class DrawPage:
    """Ends with `PageDrawn` or `FileRefused`; only what lies in `clip`, points, is drawn."""

    name: str
    page: int
    span: Span | None
    scale: float
    clip: Rect | None = None
    password: str = field(default="", repr=False)
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class LayOutFilePage:
    """Ends with `LettersPlaced` or `FileRefused`."""

    name: str
    page: int
    password: str = field(default="", repr=False)
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class TryPassword:
    """Ends with `PasswordTried`, or with `FileRefused` if the password does not fit."""

    name: str
    password: str = field(default="", repr=False)
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class DrawText:
    """Lay out a page's text as it was indexed, and draw it; ends with `TextDrawn` or `FileRefused`."""

    page: Page
    span: Span | None
    scale: float
    form: PageForm = PageForm.BOOK
    clip: Rect | None = None


@dataclass(frozen=True, slots=True)
class LayOutText:
    """Lay out a page's text as `DrawText` does; ends with `LettersPlaced` or `FileRefused`."""

    page: Page
    form: PageForm = PageForm.BOOK


@dataclass(frozen=True, slots=True)
class RecognisePage:
    """Read the text in the picture of a page; ends with `PageRecognised` or `FileRefused`."""

    name: str
    page: int
    password: str = field(default="", repr=False)
    inside: Inside | None = None


# Reader -> engine


@dataclass(frozen=True, slots=True)
class ReaderReady:
    """Sent once, id 0, when the reader is jailed and warm; `sandbox` names what is in force."""

    sandbox: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """`members` are the files inside the file, `kind` is the format that it was read as."""

    document: DocumentText
    members: tuple[MemberFile, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PageRecognised:
    """A page with the text that was recognised, "" if none was; `words` are in the order of the text."""

    page: Page
    passages: tuple[Passage, ...]
    words: tuple[WordBox, ...]


@dataclass(frozen=True, slots=True)
class FileRefused:
    """`may_pass` where the file need not be the cause: the process stood still, or something else ended it."""

    reason: Reason
    detail: str
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class PasswordTried:
    """`is_locked` is False for a file that needs no password."""

    is_locked: bool


@dataclass(frozen=True, slots=True)
class PageDrawn:
    """`rects` is empty if no span was asked for."""

    image: PageImage
    rects: tuple[Rect, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class TextDrawn:
    """`rects` is empty if no span was asked for."""

    image: PageImage
    rects: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class LettersPlaced:
    letters: PageLetters


# Engine -> llama


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Ends with `ModelLoaded` or, unless `gpu` False forces the CPU, with `GpuRefused`.

    `context_tokens` 0 means the product's default. `beginning` is read at once: what prompts will begin with. `aside`,
    what all begin with that is asked aside, is read when there is nothing else to do.
    """

    path: bytes
    context_tokens: int = 0
    gpu: bool = True
    adapter: bytes = b""
    adapter_scale: float = 1.0
    beginning: tuple[ChatMessage, ...] = ()
    aside: tuple[ChatMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class CountTokens:
    """Ends with `TokensCounted`: the whole prompt as the model's template renders it."""

    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class Generate:
    """Yields `TokenText`…, ends with `Generated`. Temperature 0 is greedy.

    `threads` are those that a text was written with before: others round otherwise, now and then to another word.
    """

    messages: tuple[ChatMessage, ...]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0
    threads: ThreadRuns = ()


@dataclass(frozen=True, slots=True)
class AskYesOrNo:
    """Ends with `YesOrNo`; nothing is written. What is asked aside leaves what is read of the conversation as it is."""

    messages: tuple[ChatMessage, ...]
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class StopGenerating:
    """Stop that `Generate` or `AskYesOrNo` within 100 ms, also while its prompt is processed; ends as it does."""


# Llama -> engine


@dataclass(frozen=True, slots=True)
class ModelLoaded:
    """`prompt_ms_per_token` is how fast prompts are read, as measured."""

    context_tokens: int
    device: str
    template: str
    sandbox: tuple[str, ...]
    prompt_ms_per_token: float = 0.0


@dataclass(frozen=True, slots=True)
class GpuRefused:
    """The GPU does not take the model, for want of memory most likely; a new process is to load it for the CPU."""


@dataclass(frozen=True, slots=True)
class TokensCounted:
    tokens: int


@dataclass(frozen=True, slots=True)
class TokenText:
    text: str


@dataclass(frozen=True, slots=True)
class Generated:
    """`reason` is "end", "length", "stopped" or "loop": the model said the same again and again, and was ended.

    `first_token_ms` is 0 where no token was written. `reused_tokens` of the prompt had been read before. `threads` are
    those that the answer's tokens were computed with.
    """

    reason: str
    prompt_tokens: int
    answer_tokens: int
    first_token_ms: float
    total_ms: float
    reused_tokens: int = 0
    prompt_ms_per_token: float = 0.0
    threads: ThreadRuns = ()


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """`log_odds` is ln(P(yes) / P(no)) of the next token; None where it was stopped or the model has no such words."""

    log_odds: float | None
    prompt_tokens: int = 0
    reused_tokens: int = 0


# Engine -> embedder


@dataclass(frozen=True, slots=True)
class LoadEmbedder:
    """Ends with `EmbedderLoaded`. A text is cut to `max_tokens`; `gpu` False forces the CPU."""

    path: bytes
    pooling: Pooling
    max_tokens: int
    gpu: bool = True


@dataclass(frozen=True, slots=True)
class EmbedText:
    """Ends with `TextEmbedded`."""

    text: str


@dataclass(frozen=True, slots=True)
class CountPieces:
    """Ends with `PiecesCounted`."""

    text: str


# Embedder -> engine


@dataclass(frozen=True, slots=True)
class EmbedderLoaded:
    dimensions: int
    device: str
    sandbox: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextEmbedded:
    """`vector` is float32[dimensions] of unit length, little-endian."""

    vector: bytes


@dataclass(frozen=True, slots=True)
class PiecesCounted:
    """How many tokens a text has, and how many of them are not the unknown one."""

    tokens: int
    known: int
