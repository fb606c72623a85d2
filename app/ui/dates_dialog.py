"""Between which days a document was changed, as a person writes them. Window process."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.core.days import first_moment_ns
from app.core.types import Filters
from app.ui.chosen_filters import day_of, with_days
from app.ui.labels import PlainLabel


class DatesDialog(QDialog):
    """Asks for two days, either of which may be missing.

    Signals:
        chosen: the `Filters` with these days.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = Filters()
        self.setWindowTitle(self.tr("When it was changed"))
        self.setMinimumWidth(360)
        self.after = self._field(self.tr("On or after"), self.tr("2026-03-31, 2026-03 or 2026"))
        self.before = self._field(self.tr("Before"), self.tr("no end"))
        self._trouble = PlainLabel("", "loss", wraps=True)
        self._trouble.hide()
        self.take = QPushButton(self.tr("Search these days"))
        self.take.setObjectName("primary")
        self.take.setDefault(True)
        self.take.clicked.connect(self._on_taken)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(12)
        form.addRow(self.after.accessibleName(), self.after)
        form.addRow(self.before.accessibleName(), self.before)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self._trouble)
        column.addLayout(buttons)

    @property
    def trouble(self) -> str:
        """Return what is wrong with what is written, "" for nothing."""
        return self._trouble.text()

    def ask(self, filters: Filters) -> None:
        """Appear with the days of the filters."""
        self._filters = filters
        self.after.setText("" if filters.after_ns is None else day_of(filters.after_ns))
        self.before.setText("" if filters.before_ns is None else day_of(filters.before_ns))
        self._trouble.show_text("")
        self.open()
        self.after.setFocus()

    @Slot()
    def _on_taken(self) -> None:
        days: list[int | None] = []
        for field in (self.after, self.before):
            word = field.text().strip()
            try:
                days.append(first_moment_ns(word) if word else None)
            except ValueError:
                words = self.tr("{word} is not a day. Write it as 2026-03-31, 2026-03 or 2026.")
                self._trouble.show_text(words.replace("{word}", f"“{word}”"))
                field.setFocus()
                return
        self.chosen.emit(with_days(self._filters, days[0], days[1]))
        self.accept()

    def _field(self, name: str, example: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(example)
        field.setMaxLength(32)
        return field
