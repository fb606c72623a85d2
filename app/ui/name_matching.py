"""How well some typed letters name a file or folder. Pure, window process."""

import os
from dataclasses import dataclass

from app.ui.sentences import shown_name, shown_path

_WHOLE, _SCATTERED = 1000, 400
_AT_WORD_START, _AT_START = 100, 200


@dataclass(frozen=True, slots=True)
class Named:
    """A file or a folder under its name; `folded` is the name as it is compared."""

    path: bytes
    name: str
    folded: str
    is_folder: bool

    @property
    def above(self) -> str:
        """Return where it stands, for the eye."""
        return shown_path(os.path.dirname(self.path))


def named(path: bytes, *, is_folder: bool) -> Named:
    """Return a path with its name."""
    name = shown_name(path)
    return Named(path, name, name.casefold(), is_folder)


def likeness(typed: str, name: str) -> int | None:
    """Return how well `typed` names `name`, higher is better, None if not at all; both are case-folded.

    Letters in a row beat scattered ones, the start of a word its middle, a short name a long one.
    """
    if not typed:
        return -len(name)
    at = name.find(typed)
    if at >= 0:
        starts_word = at == 0 or not name[at - 1].isalnum()
        return _WHOLE + _AT_WORD_START * starts_word + _AT_START * (at == 0) - len(name)
    at = -1
    stretched = 0
    for letter in typed:
        if letter == " ":
            continue
        found = name.find(letter, at + 1)
        if found < 0:
            return None
        stretched += found - at - 1
        at = found
    return _SCATTERED - stretched - len(name)
