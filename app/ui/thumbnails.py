"""A strip of small pictures of a document's pages, drawn as they come into sight. Window process.

At most one picture is asked for at a time, so that an opened page waits for one at most, and what was scrolled past is
never drawn. The pictures that were seen longest ago are forgotten.
"""

from collections import OrderedDict

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.core.pages import PageImage
from app.ui.indexes import NO_INDEX, Index
from app.ui.theme import Look

PICTURE_PX = QSize(92, 122)
STRIP_PX = 128
KEPT_BYTES = 12_000_000
_NUMBER_PX = 18


class PagesModel(QAbstractListModel):
    """As many rows as a document has pages."""

    def __init__(self) -> None:
        super().__init__()
        self._pages = 0

    def set_pages(self, pages: int) -> None:
        """Take another document's number of pages."""
        self.beginResetModel()
        self._pages = pages
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return the number of pages."""
        return 0 if parent.isValid() else self._pages

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a page's name for a screen reader."""
        named = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return self.tr("Page {n}").format(n=index.row() + 1) if role in named else None


class ThumbnailStrip(QListView):
    """Shows the pages of one document.

    Signals:
        page_chosen: the number of the page that was clicked, or entered by key.
        picture_wanted: the number of a page that is in sight and has no picture.
    """

    page_chosen = Signal(int)
    picture_wanted = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = PagesModel()
        self._pictures: OrderedDict[int, QPixmap] = OrderedDict()
        self._refused: set[int] = set()
        self._awaited = 0
        self.setModel(self._pages)
        self.setItemDelegate(_Picture(look, self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedWidth(STRIP_PX)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Pages"))
        self.clicked.connect(self._on_entered)
        self.activated.connect(self._on_entered)
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(0)
        self._looking.timeout.connect(self._want_next)
        self.verticalScrollBar().valueChanged.connect(lambda: self._looking.start())
        look.changed.connect(self._on_look_changed)
        self.hide()

    def show_document(self, pages: int) -> None:
        """Take another document, or the same one that was read anew."""
        self._pictures.clear()
        self._refused.clear()
        self._awaited = 0
        self._pages.set_pages(pages)
        self._looking.start()

    def show_current(self, page: int) -> None:
        """Point out the page that is open."""
        index = self._pages.index(page - 1)
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def show_picture(self, page: int, image: PageImage | None) -> None:
        """Take the picture that was asked for, None where there is none to be had, and ask for the next."""
        if image is None:
            self._refused.add(page)
        else:
            drawn = QImage(image.rgb, image.width_px, image.height_px, image.width_px * 3, QImage.Format.Format_RGB888)
            self._pictures[page] = QPixmap.fromImage(drawn)
            while sum(map(_bytes, self._pictures.values())) > KEPT_BYTES and len(self._pictures) > 1:
                self._pictures.popitem(last=False)
        self.update(self._pages.index(page - 1))
        if page == self._awaited:
            self._awaited = 0
            self._looking.start()

    def picture(self, page: int) -> QPixmap | None:
        """Return a page's picture if it is there."""
        if page in self._pictures:
            self._pictures.move_to_end(page)
        return self._pictures.get(page)

    def pictured(self) -> frozenset[int]:
        """Return the pages whose pictures are kept."""
        return frozenset(self._pictures)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw what comes into sight."""
        super().resizeEvent(event)
        self._looking.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what is in sight."""
        super().showEvent(event)
        self._looking.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the page that the keys went to."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_entered(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _in_sight(self) -> range:
        first, last = self.indexAt(self.viewport().rect().topLeft()), self.indexAt(self.viewport().rect().bottomLeft())
        if not first.isValid():
            return range(0)
        return range(first.row() + 1, (last.row() if last.isValid() else self._pages.rowCount() - 1) + 2)

    @Slot()
    def _want_next(self) -> None:
        if not self.isVisible() or self._awaited:
            return
        missing = (page for page in self._in_sight() if page not in self._pictures and page not in self._refused)
        self._awaited = next(missing, 0)
        if self._awaited:
            self.picture_wanted.emit(self._awaited)

    @Slot(object)
    def _on_look_changed(self) -> None:
        self.viewport().update()

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        if index.isValid():
            self.page_chosen.emit(index.row() + 1)


class _Picture(QStyledItemDelegate):
    """Draws a page's picture, or the paper it will be on, over its number."""

    def __init__(self, look: Look, strip: ThumbnailStrip) -> None:
        super().__init__(strip)
        self._look = look
        self._strip = strip

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return one size for all pages."""
        return QSize(STRIP_PX - 16, PICTURE_PX.height() + _NUMBER_PX + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the page; the open one has a frame in the accent."""
        theme = self._look.theme
        whole: QRect = option.rect  # pyright: ignore
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)  # pyright: ignore
        room = QRect(whole.x() + (whole.width() - PICTURE_PX.width()) // 2, whole.y() + 8, *PICTURE_PX.toTuple())
        pixmap = self._strip.picture(index.row() + 1)
        size = pixmap.size().scaled(PICTURE_PX, Qt.AspectRatioMode.KeepAspectRatio) if pixmap else PICTURE_PX
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if pixmap is not None:
            painter.drawPixmap(place, pixmap)
        else:
            painter.fillRect(place, theme.surface)
        painter.setPen(theme.accent if is_current else theme.edge)
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        if is_current:
            painter.drawRect(place.adjusted(-2, -2, 1, 1))
        painter.setPen(theme.ink if is_current else theme.quiet)
        number = QRect(whole.x(), room.bottom() + 2, whole.width(), _NUMBER_PX)
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, f"{index.row() + 1:,}")
        painter.restore()


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
