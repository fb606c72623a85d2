"""What the window asks of the engine about single files. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """Have documents, or scanned pages of them, that could not be read tried once more; `Done` when they wait."""

    document_ids: tuple[int, ...]


FileRequest: TypeAlias = ReadAgain
