"""One receipt in a window of its own: what was asked, given and written, and whether it still holds. Window process."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.core.receipts import SourceCheck
from app.ui.focus_in_sight import FocusInSight
from app.ui.focus_line import FocusLine
from app.ui.labels import PlainLabel
from app.ui.prompt_view import PromptView
from app.ui.quoted_text import QuotedText
from app.ui.receipt_words import ToldPassage, ToldReceipt, state_words
from app.ui.rows import row_of
from app.ui.sizing import size_within_screen
from app.ui.theme import Look

LINES = 3


class ReceiptDialog(QDialog):
    """Shows a receipt; everything else goes on meanwhile.

    Signals:
        verify_pressed: the record and the files should be checked.
        rerun_pressed: the model should write the answer again.
        export_pressed: the receipt should be written into a file.
    """

    verify_pressed = Signal()
    rerun_pressed = Signal()
    export_pressed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setWindowTitle(self.tr("Receipt"))
        self.setModal(False)
        size_within_screen(self, 680, 720)
        self._states: dict[int, PlainLabel] = {}
        self._pressed: QWidget | None = None
        self._can_rerun = True
        self._result = PlainLabel("", "title", wraps=True, selectable=True)
        self._again = PlainLabel("", "body", wraps=True, selectable=True)
        self.verify = QPushButton(self.tr("Verify"))
        self.verify.setToolTip(self.tr("Recomputes the whole record and reads every file again"))
        self.verify.clicked.connect(self.verify_pressed)
        self.rerun = QPushButton(self.tr("Write it again"))
        self.rerun.setToolTip(self.tr("Sends the same prompt to the same model"))
        self.rerun.clicked.connect(self.rerun_pressed)
        self.export = QPushButton(self.tr("Export…"))
        self.export.setToolTip(self.tr("The answer with its evidence as a web page, for Word, as Markdown or JSON"))
        self.export.clicked.connect(self.export_pressed)
        for button in (self.verify, self.rerun, self.export):
            button.setAccessibleDescription(button.toolTip())
            button.setAutoDefault(True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(self.tr("Receipt"))
        FocusInSight(self._scroll)
        self._lay_out()

    @property
    def outcome(self) -> str:
        """Return what verifying or writing again came to."""
        return self._result.text()

    @property
    def written_again(self) -> str:
        """Return the text that the model wrote this time, "" for none."""
        return self._again.text()

    def states(self) -> dict[int, str]:
        """Return what is said of each passage's file, by its number."""
        return {n: label.text() for n, label in self._states.items()}

    def show_receipt(self, told: ToldReceipt) -> None:
        """Show a receipt; what became of its files is not known yet."""
        self.say("")
        self.show_written_again("")
        self._states = {}
        self._can_rerun = told.was_asked
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        column.addWidget(PlainLabel(told.question, "question", wraps=True, selectable=True))
        if told.answer:
            column.addWidget(PlainLabel(told.answer, "body", wraps=True, selectable=True))
        for check in told.checks:
            column.addWidget(PlainLabel(check, "quiet", wraps=True, selectable=True))
        column.addWidget(PlainLabel(self._heading(told), "title", wraps=True))
        for passage in told.passages:
            column.addWidget(self._card(passage))
        for words, prompt in told.prompts:
            view = PromptView(self._look)
            view.show_prompt(prompt)
            if words:
                column.addWidget(PlainLabel(words, "quiet"))
            column.addWidget(view)
        column.addWidget(_grid(told.facts))
        column.addStretch(1)
        self._scroll.setWidget(inside)

    def show_states(self, checks: tuple[SourceCheck, ...]) -> None:
        """Show what became of the passages' files."""
        for check in checks:
            if check.n in self._states:
                self._states[check.n].setText(state_words(check.state))

    def say(self, words: str) -> None:
        """Say what verifying or writing again came to, or that it goes on."""
        self._result.show_text(words)

    def show_written_again(self, text: str) -> None:
        """Show what the model writes this time."""
        self._again.show_text(text)

    def set_busy(self, busy: bool) -> None:
        """Let nothing be begun while something goes on; the keyboard stays with the button that was pressed."""
        if busy:
            self._pressed = self.focusWidget()
        self.verify.setEnabled(not busy)
        self.rerun.setEnabled(self._can_rerun and not busy)
        self.export.setEnabled(not busy)
        if not busy and self._pressed is not None:
            self._pressed.setFocus(Qt.FocusReason.OtherFocusReason)
            self._pressed = None

    def _heading(self, told: ToldReceipt) -> str:
        if told.was_asked:
            return self.tr("Passages that the model was given")
        if not told.passages:
            return self.tr("Nothing near the question was found, so no model was asked for an answer.")
        return self.tr("The nearest passages. None came near the question, so no model was asked for an answer.")

    def _card(self, passage: ToldPassage) -> QFrame:
        card = QFrame()
        card.setObjectName("why")
        state = PlainLabel("", "title")
        if passage.part == "source":
            self._states[passage.n] = state
        head = QHBoxLayout()
        number = str(passage.n) if passage.part == "source" else "–"
        head.addWidget(PlainLabel(f"{number}  {passage.place}", "title", wraps=True), 1)
        head.addWidget(state, 0, Qt.AlignmentFlag.AlignTop)
        text = QuotedText(self._look)
        text.set_text(passage.text, (), LINES)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        if passage.origin:
            column.addWidget(PlainLabel(passage.origin, "quiet", wraps=True))
        column.addWidget(text)
        file = self.tr("{path} · SHA-256 {hash}").replace("{path}", passage.path).replace("{hash}", passage.sha256)
        column.addWidget(PlainLabel(_breakable(file), "quiet", wraps=True, selectable=True))
        return card

    def _lay_out(self) -> None:
        foot = QFrame()
        foot.setObjectName("footer")
        column = QVBoxLayout(foot)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(8)
        column.addWidget(self._result)
        column.addWidget(self._again)
        column.addLayout(row_of(self.verify, self.rerun, self.export))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(FocusLine((self._scroll,)))
        outer.addWidget(self._scroll, 1)
        outer.addWidget(foot)


def _grid(facts: tuple[tuple[str, str], ...]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for i, (name, fact) in enumerate(facts):
        grid.addWidget(PlainLabel(name, "quiet"), i, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(PlainLabel(_breakable(fact), "detail", wraps=True, selectable=True), i, 1)
    return holder


def _breakable(text: str) -> str:
    """Return a text whose long words, such as hashes, may be broken into lines anywhere."""
    return " ".join("\u200b".join(word) if len(word) > 40 else word for word in text.split(" "))
