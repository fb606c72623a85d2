"""The window's panes: library, conversation, and margin or page beside or under it. Window process."""

import re

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.ui.library_rail import RAIL_PX
from app.ui.pressing import presses_button

NARROW_PX = 1080
LIBRARY_PX, MARGIN_PX, PAGE_PX = 272, 344, 600
MARGIN_SHARE, MARGIN_MOST_PX = 0.3, 560
"""Beside an answer of 75 characters a line; more than about as many are no better read in a card."""
CONVERSATION_LEAST_PX = 380
LIBRARY_LEAST_PX = 200
ANY_WIDTH_PX = 2**24 - 1  # Qt's own "no maximum", which PySide does not name
FOLDED = "folded"
_CHOSEN = re.compile(r"(margin|page):(\d{1,5})")


class Panes(QSplitter):
    """Lays out the panes; the page opens over the margin and takes more room, never the conversation's place.

    Signals:
        right_shown: whether margin or page is there, not folded.
    """

    right_shown = Signal(bool)

    def __init__(self, library: QWidget, rail: QWidget, middle: QWidget, margin: QWidget, page: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.library = library
        self.middle = middle
        self.right = QStackedWidget()
        self._rail = rail
        self._left = QStackedWidget()
        self._left.addWidget(library)
        self._left.addWidget(rail)
        self._library_px = LIBRARY_PX
        self._margin = margin
        self._page = page
        self._makes_way = False
        self._folded = False
        self._chosen_px: dict[bool, int] = {}  # how wide a person made the margin (False) or the page (True)
        self._inner = QSplitter(Qt.Orientation.Horizontal)
        self.right.addWidget(margin)
        self.right.addWidget(page)
        self._inner.addWidget(middle)
        self._inner.addWidget(self.right)
        self.addWidget(self._left)
        self.addWidget(self._inner)
        for splitter in (self, self._inner):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self._inner.setStretchFactor(0, 1)
        self._inner.setStretchFactor(1, 0)
        self._left.setMinimumWidth(LIBRARY_LEAST_PX)
        middle.setMinimumWidth(CONVERSATION_LEAST_PX)
        self.right.setMinimumSize(240, 160)
        self._inner.installEventFilter(self)
        self._inner.splitterMoved.connect(self._on_inner_moved)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button in focus on Enter too, as in dialogs."""
        if not presses_button(event, self):
            super().keyPressEvent(event)

    def make_way(self, *, wanted: bool) -> None:
        """Leave the margin out while the middle needs no passages beside it, or give it back; a page stays."""
        self._makes_way = wanted
        if not self.page_is_open:
            self.right.setVisible(not wanted and not self._folded)

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
        changed = self.right.currentWidget() is not wanted
        self.right.setCurrentWidget(wanted)
        self._show_right(shown=True)
        if changed:
            self.share_room()

    @property
    def library_is_folded(self) -> bool:
        """Return whether a rail stands in the library's place."""
        return self._left.currentWidget() is self._rail

    def fold_library(self, *, folded: bool) -> None:
        """Fold the library to its rail, or unfold it to the width that it had."""
        if folded == self.library_is_folded:
            return
        if folded:
            self._library_px = max(self.sizes()[0], LIBRARY_LEAST_PX)
        self._left.setCurrentWidget(self._rail if folded else self.library)
        self._left.setMinimumWidth(RAIL_PX if folded else LIBRARY_LEAST_PX)
        self._left.setMaximumWidth(RAIL_PX if folded else ANY_WIDTH_PX)
        left = RAIL_PX if folded else self._library_px
        self.setSizes([left, self.width() - left])

    def toggle_library(self) -> None:
        """Unfold or fold the library."""
        self.fold_library(folded=not self.library_is_folded)

    def toggle_right(self) -> None:
        """Show or fold the margin."""
        self._show_right(shown=self.right.isHidden())

    def _show_right(self, *, shown: bool) -> None:
        self._folded = not shown
        self.right.setVisible(shown and not (self._makes_way and not self.page_is_open))
        self.right_shown.emit(shown)

    def next_pane(self, focused: QWidget | None, *, right_is_empty: bool) -> QWidget:
        """Return the pane after the one that holds the focus; folded ones are left out, and an empty right one."""
        others = (self.library, self.middle) if right_is_empty else (self.library, self.middle, self.right)
        panes = [pane for pane in others if pane.isVisible()]
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
            margin_px = min(max(MARGIN_PX, round(width * MARGIN_SHARE)), MARGIN_MOST_PX)
            share_px = max(PAGE_PX, width // 2) if self.page_is_open else margin_px
            beside = min(self._chosen_px.get(self.page_is_open, share_px), width - CONVERSATION_LEAST_PX)
            self._inner.setSizes([width - beside, beside])

    def saved_state(self) -> str:
        """Return in words the panes' sizes, whether the library is folded, how wide a person made margin and page."""
        folded = self.library_is_folded
        self.fold_library(folded=False)
        words = [self.saveState().toHex().toStdString()]
        self.fold_library(folded=folded)
        words += [FOLDED] if folded else []
        words += [f"{'page' if is_page else 'margin'}:{px}" for is_page, px in self._chosen_px.items()]
        return " ".join(words)

    def restore(self, state: str) -> None:
        """Take what was saved, or the sizes to begin with for ""."""
        self.fold_library(folded=False)
        sizes, *words = state.split() or [""]
        if not (sizes and self.restoreState(QByteArray.fromHex(sizes.encode()))):
            self.setSizes([LIBRARY_PX, self.width() - LIBRARY_PX])
        self.fold_library(folded=FOLDED in words)
        chosen = [found.groups() for word in words if (found := _CHOSEN.fullmatch(word))]
        self._chosen_px = {name == "page": int(px) for name, px in chosen}
        self.share_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the room anew when there is more or less of it beside the conversation."""
        if event.type() is QEvent.Type.Resize and watched is self._inner and not self.is_narrow:
            self.share_room()
        return super().eventFilter(watched, event)

    @Slot()
    def _on_inner_moved(self) -> None:
        if not self.is_narrow:
            self._chosen_px[self.page_is_open] = self._inner.sizes()[1]

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
