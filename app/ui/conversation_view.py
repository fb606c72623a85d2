"""The conversation: its turns one under the other like pages, or an empty state that teaches. Window process."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.ui.answer_view import AnswerView
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel
from app.ui.theme import Look
from app.ui.turn_view import TurnView

SIDE_PX = 32
AT_END_PX = 24
TITLE_ROOM_PX = 232


class ConversationView(QWidget):
    """Shows turns in a column of a book's measure; follows what grows only while it is read at the end.

    Signals:
        conversation_wanted: a new conversation was asked for.
        library_toggled: the library's fold was pressed.
        margin_toggled: the margin's fold was pressed.
        look_pressed: the light and dark button was pressed.
        help_pressed: the help button was pressed.
    """

    conversation_wanted = Signal()
    library_toggled = Signal()
    margin_toggled = Signal()
    look_pressed = Signal()
    help_pressed = Signal()

    def __init__(self, look: Look, icons: Icons, teaching: QWidget, parent: QWidget | None = None) -> None:
        """Take the widget that is shown while there is no turn."""
        super().__init__(parent)
        self._look = look
        self._turns: list[TurnView] = []
        self._following = True
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

    def add_turn(self, question: str) -> TurnView:
        """Add a question at the end and go there."""
        turn = TurnView(self._look, question)
        self._column.insertWidget(len(self._turns), turn)
        self._turns.append(turn)
        self._show_title()
        self._following = True
        self._stack.setCurrentWidget(self._scroll)
        return turn

    def clear(self) -> None:
        """Start anew with no turns."""
        for turn in self._turns:
            turn.hide()
            turn.deleteLater()
        self._turns = []
        self._show_title()
        self._stack.setCurrentWidget(self._teaching_scroll)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the column's measure when the pane changes its width."""
        if watched is self._scroll.viewport() and event.type() == QEvent.Type.Resize:
            self._set_measure()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the title to the room there is."""
        super().resizeEvent(event)
        self._show_title()

    def _show_title(self) -> None:
        """Name the conversation by its first question, once that may be out of sight."""
        title = self._turns[0].question.split("\n")[0] if len(self._turns) > 1 else ""
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
        width = self._scroll.viewport().width()
        side = max((width - AnswerView.measure_px(self.font())) // 2, SIDE_PX)
        self._holder_layout.setContentsMargins(side, 24, side, 24)

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
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        buttons = (
            (icons, "sidebar-simple", self.tr("Show or fold the library (Ctrl+L)"), self.library_toggled),
            (icons, "note-pencil", self.tr("New conversation (Ctrl+N)"), self.conversation_wanted),
            (icons, "circle-half", self.tr("Light, dark or as the system"), self.look_pressed),
            (icons, "question", self.tr("All keys (?)"), self.help_pressed),
            (icons, "sidebar-simple", self.tr("Show or fold the margin"), self.margin_toggled),
        )
        made: list[IconButton] = []
        for icon_set, icon, name, signal in buttons:
            button = IconButton(icon_set, icon, name)
            button.clicked.connect(signal)
            made.append(button)
        made[-1].set_mirrored()
        row.addWidget(made[0])
        row.addWidget(self._title, 1)
        for button in made[1:]:
            row.addWidget(button)
        return header
