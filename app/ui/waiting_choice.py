"""How long a person waits for the first word of an answer. Window process."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSpinBox, QVBoxLayout, QWidget

from app.ui.labels import PlainLabel
from app.ui.rows import row_of

SECONDS_MOST = 600


class WaitingChoice(QWidget):
    """Takes the seconds within which the first word should come; 0 is any time.

    Signals:
        seconds_changed: the seconds.
    """

    seconds_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QSpinBox()
        self.field.setMinimumWidth(88)
        self.field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.field.setRange(0, SECONDS_MOST)
        self.field.setSuffix(self.tr(" s"))
        self.field.setSpecialValueText(self.tr("any time"))
        self.field.setAccessibleName(self.tr("First word of an answer within"))
        self.field.lineEdit().setAccessibleName(self.field.accessibleName())
        self.field.valueChanged.connect(self.seconds_changed)
        says = self.tr("A slow computer is given fewer passages, so that its answer begins within this time.")
        self.field.setAccessibleDescription(says)
        name = QLabel(self.tr("&First word of an answer within"))
        name.setBuddy(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row_of(name, self.field))
        column.addWidget(PlainLabel(says, "quiet", wraps=True))

    @property
    def seconds(self) -> int:
        """Return the seconds that are chosen, 0 for any time."""
        return self.field.value()

    def set_seconds(self, seconds: int) -> None:
        """Choose the seconds, at most those that can be chosen."""
        self.field.setValue(seconds)
