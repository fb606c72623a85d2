"""A field that searches the library for passages to add to the evidence. Window process."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.core.finding import Wanted
from app.core.pages import Span
from app.core.terms import spelt_words
from app.core.types import Hit
from app.ui.labels import PlainLabel
from app.ui.quoted_text import QuotedText
from app.ui.sentences import page_words, shown_name
from app.ui.theme import Look

LINES = 2


def places_of(words: str, text: str) -> tuple[Span, ...]:
    """Return where the words that matter of a search stand in a text, in order; where none does, it was its meaning."""
    with_digits = [word for word in words.split() if any(sign.isdigit() for sign in word)]
    found = {span for word in (*spelt_words(words), *with_digits) for span in Wanted(word).spans(text)}
    return tuple(sorted(found, key=lambda span: span.start))


class PassageSearch(QWidget):
    """Searches on Enter; each passage that was found has a button that adds it.

    Signals:
        searched: the words to search for.
        added: the `Hit` that should be given to the model too.
    """

    searched = Signal(str)
    added = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Search for a passage to add, then Enter"))
        self.field.setAccessibleName(self.tr("Search for a passage to add"))
        self.field.returnPressed.connect(self._on_entered)
        self._says = PlainLabel("", "quiet", wraps=True)
        self._results = QVBoxLayout()
        self._results.setSpacing(8)
        self._shown: list[QFrame] = []
        self._words = ""
        self.buttons: tuple[QPushButton, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self._says)
        column.addLayout(self._results)
        self._says.hide()

    @property
    def says(self) -> str:
        """Return what is said under the field."""
        return self._says.text()

    def clear(self) -> None:
        """Forget words and results."""
        self.field.clear()
        self.say("")
        self.show_hits((), frozenset())

    def say(self, words: str) -> None:
        """Say something under the field."""
        self._says.show_text(words)

    def show_hits(self, hits: tuple[Hit, ...], given: frozenset[int]) -> None:
        """Show what was found; the ids in `given` are in the evidence already."""
        for frame in self._shown:
            self._results.removeWidget(frame)
            frame.hide()
            frame.deleteLater()
        self._shown, self.buttons = [], ()
        for hit in hits:
            self._add(hit, is_given=hit.passage_id in given)

    def _add(self, hit: Hit, *, is_given: bool) -> None:
        frame = QFrame()
        frame.setObjectName("card")
        name = f"{shown_name(hit.path)} · {page_words(hit.path, hit.page)}"
        button = QPushButton(self.tr("In the evidence") if is_given else self.tr("Add"))
        button.setEnabled(not is_given)
        button.setAccessibleName(self.tr("Add {name}").format(name=name))
        button.setAutoDefault(True)  # Enter presses it
        button.clicked.connect(partial(self._on_added, button, hit))
        text = QuotedText(self._look)
        text.set_text(hit.text, places_of(self._words, hit.text), LINES)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(name, "title", wraps=True), 1)
        head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(text)
        self._results.addWidget(frame)
        above = self.buttons[-1] if self.buttons else self.field
        QWidget.setTabOrder(above, button)  # else they come after all that was there before them
        self._shown.append(frame)
        self.buttons = (*self.buttons, button)

    def _on_added(self, button: QPushButton, hit: Hit) -> None:
        button.setText(self.tr("In the evidence"))
        button.setEnabled(False)
        self.added.emit(hit)

    @Slot()
    def _on_entered(self) -> None:
        words = self.field.text().strip()
        if words:
            self._words = words
            self.say(self.tr("Searching…"))
            self.searched.emit(words)
