"""The names under which the members of a container are listed: safe, and each only once. Pure; reader's process."""

import os
from collections import Counter
from collections.abc import Sequence

from app.core.members import NAME_LIMIT_CHARS, MemberFile
from app.core.types import Reason
from app.readers.sections import clean

NAMELESS = "attachment"
OTHERS = "…"
"""How what is not listed is called."""
_SUFFIX_LIMIT_CHARS = 12


def safe_names(told: Sequence[str]) -> list[str]:
    """Return a name for each that was told, in order: without a way out, and none that another has or stands in."""
    names = [_safe(name) for name in told]
    taken = {folder for name in names for folder in _folders(name)}
    counts: Counter[str] = Counter()
    found: list[str] = []
    for name in names:
        own, (stem, suffix) = name, os.path.splitext(name)
        while own in taken:
            counts[name] += 1
            own = f"{stem} ({counts[name] + 1}){suffix}"
        taken.add(own)
        found.append(own)
    return found


def not_listed(name: str, sizes: Sequence[int]) -> MemberFile:
    """Return the member that stands for all files of these sizes, which are not listed."""
    return MemberFile(name, "", sum(sizes), b"", Reason.NOT_LISTED, str(len(sizes)))


def last_part(name: str) -> str:
    """Return the last part of a name, which is all that an attachment's tells."""
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _safe(told: str) -> str:
    """Return a name as a path that goes down only, its letters such as can be shown."""
    shown = "".join(letter if letter.isprintable() else " " for letter in clean(told).replace("\\", "/"))
    parts = (" ".join(part.split()) for part in shown.split("/"))
    kept = [part for part in parts if part not in ("", ".", "..")]
    return _short("/".join(kept)) or NAMELESS


def _short(name: str) -> str:
    room = NAME_LIMIT_CHARS - len(" (100000)")
    if len(name) <= room:
        return name
    stem, suffix = os.path.splitext(name)
    suffix = suffix if len(suffix) <= _SUFFIX_LIMIT_CHARS else ""
    return stem[: room - len(suffix)].rstrip("/ ") + suffix


def _folders(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]
