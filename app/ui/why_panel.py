"""A small panel that says why: plain words, and the rank and score at each step. Window process."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.core.types import Scores
from app.ui.labels import PlainLabel
from app.ui.why_words import step_rows

EDGE_PX = 8


class WhyPanel(QFrame):
    """Shows what became of a passage."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("why")
        self._words = PlainLabel("", "", wraps=True, selectable=True)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._cells: list[tuple[PlainLabel, PlainLabel, PlainLabel]] = []
        self._add_line(self.tr("Step"), self.tr("Rank"), self.tr("Score"))
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_PX, EDGE_PX, EDGE_PX, EDGE_PX)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addLayout(self._grid)

    @property
    def words(self) -> str:
        """Return what is said in plain words."""
        return self._words.text()

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """Return the steps with ranks and scores as they are shown."""
        return tuple((step.text(), rank.text(), score.text()) for step, rank, score in self._cells[1:])

    def show_figures(self, shown: bool) -> None:
        """Show the figures under the words, or the words alone."""
        for line in self._cells:
            for cell in line:
                cell.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the words the height of their lines: cards are placed by the sizes that they ask for."""
        super().resizeEvent(event)
        self._fit()

    def show_why(self, words: str, scores: Scores) -> None:
        """Show plain words over the figures of each step."""
        self._words.setText(words)
        self._fit()
        rows = step_rows(scores)
        while len(self._cells) <= len(rows):
            self._add_line("", "", "")
        for row, (step, rank, score) in zip(rows, self._cells[1:], strict=True):
            step.setText(row.step)
            rank.setText(row.rank)
            score.setText(row.score)
        self.setAccessibleName(words)
        told = (f"{row.step}: {self.tr('rank')} {row.rank}, {self.tr('score')} {row.score}" for row in rows)
        self.setAccessibleDescription("; ".join(told))

    def _fit(self) -> None:
        self._words.setFixedHeight(max(self._words.heightForWidth(max(self.width() - 2 * EDGE_PX - 2, 80)), 0))

    def _add_line(self, step: str, rank: str, score: str) -> None:
        cells = (PlainLabel(step, "quiet"), PlainLabel(rank, "quiet"), PlainLabel(score, "quiet"))
        for place, cell in enumerate(cells):
            right = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(cell, len(self._cells), place, right)
        self._cells.append(cells)
