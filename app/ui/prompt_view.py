"""A prompt exactly as it is sent, as plain text. Window process."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.core.prompt import second_reminder
from app.core.types import ChatMessage
from app.ui.labels import PlainLabel
from app.ui.safe_text import SafeTextView, start_block
from app.ui.sentences import translate
from app.ui.theme import TEXT_PX, Look


def prompt_words(prompt: tuple[ChatMessage, ...]) -> str:
    """Return all messages of a prompt, each under who speaks."""
    speakers = {
        "system": translate("prompt", "INSTRUCTIONS"),
        "user": translate("prompt", "YOU"),
        "assistant": translate("prompt", "THE MODEL, EARLIER"),
    }
    return "\n\n".join(f"—— {speakers.get(part.role, part.role)} ——\n{part.content}" for part in prompt)


class PromptView(QWidget):
    """Shows a prompt when it is unfolded."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._prompt: tuple[ChatMessage, ...] = ()
        self.toggle = QPushButton(self.tr("Show the whole prompt as text ▸"))
        self.toggle.setObjectName("quietLink")
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._on_toggled)
        self._text = SafeTextView(fits_text=True)
        self._text.setAccessibleName(self.tr("Prompt"))
        self._note = PlainLabel("", "quiet", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._text, self._note):
            column.addWidget(part)
        self._text.hide()
        self._note.hide()
        look.changed.connect(self._write)

    @property
    def text(self) -> str:
        """Return what is shown, "" while it is folded."""
        return self._text.toPlainText() if self.toggle.isChecked() else ""

    def show_prompt(self, prompt: tuple[ChatMessage, ...]) -> None:
        """Take another prompt."""
        self._prompt = prompt
        self._write()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self.toggle.setText(self.tr("Fold the prompt ▾") if shown else self.tr("Show the whole prompt as text ▸"))
        self._text.setVisible(shown)
        self._note.setVisible(shown)
        self._write()

    @Slot()
    def _write(self) -> None:
        if not self.toggle.isChecked():
            return
        words = self.tr(
            "The model's own marks for who speaks stand around each part. If it finds nothing though a passage fits, "
            "it is asked once more with another last line: “{line}”"
        )
        last = self._prompt[-1].content.rpartition("\n")[2] if self._prompt else ""
        self._note.setText(words.replace("{line}", second_reminder(last)))
        self._text.clear()
        form = QTextCharFormat()
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(TEXT_PX)
        form.setFont(font)
        form.setForeground(self._look.theme.ink)
        cursor = QTextCursor(self._text.document())
        start_block(cursor, QTextBlockFormat(), form, first=True)
        cursor.insertText(prompt_words(self._prompt), form)
        self._text.fit()
