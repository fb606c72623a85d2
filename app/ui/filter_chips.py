"""The filters of the conversation as chips under the question box, and the way to add one. Window process."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.core.types import Filters
from app.ui.chosen_filters import chips_of, time_spans, with_time_span, with_type
from app.ui.flow_layout import FlowLayout

LONGEST_NAME = 40


class FilterChips(QWidget):
    """Shows a chip for each part of the filters; pressing one takes it away.

    Signals:
        filters_changed: the `Filters` as the person wants them now.
        names_wanted: the person wants to choose a file or folder by its name.
        dates_wanted: the person wants to say between which days.
    """

    filters_changed = Signal(object)
    names_wanted = Signal()
    dates_wanted = Signal()

    def __init__(self, suffixes: Callable[[], tuple[str, ...]], parent: QWidget | None = None) -> None:
        """Take what tells which kinds of files there are."""
        super().__init__(parent)
        self._filters = Filters()
        self._suffixes = suffixes
        self._chips: list[QPushButton] = []
        self.menu = QMenu(self)
        self.add = QPushButton(self.tr("+ Filter"))
        self.add.setObjectName("quietLink")
        self.add.setAccessibleDescription(self.tr("Searches some of the documents only (Ctrl+Shift+F)"))
        self.add.setToolTip(self.tr("Search some of the documents only (Ctrl+Shift+F)"))
        self.add.clicked.connect(self.open_menu)
        self._flow = FlowLayout(6, self)
        self.hide()

    @property
    def filters(self) -> Filters:
        """Return the filters that the chips show."""
        return self._filters

    @property
    def words(self) -> tuple[str, ...]:
        """Return what the chips say, in order."""
        return tuple(chip.words for chip in chips_of(self._filters))

    def chips(self) -> tuple[QPushButton, ...]:
        """Return the chips in order."""
        return tuple(self._chips)

    def show_filters(self, filters: Filters) -> None:
        """Show these filters."""
        self._filters = filters
        for button in self._chips:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._chips = [self._chip(chip.words, chip.whole, chip.rest) for chip in chips_of(filters)]
        self.setVisible(bool(self._chips))
        for button in self._chips:
            self._flow.addWidget(button)
            button.show()  # now, so that it can take the focus
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height of the lines at the new width."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Allow narrow panes."""
        return QSize(80, self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Delete and Backspace take away the chip that has the focus."""
        if isinstance(event, QKeyEvent) and isinstance(watched, QPushButton):
            taken = event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
            if taken:
                watched.click()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def open_menu(self) -> None:
        """Offer what can be added."""
        self._fill_menu()
        above = self.add.mapToGlobal(QPoint(0, 0)) - QPoint(0, self.menu.sizeHint().height())
        self.menu.popup(above)

    def _fit(self) -> None:
        self.setFixedHeight(self._flow.height_in(max(self.width(), 80)))

    def _chip(self, words: str, whole: str, rest: Filters) -> QPushButton:
        short = words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME // 2]}…{words[-LONGEST_NAME // 2 :]}"
        chip = QPushButton(f"{short}  ×".replace("&", "&&"), self)
        chip.setObjectName("chip")
        chip.setAccessibleName(self.tr("Filter {words}: press to take it away").format(words=whole or words))
        chip.installEventFilter(self)
        chip.clicked.connect(lambda: self._take_away(rest))
        return chip

    def _take_away(self, rest: Filters) -> None:
        self.filters_changed.emit(rest)
        (self._chips[0] if self._chips else self.add).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_menu(self) -> None:
        self.menu.clear()
        self._action(self.menu, self.tr("A file or folder…  @"), self.names_wanted.emit)
        kinds = self.menu.addMenu(self.tr("Kind of file"))
        for suffix in self._suffixes():
            if suffix and suffix not in self._filters.types:
                changed = with_type(self._filters, suffix)
                self._action(kinds, suffix.upper(), lambda changed=changed: self.filters_changed.emit(changed))
        kinds.setEnabled(not kinds.isEmpty())
        times = self.menu.addMenu(self.tr("When it was changed"))
        for span in time_spans(date.today()):
            changed = with_time_span(self._filters, span)
            self._action(times, span.words, lambda changed=changed: self.filters_changed.emit(changed))
        times.addSeparator()
        self._action(times, self.tr("Between days…"), self.dates_wanted.emit)

    def _action(self, menu: QMenu, words: str, run: Callable[[], None]) -> None:
        action = QAction(words.replace("&", "&&"), menu)
        action.triggered.connect(lambda: run())
        menu.addAction(action)
