"""The one label: plain text always, so that no name or sentence is ever read as rich text. Window process."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """Shows text in one of the style sheet's roles ("title", "quiet", "body", …)."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        *,
        wraps: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(wraps)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def minimumSizeHint(self) -> QSize:
        """Ask for one line only where the text wraps: Qt's own guess is that of a narrow column, and leaves gaps."""
        return QSize(40, self.fontMetrics().height()) if self.wordWrap() else super().minimumSizeHint()

    def show_text(self, text: str) -> None:
        """Show a text, or nothing at all for ""."""
        self.setText(text)
        self.setVisible(bool(text))
