"""What stands in the conversation before the first question: what to do next, and nothing more. Window process."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.answer_view import AnswerView
from app.ui.labels import PlainLabel
from app.ui.model_shelf import ModelShelf
from app.ui.rows import row_of
from app.ui.sentences import counted

SIDE_PX = 32


class TeachingView(QWidget):
    """Teaches the next step: a folder, a model, or a question.

    Signals:
        folder_choice_pressed: the person wants to choose a folder.
        samples_pressed: the person wants to try the sample library.
    """

    folder_choice_pressed = Signal()
    samples_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel("", "large", wraps=True)
        self._text = PlainLabel("", "body", wraps=True)
        self._choose = QPushButton(self.tr("Choose a folder"))
        self._choose.setObjectName("primary")
        self._choose.clicked.connect(self.folder_choice_pressed)
        self._samples = QPushButton(self.tr("Try the sample library"))
        self._samples.clicked.connect(self.samples_pressed)
        self.shelf = ModelShelf()
        self._lay_out()
        self.show_starting()

    @property
    def title(self) -> str:
        """Return what is taught."""
        return self._title.text()

    def show_starting(self) -> None:
        """Say that the library is being opened."""
        self._show(self.tr("Opening the library…"), "")

    def show_closed(self) -> None:
        """Say that no library is open; why, and what to do, a notice says."""
        self._show(self.tr("The library is not open"), "")

    def show_no_folder(self, *, samples: bool) -> None:
        """Teach to drop a folder."""
        self._show(
            self.tr("Drop a folder here."),
            self.tr(
                "Margent reads what is in it – PDF, Word, text, Markdown, web pages – and keeps up when it changes. "
                "Then ask, and see beside each answer the passages that it rests on.\n\nNothing leaves this computer."
            ),
        )
        self._choose.show()
        self._samples.setVisible(samples)

    def show_no_model(self, *, search_works: bool) -> None:
        """Teach to get a model, with the shelf in place."""
        if search_works:
            text = self.tr(
                "Passages can be found already. To have answers written, get a model that writes, or add a GGUF file "
                "of your own. It runs on this computer."
            )
        else:
            text = self.tr(
                "Two small models find passages, a larger one writes answers. They run on this computer; getting them "
                "is the only time that Margent uses the network, and only when you press the button."
            )
        self._show(self.tr("Get a model"), text)
        self.shelf.show()

    def show_ready(self, documents: int) -> None:
        """Teach to ask."""
        ready = counted(documents, self.tr("One document is ready."), self.tr("{n} documents are ready."))
        if not documents:
            ready = self.tr("Your documents are being read; you can ask at once.")
        self._show(
            self.tr("Ask your documents"),
            self.tr("{ready} The answer stands here, with marks like footnotes; its sources stand beside it.").format(
                ready=ready
            ),
        )

    def _show(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        for part in (self._choose, self._samples, self.shelf):
            part.hide()

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(AnswerView.measure_px(self.font()) + 2 * SIDE_PX)
        column = QVBoxLayout(middle)
        column.setContentsMargins(SIDE_PX, 48, SIDE_PX, 24)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(4)
        column.addLayout(row_of(self._choose, self._samples))
        column.addWidget(self.shelf)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 1000)
        row.addStretch(1)
