"""The question box: where a person asks, and stops the answer. Window process."""

import re

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPalette, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from app.ui.icons import IconButton, Icons
from app.ui.tab_order import chain

LINES_MOST = 6
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


def shorter_names(words: str) -> tuple[str, ...]:
    """Return a line that names a model, and what may stand for it in less room: first without how it was quantised."""
    without_brackets = _IN_BRACKETS.sub("", words)
    return words, without_brackets, without_brackets.partition(" · ")[0]


class QuestionBox(QWidget):
    """Takes a question; its one button asks, and stops while an answer is written. The text's menu has its actions too.

    Signals:
        question_asked: the question, without white space around it.
        stop_pressed: the answer in hand should end.
        model_pressed: the line that names the model was pressed.
    """

    question_asked = Signal(str)
    stop_pressed = Signal()
    model_pressed = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answering = False
        self._model_words = ""
        self._text = QTextEdit()
        self._text.setAcceptRichText(False)
        self._text.setAcceptDrops(False)
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText(self.tr("Ask your documents"))
        self._text.setAccessibleName(self.tr("Question"))
        self._text.installEventFilter(self)
        self._text.textChanged.connect(self._on_text_changed)
        self._text.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._text.customContextMenuRequested.connect(self._on_menu_wanted)
        self._button = IconButton(icons, "arrow-up", self.tr("Ask (Enter)"))
        self._button.setObjectName("send")
        self._button.clicked.connect(self._on_pressed)
        self._model = QPushButton()
        self._model.setObjectName("quietLink")
        self._model.setAccessibleDescription(self.tr("Opens the model shelf"))
        self._model.clicked.connect(self.model_pressed)
        self._frame = QFrame()
        self._frame.setObjectName("ask")
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._on_text_changed()

    @property
    def text(self) -> str:
        """Return what is written, without white space around it."""
        return self._text.toPlainText().strip()

    @property
    def model_words(self) -> str:
        """Return the line that names the model."""
        return self._model_words

    @property
    def text_edit(self) -> QTextEdit:
        """Return where the question is written."""
        return self._text

    def put_below(self, row: QWidget, beside_model: QWidget) -> None:
        """Stand a row under the question, and a widget in the line that names the model."""
        inset = QHBoxLayout()
        inset.setContentsMargins(16, 2, 16, 0)
        inset.addWidget(row)
        self._rows.insertLayout(1, inset)
        self._below.insertWidget(0, beside_model)
        self._set_tab_order()

    def put_beside(self, widget: QWidget) -> None:
        """Stand a widget in the line that names the model, after those that are there."""
        self._below.insertWidget(self._below.count() - 2, widget)
        widget.installEventFilter(self)  # what grows there leaves less room for the model's name
        self._set_tab_order()

    def _set_tab_order(self) -> None:
        """Let Tab follow the order on the screen, and not the one in which parts came."""
        items = (self._below.itemAt(i) for i in range(self._below.count()))
        parts = [part for item in items if item is not None and (part := item.widget()) is not None]
        chain(self._text, self._button, *parts)

    def set_text(self, text: str) -> None:
        """Write a question into the box, for the person to go on with."""
        self._text.setPlainText(text)
        self._text.moveCursor(QTextCursor.MoveOperation.End)

    def set_answering(self, answering: bool) -> None:
        """Offer to stop while an answer is written, else to ask."""
        self._answering = answering
        self._button.set_icon("stop" if answering else "arrow-up")
        self._button.set_name(self.tr("Stop (Esc)") if answering else self.tr("Ask (Enter)"))
        self._set_button()

    def show_model(self, words: str) -> None:
        """Name the model and what it runs on."""
        self._model_words = words
        self._name_model()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the model's name to the room there is."""
        super().resizeEvent(event)
        self._name_model()

    def _name_model(self) -> None:
        """Show as much of the line that names the model as there is room beside what stands there too."""
        beside = [self._below.itemAt(i) for i in range(self._below.count() - 2)]
        taken = sum(item.sizeHint().width() + self._below.spacing() for item in beside if item is not None)
        room = max(self.width() - taken - 36, 40)
        metrics = QFontMetrics(self._model.font())
        shorter = shorter_names(self._model_words)
        fitting = (words for words in shorter if metrics.horizontalAdvance(words) <= room)
        cut = metrics.elidedText(shorter[-1], Qt.TextElideMode.ElideRight, room)
        self._model.setText(next(fitting, cut))
        self._model.setToolTip(self._model_words)
        self._model.setAccessibleName(self._model_words)

    def text_menu(self) -> QMenu:
        """Return the menu of the text, with what the box offers besides at its end."""
        menu = self._text.createStandardContextMenu()
        menu.addSeparator()
        menu.addActions(self.actions())
        return menu

    def take_focus(self) -> None:
        """Give the keyboard to the box."""
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask on Enter, break the line on Shift+Enter, and frame the box while it has the focus."""
        if watched is self._text and event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange):
            self._fit()
        if watched is not self._text and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._name_model()
        if watched is self._text and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._frame.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            self._frame.style().unpolish(self._frame)
            self._frame.style().polish(self._frame)
        if watched is self._text and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._ask()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _on_pressed(self) -> None:
        if self._answering:
            self.stop_pressed.emit()
        else:
            self._ask()

    @Slot(QPoint)
    def _on_menu_wanted(self, at: QPoint) -> None:
        menu = self.text_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._text.viewport().mapToGlobal(at))

    def _ask(self) -> None:
        question = self.text
        if question:
            self._text.clear()
            self.question_asked.emit(question)

    @Slot()
    def _on_text_changed(self) -> None:
        self._fit()
        self._set_button()

    def _fit(self) -> None:
        """Take the height of the text up to some lines, and only then a scroll bar."""
        line = self._text.fontMetrics().lineSpacing()
        wanted = round(self._text.document().size().height())
        most = line * LINES_MOST + 8
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wanted > most else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._text.setVerticalScrollBarPolicy(policy)
        self._text.setFixedHeight(min(max(wanted, line + 8), most))

    def _set_button(self) -> None:
        ready = self._answering or bool(self.text)
        self._button.setEnabled(ready)
        role = QPalette.ColorRole.HighlightedText if ready else QPalette.ColorRole.PlaceholderText
        self._button.set_colour_role(role)

    def _lay_out(self) -> None:
        inside = QHBoxLayout(self._frame)
        inside.setContentsMargins(12, 8, 8, 8)
        inside.setSpacing(8)
        inside.addWidget(self._text, 1)
        inside.addWidget(self._button, 0, Qt.AlignmentFlag.AlignBottom)
        self._below = QHBoxLayout()
        self._below.setContentsMargins(16, 0, 16, 0)
        self._below.setSpacing(12)
        self._below.addStretch(1)
        self._below.addWidget(self._model)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 8, 0, 8)
        self._rows.setSpacing(4)
        self._rows.addWidget(self._frame)
        self._rows.addLayout(self._below)
