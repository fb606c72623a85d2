"""A card's passage, cut to some lines until a person wants all of it. Window process."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QPushButton

from app.core.pages import Span
from app.ui.quoted_text import QuotedText
from app.ui.theme import Look


class FoldedText(QObject):
    """Two widgets that a card lays out: the text in `view`, and the link `more` that unfolds it."""

    def __init__(self, look: Look, lines: int, parent: QObject) -> None:
        super().__init__(parent)
        self.view = QuotedText(look)
        self.more = QPushButton(self.tr("Show all"))
        self.more.setObjectName("quietLink")
        self.more.setToolTip(self.tr("Shows the whole passage"))
        self.more.setAccessibleDescription(self.more.toolTip())
        self.more.setCursor(Qt.CursorShape.PointingHandCursor)
        self.more.clicked.connect(self._on_more_clicked)
        self._lines = lines
        self._text = ""
        self._quotes: tuple[Span, ...] = ()
        self._unfolded = False
        self.view.cut_changed.connect(self._offer_more, Qt.ConnectionType.QueuedConnection)  # not amid a layout

    def show_text(self, text: str, quotes: tuple[Span, ...] = ()) -> None:
        """Show a text with its quotations marked."""
        self._text, self._quotes = text, quotes
        self.view.set_text(text, quotes, None if self._unfolded else self._lines)
        self._offer_more(self.view.is_cut)

    @Slot(bool)
    def _offer_more(self, is_cut: bool) -> None:
        self.more.setVisible(self._unfolded or is_cut)

    @Slot()
    def _on_more_clicked(self) -> None:
        self._unfolded = not self._unfolded
        self.more.setText(self.tr("Show less") if self._unfolded else self.tr("Show all"))
        self.show_text(self._text, self._quotes)
