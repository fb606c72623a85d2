"""A card of the evidence before it is sent: a passage that can be dropped, pinned and moved. Window process."""

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.types import Hit
from app.ui.flow_row import FlowRow
from app.ui.folded_text import FoldedText
from app.ui.labels import PlainLabel
from app.ui.quiet_link import quiet_link
from app.ui.sentences import counted, page_words, place_in_document, shown_name
from app.ui.theme import Look

LINES_FOLDED = 4


class ReviewCard(QFrame):
    """Shows one passage with its place in the prompt and what it takes.

    Signals:
        opened: the page is wanted.
        drop_wanted: the passage should not be given.
        pin_wanted: the passage should be given with every question of the conversation, or no more.
        step_wanted: -1 to go before the passage above, +1 to go behind the one below.
        dragged: the pointer's place in the card while the card is dragged, a `QPoint`.
        let_go: the same, where the card was let go.
    """

    opened = Signal()
    drop_wanted = Signal()
    pin_wanted = Signal()
    step_wanted = Signal(int)
    dragged = Signal(QPoint)
    let_go = Signal(QPoint)

    def __init__(self, look: Look, hit: Hit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hit = hit
        self._pressed: QPoint | None = None
        self._dragging = False
        self._name = f"{shown_name(hit.path)} · {page_words(hit.path, hit.page)}"
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._number = PlainLabel("", "badge")
        self._title = PlainLabel(self._name, "title", wraps=True)
        self._where = PlainLabel(place_in_document(hit), "quiet", wraps=True)
        self._tokens = PlainLabel("", "quiet")
        self._says = PlainLabel("", "quiet", wraps=True)
        self._text = FoldedText(look, LINES_FOLDED, self)
        self.pin = quiet_link(self.tr("Pin"), self.tr("Gives it with every question of this conversation (P)"))
        self.pin.setCheckable(True)
        self.pin.clicked.connect(lambda: self.pin_wanted.emit())
        self.up = quiet_link(self.tr("Up"), self.tr("Puts it before the passage above (Alt+↑)"))
        self.up.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.down = quiet_link(self.tr("Down"), self.tr("Puts it behind the passage below (Alt+↓)"))
        self.down.clicked.connect(lambda: self.step_wanted.emit(1))
        self.drop = quiet_link(self.tr("Leave out"), self.tr("Does not give it to the model (Delete)"))
        self.drop.clicked.connect(self.drop_wanted)
        self._page = quiet_link(self.tr("Page"), self.tr("Opens its page (Enter)"))
        self._page.clicked.connect(self.opened)
        self._lay_out()
        self._text.show_text(hit.text)

    @property
    def where(self) -> str:
        """Return where in its document the passage stands, and in what the document is."""
        return self._where.text()

    @property
    def tokens_words(self) -> str:
        """Return what is said of the room that it takes."""
        return self._tokens.text()

    @property
    def says(self) -> str:
        """Return how it came in, or that it does not fit; "" for a passage as it was found."""
        return self._says.text()

    def show_place(self, n: int, count: int, *, pinned: bool, fits: bool, tokens: int | None, added: bool) -> None:
        """Show its number in the prompt, how many tokens it takes (None while that is counted), and whether it fits."""
        self._number.setText(str(n))
        one, many = self.tr("1 token"), self.tr("{n} tokens")
        self._tokens.setText("…" if tokens is None else counted(tokens, one, many) if fits else "")
        self.pin.setChecked(pinned)
        self.pin.setText(self.tr("Pinned") if pinned else self.tr("Pin"))
        said = self.tr("Pinned: given with every question of this conversation.") if pinned else ""
        if added and not pinned:
            said = self.tr("Added by you.")
        elif self.hit.earlier and not pinned:
            said = self.tr("From an answer before this question.")
        self._says.show_text(
            said
            if fits
            else self.tr("Will not be given: too slow to read or no room for it, or its file changed meanwhile.")
        )
        self._says.setObjectName("quiet" if fits else "amberSmall")
        self._says.style().polish(self._says)
        self.up.setEnabled(n > 1)
        self.down.setEnabled(n < count)
        self.setProperty("given", not fits)
        self.style().polish(self)
        self.setAccessibleName(self.tr("Passage {n} of {count}: {name}").format(n=n, count=count, name=self._name))
        self.setAccessibleDescription(" ".join((self._tokens.text(), self._says.text(), self.hit.text)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height of the text at the new width, once the layout that brought it is done."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._settle)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, drop, pin or move the passage by a key."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.hasFocus():
                self.opened.emit()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.drop_wanted.emit()
            case Qt.Key.Key_P:
                self.pin_wanted.emit()
            case Qt.Key.Key_Up if alt and self.up.isEnabled():
                self.step_wanted.emit(-1)
            case Qt.Key.Key_Down if alt and self.down.isEnabled():
                self.step_wanted.emit(1)
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the card."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the card once the pointer has gone far enough."""
        place = event.position().toPoint()
        if self._pressed is None:
            return
        far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._dragging or far:
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the card go where it was dragged to."""
        place, was_dragged = event.position().toPoint(), self._dragging
        self._pressed, self._dragging = None, False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if was_dragged:
            self.let_go.emit(place)

    @Slot()
    def _settle(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
        self.updateGeometry()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        head.addWidget(self._tokens, 0, Qt.AlignmentFlag.AlignTop)
        links = FlowRow(12)
        links.show_widgets((self.pin, self.drop, self.up, self.down, self._page, self._text.more))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._where)
        column.addWidget(self._text.view)
        column.addWidget(self._says)
        column.addWidget(links)
        self._says.hide()
        self._where.setVisible(bool(self._where.text()))
