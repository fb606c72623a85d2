"""The bar over an opened page: its document, the way to other pages, zoom, search, and a menu. Window process."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QIntValidator, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QWidget

from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel

ZOOM_FROM_PX = 560
"""A narrower panel leaves smaller and larger to the keys and the menu."""
NUMBER_PX = 48


class PageHeader(QFrame):
    """Shows what is open, and where in it.

    Signals:
        closed: the person has seen enough.
        page_wanted: a page's number.
        zoom_stepped: +1 for larger, -1 for smaller.
        width_fit_wanted: the page is to be fitted to the width.
        page_fit_pressed: the whole page is to be fitted, or to the width again.
        find_pressed: words are to be found in the document.
        thumbnails_toggled: whether small pictures of the pages are to be shown.
    """

    closed = Signal()
    page_wanted = Signal(int)
    zoom_stepped = Signal(int)
    width_fit_wanted = Signal()
    page_fit_pressed = Signal()
    find_pressed = Signal()
    thumbnails_toggled = Signal(bool)

    def __init__(self, icons: Icons, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._full_name = ""
        self._page = self._pages = 0
        self._name = PlainLabel("", "title")
        self._number = QLineEdit()
        self._number.setFixedWidth(NUMBER_PX)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._number.setAccessibleName(self.tr("Page number"))
        self._number.returnPressed.connect(self._on_number_entered)
        self._number.editingFinished.connect(self._show_number)
        self._count = PlainLabel("", "quiet")
        self.percent = QPushButton()
        self.percent.setObjectName("quietLink")
        self.percent.setToolTip(self.tr("Fit the page to the width (Ctrl+0)"))
        self.percent.setAccessibleDescription(self.percent.toolTip())
        self.percent.clicked.connect(self.width_fit_wanted)
        self.thumbnails = IconButton(icons, "squares-four", self.tr("Small pictures of the pages (F9)"))
        self.thumbnails.setCheckable(True)
        self.thumbnails.toggled.connect(self.thumbnails_toggled)
        self._lay_out(icons, menu)
        self.show_zoom(1.0)

    @property
    def place_words(self) -> str:
        """Return the page's number, and of how many, as shown."""
        return f"{self._page} / {self._pages}" if self._pages else f"{self._page}"

    def show_place(self, name: str, page: int, pages: int) -> None:
        """Name the document, and the page of how many; 0 pages where that is not known yet."""
        self._full_name, self._page, self._pages = name, page, pages
        self._name.setToolTip(name)
        self._number.setValidator(QIntValidator(1, max(pages, 1), self._number))
        self._count.setText(f"/ {pages:,}" if pages else "")
        self._back.setEnabled(page > 1)
        self._forth.setEnabled(page < pages)
        for part in (self.thumbnails, self._back, self._number, self._count, self._forth):
            part.setVisible(pages != 1)
        self._show_number()
        self._show_name()

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom, 1.0 for 100 %."""
        self.percent.setText(f"{round(zoom * 100)} %")
        self.percent.setAccessibleName(self.tr("Zoom {percent} %").format(percent=round(zoom * 100)))

    def take_number_focus(self) -> None:
        """Let the person type a page's number."""
        self._number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._number.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the name to the room there is, and leave out what has none."""
        super().resizeEvent(event)
        has_room = self.width() >= ZOOM_FROM_PX
        for button in (self._smaller, self._larger, self._fit):
            button.setVisible(has_room)
        self._show_name()

    def _show_name(self) -> None:
        shown = (part for part in self._parts if not part.isHidden())
        taken = sum(min(part.sizeHint().width(), part.maximumWidth()) + 2 for part in shown) + 28
        metrics = QFontMetrics(self._name.font())
        room = max(self.width() - taken, 72)
        self._name.setText(metrics.elidedText(self._full_name, Qt.TextElideMode.ElideMiddle, room))

    @Slot()
    def _show_number(self) -> None:
        self._number.setText(str(self._page))

    @Slot()
    def _on_number_entered(self) -> None:
        page = int(self._number.text())
        self._show_number()
        self.page_wanted.emit(page)

    def _lay_out(self, icons: Icons, menu: QMenu) -> None:
        self._back = IconButton(icons, "caret-left", self.tr("Previous page (Ctrl+Page Up)"))
        self._back.clicked.connect(lambda: self.page_wanted.emit(self._page - 1))
        self._forth = IconButton(icons, "caret-right", self.tr("Next page (Ctrl+Page Down)"))
        self._forth.clicked.connect(lambda: self.page_wanted.emit(self._page + 1))
        find = IconButton(icons, "magnifying-glass", self.tr("Find in this document (Ctrl+F)"))
        find.clicked.connect(self.find_pressed)
        self._smaller = IconButton(icons, "minus", self.tr("Smaller (Ctrl+-)"))
        self._smaller.clicked.connect(lambda: self.zoom_stepped.emit(-1))
        self._larger = IconButton(icons, "plus", self.tr("Larger (Ctrl++)"))
        self._larger.clicked.connect(lambda: self.zoom_stepped.emit(1))
        self._fit = IconButton(icons, "arrows-out", self.tr("Fit the whole page, or the width again (Ctrl+9)"))
        self._fit.clicked.connect(self.page_fit_pressed)
        more = IconButton(icons, "dots-three", self.tr("More about this page"))
        more.setMenu(menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setObjectName("menuButton")
        close = IconButton(icons, "x", self.tr("Close the page (Esc)"))
        close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        self._parts = (
            self.thumbnails, self._back, self._number, self._count, self._forth, find,
            self._smaller, self.percent, self._larger, self._fit, more, close,
        )  # fmt: skip
        row.addWidget(self.thumbnails)
        row.addSpacing(4)
        row.addWidget(self._name)
        row.addStretch(1)
        for part in self._parts[1:]:
            row.addWidget(part)


def menu_of(parent: QWidget, *groups: tuple[QAction, ...]) -> QMenu:
    """Return a menu of actions, a line between groups."""
    menu = QMenu(parent)
    for n, group in enumerate(groups):
        if n:
            menu.addSeparator()
        menu.addActions(list(group))
    return menu
