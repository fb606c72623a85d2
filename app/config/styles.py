"""Styles as files: those that come with Margent, and a person's own in the data directory. Engine's process.

A file's name without `.md` is the style's name, and all that stands in it are the style's words.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from app.config.whole_files import write_whole
from app.core.errors import DataDirectoryUnwritable, StyleInvalid, StyleUnknown
from app.core.styles import CHARACTERS_LIMIT, PLAIN, Style, StyleRow, is_name, same_name, words_trouble

SUFFIX = ".md"
_BYTES_READ = 8 * CHARACTERS_LIMIT  # more than as many characters take, with some white space around


@dataclass(frozen=True, slots=True)
class StyleFolders:
    """Where styles are: those that come with Margent, and own ones, a folder that need not be there."""

    built_in: Path
    own: Path

    def rows(self) -> tuple[StyleRow, ...]:
        """Return all styles; an own one stands in the place of one of the same name that comes with Margent."""
        own = [_row(file, is_own=True) for file in _files(self.own)]
        names = [row.style.name for row in own]
        built_in = (_row(file, is_own=False) for file in _files(self.built_in))
        return (*(row for row in built_in if not any(same_name(row.style.name, name) for name in names)), *own)

    def resolved(self, asked: Style) -> Style:
        """Return a style with the words of its name, or with those that it is asked for with, told as edited or not.

        Raises:
            StyleUnknown: there is none of this name.
            StyleInvalid: its words, or its file, cannot be used.
        """
        if not asked.name and not asked.instructions.strip():
            return PLAIN
        row = next((row for row in self.rows() if same_name(row.style.name, asked.name)), None)
        if asked.instructions.strip():
            _check_words(asked.instructions, name=asked.name)
            words = asked.instructions.strip()
            return Style(asked.name, words, is_edited=row is None or row.style.instructions != words)
        if row is None:
            raise StyleUnknown(name=asked.name, known=", ".join(row.style.name for row in self.rows()))
        if row.trouble:
            path = row.path.decode("utf-8", "replace")
            raise StyleInvalid(path=path, reason=row.trouble, limit=str(CHARACTERS_LIMIT))
        return row.style

    def keep(self, style: Style) -> None:
        """Write an own style, whole or not at all, in place of an own one of its name.

        Raises:
            StyleInvalid: its name or its words cannot be a style's.
            DataDirectoryUnwritable.
        """
        if not is_name(style.name):
            raise StyleInvalid(name=style.name, reason="name")
        _check_words(style.instructions, name=style.name)
        file = self.own / f"{style.name}{SUFFIX}"
        try:
            self.own.mkdir(mode=0o700, exist_ok=True)
            write_whole(file, f"{style.instructions.strip()}\n".encode())
            for other in _files(self.own):  # the name in other letters
                if same_name(other.stem, style.name) and not other.samefile(file):
                    other.unlink()
        except OSError as error:
            raise _unwritable(self.own, error) from error

    def delete(self, name: str) -> None:
        """Delete an own style; nothing happens if it is not there.

        Raises: DataDirectoryUnwritable.
        """
        try:
            for file in _files(self.own):
                if same_name(file.stem, name):
                    file.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self.own, error) from error


def _files(folder: Path) -> list[Path]:
    """Return the files of styles in a folder by name; what is no ordinary file is none."""
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() == SUFFIX and os.path.isfile(path)]
    except OSError:
        return []
    return sorted((path for path in found if not path.name.startswith(".")), key=lambda path: path.name.casefold())


def _unwritable(folder: Path, error: OSError) -> DataDirectoryUnwritable:
    return DataDirectoryUnwritable(path=str(folder), detail=error.strerror or str(error))


def _row(file: Path, *, is_own: bool) -> StyleRow:
    path = os.fsencode(file) if is_own else b""
    name = os.fsencode(file.stem).decode("utf-8", "replace")
    try:
        with file.open("rb") as opened:
            content = opened.read(_BYTES_READ + 1)
    except OSError:
        return StyleRow(Style(name), path, "unreadable")
    if len(content) > _BYTES_READ:
        return StyleRow(Style(name), path, "long")
    try:
        words = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        return StyleRow(Style(name), path, "not_text")
    trouble = "not_text" if "\0" in words else words_trouble(words)
    return StyleRow(Style(name, "" if trouble else words), path, trouble)


def _check_words(words: str, *, name: str) -> None:
    """Raise `StyleInvalid` for words that cannot be a style's."""
    if trouble := words_trouble(words):
        raise StyleInvalid(name=name, reason=trouble, limit=str(CHARACTERS_LIMIT))
