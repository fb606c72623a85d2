"""How a page comes over the margin and goes again, and the keyboard with it. Window process."""

from PySide6.QtCore import QObject, Slot

from app.ui.checking import Checking
from app.ui.margin_panel import MarginPanel
from app.ui.page_panel import PagePanel
from app.ui.panes import Panes
from app.ui.reading import Reading


class PageOverMargin(QObject):
    """Shows the page when one is opened, and the margin when the person has seen enough."""

    def __init__(
        self, panes: Panes, margin: MarginPanel, page: PagePanel, reading: Reading, checking: Checking
    ) -> None:
        super().__init__(panes)
        self._panes = panes
        self._margin = margin
        self._page = page
        self._reading = reading
        self._checking = checking
        self._by_key = False  # whether the page was opened from a card, and not by the pointer
        reading.page_opening.connect(self._on_page_opening)
        page.closed.connect(self.close)

    @Slot()
    def close(self) -> None:
        """Give the keyboard back to the card that it came from, else to the question."""
        back_to = (self._reading.open_number or 0) if self._by_key and self._page.holds_focus() else None
        self._reading.close()
        self._margin.lift(0)
        self._panes.show_page(shown=False)
        if back_to is None:
            self._checking.take_focus()
        else:
            self._margin.take_focus(back_to)

    @Slot()
    def _on_page_opening(self) -> None:
        """Let the keyboard go on from a card to its page."""
        from_card = self._margin.has_keyboard
        self._by_key = from_card or (self._panes.page_is_open and self._by_key)
        self._panes.show_page(shown=True)
        if from_card:
            self._page.take_focus()
