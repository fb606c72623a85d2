"""Bars that say something in place: what can be undone for ten seconds, and how the engine is. Window process."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel

UNDO_MS = 10_000


class UndoBar(QFrame):
    """Offers to undo for ten seconds.

    Signals:
        undone: the person wants it back.
        expired: the time is over or the bar was closed.
    """

    undone = Signal()
    expired = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("undo")
        self._words = PlainLabel(wraps=True)
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.clicked.connect(self._on_undo_pressed)
        close = IconButton(icons, "x", self.tr("Close"))
        close.clicked.connect(self.expire)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(UNDO_MS)
        self._timer.timeout.connect(self.expire)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.addWidget(self._words, 1)
        row.addWidget(self._undo)
        row.addWidget(close)
        self.hide()

    @property
    def words(self) -> str:
        """Return what can be undone."""
        return self._words.text()

    def offer(self, words: str) -> None:
        """Say what was done, and wait."""
        self._words.setText(words)
        self._timer.start()
        self.show()

    @Slot()
    def expire(self) -> None:
        """Let what was done be final; nothing happens if nothing waits."""
        if not self.isHidden():
            self._timer.stop()
            self.hide()
            self.expired.emit()

    @Slot()
    def _on_undo_pressed(self) -> None:
        self._timer.stop()
        self.hide()
        self.undone.emit()


class NoticeBar(QFrame):
    """Says what the person should know, with at most one thing to do.

    Signals:
        action_pressed: the bar's button was pressed.
    """

    action_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._words = PlainLabel(wraps=True)
        self._action = QPushButton()
        self._action.clicked.connect(self.action_pressed)
        self._action.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        self.hide()

    @property
    def words(self) -> str:
        """Return what is said, "" for nothing."""
        return "" if self.isHidden() else self._words.text()

    def say(self, words: str, action: str = "") -> None:
        """Say something; `action` names the button, "" for none."""
        self._words.setText(words)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.show()
