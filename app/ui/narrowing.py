"""How a conversation is kept to some of the documents: chips, names after @, days. Window process."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.client.engine_client import EngineClient
from app.core.types import Filters
from app.ui.asking import Asking
from app.ui.chosen_filters import with_path
from app.ui.dates_dialog import DatesDialog
from app.ui.filter_chips import FilterChips
from app.ui.name_completion import NameCompletion
from app.ui.names import Names
from app.ui.question_box import QuestionBox


class Narrowing(QObject):
    """Keeps the filters of the conversation until the person takes them away or begins another."""

    def __init__(self, client: EngineClient, box: QuestionBox, asking: Asking, window: QWidget) -> None:
        super().__init__(window)
        self._asking = asking
        self.names = Names(client, self)
        self.chips = FilterChips(lambda: self.names.suffixes)
        self.completion = NameCompletion(box.text_edit, self.names, window)
        self.dates = DatesDialog(window)
        box.put_below(self.chips, self.chips.add)
        self.chips.filters_changed.connect(self._take)
        self.chips.names_wanted.connect(self.completion.begin)
        self.chips.dates_wanted.connect(self._on_dates_wanted)
        self.completion.chosen.connect(self.add)
        self.dates.chosen.connect(self._take)
        asking.turn_shown.connect(self._on_turn_shown)

    def keep_to(self, filters: Filters) -> None:
        """Keep the conversation to some of the documents."""
        self._take(filters)

    def open_menu(self) -> None:
        """Offer what the conversation can be kept to."""
        self.chips.add.setFocus()
        self.chips.open_menu()

    @Slot(object)
    def _take(self, filters: Filters) -> None:
        self.chips.show_filters(filters)
        self._asking.set_filters(filters)

    @Slot(object)
    def add(self, path: bytes) -> None:
        """Keep the conversation to one more file or folder."""
        self._take(with_path(self.chips.filters, path))

    @Slot()
    def _on_dates_wanted(self) -> None:
        self.dates.ask(self.chips.filters)

    @Slot(object)
    def _on_turn_shown(self, turn: object) -> None:
        if turn is None:  # another conversation
            self._take(Filters())
