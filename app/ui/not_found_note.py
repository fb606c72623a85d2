"""What is said where the documents do not hold an answer: searched, near, and not readable. Window process."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.core.types import Answer, DocumentRow, Hit
from app.core.unmet import unsaid
from app.ui.flow_row import FlowRow
from app.ui.labels import PlainLabel
from app.ui.sentences import counted, page_words, short_state, shown_name

NEAREST = 3


class NotFoundNote(QWidget):
    """Says what was searched, which passages are nearest, and which files may hold the answer unread.

    Signals:
        source_wanted: the evidence number of a passage that is near.
        document_wanted: the id of a file that could not be read.
    """

    source_wanted = Signal(int)
    document_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._searched = PlainLabel("", "body", wraps=True, selectable=True)
        self._near_title = PlainLabel("", "quiet", wraps=True)
        self._near = FlowRow(8)
        self._unread_title = PlainLabel(self.tr("Could not be read, and may hold it"), "quiet", wraps=True)
        self._unread = FlowRow(8)
        self.near_links: tuple[QPushButton, ...] = ()
        self.unread_links: tuple[QPushButton, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self._searched, self._near_title, self._near, self._unread_title, self._unread):
            column.addWidget(part)
        self.hide()

    @property
    def words(self) -> str:
        """Return what is said of the search, "" where nothing is said."""
        return "" if self.isHidden() else self._searched.text()

    def show_answer(self, answer: Answer, question: str, only: str) -> None:
        """Show what came of a question that found no answer; `only` is what the search was kept to, "" for nothing."""
        searched = answer.searched or question
        covered = answer.coverage.ready if answer.coverage else 0
        where = counted(covered, self.tr("1 document was searched"), self.tr("{n} documents were searched"))
        if only:
            where = self.tr("Only a part was searched ({only})").replace("{only}", only)
        words = self.tr("{where} for “{words}”.").replace("{where}", where).replace("{words}", searched)
        self._searched.setText(self._nothing_read(answer) or words + self._unsaid(searched, answer.evidence))
        doubtful = self.tr("The nearest passages, which do not seem to hold it")
        self._near_title.setText(self.tr("The nearest passages") if answer.ended == "nothing" else doubtful)
        self.near_links = tuple(self._passage(n, hit) for n, hit in enumerate(answer.evidence[:NEAREST], start=1))
        self.unread_links = tuple(self._file(row) for row in answer.unread)
        for title, row, links in (
            (self._near_title, self._near, self.near_links),
            (self._unread_title, self._unread, self.unread_links),
        ):
            row.show_widgets(links)
            row.setVisible(bool(links))
            title.setVisible(bool(links))
        self.show()

    def _nothing_read(self, answer: Answer) -> str:
        if answer.coverage is None or answer.coverage.ready:
            return ""
        if answer.coverage.queued:
            return self.tr("Nothing is read yet: the files still wait for it. Ask again in a while.")
        return self.tr("There was nothing to search: no file of the library could be read.")

    def _unsaid(self, searched: str, near: tuple[Hit, ...]) -> str:
        words = unsaid(searched, near) if near else ()
        named = ", ".join(self.tr("“{word}”").replace("{word}", word) for word in words)
        return " " + self.tr("None of the nearest passages says {words}.").replace("{words}", named) if named else ""

    def _passage(self, n: int, hit: Hit) -> QPushButton:
        words = f"{n}  {shown_name(hit.path)} · {page_words(hit.path, hit.page)}"
        chip = _chip(words, self.tr("Opens its page"))
        chip.clicked.connect(partial(self.source_wanted.emit, n))
        return chip

    def _file(self, row: DocumentRow) -> QPushButton:
        pages = counted(row.pages_without_text, self.tr("1 page without text"), self.tr("{n} pages without text"))
        state = short_state(row) or pages
        chip = _chip(f"{shown_name(row.path)} · {state}", self.tr("Shows it in the library, with the reason"))
        chip.clicked.connect(partial(self.document_wanted.emit, row.id))
        return chip


def _chip(words: str, says: str) -> QPushButton:
    chip = QPushButton(words.replace("&", "&&"))
    chip.setObjectName("chip")
    chip.setToolTip(says)
    chip.setAccessibleDescription(says)
    chip.setCursor(Qt.CursorShape.PointingHandCursor)
    return chip
