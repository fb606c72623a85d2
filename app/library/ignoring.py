"""What of a folder is left out, and by which rule: patterns in gitignore's syntax. Used in the engine's process.

The rules that are built in come first, then the folder's own, then each `.margentignore` from the folder inwards. The
last one that fits counts, so that `!` takes back in what an earlier one left out; what is inside a folder that is left
out is not looked at.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from app.core.errors import RuleInvalid
from app.core.types import FolderRules

IGNORE_FILE = b".margentignore"

BUILT_IN = (
    # hidden, the system's own, other programs' folders
    *(".*", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin/", "system volume information/", "lost+found/"),
    *("node_modules/", "__pycache__/", "cvs/", "_darcs/"),
    # temporary files, editors' backups and locks
    *("*~", "~$*", "\\#*#", "*.tmp", "*.temp", "*.bak", "*.swp", "*.swx", "*.swo", "*.autosave"),
    # downloads that are not complete
    *("*.part", "*.crdownload", "*.partial", "*.download", "*.opdownload", "*.filepart", "*.aria2", "*.!ut", "*.!qb"),
    # what a synchronised folder keeps where two computers disagreed
    *("*.sync-conflict-*", "*(*conflicted copy*)*", "*_conflict-[0-9]*-[0-9]*"),
)
"""Matched against names in lower case, whatever the file system."""

_SEPARATOR = os.fsencode(os.sep)
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class _Rules:
    """Patterns that count below the folder `base`; `source` says in which file they are, "" for none."""

    base: bytes
    lines: tuple[str, ...]
    spec: GitIgnoreSpec
    source: str = ""

    def rule_for(self, path: bytes, *, is_folder: bool) -> tuple[bool, str] | None:
        """Return whether the path is left out and by which line, None if no line is about it."""
        below = os.fsdecode(path[len(prefix(self.base)) :])
        result = self.spec.check_file(f"{below}/" if is_folder else below)
        if result.include is None or result.index is None:
            return None
        line = self.lines[result.index]
        if is_folder and line.endswith("/**"):  # is about what is inside, file by file
            return None
        return result.include, f"{line} in {self.source}" if self.source else line


_BUILT_IN = GitIgnoreSpec.from_lines(BUILT_IN)


class Ignoring:
    """What one look at a folder leaves out; each `.margentignore` is read once."""

    def __init__(
        self, root: bytes, rules: FolderRules = FolderRules(), elsewhere: frozenset[bytes] = frozenset()
    ) -> None:
        """Take a folder's path and rules; `elsewhere` are folders and files below that it has nothing to do with."""
        self.root = root
        self.rules = rules
        self.elsewhere = elsewhere
        own = [_Rules(root, rules.patterns, GitIgnoreSpec.from_lines(rules.patterns))] if rules.patterns else []
        self._own = tuple(own)
        self._known: dict[bytes, tuple[_Rules, ...]] = {}
        self._within: dict[bytes, str] = {}

    def rule_for(self, path: bytes, *, is_folder: bool) -> str:
        """Return the rule by which a path below the root is left out, "" if none; what is above it is not asked."""
        return self._rule_in(os.path.dirname(path), path, is_folder=is_folder)

    def _rule_in(self, folder: bytes, path: bytes, *, is_folder: bool) -> str:
        """Return the rule by which a path is left out where the patterns of a folder count, "" if none."""
        for rules in reversed(self._rules_in(folder)):
            verdict = rules.rule_for(path, is_folder=is_folder)
            if verdict is not None:
                return verdict[1] if verdict[0] else ""
        plain = os.fsdecode(os.path.basename(path)).lower()
        result = _BUILT_IN.check_file(f"{plain}/" if is_folder else plain)
        return BUILT_IN[result.index] if result.include and result.index is not None else ""

    def is_beyond(self, path: bytes) -> bool:
        """Tell whether no walk from the root comes by a path: it is elsewhere or in a folder that is left out."""
        if path == self.root:
            return False
        below = prefix(self.root)
        if not path.startswith(below) or path in self.elsewhere:
            return True
        parts = path[len(below) :].split(_SEPARATOR)
        folder = self.root
        for part in parts[:-1]:
            folder = prefix(folder) + part
            if folder in self.elsewhere or self.rule_for(folder, is_folder=True):
                return True
        return False

    def rule_within(self, file: bytes, path: bytes) -> str:
        """Return the rule by which what is inside a file, or a folder on the way to it, is left out, "" if none.

        The file is one that is read; no `.margentignore` is looked for inside it.
        """
        place = self.root if file == self.root else os.path.dirname(file)
        rule = self._rule_on_way(place, os.path.dirname(path))
        return rule or self._rule_in(place, path, is_folder=False)

    def _rule_on_way(self, place: bytes, folder: bytes) -> str:
        """Return the rule by which what is not a folder on the disk, but one below `place`, is left out, "" if none."""
        if folder == place:
            return ""
        if folder not in self._within:
            above = self._rule_on_way(place, os.path.dirname(folder))
            self._within[folder] = above or self._rule_in(place, folder, is_folder=True)
        return self._within[folder]

    def leaves_out(self, path: bytes) -> bool:
        """Tell whether a path is beyond, or left out itself; whether it is a folder is asked of the disk."""
        if path == self.root:
            return False
        return self.is_beyond(path) or bool(self.rule_for(path, is_folder=os.path.isdir(path)))

    def _rules_in(self, folder: bytes) -> tuple[_Rules, ...]:
        """Return the patterns that count in a folder, those that count least first."""
        if folder not in self._known:
            above = self._own if len(folder) <= len(self.root) else self._rules_in(os.path.dirname(folder))
            lines = _lines_of(folder)
            if lines:
                source = prefix(folder)[len(prefix(self.root)) :] + IGNORE_FILE
                spec = GitIgnoreSpec.from_lines(lines)
                above = (*above, _Rules(folder, lines, spec, source.decode(errors="replace")))
            self._known[folder] = above
        return self._known[folder]


def check_patterns(patterns: Iterable[str]) -> None:
    """Raise RuleInvalid for the first pattern that is none, or could not be kept."""
    for pattern in patterns:
        if not _is_rule(pattern):
            raise RuleInvalid(rule=pattern.encode(errors="replace").decode())


def _is_rule(line: str) -> bool:
    try:
        line.encode()
        return "\n" not in line and any(one.include is not None for one in GitIgnoreSpec.from_lines([line]).patterns)
    except ValueError:
        return False


def _lines_of(folder: bytes) -> tuple[str, ...]:
    """Return the rules of a folder's `.margentignore`, without lines that make no sense, as git does."""
    try:
        with open(prefix(folder) + IGNORE_FILE, "rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError:
        return ()
    return tuple(filter(_is_rule, content.decode("utf-8-sig", errors="replace").splitlines()))


def prefix(folder: bytes) -> bytes:
    """Return what the paths of everything in `folder` begin with."""
    return folder if folder.endswith(_SEPARATOR) else folder + _SEPARATOR
