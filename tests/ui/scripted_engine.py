"""An engine that says what a test tells it to, over a real connection, about the real sample documents."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pymupdf

from app.answering.exporting import written
from app.config.paths import resources_dir
from app.config.styles import StyleFolders
from app.core import messages as m
from app.core.conversation_messages import (
    ConversationOpened,
    ConversationRow,
    ConversationsListed,
    DeleteConversation,
    KeptTurn,
    ListConversations,
    OpenConversation,
    RenameConversation,
)
from app.core.errors import AppError
from app.core.evidence_messages import FindPassages, PassagesFound
from app.core.explanation import Explanation
from app.core.finding import Wanted
from app.core.followup import standalone
from app.core.model_messages import ListModels
from app.core.models import ModelRole, ModelRow
from app.core.page_messages import DocumentSearched, FindInDocument, LayOutPage, PageLaidOut, Place
from app.core.pages import Block, BlockKind, Page, PageImage, Rect, Span
from app.core.receipt_chain import Entry, EntryCheck
from app.core.receipt_messages import (
    ChangedSources,
    CompareSource,
    ExportReceipt,
    FindChangedSources,
    OpenReceipt,
    ReceiptExported,
    ReceiptOpened,
    ReceiptRerun,
    ReceiptsVerified,
    RerunReceipt,
    SourceCompared,
    VerifyReceipts,
)
from app.core.receipts import SourceCheck
from app.core.style_messages import DeleteStyle, KeepStyle, ListStyles
from app.core.tallies import Coverage, PromptTokens
from app.core.types import (
    Answer,
    ChatMessage,
    Citation,
    DocumentRow,
    DocumentState,
    FolderRow,
    Hit,
    LibraryStatus,
    Reason,
    Scores,
    SearchResult,
    Sentence,
)
from app.engine.styling import styles_result
from app.engine.wire import Connection, ConnectionClosed
from app.readers import pdf

SAMPLES = resources_dir() / "samples"
LEASE = SAMPLES / "lease-unit-4-ropewalk.pdf"
GLAZE = SAMPLES / "celadon-glaze.md"
FOLDER = bytes(SAMPLES)


@dataclass
class ScriptedEngine:
    """Answers each request by its script; `start` is what the client calls, again after `die`.

    `answers` False leaves questions open, so that a test can speak in the middle of one. With a `translation` a
    question is first searched as it is, which finds one passage, and then so.
    """

    documents: tuple[DocumentRow, ...] = ()
    models: tuple[ModelRow, ...] = ()
    status: m.StatusChanged | None = None
    state: m.ModelState = field(default_factory=lambda: m.ModelState("ready", "small", "CPU, 2 threads"))
    answer: Answer | None = None
    explanations: tuple[Explanation, ...] = ()
    conversations: tuple[ConversationRow, ...] = ()
    turns: tuple[KeptTurn, ...] = ()
    entry: Entry | None = None
    problem: str = ""
    missing: int = 0
    changed: tuple[SourceCheck, ...] = ()
    compared: tuple[SourceCompared, ...] = ()
    answers: bool = True
    translation: str = ""
    styles: StyleFolders = field(default_factory=lambda: StyleFolders(resources_dir() / "styles", Path("/nowhere")))
    refusal: m.Failed | None = None
    starts: int = 0
    received: list[tuple[int, object]] = field(default_factory=list)
    connection: Connection | None = None

    def start(self) -> Connection:
        """Begin to serve a new connection and return the window's end."""
        ours, theirs = Connection.pair()
        self.connection = theirs
        self.starts += 1
        threading.Thread(target=self._serve, args=(theirs,), daemon=True).start()
        return ours

    def emit(self, request_id: int, message: object) -> None:
        """Send something, asked for or not."""
        assert self.connection is not None
        self.connection.send(request_id, message)

    def die(self) -> None:
        """End as a crashed process does."""
        assert self.connection is not None
        self.connection.shut_down()

    def requests(self, kind: type) -> list[object]:
        """Return the requests of a kind so far."""
        return [message for _, message in self.received if isinstance(message, kind)]

    def last_id(self, kind: type) -> int:
        """Return the id of the last request of a kind."""
        return next(request_id for request_id, message in reversed(self.received) if isinstance(message, kind))

    def _serve(self, connection: Connection) -> None:
        try:
            if self.refusal is not None:
                connection.send(0, self.refusal)
                connection.close()
                return
            connection.send(0, self.status or status_of(self.documents))
            connection.send(0, self.state)
            while True:
                request = connection.receive()
                self.received.append((request.request_id, request.message))
                for reply in self._replies(request.message):
                    connection.send(request.request_id, reply)
        except ConnectionClosed:
            connection.close()

    def _replies(self, request: object) -> list[object]:
        match request:
            case m.ListDocuments():
                return [m.DocumentsListed(self.documents)]
            case ListConversations(words):
                found = tuple(row for row in self.conversations if words in row.name)
                return [ConversationsListed(found, words)]
            case OpenConversation(identity):
                return [ConversationOpened(next(row for row in self.conversations if row.id == identity), self.turns)]
            case RenameConversation() | DeleteConversation():
                return [m.Done()]
            case ListStyles() | KeepStyle() | DeleteStyle():
                try:
                    return [styles_result(request, self.styles)]
                except AppError as error:
                    return [m.Failed(type(error).__name__, error.facts)]
            case ListModels():
                return [m.ModelsListed(self.models)]
            case m.AddFolder() | m.RemoveFolder():
                return [m.Done()]
            case m.Ask(evidence_only=True) if self.answer is not None:
                return self._reviewed(request, self.answer)
            case OpenReceipt() if self.entry is not None:
                return [ReceiptOpened(self.entry)]
            case ExportReceipt(identity, wanted) if self.entry is not None:
                return [ReceiptExported(identity, written(self.entry, wanted))]
            case VerifyReceipts():
                checks = (EntryCheck("1", "answer", 1, self.problem), EntryCheck("2", "answer", 2))
                return [ReceiptsVerified(checks, self.changed, self.missing)]
            case RerunReceipt():
                return [m.AnswerGrew("It is "), ReceiptRerun(request.receipt, "It is another.", False, ("model",))]
            case FindChangedSources():
                return [ChangedSources(self.changed)]
            case CompareSource():
                return [one for one in self.compared if one.check.n == request.n]
            case FindPassages():
                hits = (hit for hit in self.answer.evidence if hit.page == request.page) if self.answer else ()
                return [PassagesFound(tuple(hits))]
            case m.Search():
                return [m.Searched(SearchResult(self.answer.evidence if self.answer else ()))]
            case m.Ask() if self.answers and self.answer is not None:
                words = [m.AnswerGrew(word + " ") for word in self.answer.text.split(" ")]
                searched = request.searched or standalone(request.question, request.turns, "en")
                found = m.EvidenceFound(self.answer.evidence, 12.0, searched)
                styled = replace(self.answer, style=self.styles.resolved(request.style))
                return [found, *words, m.AnswerFinished(styled)]
            case m.Explain():
                return [m.Explained(request.question, self.explanations)]
            case m.OpenPage():
                return [opened_page(request, self.documents)]
            case LayOutPage():
                with LEASE.open("rb") as file:
                    letters = pdf.letters(file, request.page)
                return [PageLaidOut(request.document_id, request.page, letters, is_as_indexed=True)]
            case FindInDocument():
                return [found_in_lease(request)]
            case _:
                return []

    def _reviewed(self, ask: m.Ask, answer: Answer) -> list[object]:
        """Return the evidence that a question names, or all of the answer's, and a prompt of it."""
        known = {hit.passage_id: hit for hit in answer.evidence}
        evidence = tuple(known[n] for n in ask.passages if n in known) if ask.passages is not None else answer.evidence
        style = self.styles.resolved(ask.style).instructions
        texts = tuple(hit.text for hit in evidence)
        tokens = PromptTokens(100 + len(style) // 4, 0, tuple(len(text) // 4 for text in texts), 12, 400, 4096)
        prompt = (ChatMessage("system", "Rules."), ChatMessage("user", "\n".join((*texts, style))))
        translated = self.translation if not ask.searched and ask.passages is None else ""
        as_it_is = [m.EvidenceFound(answer.evidence[:1], 12.0, ask.question)] if translated else []
        return [
            *as_it_is,
            m.EvidenceFound(evidence, 12.0, ask.searched or translated or ask.question),
            m.PromptPrepared(prompt, tokens),
            m.AnswerFinished(answer),
        ]


def found_in_lease(request: FindInDocument) -> DocumentSearched:
    """Return where words stand in the sample lease, as the engine would."""
    with LEASE.open("rb") as file:
        _title, pages = pdf.pages(file, LEASE.name)
    wanted = Wanted(request.wanted)
    places = tuple(Place(page.number, span.start, span.end) for page in pages for span in wanted.spans(page.text))
    return DocumentSearched(request.document_id, request.wanted, places, has_more=False)


def opened_page(request: m.OpenPage, documents: tuple[DocumentRow, ...]) -> m.PageOpened | m.Failed:
    """Return a page of a sample document as the engine would: a PDF drawn, anything else as text."""
    path = next((row.path for row in documents if row.id == request.document_id), bytes(LEASE))
    if not path.endswith(b".pdf"):
        text = Path(path.decode()).read_text("utf-8")
        page = Page(1, text, text_blocks(text))
        return m.PageOpened(request.document_id, path, 1, 1, page, None, (), request.span, request.scale, False)
    with pymupdf.open(path.decode()) as document:
        if not 1 <= request.page <= len(document):
            return m.Failed("PageMissing", {"path": path.decode(), "page": str(request.page)})
        page = document[request.page - 1]
        drawn = page.get_pixmap(matrix=pymupdf.Matrix(request.scale, request.scale), alpha=False)
        image = PageImage(drawn.width, drawn.height, bytes(drawn.samples))
        rects = line_rects(page, request.span) if request.span else ()
        return m.PageOpened(
            request.document_id,
            path,
            request.page,
            len(document),
            None,
            image,
            rects,
            request.span,
            request.scale,
            False,
        )


@dataclass(frozen=True)
class Line:
    """A line of a PDF's page."""

    text: str
    rect: Rect


def page_lines(page: pymupdf.Page) -> list[Line]:
    """Return a page's lines as they are printed."""
    content: Any = page.get_text("dict")
    lines = [line for block in content["blocks"] for line in block.get("lines", [])]
    return [Line("".join(part["text"] for part in line["spans"]), Rect(*line["bbox"])) for line in lines]


def line_rects(page: pymupdf.Page, span: Span) -> tuple[Rect, ...]:
    """Return a rectangle for each line of a page's plain text that a span touches."""
    rects: list[Rect] = []
    position = 0
    for line in page_lines(page):
        if position < span.end and position + len(line.text) > span.start:
            rects.append(line.rect)
        position += len(line.text) + 1
    return tuple(rects)


def page_text(path: Path, number: int) -> str:
    """Return the plain text of a PDF's page, a line for each line."""
    with pymupdf.open(path) as document:
        return "\n".join(line.text for line in page_lines(document[number - 1]))


def text_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a small Markdown file, parted by blank lines."""
    blocks: list[Block] = []
    position = 0
    for part in text.split("\n\n"):
        kind = BlockKind.HEADING if part.startswith("#") else BlockKind.PARAGRAPH
        kind = BlockKind.TABLE if part.startswith("|") else kind
        level = len(part) - len(part.lstrip("#")) if kind is BlockKind.HEADING else 0
        blocks.append(Block(kind, position, position + len(part), level))
        position += len(part) + 2
    return tuple(blocks)


def document_row(
    number: int,
    path: Path,
    state: DocumentState = DocumentState.READY,
    *,
    reason: Reason = Reason.NONE,
    pages: int = 4,
) -> DocumentRow:
    """Return a row of a document in the sample folder."""
    passages = 12 if state is DocumentState.READY else 0
    return DocumentRow(number, bytes(path), FOLDER, state, reason, "", pages, 0, passages, 40_000, 1)


def sample_documents() -> tuple[DocumentRow, ...]:
    """Return the sample library, and two files of it that cannot be read."""
    names = sorted(path for path in SAMPLES.iterdir() if path.name != "README.md")
    rows = [document_row(number, path) for number, path in enumerate(names, start=1)]
    scans = SAMPLES / "scans"
    rows += [
        document_row(20, scans / "invoice-2019.pdf", DocumentState.FAILED, reason=Reason.NO_TEXT, pages=3),
        document_row(21, scans / "insurance.pdf", DocumentState.FAILED, reason=Reason.ENCRYPTED, pages=0),
        document_row(22, scans / "letters" / "letter-to-the-council.docx"),
    ]
    return tuple(rows)


def status_of(
    documents: tuple[DocumentRow, ...],
    *,
    documents_per_s: float = 0.0,
    seconds_left: float | None = None,
    waiting_for: str = "",
) -> m.StatusChanged:
    """Return the status of a library with these documents."""
    counts = {state: sum(row.state is state for row in documents) for state in DocumentState}
    waiting = counts[DocumentState.QUEUED] + counts[DocumentState.READING]
    ready, failed = counts[DocumentState.READY], counts[DocumentState.FAILED]
    paths = dict.fromkeys(row.folder for row in documents)
    folders = tuple(FolderRow(path, True, len(documents), ready, waiting, failed) for path in paths)
    status = LibraryStatus(folders, ready, waiting, failed, 0, 60, 0, "bge-small-en-v1.5", "small", 1)
    return m.StatusChanged(status, waiting > 0, documents_per_s, seconds_left, waiting_for)


def sample_models(*, installed: bool) -> tuple[ModelRow, ...]:
    """Return a shelf."""
    answer, apache = ModelRole.ANSWER, "Apache-2.0"
    tiny = ModelRow("tiny", answer, "SmolLM2 135M", 98_000_000, apache, 300_000_000, installed, False, False, "Fast.")
    small = ModelRow(
        "small", answer, "Qwen2.5 1.5B", 1_117_320_768, apache, 2_000_000_000, installed, installed, True, "Cites."
    )
    bge = ModelRow("bge", ModelRole.EMBED, "BGE small", 34_000_000, "MIT", 120_000_000, installed, installed, True)
    minilm = ModelRow("lm", ModelRole.RERANK, "MiniLM", 34_000_000, apache, 120_000_000, installed, installed, True)
    return (tiny, small, bge, minilm)


def lease_hit(opening: str, closing: str, page: int, headings: tuple[str, ...], document_id: int = 4) -> Hit:
    """Return the passage of the sample lease from one phrase to another."""
    text = page_text(LEASE, page)
    start = text.index(opening)
    end = text.index(closing, start) + len(closing)
    return _hit(LEASE, document_id, page, Span(start, end), text, headings)


def glaze_hit(opening: str, closing: str, headings: tuple[str, ...], document_id: int = 1) -> Hit:
    """Return the passage of the sample recipe from one phrase to another."""
    text = GLAZE.read_text("utf-8")
    start = text.index(opening)
    end = text.index(closing, start) + len(closing)
    return _hit(GLAZE, document_id, 1, Span(start, end), text, headings)


def sample_answer() -> Answer:
    """Return an answer about the sample lease: three passages, two of them cited, one sentence unsupported."""
    deposit = lease_hit("5. Deposit", "whatever is kept back.", 2, ("Lease of Unit 4", "5. Deposit"))
    repair = lease_hit(
        "6. Repair", "the outer walls, the foundations and the drains in", 2, ("Lease of Unit 4", "6. Repair")
    )
    glaze = glaze_hit("Dip bisque ware", "above the foot.", ("Ropewalk celadon", "Applying"))
    evidence = (deposit, repair, glaze)
    kept = "which is two months’ rent, and it is held in a separate account."
    text = (
        f"The deposit is **£2,800**, {kept[:-1]} [1]. It is returned "
        "within 21 days after the end of the lease, less the cost of repairs:\n\n- the invoices for whatever "
        "is kept back are shown by the Landlord [1]\n- the roof and the outer walls remain the Landlord’s own "
        "matter [2].\n\nMost landlords return it sooner."
    )
    sentences = (
        Sentence(f"The deposit is **£2,800**, {kept}", (1,), 0.95),
        Sentence("It is returned within 21 days after the end of the lease, less the cost of repairs:", (1,), 0.9),
        Sentence("the invoices for whatever is kept back are shown by the Landlord", (1,), 0.9),
        Sentence("the roof and the outer walls remain the Landlord’s own matter.", (2,), 0.7),
        Sentence("Most landlords return it sooner.", (), 0.0),
    )
    citations = (
        citation(1, deposit, "The Tenant has paid a deposit of £2,800, which is two months’ rent."),
        citation(2, repair, "The Landlord keeps the roof, the outer walls"),
    )
    return Answer(text, True, False, sentences, citations, evidence, "1", "small", 12.0, 900.0, 8400.0, 700, 90)


def not_found_answer() -> Answer:
    """Return the answer to a question that the sample library does not hold."""
    near = (lease_hit("7. Use", "twelve days a year.", 2, ("Lease of Unit 4", "7. Use")),)
    answer = Answer("NOT FOUND", False, False, (), (), near, "2", "small", 12.0, 900.0, 2100.0, 400, 4)
    unread = tuple(row for row in sample_documents() if row.path.endswith(b"insurance.pdf"))
    return replace(answer, coverage=Coverage(5, 0, 2, 0, 1), unread=unread)


def citation(n: int, hit: Hit, quote: str) -> Citation:
    """Return a citation of a quotation, whose line breaks may differ from the page's."""
    start = hit.text.index(quote.split("\n")[0].split(",")[0])
    end = start
    wanted = "".join(quote.split())
    while "".join(hit.text[start:end].split()) != wanted:
        end += 1
    place = (hit.start + start, hit.start + end)
    return Citation(n, hit.document_id, hit.path, hit.page, hit.start, hit.end, hit.text[start:end], *place)


def _hit(path: Path, document_id: int, page: int, span: Span, text: str, headings: tuple[str, ...]) -> Hit:
    return Hit(
        passage_id=span.start,
        document_id=document_id,
        path=bytes(path),
        digest="0" * 64,
        modified_ns=1,
        title=path.stem,
        page=page,
        start=span.start,
        end=span.end,
        headings=headings,
        text=text[span.start : span.end],
        scores=Scores(rerank=4.0, final=1.0),
    )
