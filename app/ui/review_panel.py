"""The evidence and the prompt before they are sent: what the person sees and may change. Window process."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.core.messages import PromptPrepared
from app.core.types import Hit
from app.ui.answer_view import AnswerView
from app.ui.flow_row import FlowRow
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel
from app.ui.passage_search import PassageSearch
from app.ui.prompt_view import PromptView
from app.ui.review_list import Reviewed, ReviewList
from app.ui.sentences import page_words, shown_name
from app.ui.style_section import StyleSection
from app.ui.tab_order import chain
from app.ui.theme import Look
from app.ui.token_bar import TokenBar

SIDE_PX = 32


class ReviewPanel(QWidget):
    """Shows one question's evidence before the model is asked.

    Signals:
        answer_wanted: the prompt should be sent as it stands.
        question_wanted: the person wants back to the question.
        brought_back: the `Hit` that was left out and should be given again.
    """

    answer_wanted = Signal()
    question_wanted = Signal()
    brought_back = Signal(object)

    def __init__(self, look: Look, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = PlainLabel("", "question", wraps=True, selectable=True)
        self._searched = PlainLabel("", "quiet", wraps=True, selectable=True)
        self.tokens = TokenBar(look)
        self.style_section = StyleSection(icons)
        self.list = ReviewList(look)
        self._none = PlainLabel("", "quiet", wraps=True)
        self._left_out_title = PlainLabel(self.tr("Left out by you – press to give it again"), "quiet")
        self.left_out = FlowRow(8)
        self.search = PassageSearch(look)
        self.prompt = PromptView(look)
        self._failure = PlainLabel("", "body", wraps=True)
        self.answer = QPushButton(self.tr("Answer (Enter)"))
        self.answer.setObjectName("primary")
        self.answer.setAutoDefault(True)  # Enter presses it
        self.answer.clicked.connect(self.answer_wanted)
        self.back = QPushButton(self.tr("Back to the question (Esc)"))
        self.back.clicked.connect(self.question_wanted)
        self._lay_out(icons)

    @property
    def failure(self) -> str:
        """Return what went wrong, "" when nothing did."""
        return self._failure.text()

    @property
    def searched_words(self) -> str:
        """Return what was searched for, "" where that is the question."""
        return self._searched.text()

    def begin(self, question: str) -> None:
        """Show a question whose evidence is being searched."""
        self._question.setText(question)
        self.show_searched("")
        self.search.clear()
        self.prompt.toggle.setChecked(False)
        self.show_reviewed(Reviewed(), ())
        self._none.show_text("")
        self.tokens.begin(self.tr("Looking through your documents…"))
        self._scroll.verticalScrollBar().setValue(0)
        self.take_focus()

    def show_searched(self, searched: str) -> None:
        """Say what was searched for if it is not the question."""
        words = self.tr("Searched for: {words}").replace("{words}", searched)
        self._searched.show_text(words if searched else "")

    def show_reviewed(self, reviewed: Reviewed, left_out: tuple[Hit, ...]) -> None:
        """Show the evidence as it stands, and what the person left out of it."""
        self._failure.show_text("")
        self.list.show_reviewed(reviewed)
        self._none.show_text("" if reviewed.hits else self.tr("No passage will be given."))
        self.tokens.show_waiting(self.tr("Counting the tokens…"))
        self._left_out_title.setVisible(bool(left_out))
        self.left_out.setVisible(bool(left_out))
        self.left_out.show_widgets(tuple(self._chip(hit) for hit in left_out))
        self._set_tab_order()

    def show_prompt(self, prepared: PromptPrepared, reviewed: Reviewed) -> None:
        """Show the prompt as it would be sent, and what it takes."""
        self.list.show_reviewed(reviewed)
        self._set_tab_order()
        self.tokens.show_tokens(prepared.tokens)
        self.prompt.show_prompt(prepared.prompt)

    def fail(self, words: str) -> None:
        """Say why there is no prompt."""
        self._failure.show_text(words)
        self.tokens.show_waiting("")

    @Slot()
    def take_focus(self) -> None:
        """Give the keyboard to what goes on from here."""
        self.answer.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the measure when the column gets another width, by the pane's or by its scroll bar's coming or going."""
        if event.type() == QEvent.Type.Resize:
            self._keep_measure()
        return super().eventFilter(watched, event)

    def _keep_measure(self) -> None:
        """Have the foot end where the column ends, with or without a scroll bar beside it."""
        bar = self.width() - self._scroll.viewport().width()
        side = max((self.width() - AnswerView.measure_px(self.font())) // 2, SIDE_PX)
        self._column.setContentsMargins(side, 24, max(side - bar, 0), 24)
        self._foot.setContentsMargins(side, 8, side, 12)

    def _set_tab_order(self) -> None:
        """Let Tab follow the order on the screen, and not the one in which cards and chips came."""
        chain(self.style_section, *self.list.cards(), self.left_out, self.search.field)

    def _chip(self, hit: Hit) -> QPushButton:
        name = f"{shown_name(hit.path)} · {page_words(hit.path, hit.page)}"
        chip = QPushButton(f"+ {name}".replace("&", "&&"))
        chip.setObjectName("chip")
        chip.setAccessibleName(self.tr("Give {name} again").format(name=name))
        chip.clicked.connect(partial(self.brought_back.emit, hit))
        return chip

    def _lay_out(self, icons: Icons) -> None:
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(SIDE_PX, 0, 8, 0)
        close = IconButton(icons, "x", self.tr("Back to the question (Esc)"))
        close.clicked.connect(self.question_wanted)
        row.addWidget(PlainLabel(self.tr("Review before answering"), "title"), 1)
        row.addWidget(close)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setSpacing(12)
        title = PlainLabel(self.tr("Passages, in the order in which the model reads them"), "title", wraps=True)
        add = PlainLabel(self.tr("Add a passage"), "title")
        for part in (self._question, self._searched, self._failure, self.tokens, self.style_section, title, self.list):
            self._column.addWidget(part)
        for part in (self._none, self._left_out_title, self.left_out, add, self.search, self.prompt):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().installEventFilter(self)
        footer = QFrame()
        footer.setObjectName("footer")
        self._foot = QHBoxLayout(footer)
        self._foot.setSpacing(8)
        self._foot.addWidget(self.back)
        self._foot.addStretch(1)
        self._foot.addWidget(self.answer)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        for part in (header, self._scroll, footer):
            outer.addWidget(part, 1 if part is self._scroll else 0)
