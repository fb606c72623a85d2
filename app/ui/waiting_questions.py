"""The questions that wait for the answer in hand, above the question box. Window process."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.messages import Ask
from app.ui.labels import PlainLabel
from app.ui.quiet_link import quiet_link
from app.ui.sentences import counted

SHOWN_MOST = 3  # more would push the conversation out of a low window


@dataclass(frozen=True, slots=True, eq=False)
class WaitingQuestion:
    """A question as it would have been asked when Enter was pressed, and whether it is to be reviewed first."""

    ask: Ask
    is_reviewed: bool


class WaitingQuestions(QWidget):
    """Shows the first in their order, each of which can be taken back, and how many wait behind them.

    Signals:
        taken_back: the words of a question that no longer waits.
    """

    taken_back = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[tuple[WaitingQuestion, WaitingRow]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 8, 16, 0)
        self._column.setSpacing(4)
        self._others = PlainLabel("", "quiet")
        self._column.addWidget(self._others)
        self.hide()

    @property
    def rows(self) -> tuple["WaitingRow", ...]:
        """Return what is shown of each question, the next one first."""
        return tuple(row for _waiting, row in self._waiting[:SHOWN_MOST])

    @property
    def others(self) -> str:
        """Return what is said of the questions that are not shown, "" for none."""
        return self._others.text()

    def add(self, waiting: WaitingQuestion, *, is_first: bool = False) -> None:
        """Let a question wait behind the others, or before them."""
        row = WaitingRow(waiting.ask.question, lambda: self._take_back(waiting))
        at = 0 if is_first else len(self._waiting)
        self._waiting.insert(at, (waiting, row))
        self._column.insertWidget(at, row)
        self._show_rows()

    def next(self) -> WaitingQuestion | None:
        """Take out the question that has waited longest, None for none."""
        if not self._waiting:
            return None
        waiting = self._waiting[0][0]
        self._remove(waiting)
        return waiting

    def take_all_back(self) -> None:
        """Take every question back, the last one first."""
        while self._waiting:
            self._take_back(self._waiting[-1][0])

    def _take_back(self, waiting: WaitingQuestion) -> None:
        self._remove(waiting)
        self.taken_back.emit(waiting.ask.question)

    def _remove(self, gone: WaitingQuestion) -> None:
        row = next(row for waiting, row in self._waiting if waiting is gone)
        self._waiting = [pair for pair in self._waiting if pair[0] is not gone]
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._show_rows()

    def _show_rows(self) -> None:
        for n, (_waiting, row) in enumerate(self._waiting):
            row.setVisible(n < SHOWN_MOST)
        others = max(len(self._waiting) - SHOWN_MOST, 0)
        words = counted(others, self.tr("and 1 more after these"), self.tr("and {n} more after these"))
        self._others.setText(words if others else "")
        self._others.setVisible(others > 0)
        self.setVisible(bool(self._waiting))


class WaitingRow(QWidget):
    """One question in one line."""

    def __init__(self, question: str, take_back: Callable[[], None]) -> None:
        super().__init__()
        self.question = question
        self._words = PlainLabel("", "quiet")
        self._words.setToolTip(question)
        self.back = quiet_link(
            self.tr("Take back"), self.tr("Puts this question back into the box; it is not asked then")
        )
        self.back.clicked.connect(take_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        self._show_words()

    @property
    def words(self) -> str:
        """Return what the line says, as far as there is room."""
        return self._words.text()

    def minimumSizeHint(self) -> QSize:
        """Be no wider than the box below, however long the question."""
        return QSize(80, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the question to the room there is."""
        super().resizeEvent(event)
        self._show_words()

    def _show_words(self) -> None:
        room = max(self.width() - self.back.sizeHint().width() - 12, 40)
        line = self.tr("Asked next: {question}").replace("{question}", " ".join(self.question.split()))
        self._words.setText(QFontMetrics(self._words.font()).elidedText(line, Qt.TextElideMode.ElideRight, room))
