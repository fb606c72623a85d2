"""What a person selects on a drawn page: by dragging, by words, by keys. Window process."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea

from app.core.letters import LetterPlaces
from app.core.pages import Span


class PageSelection(QObject):
    """Watches a drawn page's mouse and keys once the places of its letters are known.

    Signals:
        changed: another span, or none, is selected.
    """

    changed = Signal()

    def __init__(self, view: QAbstractScrollArea, point_at: Callable[[QPoint], QPointF]) -> None:
        """Take the view, and what tells the point of its page at a place of its viewport."""
        super().__init__(view)
        self._view = view
        self._point_at = point_at
        self._places: LetterPlaces | None = None
        self._first = Span(0, 0)
        self._end = 0
        self._by_words = False
        self._dragging = False
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        view.viewport().setMouseTracking(True)

    @property
    def span(self) -> Span | None:
        """Return what is selected, in offsets of the page's text as drawn."""
        start, end = min(self._first.start, self._end), max(self._first.end, self._end)
        return Span(start, end) if self._places is not None and start < end else None

    @property
    def text(self) -> str:
        """Return the selected text, "" for none."""
        span = self.span
        return self._places.text[span.start : span.end] if self._places and span else ""

    def set_places(self, places: LetterPlaces | None) -> None:
        """Take the letters of another page, with nothing of it selected."""
        self._places = places
        self._take(Span(0, 0), 0)

    def select_all(self) -> None:
        """Select the whole page."""
        if self._places is not None:
            self._take(self._places.whole, self._places.whole.end)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Select with the mouse and the keys of text."""
        if self._places is None:
            return super().eventFilter(watched, event)
        if isinstance(event, QMouseEvent) and watched is self._view.viewport():
            self._on_mouse(event, self._places)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self._view:
            return self._on_key(event, self._places) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)

    def _on_mouse(self, event: QMouseEvent, places: LetterPlaces) -> None:
        point = self._point_at(event.position().toPoint())
        at = places.offset_at(point.x(), point.y())
        is_left = event.button() is Qt.MouseButton.LeftButton
        match event.type():
            case QEvent.Type.MouseButtonPress if is_left and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._dragging = True
                self._reach(at, places)
            case QEvent.Type.MouseButtonPress if is_left:
                self._dragging, self._by_words = True, False
                self._take(Span(at, at), at)
            case QEvent.Type.MouseButtonDblClick if is_left:
                self._dragging = self._by_words = True
                word = places.word_at(at)
                self._take(word, word.end)
            case QEvent.Type.MouseMove if self._dragging:
                self._reach(at, places)
                self._scroll_to(event.position().toPoint())
            case QEvent.Type.MouseMove:
                shape = Qt.CursorShape.IBeamCursor if places.is_on_text(point.x(), point.y()) else None
                self._view.viewport().setCursor(shape or Qt.CursorShape.ArrowCursor)
            case QEvent.Type.MouseButtonRelease:
                self._dragging = False
            case _:
                pass

    def _on_key(self, event: QKeyEvent, places: LetterPlaces) -> bool:
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.matches(QKeySequence.StandardKey.Copy) and self.text:
            QGuiApplication.clipboard().setText(self.text)
        elif event.matches(QKeySequence.StandardKey.SelectNextChar):
            self._take(self._first, min(self._end + 1, places.whole.end))
        elif event.matches(QKeySequence.StandardKey.SelectPreviousChar):
            self._take(self._first, max(self._end - 1, places.whole.start))
        elif event.matches(QKeySequence.StandardKey.SelectNextWord):
            self._take(self._first, places.word_end(self._end, 1))
        elif event.matches(QKeySequence.StandardKey.SelectPreviousWord):
            self._take(self._first, places.word_end(self._end, -1))
        elif event.matches(QKeySequence.StandardKey.SelectNextLine):
            self._take(self._first, places.row_beside(self._end, 1))
        elif event.matches(QKeySequence.StandardKey.SelectPreviousLine):
            self._take(self._first, places.row_beside(self._end, -1))
        else:
            return False
        return True

    def _reach(self, at: int, places: LetterPlaces) -> None:
        """Let the selection go as far as a place, or as the word there."""
        if self._by_words:
            word = places.word_at(at)
            at = word.start if at < self._first.start else word.end
        self._take(self._first, at)

    def _scroll_to(self, place: QPoint) -> None:
        bar, height = self._view.verticalScrollBar(), self._view.viewport().height()
        beyond = min(place.y(), 0) + max(place.y() - height, 0)
        bar.setValue(bar.value() + max(min(beyond, 40), -40))

    def _take(self, first: Span, end: int) -> None:
        if (first, end) != (self._first, self._end):
            self._first, self._end = first, end
            self.changed.emit()
