"""The one view for foreign text: no resource loaded, no rich text parsed, no link but a citation. Window process.

Qt's rich text opens files that a text names, so text of documents and models enters by `insertText` alone.
"""

from PySide6.QtCore import QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

CITATION_SCHEME = "citation"


class SafeTextView(QTextBrowser):
    """Read-only, selectable text that is written with a cursor; it grows with its text if `fits_text`."""

    def __init__(self, *, fits_text: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fits_text = fits_text
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(0)
        if fits_text:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def loadResource(self, type: int, name: QUrl | str) -> object:
        """Return an empty picture for whatever a text may name: a missing answer would let Qt open the file."""
        empty = QImage(1, 1, QImage.Format.Format_ARGB32)
        empty.fill(Qt.GlobalColor.transparent)
        return empty

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy plain text only."""
        copied = QMimeData()
        copied.setText(self.textCursor().selection().toPlainText())
        return copied

    def fit(self) -> None:
        """Take the height of the text at the present width."""
        if not self._fits_text:
            return
        document = self.document()
        document.setTextWidth(max(self.viewport().width(), 1))
        height = int(document.size().height()) + 1
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to a new width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the page that this text stands in, if it shows all of itself."""
        if self._fits_text:
            event.ignore()
        else:
            super().wheelEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Allow narrow panes."""
        return QSize(120, 20)


def start_block(cursor: QTextCursor, form: QTextBlockFormat, character: QTextCharFormat, *, first: bool) -> None:
    """Begin a block of text with its formats, using the empty block of a new document for the first."""
    if first:
        cursor.setBlockFormat(form)
        cursor.setBlockCharFormat(character)
    else:
        cursor.insertBlock(form, character)


def citation_url(n: int) -> str:
    """Return the link of a mark."""
    return f"{CITATION_SCHEME}:{n}"


def cited_number(url: QUrl) -> int | None:
    """Return the number of a mark's link, None for any other link."""
    number = url.path()
    return int(number) if url.scheme() == CITATION_SCHEME and number.isdigit() else None
