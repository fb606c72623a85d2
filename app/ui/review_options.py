"""The line under the question that says whether it is reviewed first, and how much is pinned. Window process."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.ui.sentences import counted


class ReviewOptions(QWidget):
    """Offers to review the next question, in its menu every one, and to let go of what is pinned.

    Signals:
        unpin_pressed: nothing should be pinned any more.
    """

    unpin_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.review = QCheckBox(self.tr("Review first"))
        self.review.setObjectName("quietCheck")
        words = self.tr("Shows the passages and the whole prompt before the model is asked (Ctrl+R)")
        self.review.setToolTip(words)
        self.review.setAccessibleDescription(words)
        self.every = QAction(self.tr("Always review first"), self)
        self.every.setCheckable(True)
        self.every.toggled.connect(self._on_every_toggled)
        self.review.addAction(self.every)
        self.review.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.pins = QPushButton()
        self.pins.setObjectName("chip")
        self.pins.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.pins.clicked.connect(self.unpin_pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.review)
        row.addWidget(self.pins)
        self.pins.hide()

    @property
    def always(self) -> bool:
        """Return whether every question is reviewed first."""
        return self.every.isChecked()

    @property
    def wanted(self) -> bool:
        """Return whether the next question is reviewed first."""
        return self.review.isChecked()

    def set_always(self, *, always: bool) -> None:
        """Review every question first, or only those for which it is wanted."""
        self.every.setChecked(always)

    def settle(self) -> None:
        """Go back to what is so for every question, once one was asked."""
        self.review.setChecked(self.always)

    @Slot(bool)
    def _on_every_toggled(self, always: bool) -> None:
        self.review.setText(self.tr("Always review first") if always else self.tr("Review first"))
        self.review.setChecked(always)

    @Slot(int)
    def show_pins(self, count: int) -> None:
        """Say how many passages are given with every question."""
        words = counted(count, self.tr("1 pinned passage"), self.tr("{n} pinned passages"))
        self.pins.setText(self.tr("{n} pinned").format(n=count) + "  ×")
        self.pins.setToolTip(self.tr("Given with every question of this conversation; press to let go"))
        self.pins.setAccessibleName(self.tr("{words}: press to let go of them").replace("{words}", words))
        self.pins.setVisible(count > 0)
