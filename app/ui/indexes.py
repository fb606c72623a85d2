"""Places in Qt's models. Window process."""

from typing import TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
"""No place: the root."""
