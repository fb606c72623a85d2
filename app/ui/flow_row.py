"""Widgets that stand side by side and break into lines like words, as high as their lines are. Window process."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.flow_layout import FlowLayout

LEAST_PX = 80


class FlowRow(QWidget):
    """Shows the widgets that it is given."""

    def __init__(self, gap_px: int, parent: QWidget | None = None, *, line_gap_px: int | None = None) -> None:
        super().__init__(parent)
        self._shown: list[QWidget] = []
        self._flow = FlowLayout(gap_px, self, line_gap_px=line_gap_px)

    def show_widgets(self, widgets: tuple[QWidget, ...]) -> None:
        """Show these widgets in place of those before."""
        for widget in self._shown:
            self._flow.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = list(widgets)
        for widget in widgets:
            self._flow.addWidget(widget)
            widget.show()
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Take the height of the lines when widgets come, go or change their words."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height of the lines at the new width."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Allow narrow panes."""
        return QSize(LEAST_PX, self.height())

    def _fit(self) -> None:
        self.setFixedHeight(self._flow.height_in(max(self.width(), LEAST_PX)))
