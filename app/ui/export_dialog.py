"""Where an answer with its evidence is to be written, and as what. Window process."""

import re

from PySide6.QtCore import Qt
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


def export_dialog(parent: QWidget, name: str) -> QFileDialog:
    """Return a dialog that asks for a file; what it is to be is chosen by its filter or its suffix."""
    filters = {
        f"{words} (*{suffix})": suffix
        for suffix, words in (
            (ExportFormat.HTML, translate("export", "Web page")),
            (ExportFormat.DOCX, translate("export", "Word document")),
            (ExportFormat.MARKDOWN, "Markdown"),
            (ExportFormat.JSON, translate("export", "The whole receipt, for programs")),
        )
    }
    dialog = QFileDialog(parent, translate("export", "Export the answer with its evidence"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters(tuple(filters))

    def take(chosen: str) -> None:
        """Let the name that is there end as the chosen filter says."""
        there = next(iter(dialog.selectedFiles()), name)
        stem = next((there.removesuffix(suffix) for suffix in ExportFormat if there.endswith(suffix)), there)
        dialog.setDefaultSuffix(filters[chosen].removeprefix("."))
        dialog.selectFile(f"{stem}{filters[chosen]}")

    dialog.setDefaultSuffix(ExportFormat.HTML.removeprefix("."))
    dialog.selectFile(f"{name}{ExportFormat.HTML}")
    dialog.filterSelected.connect(take)
    return dialog
