"""The bar under an opened page: the way to the passages before and after, and why they were used. Window process."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget


class PageFooter(QFrame):
    """Steps from passage to passage.

    Signals:
        passage_stepped: +1 for the next passage, -1 for the previous one.
        why_pressed: the person asks why a passage was used or not.
    """

    passage_stepped = Signal(int)
    why_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self.previous = QPushButton(self.tr("‹ previous passage"))
        self.previous.setToolTip(self.tr("The answer's passage before this one (Alt+Left)"))
        self.next = QPushButton(self.tr("next passage ›"))
        self.next.setToolTip(self.tr("The answer's next passage (Alt+Right)"))
        self.why = QPushButton(self.tr("Why?"))
        self.why.setToolTip(self.tr("Why the passages of this page were used for the last question, or not (Ctrl+Y)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        for button in (self.previous, self.why, self.next):
            button.setObjectName("link")
            button.setAccessibleDescription(button.toolTip())
            row.addWidget(button)
        row.insertStretch(1, 1)
        row.insertStretch(3, 1)
        self.previous.clicked.connect(lambda: self.passage_stepped.emit(-1))
        self.next.clicked.connect(lambda: self.passage_stepped.emit(1))
        self.why.clicked.connect(self.why_pressed)
