"""Says that indexing goes slower on the battery, and lets the person choose otherwise. Window process."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.core.messages import StatusChanged
from app.core.power_messages import BatteryPace
from app.ui.labels import PlainLabel


class BatteryNote(QWidget):
    """A line that is there only while something is indexed on battery.

    Signals:
        spare_wanted: whether the battery is to be spared from now on.
    """

    spare_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = PlainLabel("", "quiet")
        self._choice = QPushButton()
        self._choice.setObjectName("quietLink")
        self._choice.clicked.connect(lambda: self.spare_wanted.emit(not self._is_slower))
        self._is_slower = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._words)
        row.addWidget(self._choice)
        row.addStretch(1)
        self.hide()

    @property
    def words(self) -> str:
        """Return what is said, "" while nothing is."""
        return "" if self.isHidden() else self._words.text()

    @property
    def choice(self) -> QPushButton:
        """Return the button that chooses the other pace."""
        return self._choice

    def show_status(self, changed: StatusChanged) -> None:
        """Show how fast indexing goes, if it does and the battery has a say in it."""
        self._is_slower = changed.pace is BatteryPace.UNHURRIED
        self._words.show_text(self.tr("Slower on battery") if self._is_slower else self.tr("Full speed on battery"))
        self._choice.setText(self.tr("Full speed") if self._is_slower else self.tr("Slower"))
        self._choice.setAccessibleDescription(self._words.text())
        self.setVisible(changed.indexing and not changed.waiting_for and changed.pace is not BatteryPace.FULL)
