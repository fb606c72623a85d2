"""A page as it was printed, with a passage marked in one even tint. Window process."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.core.pages import PageImage, Rect
from app.ui.theme import Look

PIXELS_PER_POINT = 96 / 72  # at 100 %
ZOOM_STEP = 1.2
ZOOM_LEAST, ZOOM_MOST = 0.25, 5.0
EDGE_PX = 12
SAME_SCALE = 0.02
SETTLE_MS = 80
ABOVE_MARK_PX = 96


class PageView(QAbstractScrollArea):
    """Draws a page at a zoom, fitted to the pane's width until the person zooms.

    Signals:
        scale_wanted: the pixels per point at which the page should be drawn again.
        page_turned: +1 or -1, because the person scrolled past an end with the page keys.
    """

    scale_wanted = Signal(float)
    page_turned = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pixmap: QPixmap | None = None
        self._width_pt = 595.0
        self._height_pt = 842.0
        self._rects: tuple[Rect, ...] = ()
        self._zoom: float | None = None  # None fits the width
        self._drawn_scale = 0.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Page"))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # its coming and going would zoom
        self.verticalScrollBar().setSingleStep(40)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._want_sharp)
        look.changed.connect(self._on_look_changed)

    @property
    def zoom(self) -> float:
        """Return the zoom, 1.0 for 100 %."""
        room = self.viewport().width() - 2 * EDGE_PX
        fitted = max(room, 80) / (self._width_pt * PIXELS_PER_POINT)
        return min(max(self._zoom or fitted, ZOOM_LEAST), ZOOM_MOST)

    @property
    def scale(self) -> float:
        """Return the pixels per point at which the page would be sharp now."""
        return self.zoom * PIXELS_PER_POINT * self.devicePixelRatioF()

    def show_page(self, image: PageImage, rects: tuple[Rect, ...], scale: float, *, go_to_mark: bool) -> None:
        """Show a page drawn at `scale` pixels per point, with these rectangles marked."""
        drawn = QImage(image.rgb, image.width_px, image.height_px, image.width_px * 3, QImage.Format.Format_RGB888)
        self._pixmap = QPixmap.fromImage(drawn)
        self._width_pt, self._height_pt = image.width_px / scale, image.height_px / scale
        self._rects = rects
        self._drawn_scale = scale
        self._set_ranges()
        if go_to_mark:
            self._go_to_mark()
        self.viewport().update()
        self._want_sharp()

    def mark(self, rects: tuple[Rect, ...]) -> None:
        """Mark other rectangles of the same page, and go there if they are out of sight."""
        self._rects = rects
        seen = self.viewport().rect().toRectF()
        if rects and not any(seen.intersects(rect) for rect in self.marked_rects()):
            self._go_to_mark()
        self.viewport().update()

    def point_at(self, place: QPoint) -> QPointF:
        """Return the point of the page, in points, that lies at a place of the viewport."""
        return QPointF(place - self._corner()) / (self.zoom * PIXELS_PER_POINT)

    def clear(self) -> None:
        """Show nothing."""
        self._pixmap = None
        self._rects = ()
        self.viewport().update()

    def zoom_by(self, factor: float) -> None:
        """Make the page larger or smaller around the middle of the pane."""
        self.zoom_to(self.zoom * factor)

    def zoom_to(self, zoom: float | None) -> None:
        """Take a zoom, None to fit the width."""
        bar = self.verticalScrollBar()
        middle = (bar.value() + self.viewport().height() / 2) / max(self._size().height(), 1)
        self._zoom = None if zoom is None else min(max(zoom, ZOOM_LEAST), ZOOM_MOST)
        self._set_ranges()
        bar.setValue(round(middle * self._size().height() - self.viewport().height() / 2))
        self.viewport().update()
        self._settling.start()

    def marked_rects(self) -> tuple[QRectF, ...]:
        """Return the marked rectangles as they lie in the viewport now."""
        corner = self._corner()
        unit = self.zoom * PIXELS_PER_POINT
        return tuple(
            QRectF(
                corner.x() + rect.x0 * unit,
                corner.y() + rect.y0 * unit,
                (rect.x1 - rect.x0) * unit,
                (rect.y1 - rect.y0) * unit,
            )
            for rect in self._rects
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page, and over it one tint however the rectangles overlap."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._look.theme.hover)
        if self._pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            target = QRectF(self._corner(), self._size())
            painter.drawPixmap(target, self._pixmap, QRectF(self._pixmap.rect()))
            path = QPainterPath()
            path.setFillRule(Qt.FillRule.WindingFill)
            for rect in self.marked_rects():
                path.addRect(rect.adjusted(-1, -1, 1, 1))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)  # ink stays ink
            painter.fillPath(path.simplified(), self._look.page_mark)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the page to a new width."""
        super().resizeEvent(event)
        self._set_ranges()
        self._settling.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll, and turn the page at its ends."""
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_PageDown and bar.value() == bar.maximum():
            self.page_turned.emit(1)
        elif event.key() == Qt.Key.Key_PageUp and bar.value() == bar.minimum():
            self.page_turned.emit(-1)
        elif event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            bar.setValue(bar.value() + (bar.pageStep() if event.key() == Qt.Key.Key_PageDown else -bar.pageStep()))
        else:
            super().keyPressEvent(event)

    def _size(self) -> QSize:
        unit = self.zoom * PIXELS_PER_POINT
        return QSize(round(self._width_pt * unit), round(self._height_pt * unit))

    def _corner(self) -> QPoint:
        size = self._size()
        room = self.viewport().width()
        left = (room - size.width()) // 2 if size.width() <= room else EDGE_PX
        return QPoint(left - self.horizontalScrollBar().value(), EDGE_PX - self.verticalScrollBar().value())

    def _set_ranges(self) -> None:
        size = self._size()
        view = self.viewport().size()
        self.verticalScrollBar().setPageStep(view.height())
        self.horizontalScrollBar().setPageStep(view.width())
        self.verticalScrollBar().setRange(0, max(size.height() + 2 * EDGE_PX - view.height(), 0))
        wide = size.width() + 2 * EDGE_PX - view.width()
        self.horizontalScrollBar().setRange(0, max(wide, 0) if self._zoom is not None else 0)

    def _go_to_mark(self) -> None:
        top = min((rect.y0 for rect in self._rects), default=0.0) * self.zoom * PIXELS_PER_POINT
        self.verticalScrollBar().setValue(round(top) - ABOVE_MARK_PX)

    @Slot()
    def _want_sharp(self) -> None:
        if self._pixmap is not None and abs(self.scale / self._drawn_scale - 1) > SAME_SCALE:
            self.scale_wanted.emit(self.scale)

    @Slot()
    def _on_look_changed(self) -> None:
        self.viewport().update()
