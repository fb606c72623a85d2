"""Bars that say something in place: what can be undone for ten seconds, and what to know. Window process."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel

UNDO_MS = 10_000
NOTICES_SHOWN = 3


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

    def hand_over(self, other: "UndoBar") -> None:
        """Let another bar offer what this one does, for ten seconds more; nothing happens if nothing waits."""
        if not self.isHidden():
            self._timer.stop()
            self.hide()
            other.offer(self.words)

    @Slot()
    def _on_undo_pressed(self) -> None:
        self._timer.stop()
        self.hide()
        self.undone.emit()


class NoticeBar(QFrame):
    """One notice, with at most one thing to do, until it is closed.

    Signals:
        action_pressed: the bar's button was pressed.
        closed: the person has read it.
    """

    action_pressed = Signal()
    closed = Signal()

    def __init__(self, icons: Icons, words: str, action: str, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.words = words
        self.topic = topic
        self.action = QPushButton(action)
        self.action.clicked.connect(self.action_pressed)
        self.close_button = IconButton(icons, "x", self.tr("Close this notice"))
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(PlainLabel(words, wraps=True, selectable=True), 1)
        row.addWidget(self.action)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.action.setVisible(bool(action))

    @property
    def has_keyboard(self) -> bool:
        """Return whether one of its buttons has the focus."""
        return self.action.hasFocus() or self.close_button.hasFocus()


class Notices(QWidget):
    """What the person should know, one notice under the other, the oldest first; more than fit wait their turn.

    Signals:
        action_pressed: the button of a notice was pressed; the notice is gone.
        left: a notice that had the keyboard is gone.
    """

    action_pressed = Signal()
    left = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._bars: list[NoticeBar] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    @property
    def bars(self) -> tuple[NoticeBar, ...]:
        """Return the notices, oldest first, those that wait too."""
        return tuple(self._bars)

    @property
    def words(self) -> str:
        """Return what is said in all of them, a line for each."""
        return "\n".join(bar.words for bar in self._bars)

    def say(self, words: str, action: str = "", topic: str = "") -> None:
        """Say something, once; `action` names the button, "" for none.

        A notice replaces those of its topic, and the same words without one; without a topic it stays until it is
        closed.
        """
        if any((bar.words, bar.action.text(), bar.topic) == (words, action, topic) for bar in self._bars):
            return
        for bar in [bar for bar in self._bars if bar.words == words or (topic and bar.topic == topic)]:
            self._remove(bar)
        bar = NoticeBar(self._icons, words, action, topic)
        bar.action_pressed.connect(partial(self._on_action_pressed, bar))
        bar.closed.connect(partial(self._remove, bar))
        self._bars.append(bar)
        self._column.addWidget(bar)
        self._show_first()

    def withdraw(self, topic: str) -> None:
        """Take back what was said about a topic, because it is so no more."""
        for bar in [bar for bar in self._bars if topic and bar.topic == topic]:
            self._remove(bar)

    def escape(self) -> bool:
        """Close the notice that has the keyboard; return whether one had it."""
        held = next((bar for bar in self._bars if bar.has_keyboard), None)
        if held is not None:
            self._remove(held)
        return held is not None

    def _on_action_pressed(self, bar: NoticeBar) -> None:
        self._remove(bar)
        self.action_pressed.emit()

    def _remove(self, bar: NoticeBar) -> None:
        had_keyboard = bar.has_keyboard
        self._bars.remove(bar)
        self._column.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        self._show_first()
        if had_keyboard:
            self.left.emit()

    def _show_first(self) -> None:
        for i, bar in enumerate(self._bars):
            bar.setVisible(i < NOTICES_SHOWN)
        self.setVisible(bool(self._bars))
