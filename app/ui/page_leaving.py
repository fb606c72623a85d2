"""The ways from an opened page to its file outside: in its own program, in its folder. Window process.

A file inside another is never written to the disk to be opened: the file that it is in is, and it can be opened there.
"""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.core.messages import PageOpened
from app.ui.opening_outside import OpeningOutside
from app.ui.sentences import shown_name


class PageLeaving(QObject):
    """Two actions about the file of the page that is open."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.outside = OpeningOutside(self)
        self._path = b""
        self._open = QAction(self.tr("Open in its own program"), self)
        self._open.triggered.connect(self.open)
        self._folder = QAction(self.tr("Show in folder"), self)
        self._folder.triggered.connect(self.show_in_folder)

    @property
    def actions(self) -> tuple[QAction, QAction]:
        """Return the actions."""
        return self._open, self._folder

    def take(self, opened: PageOpened) -> None:
        """Be about the file of a page, and name it where it is another than the document."""
        self._path = opened.file or opened.path
        name = shown_name(opened.file)
        open_it, show_it = self.tr("Open {name} in its own program"), self.tr("Show {name} in folder")
        self._open.setText(open_it.replace("{name}", name) if opened.file else self.tr("Open in its own program"))
        self._folder.setText(show_it.replace("{name}", name) if opened.file else self.tr("Show in folder"))

    @Slot()
    def open(self) -> None:
        """Open the file in its own program."""
        if self._path:
            self.outside.open(self._path)

    @Slot()
    def show_in_folder(self) -> None:
        """Show the file in its folder."""
        if self._path:
            self.outside.show_in_folder(self._path)
