"""What the folded library leaves: a narrow strip with the way back and how far indexing is. Window process."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from app.core.messages import StatusChanged
from app.ui.document_words import absence_words, progress_words, total_of
from app.ui.icons import IconButton, Icons
from app.ui.labels import PlainLabel

RAIL_PX = 48


class LibraryRail(QWidget):
    """Stands where the library was.

    Signals:
        unfold_pressed: the person wants the library back.
        add_pressed: the person wants to add a folder.
    """

    unfold_pressed = Signal()
    add_pressed = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unfold = IconButton(icons, "sidebar-simple", self.tr("Show the library (Ctrl+L)"))
        self.unfold.clicked.connect(self.unfold_pressed)
        self._add = IconButton(icons, "plus", self.tr("Add a folder (Ctrl+O)"))
        self._add.clicked.connect(self.add_pressed)
        self._brief = PlainLabel("", "quiet")
        self._brief.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Indexing"))
        self._lay_out()

    @property
    def brief(self) -> str:
        """Return the progress in brief, "" while there is none."""
        return self._brief.text()

    def show_status(self, changed: StatusChanged) -> None:
        """Show how far indexing is, in a few characters; the whole sentence is told to who asks for it."""
        total = total_of(changed.status)
        moving = changed.indexing and not changed.waiting_for and total > 0
        done = total - changed.status.queued
        self._bar.setVisible(moving)
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        self._brief.show_text(self.tr("{n} %").format(n=100 * done // total) if moving else "")
        words = " ".join(part for part in (absence_words(changed.status.folders), progress_words(changed)) if part)
        for part in (self, self._brief, self._bar):
            part.setToolTip(words)
        self._brief.setAccessibleName(words)
        self.unfold.setAccessibleDescription(words)

    def _lay_out(self) -> None:
        header = QFrame()
        header.setObjectName("header")
        top = QVBoxLayout(header)
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.unfold, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(4)
        column.addWidget(header)
        column.addSpacing(4)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        column.addWidget(self._brief)
        foot = QVBoxLayout()
        foot.setContentsMargins(8, 0, 8, 0)
        foot.addWidget(self._bar)
        column.addLayout(foot)
        self._brief.hide()
        self._bar.hide()
