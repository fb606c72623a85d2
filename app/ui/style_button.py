"""The button that names a style, and its menu of all styles. Window process."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.core.styles import PLAIN, Style, StyleRow, same_name
from app.ui.style_words import style_name, style_trouble

LONGEST_NAME = 24
TIP_CHARACTERS = 200


class StyleButton(QPushButton):
    """Shows a style; a press offers the others.

    Signals:
        menu_opening: the styles should be listed again.
        style_chosen: the `Style` that the person chose, with its words.
        trouble_met: the `StyleRow` of one that was chosen and cannot be used.
    """

    menu_opening = Signal()
    style_chosen = Signal(object)
    trouble_met = Signal(object)

    def __init__(self, words: Callable[[Style], str], *, opens_above: bool, parent: QWidget | None = None) -> None:
        """Take what the button says of a style, and where its menu has room."""
        super().__init__(parent)
        self._words = words
        self._opens_above = opens_above
        self._rows: tuple[StyleRow, ...] = ()
        self._style = PLAIN
        self.offers = QMenu(self)
        self.offers.setToolTipsVisible(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self.open_menu)
        self.show_style(PLAIN)

    def show_style(self, style: Style) -> None:
        """Name a style."""
        self._style = style
        words = self._words(style)
        short = words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1].rstrip()}…"
        self.setText(short.replace("&", "&&"))
        self.setAccessibleName(self.tr("Style of the answers: {name}").replace("{name}", style_name(style)))
        self._fill_menu()

    def show_rows(self, rows: tuple[StyleRow, ...]) -> None:
        """Offer these styles; a menu that is open changes only if they do."""
        if rows != self._rows:
            self._rows = rows
            self._fill_menu()

    @Slot()
    def open_menu(self) -> None:
        """Offer the styles."""
        self.menu_opening.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        below = QPoint(0, self.height())
        at = QPoint(0, -self.offers.sizeHint().height()) if self._opens_above else below
        self.offers.popup(self.mapToGlobal(at))

    def _fill_menu(self) -> None:
        self.offers.clear()
        self._add(StyleRow(PLAIN), self.tr("Plain: one to three sentences"))
        for is_own in (False, True):
            rows = [row for row in self._rows if bool(row.path) is is_own]
            if rows:
                self.offers.addSeparator()
            for row in rows:
                self._add(row, row.style.name)

    def _add(self, row: StyleRow, words: str) -> None:
        if row.trouble:
            words = self.tr("{name} – cannot be used").replace("{name}", words)
        action = QAction(words.replace("&", "&&"), self.offers)
        action.setCheckable(True)
        action.setChecked(self._is_shown(row.style))
        tip = " ".join(style_trouble(row.trouble)) if row.trouble else row.style.instructions[:TIP_CHARACTERS]
        action.setToolTip(tip)
        action.triggered.connect(lambda: self._on_triggered(row))
        self.offers.addAction(action)

    def _is_shown(self, style: Style) -> bool:
        """Return whether a style, or changed words of it, is the one that the button names."""
        nameless = bool(self._style.instructions) and not self._style.name
        return not nameless and same_name(style.name, self._style.name)

    def _on_triggered(self, row: StyleRow) -> None:
        if row.trouble:
            self.trouble_met.emit(row)
        else:
            self.style_chosen.emit(row.style)
        self._fill_menu()
