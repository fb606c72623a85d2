"""Which place of an opened page a person points at: by a click, a selection, or its menu. Window process."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QMenu

from app.core.pages import Span
from app.ui.page_text import PAGE_OFFSET, PageTextView
from app.ui.page_view import PageView


class PagePicking(QObject):
    """Watches both views of a page.

    Signals:
        picked: the place that was clicked: a `QPointF` on the drawn page, in points, or a `Span` of the page's text.
        why_wanted: the same, because the person asks about it.
        add_wanted: what is marked should come into the evidence.
    """

    picked = Signal(object)
    why_wanted = Signal(object)
    add_wanted = Signal()

    def __init__(self, drawn: PageView, text: PageTextView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawn = drawn
        self._text = text
        self.can_ask = False
        for view in (drawn, text):
            view.viewport().installEventFilter(self)

    def selected_span(self) -> Span | None:
        """Return the selection in the page's text, None without one."""
        cursor = self._text.textCursor()
        start, end = QTextCursor(cursor), QTextCursor(cursor)
        start.setPosition(cursor.selectionStart())
        end.setPosition(cursor.selectionEnd())
        first, last = page_offset(start), page_offset(end)
        return Span(first, max(last, first + 1)) if cursor.hasSelection() and first is not None and last else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell of a click, and add the question to the menu of a page."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            if event.button() == Qt.MouseButton.LeftButton and self.selected_span() is None:
                self.picked.emit(self._place_at(watched, event.position().toPoint()))
        elif isinstance(event, QContextMenuEvent):
            self._open_menu(watched, event)
            return True
        return super().eventFilter(watched, event)

    def _open_menu(self, watched: QObject, event: QContextMenuEvent) -> None:
        on_text = watched is self._text.viewport()
        menu = self._text.createStandardContextMenu() if on_text else QMenu(self._drawn)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = (self.selected_span() if on_text else None) or self._place_at(watched, event.pos())
        action = QAction(self.tr("Why was this not used?"), menu)
        action.triggered.connect(lambda: self.why_wanted.emit(place))
        action.setEnabled(self.can_ask)
        adding = QAction(self.tr("Add to the evidence"), menu)
        adding.triggered.connect(self.add_wanted)
        menu.addSeparator()
        menu.addActions([adding, action])
        menu.popup(event.globalPos())

    def _place_at(self, watched: QObject, place: QPoint) -> object:
        if watched is self._text.viewport():
            offset = page_offset(self._text.cursorForPosition(place))
            return None if offset is None else Span(offset, offset + 1)
        return self._drawn.point_at(place)


def page_offset(cursor: QTextCursor) -> int | None:
    """Return where in the page's text a cursor stands, None where there is no text of the page."""
    fragments = cursor.block().begin()
    best: int | None = None
    while not fragments.atEnd():
        fragment = fragments.fragment()
        begins = fragment.charFormat().property(PAGE_OFFSET)
        units = min(cursor.position() - fragment.position(), fragment.length())
        if isinstance(begins, int) and (units >= 0 or best is None):
            inside = fragment.text().encode("utf-16-le", "surrogatepass")[: 2 * max(units, 0)]
            best = begins + len(inside.decode("utf-16-le", "replace"))
        fragments += 1
    return best
