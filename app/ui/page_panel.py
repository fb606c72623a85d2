"""The page behind a passage, opened over the margin, and the way to the next passage. Window process."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.messages import PageOpened
from app.core.pages import PageForm, Rect, Span
from app.ui.find_bar import FindBar
from app.ui.focus_line import FocusLine
from app.ui.icons import Icons
from app.ui.labels import PlainLabel
from app.ui.page_footer import PageFooter
from app.ui.page_header import PageHeader, menu_of
from app.ui.page_leaving import PageLeaving
from app.ui.page_marks import Marks
from app.ui.page_picking import PagePicking
from app.ui.page_sheet import PageSheetView
from app.ui.page_text import PageTextView
from app.ui.page_turning import PageTurning
from app.ui.page_view import ZOOM_STEP, PageView
from app.ui.page_words import citation_text, state_words
from app.ui.sentences import inside_words, shown_name
from app.ui.theme import Look
from app.ui.thumbnails import ThumbnailStrip
from app.ui.why_bar import WhyBar

FIGURES_FROM_PX = 560
"""In a lower panel the page needs the room more than the figures of each step."""


class PagePanel(QWidget):
    """Shows one page with a passage and its quotations marked.

    Signals:
        closed: the person has seen enough.
        page_wanted: the number of another page of the document.
        passage_stepped: +1 for the next passage, -1 for the previous one.
        scale_wanted: the pixels per point at which the page should be drawn again.
        page_shown: the `PageOpened` that is shown now.
        find_pressed: words are to be found in the document.
        why_pressed: the person asks why a passage was used or not.
        add_pressed: what is marked should come into the evidence.
    """

    closed = Signal()
    page_wanted = Signal(int)
    passage_stepped = Signal(int)
    scale_wanted = Signal(float)
    page_shown = Signal(object)
    find_pressed = Signal()
    why_pressed = Signal()
    add_pressed = Signal()

    def __init__(self, look: Look, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = self._pages = 0
        self._opened: PageOpened | None = None
        self._shown: tuple[int, int, Span | None] | None = None
        self._passage = ""
        self._late_words = ""
        self._awaits_keyboard = False
        self.drawn = PageView(look)
        self.text = PageTextView(look)
        self.sheet = PageSheetView(look)
        self.strip = ThumbnailStrip(look)
        self.leaving = PageLeaving(self)
        copying, going, leaving = self._actions()
        self.header = PageHeader(icons, menu_of(self, copying, going, leaving))
        self.find_bar = FindBar(icons)
        self.picking = PagePicking((self.drawn, self.text, self.sheet), (*copying, *leaving), self)
        self.why_bar = WhyBar(icons)
        self.footer = PageFooter()
        self._notice = PlainLabel("", "amber", wraps=True)
        self._says = PlainLabel("", "body", wraps=True)
        self._says.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._lay_out()
        self._wire()

    @property
    def place_words(self) -> str:
        """Return the page's number as shown."""
        return self.header.place_words

    @property
    def notice(self) -> str:
        """Return what is said above the page, "" for nothing."""
        return self._notice.text() if self._notice.isVisibleTo(self) else ""

    @property
    def message(self) -> str:
        """Return what is said in place of a page, "" while one is shown."""
        return self._says.text() if self._stack.currentWidget() is self._says else ""

    @property
    def view(self) -> PageView | PageTextView | PageSheetView:
        """Return the view that shows the page, or would."""
        current = self._stack.currentWidget()
        return next((view for view in (self.text, self.sheet) if view is current), self.drawn)

    def show_waiting(self, path: bytes, page: int) -> None:
        """Name what is being opened; the page before stays until the new one is there."""
        pages = self._pages if self._opened is not None and self._opened.path == path else 0
        self._name_page(path, page, pages)
        self._late_words = self.tr("Opening page {n} of {name}…").format(n=page, name=shown_name(path))
        if self._shown is None:
            self._say(self.tr("Opening the page…"))

    @Slot()
    def show_late(self) -> None:
        """Say that the page takes its time, instead of the one before."""
        self._shown = None
        self._say(self._late_words)

    def show_page(self, opened: PageOpened, passage: str, quotes: tuple[Span, ...] = ()) -> None:
        """Show a page; `passage` is the text of what is marked, as it was read, and `quotes` stand out in it."""
        self._name_page(opened.path, opened.page, opened.pages, opened.file)
        self.leaving.take(opened)
        place = (opened.document_id, opened.page, opened.span)
        before, self._opened, self._passage = self._opened, opened, passage
        if before is None or _page_of(before) != _page_of(opened):
            self.drawn.begin_page()
        if opened.image is not None:
            self._stack.setCurrentWidget(self.drawn)
            is_new = place != self._shown
            self.drawn.show_page(opened.image, opened.rects, opened.scale, go_to_mark=is_new, quotes=quotes)
        elif opened.text is not None:
            view = self.sheet if opened.form is PageForm.SHEET else self.text
            self._stack.setCurrentWidget(view)
            view.show_page(opened.text, Marks(opened.span, quotes))
        self._shown = place
        if self._awaits_keyboard:
            self.take_focus()
        self._show_zoom()
        self._notify(state_words(opened))
        self.page_shown.emit(opened)

    def show_finds(self, finds: tuple[Span, ...], current: Span | None) -> None:
        """Tint what was found on the page, the current one stronger."""
        self.view.show_finds(finds, current)

    def mark(self, span: Span | None, rects: tuple[Rect, ...]) -> None:
        """Mark another passage of the same page, in the room that is left for it now."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        view = self.view
        if isinstance(view, PageView):
            view.mark(rects)
        else:
            view.mark(span)

    def offer_why(self, offered: bool) -> None:
        """Let the person ask why a passage was used or not, once there was a question."""
        self.footer.why.setEnabled(offered)
        self.picking.can_ask = offered
        if self.why_bar.isHidden():
            self.why_bar.figures.setChecked(self.height() >= FIGURES_FROM_PX)

    def say_of_adding(self, words: str) -> None:
        """Say what adding to the evidence does or did, "" to offer it."""
        self.footer.say_of_adding(words)

    def show_failure(self, words: str) -> None:
        """Say in place why there is no page."""
        self._shown = None
        self._say(words)

    def set_passages(self, *, before: bool, after: bool) -> None:
        """Say whether there is a passage before and after this one."""
        self.footer.previous.setEnabled(before)
        self.footer.next.setEnabled(after)

    def take_focus(self) -> None:
        """Give the keyboard to the page, or while it is opened, as soon as it is there."""
        self._awaits_keyboard = bool(self.message)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def holds_focus(self) -> bool:
        """Return whether the keyboard is somewhere in this panel."""
        focused = self.window().focusWidget()
        return self.isAncestorOf(focused)

    def zoom_by(self, factor: float) -> None:
        """Make the page larger or smaller."""
        self.view.zoom_to(self.view.zoom * factor)
        self._show_zoom()

    @Slot()
    def fit_width(self) -> None:
        """Fit the page to the width, or take 100 % for text."""
        self.view.zoom_to(None)
        self._show_zoom()

    @Slot()
    def fit_page(self) -> None:
        """Fit the whole page to the panel, or if it is fitted already, to the width again."""
        if self.view is self.drawn and not self.drawn.fits_page:
            self.drawn.fit_page()
            self._show_zoom()
        else:
            self.fit_width()

    @Slot(int)
    def go_to(self, page: int) -> None:
        """Open a page of the document, the nearest that there is."""
        wanted = min(max(page, 1), self._pages)
        if self._opened is not None and wanted not in (0, self._page):
            self.page_wanted.emit(wanted)

    @Slot(int)
    def turn(self, step: int) -> None:
        """Open the next page, or with a `step` below 0 the one before."""
        self.go_to(self._page + step)

    def go_to_last(self) -> None:
        """Open the last page."""
        self.go_to(self._pages)

    def selected_text(self) -> str:
        """Return what is selected on the page, "" for nothing."""
        view = self.view
        return view.selection.text if isinstance(view, PageView) else view.selected_text()

    @Slot()
    def copy(self) -> None:
        """Copy what is selected."""
        if self.selected_text():
            QGuiApplication.clipboard().setText(self.selected_text())

    @Slot()
    def copy_citation(self) -> None:
        """Copy what is selected, else the passage that is marked, with the file's name and the page."""
        quotation = self.selected_text() or self._passage
        if self._opened is not None and quotation:
            QGuiApplication.clipboard().setText(citation_text(quotation, self._opened.path, self._page))

    @Slot()
    def toggle_thumbnails(self) -> None:
        """Show or fold the small pictures of the pages."""
        self.header.thumbnails.toggle()

    def _name_page(self, path: bytes, page: int, pages: int, file: bytes = b"") -> None:
        self._page, self._pages = page, pages
        self.header.show_place(f"{shown_name(path)} {inside_words(path, file)}".strip(), page, pages)
        self.strip.setVisible(self.header.thumbnails.isChecked() and pages != 1)

    @Slot()
    def _show_zoom(self) -> None:
        self.header.show_zoom(self.view.zoom)

    def _notify(self, words: str) -> None:
        self._notice.setText(words)
        self._changed.setVisible(bool(words))

    def _say(self, words: str) -> None:
        self._says.setText(words)
        self._stack.setCurrentWidget(self._says)
        self._changed.hide()

    @Slot(float)
    def _on_scale_wanted(self, scale: float) -> None:
        self._show_zoom()
        self.scale_wanted.emit(scale)

    @Slot(int)
    def _on_zoom_stepped(self, step: int) -> None:
        self.zoom_by(ZOOM_STEP**step)

    @Slot(bytes)
    def _on_outside_failed(self, path: bytes) -> None:
        self._notify(self.tr("{name} is not there any more.").format(name=shown_name(path)))

    def _wire(self) -> None:
        self.header.closed.connect(self.closed)
        self.header.page_wanted.connect(self.go_to)
        self.header.zoom_stepped.connect(self._on_zoom_stepped)
        self.footer.passage_stepped.connect(self.passage_stepped)
        self.footer.why_pressed.connect(self.why_pressed)
        self.footer.add_pressed.connect(self.add_pressed)
        self.picking.add_wanted.connect(self.add_pressed)
        self.header.width_fit_wanted.connect(self.fit_width)
        self.header.page_fit_pressed.connect(self.fit_page)
        self.header.find_pressed.connect(self.find_pressed)
        self.header.thumbnails_toggled.connect(self.strip.setVisible)
        self.strip.page_chosen.connect(self.go_to)
        self.leaving.outside.failed.connect(self._on_outside_failed)
        self.drawn.scale_wanted.connect(self._on_scale_wanted)
        self.drawn.zoomed.connect(self._show_zoom)
        turning = PageTurning(self.drawn, (self.text, self.sheet), self)
        turning.turned.connect(self.turn)
        turning.zoom_stepped.connect(self._on_zoom_stepped)

    def _actions(self) -> tuple[tuple[QAction, ...], tuple[QAction, ...], tuple[QAction, ...]]:
        """Return what the menu holds: for copying, for going elsewhere in the document, and for leaving it."""

        def action(words: str, run: object) -> QAction:
            made = QAction(words, self)
            made.triggered.connect(run)
            return made

        copying = (action(self.tr("Copy"), self.copy), action(self.tr("Copy with citation"), self.copy_citation))
        going = (
            action(self.tr("First page"), lambda: self.go_to(1)),
            action(self.tr("Last page"), self.go_to_last),
            action(self.tr("Smaller"), lambda: self.zoom_by(1 / ZOOM_STEP)),
            action(self.tr("Larger"), lambda: self.zoom_by(ZOOM_STEP)),
            action(self.tr("Fit the width"), self.fit_width),
            action(self.tr("Fit the whole page"), lambda: self.drawn.fit_page()),
        )
        return copying, going, self.leaving.actions

    def _lay_out(self) -> None:
        self._changed = QFrame()
        self._changed.setObjectName("footer")
        above = QVBoxLayout(self._changed)
        above.setContentsMargins(16, 8, 16, 8)
        above.addWidget(self._notice)
        self._changed.hide()
        for view in (self._says, self.drawn, self.text, self.sheet):
            self._stack.addWidget(view)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.strip)
        middle.addWidget(self._stack, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.focus_line = FocusLine((self.drawn, self.text, self.sheet))
        for part in (self.header, self.find_bar, self._changed, self.focus_line):
            outer.addWidget(part)
        outer.addLayout(middle, 1)
        outer.addWidget(self.why_bar)
        outer.addWidget(self.footer)


def _page_of(opened: PageOpened) -> tuple[int, int, bool]:
    return opened.document_id, opened.page, opened.is_typeset
