"""The foot of a card: why the passage is here, and where else its text stands. Window process."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.types import Hit, Twin
from app.ui.labels import PlainLabel
from app.ui.sentences import page_words, shown_name, shown_path
from app.ui.why_panel import WhyPanel
from app.ui.why_words import given_words

TWINS_SHOWN = 3
LONGEST_NAME = 28


class CardFooter(QWidget):
    """Offers "Why?" and the other places of a passage.

    Signals:
        twin_opened: the `Twin` whose page is wanted.
    """

    twin_opened = Signal(object)

    def __init__(self, hit: Hit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hit = hit
        self._panel: WhyPanel | None = None
        self.why = self._link(self.tr("Why?"))
        self.why.setCheckable(True)
        self.why.setAccessibleDescription(self.tr("Says how this passage was found"))
        self.why.toggled.connect(self._on_why_toggled)
        self._twins: list[QPushButton] = []
        self._more: QPushButton | None = None
        self._places = QVBoxLayout()
        self._places.setSpacing(0)
        self._links = QHBoxLayout()
        self._links.setSpacing(12)
        self._links.addWidget(self.why)
        self._links.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._places)
        self._column.addLayout(self._links)
        if hit.recognised:
            self._places.addWidget(PlainLabel(self.tr("Recognised text: look at the page"), "quiet"))
        if hit.twins:
            self._places.addWidget(PlainLabel(self.tr("Also in"), "quiet"))
            self._add_twins(hit.twins[:TWINS_SHOWN])
            self._offer_more(len(hit.twins) - TWINS_SHOWN)

    @property
    def panel(self) -> WhyPanel | None:
        """Return the panel that says why, None until it was asked for."""
        return self._panel

    def twins(self) -> tuple[QPushButton, ...]:
        """Return the buttons that open the other places, in order."""
        return tuple(self._twins)

    @property
    def more(self) -> QPushButton | None:
        """Return the button that shows the places that are not shown yet, None where all are."""
        return self._more

    def put_first(self, link: QPushButton) -> None:
        """Stand a link of the card before "Why?"."""
        self._links.insertWidget(0, link)

    @Slot(bool)
    def _on_why_toggled(self, wanted: bool) -> None:
        if self._panel is None:
            self._panel = WhyPanel()
            self._panel.show_why(given_words(self._hit), self._hit.scores)
            self._column.addWidget(self._panel)
        self._panel.setVisible(wanted)
        self.updateGeometry()

    def _add_twins(self, twins: tuple[Twin, ...]) -> None:
        for twin in twins:
            name, place = shown_name(twin.path), page_words(twin.path, twin.page)
            short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME // 2]}…{name[-LONGEST_NAME // 2 :]}"
            button = self._link(f"{short} {place}".replace("&", "&&"))
            button.setAccessibleName(self.tr("Also in {name}, {place}").format(name=shown_path(twin.path), place=place))
            button.clicked.connect(lambda _checked=False, twin=twin: self.twin_opened.emit(twin))
            self._twins.append(button)
            self._places.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _offer_more(self, count: int) -> None:
        if count > 0:
            self._more = self._link(self.tr("{n} more").format(n=count))
            self._more.clicked.connect(self._on_more_pressed)
            self._places.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    @Slot()
    def _on_more_pressed(self) -> None:
        if self._more is not None:
            self._places.removeWidget(self._more)
            self._more.deleteLater()
            self._more = None
            self._add_twins(self._hit.twins[TWINS_SHOWN:])
            self.updateGeometry()

    def _link(self, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName("quietLink")
        return button
