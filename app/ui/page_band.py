"""A band that the pointer draws over a page as it was printed, to mark passages. Window process."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QRubberBand

from app.core.pages import Rect
from app.ui.page_view import PageView


class PageBand(QObject):
    """Watches a drawn page.

    Signals:
        drawn: the `Rect` of the page that was marked, in points.
    """

    drawn = Signal(object)

    def __init__(self, view: PageView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._from: QPoint | None = None
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, view.viewport())
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw the band while the pointer is held, and tell where it was when it is let go."""
        if isinstance(event, QMouseEvent):
            place = event.position().toPoint()
            if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self._from = place
            elif event.type() == QEvent.Type.MouseMove and self._from is not None:
                self._draw(QRect(self._from, place).normalized())
            elif event.type() == QEvent.Type.MouseButtonRelease and self._from is not None:
                marked, self._from = QRect(self._from, place).normalized(), None
                if self._band.isVisible():
                    self._band.hide()
                    corners = self._view.point_at(marked.topLeft()), self._view.point_at(marked.bottomRight())
                    self.drawn.emit(Rect(corners[0].x(), corners[0].y(), corners[1].x(), corners[1].y()))
                    return True
        return super().eventFilter(watched, event)

    def _draw(self, band: QRect) -> None:
        if self._band.isVisible() or band.width() + band.height() >= QApplication.startDragDistance():
            self._band.setGeometry(band)
            self._band.show()


def touch(one: Rect, other: Rect) -> bool:
    """Return whether two rectangles have a point in common."""
    return QRectF(one.x0, one.y0, one.x1 - one.x0, one.y1 - one.y0).intersects(
        QRectF(other.x0, other.y0, other.x1 - other.x0, other.y1 - other.y0)
    )
