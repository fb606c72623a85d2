"""The password of a locked file, asked for in a small window of its own. Window process."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.ui.labels import PlainLabel


class PasswordDialog(QDialog):
    """Asks until the password fits or the person gives up.

    Signals:
        given: the password as it was typed.
    """

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Give the password"))
        self.setMinimumWidth(400)
        self._name = PlainLabel("", "title", wraps=True)
        kept = self.tr("It is kept in this computer's keyring, if there is one, and never in the library.")
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Password"))
        self.field.textChanged.connect(self._on_typed)
        self._trouble = PlainLabel("", "loss", wraps=True)
        self._trouble.hide()
        self.open_button = QPushButton(self.tr("Read the file"))
        self.open_button.setObjectName("primary")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self._on_given)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for part in (self._name, self.field, self._trouble, PlainLabel(kept, "quiet", wraps=True)):
            column.addWidget(part)
        column.addLayout(buttons)
        self._asked_from: QWidget | None = None
        self.finished.connect(self._on_finished)

    @property
    def trouble(self) -> str:
        """Return what is wrong with the last password, "" for nothing."""
        return self._trouble.text()

    def ask(self, name: str) -> None:
        """Appear for a file of this name; the keyboard goes back to the window that it comes from."""
        self._asked_from = QApplication.activeWindow()
        self._name.setText(self.tr("Password of {name}").format(name=name))
        self.field.clear()
        self.show_trouble("")
        self.open()
        self.field.setFocus()

    def show_trouble(self, words: str) -> None:
        """Say why the password did not do, and let another be typed over it."""
        self._trouble.show_text(words)
        self.resize(self.width(), self.heightForWidth(self.width()))
        self.field.setEnabled(True)
        self._on_typed(self.field.text())
        self.field.selectAll()
        self.field.setFocus()

    @Slot()
    def _on_given(self) -> None:
        self.field.setEnabled(False)
        self.open_button.setEnabled(False)
        self.given.emit(self.field.text())

    @Slot()
    def _on_finished(self) -> None:
        self.field.clear()
        if self._asked_from is not None:
            QTimer.singleShot(0, self._asked_from, self._asked_from.activateWindow)  # after the window behind was
            self._asked_from = None

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self.open_button.setEnabled(bool(text))
