"""What is said below the tree of the chosen row, and what can be done about it. Window process."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from app.ui.document_words import describe, wants_password
from app.ui.labels import PlainLabel
from app.ui.library_tree import Node


class RowDetail(QFrame):
    """Explains a row, in full where its name may be shortened in the tree.

    Signals:
        password_pressed: the person wants to give the password of the file that the row is.
    """

    password_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self._words = PlainLabel("", "detail", wraps=True)
        self.password = QPushButton(self.tr("Give the password…"))
        self.password.setObjectName("link")
        self.password.clicked.connect(self.password_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.addWidget(self._words)
        column.addWidget(self.password, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def words(self) -> str:
        """Return what is said."""
        return self._words.text()

    def show_row(self, node: Node | None) -> None:
        """Say what can be said of a row; nothing of none."""
        words = describe(node) if node is not None else ""
        self._words.setText(f"{node.name}: {words}" if words and node is not None and node.is_file else words)
        self.password.setVisible(node is not None and node.document is not None and wants_password(node.document))
        self.setVisible(bool(words))
