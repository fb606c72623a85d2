"""What the window and the engine say to each other about what is left out of a folder. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias

from app.core.types import FolderRules


@dataclass(frozen=True, slots=True)
class ListRules:
    """Ask what is left out of a folder of the library; ends with `RulesListed`."""

    path: bytes


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Replace a folder's rules; ends with `Done` when they have been applied (not when what is new is indexed)."""

    path: bytes
    rules: FolderRules


@dataclass(frozen=True, slots=True)
class RulesListed:
    """A folder's own rules, and the patterns that are built in for every folder and come before its own."""

    path: bytes
    rules: FolderRules
    built_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewRules:
    """Ask what other rules would leave out of a folder and take in; ends with `RulesPreviewed`, nothing changes."""

    path: bytes
    rules: FolderRules


@dataclass(frozen=True, slots=True)
class RulesPreviewed:
    """How many files would leave the library and come into it, and the first of them by path."""

    path: bytes
    rules: FolderRules
    out: int
    back: int
    out_paths: tuple[bytes, ...]
    back_paths: tuple[bytes, ...]


RuleRequest: TypeAlias = ListRules | ChangeRules | PreviewRules
