"""The model shelf in a window of its own, and how long answers may take to begin. Window process."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.ui.focus_in_sight import FocusInSight
from app.ui.labels import PlainLabel
from app.ui.model_shelf import ModelShelf
from app.ui.sizing import size_within_screen
from app.ui.waiting_choice import WaitingChoice


class ModelsDialog(QDialog):
    """Shows the shelf; everything else goes on meanwhile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self.setModal(False)
        size_within_screen(self, 640, 640)
        self.shelf = ModelShelf()
        self.waiting = WaitingChoice()
        title = PlainLabel(self.tr("Models"), "heading")
        words = self.tr(
            "Models run on this computer. A larger one writes better answers, more slowly. Any GGUF file works."
        )
        says = PlainLabel(words, "quiet", wraps=True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for part in (title, says, self.waiting, self.shelf):
            column.addWidget(part)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(self.tr("Models"))
        FocusInSight(scroll)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
