"""The page behind a passage, opened over the margin, and the way to the next passage. Window process."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.core.messages import PageOpened
from app.core.pages import Rect, Span
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel
from app.ui.page_picking import PagePicking
from app.ui.page_text import PageTextView
from app.ui.page_view import ZOOM_STEP, PageView
from app.ui.quoted_text import QuotedText
from app.ui.sentences import shown_name
from app.ui.theme import Look
from app.ui.why_bar import WhyBar

FIGURES_FROM_PX = 560
"""In a lower panel the page needs the room more than the figures of each step."""


class PagePanel(QWidget):
    """Shows one page with a span marked.

    Signals:
        closed: the person has seen enough.
        page_wanted: the number of another page of the document.
        passage_stepped: +1 for the next passage, -1 for the previous one.
        scale_wanted: the pixels per point at which the page should be drawn again.
        page_shown: the `PageOpened` that is shown now.
        why_pressed: the person asks why a passage was used or not.
        add_pressed: what is marked should come into the evidence.
    """

    closed = Signal()
    page_wanted = Signal(int)
    passage_stepped = Signal(int)
    scale_wanted = Signal(float)
    page_shown = Signal(object)
    why_pressed = Signal()
    add_pressed = Signal()

    def __init__(self, look: Look, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full_name = ""
        self._page = 0
        self._pages = 0
        self._shown: tuple[int, int, Span | None] | None = None
        self.drawn = PageView(look)
        self.text = PageTextView(look)
        self.picking = PagePicking(self.drawn, self.text, self)
        self.why_bar = WhyBar(icons)
        self._name = PlainLabel("", "title")
        self._number = PlainLabel("", "quiet")
        self._percent = QPushButton()
        self._percent.setObjectName("quietLink")
        self._percent.setAccessibleDescription(self.tr("Fits the page to the width"))
        self._percent.clicked.connect(self._on_fit_pressed)
        self._notice = PlainLabel("", "amber", wraps=True)
        self._as_read = QuotedText(look)
        self._says = PlainLabel("", "body", wraps=True)
        self._says.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._lay_out(icons)
        self.picking.add_wanted.connect(self.add_pressed)
        self.drawn.scale_wanted.connect(self._on_scale_wanted)
        self.drawn.page_turned.connect(self._on_page_turned)

    @property
    def place_words(self) -> str:
        """Return the page's number as shown."""
        return self._number.text()

    @property
    def notice(self) -> str:
        """Return what is said above the page, "" for nothing."""
        return self._notice.text() if self._notice.isVisibleTo(self) else ""

    @property
    def message(self) -> str:
        """Return what is said in place of a page, "" while one is shown."""
        return self._says.text() if self._stack.currentWidget() is self._says else ""

    def show_waiting(self, path: bytes, page: int) -> None:
        """Name what is being opened; the page before stays until the new one is there."""
        self._name_page(path, page, self._pages)
        if self._shown is None:
            self._say(self.tr("Opening the page…"))

    def show_page(self, opened: PageOpened, passage: str) -> None:
        """Show a page; `passage` is the text as it was read, shown beside if the file changed since."""
        self._name_page(opened.path, opened.page, opened.pages)
        place = (opened.document_id, opened.page, opened.span)
        if opened.image is not None:
            self._stack.setCurrentWidget(self.drawn)
            self.drawn.show_page(opened.image, opened.rects, opened.scale, go_to_mark=place != self._shown)
        elif opened.text is not None:
            self._stack.setCurrentWidget(self.text)
            self.text.show_page(opened.text, opened.span)
        self._shown = place
        self._show_zoom()
        self._show_changed(opened.changed, passage)
        self.page_shown.emit(opened)

    def mark(self, span: Span | None, rects: tuple[Rect, ...]) -> None:
        """Mark another passage of the same page, in the room that is left for it now."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        if self._stack.currentWidget() is self.text:
            self.text.mark(span)
        else:
            self.drawn.mark(rects)

    def offer_why(self, offered: bool) -> None:
        """Let the person ask why a passage was used or not, once there was a question."""
        self._why.setEnabled(offered)
        self.picking.can_ask = offered
        if self.why_bar.isHidden():
            self.why_bar.figures.setChecked(self.height() >= FIGURES_FROM_PX)

    def say_of_adding(self, words: str) -> None:
        """Say what adding to the evidence does or did, "" to offer it."""
        self._add.setText(words or self.tr("Add to the evidence"))

    def show_failure(self, words: str) -> None:
        """Say in place why there is no page."""
        self._shown = None
        self._say(words)

    def set_passages(self, *, before: bool, after: bool) -> None:
        """Say whether there is a passage before and after this one."""
        self._previous.setEnabled(before)
        self._next.setEnabled(after)

    def take_focus(self) -> None:
        """Give the keyboard to the page."""
        view = self.text if self._stack.currentWidget() is self.text else self.drawn
        view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def zoom_by(self, factor: float) -> None:
        """Make the page larger or smaller."""
        view = self.text if self._stack.currentWidget() is self.text else self.drawn
        view.zoom_to(view.zoom * factor)
        self._show_zoom()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the name to the room there is."""
        super().resizeEvent(event)
        self._show_name()
        self._show_zoom()

    def _name_page(self, path: bytes, page: int, pages: int) -> None:
        self._full_name = shown_name(path)
        self._page, self._pages = page, pages
        self._number.setText(f"{page} / {pages}" if pages else f"{page}")
        self._back.setEnabled(page > 1)
        self._forth.setEnabled(page < pages)
        self._show_name()

    def _show_name(self) -> None:
        room = max(self.width() - 340, 96)
        metrics = QFontMetrics(self._name.font())
        self._name.setText(metrics.elidedText(self._full_name, Qt.TextElideMode.ElideMiddle, room))

    def _show_zoom(self) -> None:
        view = self.text if self._stack.currentWidget() is self.text else self.drawn
        self._percent.setText(f"{round(view.zoom * 100)} %")

    def _show_changed(self, changed: bool, passage: str) -> None:
        words = self.tr("This file changed since it was read. The passage as it was read:")
        self._notice.setText(words if changed else "")
        self._changed.setVisible(changed)
        if changed:
            self._as_read.set_text(passage, (), 8)

    def _say(self, words: str) -> None:
        self._says.setText(words)
        self._stack.setCurrentWidget(self._says)
        self._changed.hide()

    @Slot()
    def _on_fit_pressed(self) -> None:
        self.drawn.zoom_to(None)
        self.text.zoom_to(None)
        self._show_zoom()

    @Slot(float)
    def _on_scale_wanted(self, scale: float) -> None:
        self._show_zoom()
        self.scale_wanted.emit(scale)

    @Slot(int)
    def _on_page_turned(self, step: int) -> None:
        if 1 <= self._page + step <= self._pages:
            self.page_wanted.emit(self._page + step)

    def _lay_out(self, icons: Icons) -> None:
        self._changed = QFrame()
        self._changed.setObjectName("footer")
        above = QVBoxLayout(self._changed)
        above.setContentsMargins(16, 8, 16, 8)
        above.addWidget(self._notice)
        above.addWidget(self._as_read)
        self._changed.hide()
        for view in (self._says, self.drawn, self.text):
            self._stack.addWidget(view)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header(icons))
        outer.addWidget(self._changed)
        outer.addWidget(self._stack, 1)
        outer.addWidget(self.why_bar)
        outer.addWidget(self._footer())

    def _header(self, icons: Icons) -> QFrame:
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(4)
        self._back = IconButton(icons, "caret-left", self.tr("Previous page"))
        self._back.clicked.connect(lambda: self._on_page_turned(-1))
        self._forth = IconButton(icons, "caret-right", self.tr("Next page"))
        self._forth.clicked.connect(lambda: self._on_page_turned(1))
        smaller = IconButton(icons, "minus", self.tr("Smaller"))
        smaller.clicked.connect(lambda: self.zoom_by(1 / ZOOM_STEP))
        larger = IconButton(icons, "plus", self.tr("Larger"))
        larger.clicked.connect(lambda: self.zoom_by(ZOOM_STEP))
        close = IconButton(icons, "x", self.tr("Close the page (Esc)"))
        close.clicked.connect(self.closed)
        row.addWidget(self._name)
        row.addStretch(1)
        for part in (self._back, self._number, self._forth, smaller, self._percent, larger, close):
            row.addWidget(part)
        return header

    def _footer(self) -> QFrame:
        footer = QFrame()
        footer.setObjectName("footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(8, 4, 8, 4)
        self._previous = QPushButton(self.tr("‹ previous passage"))
        self._next = QPushButton(self.tr("next passage ›"))
        for button in (self._previous, self._next):
            button.setObjectName("link")
        self._previous.clicked.connect(lambda: self.passage_stepped.emit(-1))
        self._next.clicked.connect(lambda: self.passage_stepped.emit(1))
        self._why = QPushButton(self.tr("Why?"))
        self._why.setObjectName("link")
        self._why.setToolTip(self.tr("Why the passages of this page were used for the last question, or not (Ctrl+Y)"))
        self._why.setAccessibleDescription(self._why.toolTip())
        self._why.clicked.connect(self.why_pressed)
        self._add = QPushButton()
        self._add.setObjectName("link")
        self._add.setToolTip(self.tr("Gives what is marked on the page to the model too (Ctrl+E)"))
        self._add.setAccessibleDescription(self._add.toolTip())
        self._add.clicked.connect(self.add_pressed)
        self.say_of_adding("")
        row.addWidget(self._previous)
        row.addStretch(1)
        row.addWidget(self._why)
        row.addWidget(self._add)
        row.addStretch(1)
        row.addWidget(self._next)
        return footer
