"""How the library's rows are drawn: an icon, a name shortened in the middle, and a count or a state. Window process."""

import time
from collections.abc import Iterator
from itertools import chain

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from app.core.types import DocumentState
from app.ui.documents_model import DocumentsModel, Role
from app.ui.icons import Icons
from app.ui.library_tree import Node
from app.ui.theme import Look

ROW_PX = 28
ICON_PX = 16
GAP_PX = 8
INDENT_PX = 16
STEP_S = 0.015


class LibraryRows(QStyledItemDelegate):
    """Draws one row."""

    def __init__(self, look: Look, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icons = icons

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return one height for all rows."""
        return QSize(120, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the icon, the name and the state."""
        theme = self._look.theme
        node: Node = index.data(Role.NODE)
        quiet = node.document is not None and node.document.state is not DocumentState.READY
        rect: QRect = option.rect  # pyright: ignore
        painter.save()
        ratio = painter.device().devicePixelRatioF()
        icon = self._icons.pixmap(_icon_name(node), theme.quiet, ICON_PX, ratio)
        painter.drawPixmap(rect.left() + 4, rect.top() + (ROW_PX - ICON_PX) // 2, icon)
        state = str(index.data(Role.STATE))
        small = QFont(option.font)  # pyright: ignore
        small.setPixelSize(12)
        state_px = QFontMetrics(small).horizontalAdvance(state)
        room = rect.adjusted(4 + ICON_PX + GAP_PX, 0, -12, 0)
        painter.setFont(small)
        painter.setPen(theme.quiet)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, state)
        room.setRight(room.right() - state_px - (GAP_PX if state else 0))
        painter.setFont(option.font)  # pyright: ignore
        painter.setPen(theme.quiet if quiet else theme.ink)
        name = QFontMetrics(option.font).elidedText(node.name, Qt.TextElideMode.ElideMiddle, room.width())  # pyright: ignore
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


class LibraryTreeView(QTreeView):
    """The tree; its rows have one height, so that ten thousand of them cost nothing.

    Signals:
        left_upwards: the up key was pressed in the first row.
    """

    left_upwards = Signal()

    def __init__(self, look: Look, icons: Icons, model: DocumentsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icons = icons
        self._expanded: set[bytes] = set()
        self._folded: Iterator[QModelIndex] = iter(())
        self._step = QTimer(self)
        self._step.setInterval(0)
        self._step.timeout.connect(self._on_step)
        self.setItemDelegate(LibraryRows(look, icons, self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(True)
        self.setAccessibleName(self.tr("Folders and documents"))
        self.setModel(model)
        self._documents = model
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)
        model.modelReset.connect(self._on_model_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        for moved in (model.rowsInserted, model.rowsRemoved):
            moved.connect(self._begin_again)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the tree by the up key in its first row; unfold all below a row by an asterisk, in short steps."""
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Up and not (current.isValid() and self.indexAbove(current).isValid()):
            self.left_upwards.emit()
        elif event.key() == Qt.Key.Key_Asterisk and current.isValid():
            self._folded = chain((current,), self._above_others(current))
            self._step.start()
        else:
            super().keyPressEvent(event)

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Lay the tint of the chosen or pointed-at row under its whole width."""
        theme = self._look.theme
        state: QStyle.StateFlag = option.state  # pyright: ignore
        rect: QRect = option.rect  # pyright: ignore
        selected = self.selectionModel().isSelected(QModelIndex(index))  # pyright: ignore
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect.adjusted(4, 0, -4, 0), theme.selected if selected else theme.hover)
        super().drawRow(painter, option, index)
        if index == self.currentIndex() and self.hasFocus():
            painter.setPen(theme.accent)
            painter.drawRect(rect.adjusted(4, 0, -5, -1))

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draw the sign of a fold."""
        if self._documents.hasChildren(index):
            name = "caret-down" if self.isExpanded(QModelIndex(index)) else "caret-right"  # pyright: ignore
            icon = self._icons.pixmap(name, self._look.theme.quiet, 12, self.devicePixelRatioF())
            painter.drawPixmap(rect.right() - 13, rect.top() + (ROW_PX - 12) // 2, icon)

    @Slot(QModelIndex)
    def _on_expanded(self, index: QModelIndex) -> None:
        self._expanded.add(self._documents.node(index).path)

    @Slot(QModelIndex)
    def _on_collapsed(self, index: QModelIndex) -> None:
        self._expanded.discard(self._documents.node(index).path)

    @Slot()
    def _on_model_reset(self) -> None:
        """Unfold again what was unfolded, and everything that a filter found: some now, what is more in short steps."""
        self._folded = self._to_unfold()
        self._step.start()
        self._on_step()

    @Slot()
    def _begin_again(self) -> None:
        """Go on unfolding from the first row, because the places of those to come may be others."""
        if self._step.isActive():
            self._folded = self._to_unfold()

    def _to_unfold(self) -> Iterator[QModelIndex]:
        if self._documents.filter.is_on:
            yield from self._above_others(QModelIndex())
            return
        for path in sorted(self._expanded, key=len):
            yield self._documents.index_of_path(path)
        if self._documents.rowCount() == 1:
            yield self._documents.index(0, 0)

    def _above_others(self, parent: QModelIndex) -> Iterator[QModelIndex]:
        """Yield all rows below one that have rows below them, each before those."""
        for row in range(self._documents.rowCount(parent)):
            index = self._documents.index(row, 0, parent)
            if self._documents.hasChildren(index):
                yield index
                yield from self._above_others(index)

    @Slot()
    def _on_step(self) -> None:
        until_s = time.perf_counter() + STEP_S
        self.blockSignals(self._documents.filter.is_on)  # what is unfolded for a filter is not by the person
        while time.perf_counter() < until_s:
            index = next(self._folded, None)
            if index is None:
                self._step.stop()
                break
            if index.isValid() and not self.isExpanded(index):
                self.expand(index)
        self.blockSignals(False)

    @Slot(QModelIndex, int, int)
    def _on_rows_inserted(self, parent: QModelIndex, _first: int, _last: int) -> None:
        if not parent.parent().isValid() and self._documents.rowCount() == 1 and not self.isExpanded(parent):
            self.expand(parent)


def _icon_name(node: Node) -> str:
    if node.document is None:
        return "folder"
    if node.document.state in (DocumentState.FAILED, DocumentState.ABSENT):
        return "warning"
    if node.document.state in (DocumentState.QUEUED, DocumentState.READING):
        return "clock"
    return "file-pdf" if node.path.lower().endswith(b".pdf") else "file-text"
