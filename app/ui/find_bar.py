"""The field under a page's bar in which words are typed that are to be found in the document. Window process."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel

TYPED_MS = 180  # a pause in typing


class FindBar(QFrame):
    """Shows what is looked for, and the how-manieth of how many places is shown.

    Signals:
        wanted: the words, once the person pauses.
        stepped: +1 for the next place, -1 for the one before.
        closed: the person has found enough.
    """

    wanted = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this document"))
        self.field.setAccessibleName(self.tr("Find in this document"))
        self.field.setClearButtonEnabled(False)
        self.field.textChanged.connect(self._on_text_changed)
        self._count = PlainLabel("", "quiet")
        self._count.setMinimumWidth(80)
        self.before = IconButton(icons, "caret-up", self.tr("Previous place (Shift+Enter)"))
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after = IconButton(icons, "caret-down", self.tr("Next place (Enter)"))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        close = IconButton(icons, "x", self.tr("Close the search (Esc)"))
        close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addSpacing(4)
        for part in (self._count, self.before, self.after, close):
            row.addWidget(part)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPED_MS)
        self._typing.timeout.connect(self.search_now)
        self.hide()

    @property
    def count_words(self) -> str:
        """Return what is said of the number of places."""
        return self._count.text()

    def open(self, words: str) -> None:
        """Appear with the keyboard, and with these words if there are any."""
        self.show()
        if words and words != self.field.text():
            self.field.setText(words)
        elif self.field.text():
            self.search_now()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def say(self, words: str, *, can_step: bool) -> None:
        """Say how many places there are."""
        self._count.setText(words)
        self.field.setAccessibleDescription(words)
        self.before.setEnabled(can_step)
        self.after.setEnabled(can_step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on with Enter, back with Shift and Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._typing.isActive():
                self.search_now()
            else:
                self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self.say("…" if text.strip() else "", can_step=False)
        self._typing.start()

    @Slot()
    def search_now(self) -> None:
        """Tell what is wanted without waiting for a pause."""
        self._typing.stop()
        self.wanted.emit(self.field.text())
