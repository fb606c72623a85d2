"""The bar under an opened page: the way to the passages before and after, and why they were used. Window process."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget


class PageFooter(QFrame):
    """Steps from passage to passage.

    Signals:
        passage_stepped: +1 for the next passage, -1 for the previous one.
        why_pressed: the person asks why a passage was used or not.
        add_pressed: what is marked on the page should come into the evidence.
    """

    passage_stepped = Signal(int)
    why_pressed = Signal()
    add_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self.previous = QPushButton(self.tr("‹ previous passage"))
        self.previous.setToolTip(self.tr("The answer's passage before this one (Alt+Left)"))
        self.next = QPushButton(self.tr("next passage ›"))
        self.next.setToolTip(self.tr("The answer's next passage (Alt+Right)"))
        self.why = QPushButton(self.tr("Why?"))
        self.why.setToolTip(self.tr("Why the passages of this page were used for the last question, or not (Ctrl+Y)"))
        self.add = QPushButton()
        self.add.setToolTip(self.tr("Gives what is marked on the page to the model too (Ctrl+E)"))
        self.say_of_adding("")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        for button in (self.previous, self.why, self.add, self.next):
            button.setObjectName("link")
            button.setAccessibleDescription(button.toolTip())
            row.addWidget(button)
        row.insertStretch(1, 1)
        row.insertStretch(4, 1)
        self.previous.clicked.connect(lambda: self.passage_stepped.emit(-1))
        self.next.clicked.connect(lambda: self.passage_stepped.emit(1))
        self.why.clicked.connect(self.why_pressed)
        self.add.clicked.connect(self.add_pressed)

    def say_of_adding(self, words: str) -> None:
        """Say what adding to the evidence does or did, "" to offer it."""
        self.add.setText(words or self.tr("Add to the evidence"))
