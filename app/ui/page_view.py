"""A page as it was printed, with a passage and its quotations marked. Window process.

A page is drawn whole as long as its picture stays small; a larger one is drawn whole and less sharp, and over it the
part that is looked at, sharp. What is there is shown scaled until the sharper picture comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.core.letters import LetterPlaces
from app.core.pages import PageImage, Rect, Span
from app.ui.page_selection import PageSelection
from app.ui.page_tints import around_tint, fill, find_tint, selection_tint
from app.ui.theme import Look

PIXELS_PER_POINT = 96 / 72  # at 100 %
ZOOM_STEP = 1.2
ZOOM_LEAST, ZOOM_MOST = 0.1, 8.0
EDGE_PX = 12
SAME_SCALE = 0.02
SETTLE_MS = 80
ABOVE_MARK_PX = 96
WHOLE_LIMIT_PIXELS = 6_000_000  # some 10 ms to take over into the window (2 cores, Xeon at 2 GHz)
PART_BEYOND = 0.25  # of the view's size, on each side of it


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page, in points, wanted at so many pixels per point."""

    clip: Rect
    scale: float


class PageView(QAbstractScrollArea):
    """Draws a page at a zoom, fitted to the pane's width until the person zooms.

    Signals:
        scale_wanted: the pixels per point at which the page should be drawn again.
        part_wanted: the `Part` that should be drawn sharper than the whole page.
        zoomed: the zoom may be another one.
    """

    scale_wanted = Signal(float)
    part_wanted = Signal(object)
    zoomed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pixmap: QPixmap | None = None
        self._part: tuple[Part, QPixmap] | None = None
        self._width_pt, self._height_pt = 595.0, 842.0
        self._rects: tuple[Rect, ...] = ()
        self._quotes: tuple[Span, ...] = ()
        self._finds: tuple[Span, ...] = ()
        self._current: Span | None = None
        self._places: LetterPlaces | None = None
        self._zoom: float | None = None  # None fits the page
        self._fits_height = False
        self._drawn_scale = 0.0
        self._asked: float | Part | None = None
        self.selection = PageSelection(self, self.point_at)
        self.selection.changed.connect(self.viewport().update)
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
        wide = max(self.viewport().width() - 2 * EDGE_PX, 80) / (self._width_pt * PIXELS_PER_POINT)
        high = max(self.viewport().height() - 2 * EDGE_PX, 80) / (self._height_pt * PIXELS_PER_POINT)
        fitted = min(wide, high) if self._fits_height else wide
        return min(max(self._zoom or fitted, ZOOM_LEAST), ZOOM_MOST)

    @property
    def fits_page(self) -> bool:
        """Return whether the whole page is fitted to the pane."""
        return self._zoom is None and self._fits_height

    @property
    def sharp_scale(self) -> float:
        """Return the pixels per point at which all that is seen would be sharp."""
        return self.zoom * PIXELS_PER_POINT * self.devicePixelRatioF()

    @property
    def scale(self) -> float:
        """Return the pixels per point at which the whole page is to be drawn."""
        return min(self.sharp_scale, (WHOLE_LIMIT_PIXELS / (self._width_pt * self._height_pt)) ** 0.5)

    def show_page(
        self,
        image: PageImage,
        rects: tuple[Rect, ...],
        scale: float,
        *,
        go_to_mark: bool,
        quotes: tuple[Span, ...] = (),
    ) -> None:
        """Show a page drawn at `scale` pixels per point, with these rectangles marked.

        `quotes` in them stand out as soon as it is known where the page's letters are.
        """
        self._pixmap = _pixmap(image)
        self._width_pt, self._height_pt = image.width_px / scale, image.height_px / scale
        self._rects, self._quotes = rects, quotes
        self._drawn_scale = scale
        self._set_ranges()
        if go_to_mark:
            self._go_to(rects)
            self._go_to_seen(self._rects_of(quotes))
        self.viewport().update()
        self._want_sharp()

    def show_part(self, image: PageImage, clip: Rect, scale: float) -> None:
        """Lay a sharper picture of a part of the page over it."""
        self._part = (Part(clip, scale), _pixmap(image))
        self.viewport().update()

    def begin_page(self) -> None:
        """Forget what is known of the page before: another one comes."""
        self._part = self._asked = None
        self._finds, self._current = (), None
        self.set_letters(None)

    def set_letters(self, places: LetterPlaces | None, *, is_as_indexed: bool = True) -> None:
        """Take the places of the page's letters, by which it can be selected, and what is found be tinted.

        What is found is told by offsets that hold only where the letters are as indexed.
        """
        self._places = places if is_as_indexed else None
        if places is not None and not is_as_indexed:
            self._quotes = ()
        self.selection.set_places(places)
        self.setAccessibleDescription(places.text if places else "")
        self._go_to_seen(self._rects_of(self._quotes if self._current is None else (self._current,)))
        self.viewport().update()

    def show_finds(self, finds: tuple[Span, ...], current: Span | None) -> None:
        """Tint what was found on the page, the current one stronger, and go there if it is out of sight."""
        self._finds, self._current = finds, current
        if current is not None:
            self._go_to_seen(self._rects_of((current,)))
        self.viewport().update()

    def mark(self, rects: tuple[Rect, ...]) -> None:
        """Mark other rectangles of the same page, alone, and go there if they are out of sight."""
        self._rects, self._quotes = rects, ()
        self._go_to_seen(rects)
        self.viewport().update()

    def point_at(self, place: QPoint) -> QPointF:
        """Return the point of the page, in points, that lies at a place of the viewport."""
        return QPointF(place - self._corner()) / (self.zoom * PIXELS_PER_POINT)

    def zoom_to(self, zoom: float | None, at: QPoint | None = None) -> None:
        """Take a zoom, None to fit the width, and keep what is at a place of the viewport, else its middle, there."""
        self._fit(zoom, fits_height=False, at=at)

    def fit_page(self) -> None:
        """Fit the whole page to the pane."""
        self._fit(None, fits_height=True, at=None)

    def marked_rects(self) -> tuple[QRectF, ...]:
        """Return the marked rectangles as they lie in the viewport now."""
        return self._seen(self._rects)

    def quoted_rects(self) -> tuple[QRectF, ...]:
        """Return the rectangles of the quotations as they lie in the viewport now."""
        return self._seen(self._rects_of(self._quotes))

    def found_rects(self) -> tuple[QRectF, ...]:
        """Return the rectangles of what was found as they lie in the viewport now."""
        return self._seen(self._rects_of(self._finds))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page, and over it even tints however the rectangles overlap."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._look.theme.hover)
        if self._pixmap is not None:
            self._draw(painter, self._pixmap, QRectF(self._corner(), self._size()))
            if self._part is not None and self._part[0].scale >= self._drawn_scale:
                [where] = self._seen((self._part[0].clip,))
                self._draw(painter, self._part[1], where)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)  # ink stays ink
            mark = self._look.page_mark
            fill(painter, self.marked_rects(), around_tint(mark) if self._quotes else mark)
            fill(painter, self.quoted_rects(), mark)
            fill(painter, self.found_rects(), find_tint(is_current=False))
            if self._current is not None:
                fill(painter, self._seen(self._rects_of((self._current,))), find_tint(is_current=True))
            if self.selection.span is not None:
                fill(painter, self._seen(self._rects_of((self.selection.span,))), selection_tint())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the page to a new size."""
        super().resizeEvent(event)
        self._set_ranges()
        self._settling.start()
        self.zoomed.emit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Draw what comes into view."""
        self.viewport().update()
        self._settling.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl around the pointer, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.zoom_to(self.zoom * ZOOM_STEP**steps, event.position().toPoint())
        else:
            super().wheelEvent(event)

    def _fit(self, zoom: float | None, *, fits_height: bool, at: QPoint | None) -> None:
        at = at or self.viewport().rect().center()
        kept = self.point_at(at)
        self._zoom = None if zoom is None else min(max(zoom, ZOOM_LEAST), ZOOM_MOST)
        self._fits_height = fits_height
        self._set_ranges()
        moved = kept * self.zoom * PIXELS_PER_POINT + QPointF(self._corner()) - QPointF(at)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + round(moved.y()))
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + round(moved.x()))
        self.viewport().update()
        self._settling.start()
        self.zoomed.emit()

    def _size(self) -> QSize:
        unit = self.zoom * PIXELS_PER_POINT
        return QSize(round(self._width_pt * unit), round(self._height_pt * unit))

    def _corner(self) -> QPoint:
        size, room = self._size(), self.viewport().size()
        left = max((room.width() - size.width()) // 2, EDGE_PX if self._zoom is not None else 0)
        return QPoint(left - self.horizontalScrollBar().value(), EDGE_PX - self.verticalScrollBar().value())

    def _seen(self, rects: Iterable[Rect]) -> tuple[QRectF, ...]:
        corner, unit = self._corner(), self.zoom * PIXELS_PER_POINT
        return tuple(
            QRectF(
                corner.x() + rect.x0 * unit,
                corner.y() + rect.y0 * unit,
                (rect.x1 - rect.x0) * unit,
                (rect.y1 - rect.y0) * unit,
            )
            for rect in rects
        )

    def _rects_of(self, spans: tuple[Span, ...]) -> tuple[Rect, ...]:
        return tuple(rect for span in spans for rect in self._places.rects(span)) if self._places else ()

    def _draw(self, painter: QPainter, pixmap: QPixmap, where: QRectF) -> None:
        """Draw a picture pixel by pixel where its size is right but for rounding, else scaled."""
        ratio = self.devicePixelRatioF()
        off_px = max(abs(where.width() * ratio - pixmap.width()), abs(where.height() * ratio - pixmap.height()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, off_px >= 2)
        if off_px < 2:
            where = QRectF(where.toRect().topLeft() if ratio == 1 else where.topLeft(), pixmap.size() / ratio)
        painter.drawPixmap(where, pixmap, QRectF(pixmap.rect()))

    def _set_ranges(self) -> None:
        size, view = self._size(), self.viewport().size()
        self.verticalScrollBar().setPageStep(view.height())
        self.horizontalScrollBar().setPageStep(view.width())
        self.verticalScrollBar().setRange(0, max(size.height() + 2 * EDGE_PX - view.height(), 0))
        wide = size.width() + 2 * EDGE_PX - view.width()
        self.horizontalScrollBar().setRange(0, max(wide, 0) if self._zoom is not None else 0)

    def _go_to_seen(self, rects: tuple[Rect, ...]) -> None:
        seen = self.viewport().rect().toRectF()
        if rects and not any(seen.contains(rect.center()) for rect in self._seen(rects)):
            self._go_to(rects)

    def _go_to(self, rects: tuple[Rect, ...]) -> None:
        unit = self.zoom * PIXELS_PER_POINT
        top = min((rect.y0 for rect in rects), default=0.0) * unit
        left = min((rect.x0 for rect in rects), default=0.0) * unit
        self.verticalScrollBar().setValue(round(top) - ABOVE_MARK_PX)
        self.horizontalScrollBar().setValue(round(left) - ABOVE_MARK_PX)

    @Slot()
    def _want_sharp(self) -> None:
        """Ask for a picture that fits the zoom, unless it is there or was asked for just before."""
        if self._pixmap is None:
            return
        whole, sharp = self.scale, self.sharp_scale
        if abs(whole / self._drawn_scale - 1) > SAME_SCALE and self._asked != whole:
            self._asked = whole
            self.scale_wanted.emit(whole)
        elif sharp > whole * (1 + SAME_SCALE) and not self._has_part(sharp):
            self.part_wanted.emit(Part(self._clip(PART_BEYOND, sharp), sharp))

    def _has_part(self, scale: float) -> bool:
        if self._part is None or abs(self._part[0].scale / scale - 1) > SAME_SCALE:
            return False
        seen, there = self._clip(0.0, scale), self._part[0].clip
        return (
            there.x0 <= seen.x0 + 1 and there.y0 <= seen.y0 + 1 and there.x1 >= seen.x1 - 1 and there.y1 >= seen.y1 - 1
        )

    def _clip(self, beyond: float, scale: float) -> Rect:
        """Return what is in view, and so much more around it, in points on whole pixels of the picture."""
        view = self.viewport().rect().toRectF()
        more = QSize(round(view.width() * beyond), round(view.height() * beyond))
        first = self.point_at(QPoint(-more.width(), -more.height()))
        last = self.point_at(QPoint(round(view.width()) + more.width(), round(view.height()) + more.height()))
        x0, y0 = (max(round(edge * scale), 0) / scale for edge in (first.x(), first.y()))
        x1 = min(round(last.x() * scale) / scale, self._width_pt)
        y1 = min(round(last.y() * scale) / scale, self._height_pt)
        return Rect(x0, y0, max(x1, x0), max(y1, y0))

    @Slot()
    def _on_look_changed(self) -> None:
        self.viewport().update()


def _pixmap(image: PageImage) -> QPixmap:
    drawn = QImage(image.rgb, image.width_px, image.height_px, image.width_px * 3, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(drawn)
