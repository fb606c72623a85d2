"""How the passages in the margin are opened, one and then the next. Window process."""

from PySide6.QtCore import QObject, Slot

from app.ui.asking import Asking
from app.ui.margin_panel import MarginPanel
from app.ui.page_panel import PagePanel
from app.ui.reading import Reading


class Stepping(QObject):
    """Opens passages of the turn in the margin by their numbers, in its order."""

    def __init__(
        self, asking: Asking, margin: MarginPanel, page: PagePanel, reading: Reading, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._asking = asking
        self._margin = margin
        self._page = page
        self._reading = reading
        asking.source_wanted.connect(self.open)
        asking.passages_changed.connect(self._show_steps)
        asking.turn_answered.connect(self._quote_opened)
        margin.source_opened.connect(self.open)
        page.passage_stepped.connect(self.step)

    @Slot(int)
    def open(self, n: int) -> None:
        """Open the page of a passage; a number that none has opens nothing."""
        hit = self._asking.hit(n)
        if hit is not None:
            self._reading.open_hit(n, hit, self._asking.quotes(n))
            self._margin.lift(n)
            self._show_steps()

    @Slot(int)
    def step(self, step: int) -> None:
        """Open the passage that is so many after the opened one, or the first."""
        numbers = self._asking.passages()
        current = self._reading.open_number
        if not numbers:
            return
        if current not in numbers:
            self.open(numbers[0])
            return
        position = numbers.index(current) + step
        if 0 <= position < len(numbers):
            self.open(numbers[position])

    @Slot()
    def _quote_opened(self) -> None:
        n = self._reading.open_number
        hit = self._asking.hit(n) if n is not None else None
        if n is not None and hit is not None:
            self._reading.quote(n, hit, self._asking.quotes(n))

    @Slot()
    def _show_steps(self) -> None:
        numbers = self._asking.passages()
        current = self._reading.open_number
        position = numbers.index(current) if current in numbers else None
        self._page.set_passages(
            before=position is not None and position > 0,
            after=bool(numbers) and (position is None or position < len(numbers) - 1),
        )
