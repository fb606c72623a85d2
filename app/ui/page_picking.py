"""Which place of an opened page a person points at: by a click, a selection, or its menu. Window process."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QMenu

from app.core.pages import Span
from app.ui.page_sheet import PageSheetView
from app.ui.page_text import PAGE_OFFSET, PageTextView
from app.ui.page_view import PageView


class PagePicking(QObject):
    """Watches the views of a page.

    Signals:
        picked: the place that was clicked: a `QPointF` on the drawn page, in points, or a `Span` of the page's text.
        why_wanted: the same, because the person asks about it.
        add_wanted: what is marked should come into the evidence.
    """

    picked = Signal(object)
    why_wanted = Signal(object)
    add_wanted = Signal()

    def __init__(
        self,
        views: tuple[PageView, PageTextView, PageSheetView],
        actions: Sequence[QAction],
        parent: QObject | None = None,
    ) -> None:
        """Take the views and what can be done in each."""
        super().__init__(parent)
        self._views = views
        self._drawn, self._text, self._sheet = views
        self._actions = actions
        self.can_ask = False
        for view in views:
            view.viewport().installEventFilter(self)

    def selected_span(self) -> Span | None:
        """Return the selection in the page's text, None without one."""
        if self._drawn.isVisible():
            return self._drawn.selection.span
        if self._sheet.isVisible():
            span = self._sheet.selected_span()
            return span if len(self._sheet.selectedIndexes()) > 1 else None
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
        view = next(view for view in self._views if view.viewport() is watched)
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self._actions))
        menu.addSeparator()
        adding = QAction(self.tr("Add to the evidence"), menu)
        adding.triggered.connect(self.add_wanted)
        menu.addAction(adding)
        if self.can_ask:
            place = self.selected_span() or self._place_at(watched, event.pos())
            action = QAction(self.tr("Why was this not used?"), menu)
            action.triggered.connect(lambda: self.why_wanted.emit(place))
            menu.addAction(action)
        menu.popup(event.globalPos())

    def _place_at(self, watched: QObject, place: QPoint) -> object:
        if watched is self._text.viewport():
            offset = page_offset(self._text.cursorForPosition(place))
            return None if offset is None else Span(offset, offset + 1)
        if watched is self._sheet.viewport():
            return self._sheet.span_at(place)
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
