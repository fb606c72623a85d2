"""The conversation: its turns one under the other like pages, or an empty state that teaches. Window process."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.answer_view import AnswerView
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel
from app.ui.theme import Look, following_look
from app.ui.turn_view import TurnView

SIDE_PX = 32
AT_END_PX = 24
TITLE_ROOM_PX = 252  # the header beside the title: five buttons and what is between


class ConversationView(QWidget):
    """Shows turns in a column of a book's measure; follows what grows only while it is read at the end.

    Signals:
        content_moved: turns may stand elsewhere now, or have another height.
        conversation_wanted: a new conversation was asked for.
        conversations_wanted: the kept ones were asked for.
        margin_toggled: the margin's fold was pressed.
        look_pressed: the light and dark button was pressed.
        help_pressed: the help button was pressed.
    """

    content_moved = Signal()
    conversation_wanted = Signal()
    conversations_wanted = Signal()
    margin_toggled = Signal()
    look_pressed = Signal()
    help_pressed = Signal()

    def __init__(self, look: Look, icons: Icons, teaching: QWidget, parent: QWidget | None = None) -> None:
        """Take the widget that is shown while there is no turn."""
        super().__init__(parent)
        self._look = look
        self._turns: list[TurnView] = []
        self._following = True
        self._name = ""
        self._title = PlainLabel("", "title")
        self._column = QVBoxLayout()
        self._holder = QWidget()
        self._scroll = QScrollArea()
        self._stack = QStackedWidget()
        self._teaching_scroll = QScrollArea()
        self._teaching_scroll.setWidget(teaching)
        self._teaching_scroll.setWidgetResizable(True)
        self._teaching_scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._lay_out(icons)
        look.chosen.connect(self._name_look)
        bar = self._scroll.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)

    @property
    def turns(self) -> tuple[TurnView, ...]:
        """Return the turns shown, oldest first."""
        return tuple(self._turns)

    @property
    def is_empty(self) -> bool:
        """Return whether the empty state is shown."""
        return not self._turns

    @property
    def bar(self) -> QScrollBar:
        """Return the scroll bar."""
        return self._scroll.verticalScrollBar()

    @property
    def content_height(self) -> int:
        """Return the height of all turns, or of the view if that is more."""
        return self._holder.height()

    @property
    def view_height(self) -> int:
        """Return the height of what is in sight."""
        return self._scroll.viewport().height()

    def top_of(self, part: QWidget) -> int:
        """Return where a turn or a part of it begins in the content."""
        return part.mapTo(self._holder, QPoint(0, 0)).y()

    def turn_in_sight(self, preferred: TurnView | None) -> TurnView | None:
        """Return the preferred turn while enough of it is in sight, else the first such, or the one most in sight."""
        first, last = self.bar.value(), self.bar.value() + self.view_height
        seen = {turn: min(turn.y() + turn.height(), last) - max(turn.y(), first) for turn in self._turns}
        enough = [turn for turn in self._turns if seen[turn] >= min(turn.height(), self.view_height // 3)]
        if preferred in enough:
            return preferred
        return enough[0] if enough else max(seen, key=lambda turn: seen[turn], default=None)

    def add_turn(self, question: str) -> TurnView:
        """Add a question at the end and go there."""
        turn = TurnView(self._look, question)
        self._column.insertWidget(len(self._turns), turn)
        self._turns.append(turn)
        self._show_title()
        self._following = True
        self._stack.setCurrentWidget(self._scroll)
        return turn

    def set_name(self, name: str) -> None:
        """Name the conversation, "" for by its first question."""
        self._name = name
        self._show_title()

    def clear(self) -> None:
        """Start anew with no turns."""
        for turn in self._turns:
            turn.hide()
            turn.deleteLater()
        self._turns = []
        self._show_title()
        self._stack.setCurrentWidget(self._teaching_scroll)

    @Slot(bool)
    def show_margin_state(self, shown: bool) -> None:
        """Name the margin's button for what it does now."""
        self._margin_button.set_name(self.tr("Fold the margin") if shown else self.tr("Show the margin"))

    @Slot()
    def _name_look(self) -> None:
        """Name the look's button for the look that is, and the one that comes."""
        named = {"system": self.tr("as the system"), "light": self.tr("light"), "dark": self.tr("dark")}
        words = self.tr("Look: {now} (press for {following})")
        following = named[following_look(self._look.choice)]
        self._look_button.set_name(words.format(now=named[self._look.choice], following=following))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the column's measure when the pane changes its width, and tell what moves."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.content_moved.emit()
        if watched is self._scroll.viewport() and event.type() == QEvent.Type.Resize:
            self._set_measure()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the title to the room there is."""
        super().resizeEvent(event)
        self._show_title()

    def _show_title(self) -> None:
        """Name the conversation, by its first question once that may be out of sight."""
        first = self._turns[0].question.split("\n")[0] if self._turns else ""
        own = self._name if self._name != first else ""
        title = own or (first if len(self._turns) > 1 else "")
        room = max(self.width() - TITLE_ROOM_PX, 40)
        metrics = QFontMetrics(self._title.font())
        self._title.setText(metrics.elidedText(title, Qt.TextElideMode.ElideRight, room))

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        self._following = value >= self._scroll.verticalScrollBar().maximum() - AT_END_PX

    @Slot(int, int)
    def _on_range_changed(self, _minimum: int, maximum: int) -> None:
        if self._following:
            self._scroll.verticalScrollBar().setValue(maximum)

    def _set_measure(self) -> None:
        """Keep the column above the question's box, with or without a scroll bar beside it."""
        bar = self.width() - self._scroll.viewport().width()
        side = max((self.width() - AnswerView.measure_px(self.font())) // 2, SIDE_PX)
        self._holder_layout.setContentsMargins(side, 24, side - bar, 24)

    def _lay_out(self, icons: Icons) -> None:
        self._column.setSpacing(48)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._holder_layout = QVBoxLayout(self._holder)
        self._holder_layout.addLayout(self._column)
        self._holder_layout.addStretch(1)
        self._scroll.setWidget(self._holder)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().installEventFilter(self)
        self._holder.installEventFilter(self)
        self._teaching_scroll.setAccessibleName(self.tr("Next step"))
        self._stack.addWidget(self._teaching_scroll)
        self._stack.addWidget(self._scroll)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header(icons))
        outer.addWidget(self._stack, 1)

    def _header(self, icons: Icons) -> QFrame:
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(SIDE_PX, 0, 8, 0)
        row.setSpacing(4)
        buttons = (
            ("note-pencil", self.tr("New conversation (Ctrl+N)"), self.conversation_wanted),
            ("clock", self.tr("Conversations (Ctrl+H)"), self.conversations_wanted),
            ("circle-half", "", self.look_pressed),
            ("question", self.tr("All keys (?)"), self.help_pressed),
            ("sidebar-simple", "", self.margin_toggled),
        )
        made: list[IconButton] = []
        for icon, name, signal in buttons:
            button = IconButton(icons, icon, name)
            button.clicked.connect(signal)
            made.append(button)
        _, _, self._look_button, _, self._margin_button = made
        self._margin_button.set_mirrored()
        self._name_look()
        self.show_margin_state(True)
        row.addWidget(self._title, 1)
        for button in made:
            row.addWidget(button)
        return header


def under_the_answer(parts: tuple[QWidget, ...]) -> QWidget:
    """Return what stands under the conversation, one under the other, in the measure of its answers."""
    inside = QWidget()
    inside.setMaximumWidth(AnswerView.measure_px(inside.font()) + 2 * SIDE_PX)
    column = QVBoxLayout(inside)
    column.setContentsMargins(SIDE_PX, 0, SIDE_PX, 8)
    for part in parts:
        column.addWidget(part)
    holder = QWidget()
    holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(inside, 1000)
    row.addStretch(1)
    return holder
