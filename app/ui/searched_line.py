"""What was really searched for, above an answer, for the person to say it better. Window process."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.ui.labels import PlainLabel


class SearchedLine(QWidget):
    """Shows a follow-up as it was made standalone; editing it asks again with the new wording.

    Signals:
        reworded: the wording to search for instead.
    """

    reworded = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._searched = ""
        self._words = PlainLabel("", "quiet", wraps=True, selectable=True)
        self.edit = QPushButton(self.tr("Edit"))
        self.edit.setObjectName("quietLink")
        self.edit.setAccessibleName(self.tr("Edit what was searched for, and ask again"))
        self.edit.setToolTip(self.tr("Say it in other words and ask again"))
        self.edit.clicked.connect(self._on_edit_pressed)
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Search for"))
        self.field.setToolTip(self.tr("Enter asks again with these words, Esc leaves it as it was"))
        self.field.returnPressed.connect(self._on_entered)
        self.field.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self.field, 1)
        row.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignTop)
        self.field.hide()
        self.hide()

    @property
    def words(self) -> str:
        """Return what is said, "" for nothing."""
        return "" if self.isHidden() else self._words.text()

    def show_searched(self, searched: str) -> None:
        """Show what was searched for where it is not the question itself, nothing for ""."""
        self._searched = searched
        self._words.setText(self.tr("Searched for: {words}").replace("{words}", searched))
        self.setVisible(bool(searched))

    def show_new_topic(self, searched: str) -> None:
        """Say that the question was taken by itself, and let it be said so that it goes on with what was before."""
        self._searched = searched
        self._words.setText(self.tr("Taken as a new topic: the conversation before it was left out."))
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wording as it was on Esc, before the window takes the key."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self._show_field(shown=False)
                self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _on_edit_pressed(self) -> None:
        self.field.setText(self._searched)
        self._show_field(shown=True)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_entered(self) -> None:
        words = self.field.text().strip()
        self._show_field(shown=False)
        if words and words != self._searched:
            self.reworded.emit(words)

    def _show_field(self, *, shown: bool) -> None:
        self.field.setVisible(shown)
        self._words.setVisible(not shown)
        self.edit.setVisible(not shown)
