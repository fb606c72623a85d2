"""What fields of text have in common. Window process."""

from PySide6.QtWidgets import QAbstractButton, QLineEdit


def let_clear(field: QLineEdit, words: str) -> None:
    """Give a field a button that clears it, which a screen reader calls by these words."""
    field.setClearButtonEnabled(True)
    for button in field.findChildren(QAbstractButton):
        button.setAccessibleName(words)
