"""What stands under an answer: what was cited, its receipt, what the library held then. Window process."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.tallies import Coverage
from app.ui.files_model import Group
from app.ui.flow_row import FlowRow
from app.ui.labels import PlainLabel
from app.ui.moments import day_words, time_words
from app.ui.quiet_link import quiet_link
from app.ui.sentences import counted, translate


def coverage_parts(coverage: Coverage, now: datetime | None) -> tuple[tuple[str, Group], ...]:
    """Return what the library held, each part with the files that it is about; `now` is None for a lasting record."""
    one = translate("coverage", "{ready} of 1 file readable")
    many = translate("coverage", "{ready} of {n} files readable")
    parts = [(as_of_words(coverage.current_as_of_ns, now), Group.ALL)]
    if coverage.files:
        parts.append((counted(coverage.files, one, many).replace("{ready}", f"{coverage.ready:,}"), Group.READ))
    if coverage.failed:
        words = translate("coverage", "{n} not readable").replace("{n}", f"{coverage.failed:,}")
        parts.append((words, Group.NOT_READ))
    if coverage.absent:
        parts.append((translate("coverage", "{n} not there").replace("{n}", f"{coverage.absent:,}"), Group.AWAY))
    if coverage.queued:
        parts.append((translate("coverage", "{n} queued").replace("{n}", f"{coverage.queued:,}"), Group.WAITING))
    if coverage.pages_without_text:
        one = translate("coverage", "1 page without text")
        many = translate("coverage", "{n} pages without text")
        parts.append((counted(coverage.pages_without_text, one, many), Group.WITHOUT_TEXT))
    return tuple(parts)


def as_of_words(time_ns: int, now: datetime | None) -> str:
    """Return how fresh the index was; without `now` by a full date, which says the same in any year."""
    if not time_ns:
        return translate("coverage", "Folders not looked through yet")
    moment = datetime.fromtimestamp(time_ns / 1e9)
    time = time_words(moment)
    if now is None or moment.date() != now.date():
        time = f"{day_words(moment, has_year=now is None or moment.year != now.year)}, {time}"
    return translate("coverage", "Index current as of {time}").replace("{time}", time)


class AnswerFoot(QWidget):
    """Shows what an answer rests on and what the library held; each part of that opens the files it is about.

    Signals:
        files_wanted: the files that a part is about, a `Group`.
        receipt_wanted: the answer's receipt should be shown.
    """

    files_wanted = Signal(object)
    receipt_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rests = PlainLabel("", "quiet", wraps=True, selectable=True)
        self.receipt = quiet_link(
            self.tr("Receipt"), self.tr("The record of this answer, to be checked (Ctrl+Shift+R)")
        )
        self.receipt.clicked.connect(lambda: self.receipt_wanted.emit())
        self._library = FlowRow(4, line_gap_px=0)
        self.links: tuple[QPushButton, ...] = ()
        first = QHBoxLayout()
        first.setContentsMargins(0, 0, 0, 0)
        first.setSpacing(12)
        first.addWidget(self._rests, 1)
        first.addWidget(self.receipt, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(first)
        column.addWidget(self._library)
        self.receipt.hide()
        self._library.hide()
        self.hide()

    @property
    def words(self) -> str:
        """Return what is said of the answer."""
        return self._rests.text()

    @property
    def library_words(self) -> str:
        """Return what is said of the library, "" for nothing."""
        return " ".join(link.text() for link in self.links)

    def show_answer(self, rests: str, coverage: Coverage | None, *, has_receipt: bool) -> None:
        """Show what an answer rests on and what the library held; None where that is not known."""
        self._rests.show_text(rests)
        self.receipt.setVisible(has_receipt)
        parts = coverage_parts(coverage, datetime.now()) if coverage is not None else ()
        ends = ["."] + [","] * (len(parts) - 2) + [""]
        self.links = tuple(
            self._part(words + end, shown) for (words, shown), end in zip(parts, ends[: len(parts)], strict=True)
        )
        self._library.show_widgets(self.links)
        self._library.setVisible(bool(parts))
        self.setVisible(bool(rests or parts))

    def _part(self, words: str, group: Group) -> QPushButton:
        link = quiet_link(words, self.tr("Shows these files in the library"))
        link.clicked.connect(lambda: self.files_wanted.emit(group))
        return link
