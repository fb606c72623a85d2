"""What the window asks of the engine about single files. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """Have documents that could not be read tried once more; ends with `Done` when they wait to be read."""

    document_ids: tuple[int, ...]


FileRequest: TypeAlias = ReadAgain
