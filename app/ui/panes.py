"""The window's panes: library, conversation, and margin or page beside or under it. Window process."""

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

NARROW_PX = 1080
LIBRARY_PX, MARGIN_PX, PAGE_PX = 272, 344, 600
CONVERSATION_LEAST_PX = 380


class Panes(QSplitter):
    """Lays out the panes; the page opens over the margin and takes more room, never the conversation's place."""

    def __init__(self, library: QWidget, middle: QWidget, margin: QWidget, page: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.library = library
        self.middle = middle
        self.right = QStackedWidget()
        self._margin = margin
        self._page = page
        self._inner = QSplitter(Qt.Orientation.Horizontal)
        self.right.addWidget(margin)
        self.right.addWidget(page)
        self._inner.addWidget(middle)
        self._inner.addWidget(self.right)
        self.addWidget(library)
        self.addWidget(self._inner)
        for splitter in (self, self._inner):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self._inner.setStretchFactor(0, 1)
        self._inner.setStretchFactor(1, 0)
        library.setMinimumWidth(200)
        middle.setMinimumWidth(CONVERSATION_LEAST_PX)
        self.right.setMinimumSize(240, 160)

    @property
    def page_is_open(self) -> bool:
        """Return whether the page lies over the margin."""
        return self.right.currentWidget() is self._page

    @property
    def is_narrow(self) -> bool:
        """Return whether the margin stands under the answer."""
        return self._inner.orientation() is Qt.Orientation.Vertical

    def show_page(self, *, shown: bool) -> None:
        """Open the page over the margin, or give the margin back."""
        wanted = self._page if shown else self._margin
        self.right.show()
        if self.right.currentWidget() is not wanted:
            self.right.setCurrentWidget(wanted)
            self.share_room()

    def toggle_library(self) -> None:
        """Show or fold the library."""
        self.library.setVisible(not self.library.isVisible())

    def toggle_right(self) -> None:
        """Show or fold the margin."""
        self.right.setVisible(not self.right.isVisible())

    def next_pane(self, focused: QWidget | None) -> QWidget:
        """Return the pane after the one that holds the focus; folded ones are left out."""
        panes = [pane for pane in (self.library, self.middle, self.right) if pane.isVisible()]
        for i, pane in enumerate(panes):
            if focused is not None and pane.isAncestorOf(focused):
                return panes[(i + 1) % len(panes)]
        return self.middle

    def share_room(self) -> None:
        """Give margin or page their share of the room beside or under the conversation."""
        if self.is_narrow:
            height = self._inner.height()
            under = round(height * (0.5 if self.page_is_open else 0.35))
            self._inner.setSizes([height - under, under])
        else:
            width = self._inner.width()
            page_px = min(max(PAGE_PX, width // 2), width - CONVERSATION_LEAST_PX)
            beside = page_px if self.page_is_open else MARGIN_PX
            self._inner.setSizes([width - beside, beside])

    def saved_state(self) -> str:
        """Return the panes' sizes in hexadecimal."""
        return self.saveState().toHex().toStdString()

    def restore(self, state: str) -> None:
        """Take sizes that were saved, or those to begin with for ""."""
        if not (state and self.restoreState(QByteArray.fromHex(state.encode()))):
            self.setSizes([LIBRARY_PX, self.width() - LIBRARY_PX])
        self.share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the margin under the answer while the window is narrow."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Vertical if event.size().width() < NARROW_PX else Qt.Orientation.Horizontal
        if self._inner.orientation() is not wanted:
            self._inner.setOrientation(wanted)
            self.share_room()


def column_of(*parts: QWidget) -> QWidget:
    """Return a pane that holds widgets one under the other, without gaps."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part)
    return holder
