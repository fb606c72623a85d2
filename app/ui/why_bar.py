"""A bar under an opened page that says why its passages were used or not, one at a time. Window process."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.explanation import Explanation
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel
from app.ui.why_panel import WhyPanel
from app.ui.why_words import fate_words


class WhyBar(QFrame):
    """Shows what became of one of a page's passages.

    Signals:
        stepped: +1 for the next passage of the page, -1 for the one before.
        closed: the person has seen enough.
    """

    stepped = Signal(int)
    closed = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self._title = PlainLabel("", "quiet")
        self._question = PlainLabel("", "quiet", wraps=True)
        self.panel = WhyPanel()
        self.before = IconButton(icons, "caret-left", self.tr("The passage before"))
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after = IconButton(icons, "caret-right", self.tr("The next passage"))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.figures = QPushButton(self.tr("Figures"))
        self.figures.setObjectName("quietLink")
        self.figures.setCheckable(True)
        self.figures.setAccessibleDescription(self.tr("Shows the rank and the score at each step"))
        self.figures.toggled.connect(self.panel.show_figures)
        close = IconButton(icons, "x", self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title, 1)
        for button in (self.figures, self.before, self.after, close):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._question)
        column.addWidget(self.panel)
        self.hide()

    @property
    def title(self) -> str:
        """Return which passage is shown, or what is going on."""
        return self._title.text()

    def say(self, words: str, question: str = "") -> None:
        """Say something in place of a passage."""
        self._title.setText(words)
        self._show_question(question)
        self.panel.hide()
        self.figures.hide()
        self.before.setEnabled(False)
        self.after.setEnabled(False)
        self.show()

    def show_passage(self, explanation: Explanation, place: int, count: int, question: str) -> None:
        """Show what became of a passage; `place` counts from 1 among the page's passages."""
        self._title.setText(self.tr("Passage {n} of {count} on this page").format(n=place, count=count))
        self._show_question(question)
        self.panel.show_why(fate_words(explanation), explanation.hit.scores)
        self.panel.show_figures(self.figures.isChecked())
        self.panel.show()
        self.figures.show()
        self.before.setEnabled(place > 1)
        self.after.setEnabled(place < count)
        self.show()

    def _show_question(self, question: str) -> None:
        self._question.show_text(self.tr("Asked: {question}").replace("{question}", question) if question else "")
