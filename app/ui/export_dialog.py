"""Where an answer with its evidence is to be written, and as what. Window process."""

import re

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.receipt_messages import ExportFormat
from app.ui.sentences import translate

NAME_CHARACTERS = 60
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\\/:*?\"<>|]+")


def export_name(question: str, receipt: str) -> str:
    """Return a file's name without a suffix, after the question where it is known."""
    words = " ".join(_NOT_IN_NAMES.sub(" ", question).split()).lstrip(".")
    if len(words) > NAME_CHARACTERS:
        words = words[:NAME_CHARACTERS].rsplit(" ", 1)[0]
    return words.rstrip(" .") or f"receipt-{receipt}"


class ExportDialog(QFileDialog):
    """Asks for a file; what it is to be is said by its suffix or, where its name has none of them, by the filter."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent, translate("export", "Export the answer with its evidence"))
        self._name = name
        self._suffixes = {
            f"{words} (*{suffix})": suffix
            for suffix, words in (
                (ExportFormat.HTML, translate("export", "Web page")),
                (ExportFormat.DOCX, translate("export", "Word document")),
                (ExportFormat.MARKDOWN, "Markdown"),
                (ExportFormat.JSON, translate("export", "The whole receipt, for programs")),
            )
        }
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setNameFilters(tuple(self._suffixes))
        self.setDefaultSuffix(ExportFormat.HTML.removeprefix("."))
        self.selectFile(f"{name}{ExportFormat.HTML}")
        self.filterSelected.connect(self._on_filter_selected)

    def accept(self) -> None:
        """End the name before it is asked whether a file of that name is to be replaced; Qt takes v1.2 for ended."""
        there = next(iter(self.selectedFiles()), "")
        if there and not there.lower().endswith(tuple(ExportFormat)):
            self.selectFile(f"{there}.{self.defaultSuffix()}")
        super().accept()

    @Slot(str)
    def _on_filter_selected(self, chosen: str) -> None:
        """Let the name that is there end as the chosen filter says."""
        there = next(iter(self.selectedFiles()), self._name)
        stem = next((there.removesuffix(suffix) for suffix in ExportFormat if there.endswith(suffix)), there)
        self.setDefaultSuffix(self._suffixes[chosen].removeprefix("."))
        self.selectFile(f"{stem}{self._suffixes[chosen]}")
