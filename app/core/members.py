"""Files inside files: what is attached to a mail or packed into an archive. Used in the engine's and reader's process.

A file that holds others is a container, each of them a member. Only a reader knows how a member is found; to everybody
else its address is a word that the reader gave.
"""

from dataclasses import dataclass, field

from app.core.types import Reason

MEMBER_LIMIT = 100_000
"""So many of a file's members are listed; one that is NOT_LISTED stands for all others, their number its detail."""
DEPTH_LIMIT = 4
"""So many containers stand around a member at most: deeper, no person put it there."""
NAME_LIMIT_CHARS = 400


@dataclass(frozen=True, slots=True)
class MemberFile:
    """A file inside another, as the reader of the outer one lists it.

    `name` is its path in there, with slashes: no part is empty, "." or "..", and no two members have the same. `reason`
    says why it cannot be taken out, NONE if it can; then `sha256` is that of its content.
    """

    name: str
    address: str
    size_bytes: int
    sha256: bytes
    reason: Reason = Reason.NONE
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """The way from a file to a member: the names of the containers, outermost first, and the address in each.

    What is found there is to have the SHA-256 `sha256`; else the file has changed. `passwords` are those of the
    containers, "" for one that is not locked, and none where none is.
    """

    containers: tuple[str, ...]
    addresses: tuple[str, ...]
    sha256: bytes
    passwords: tuple[str, ...] = field(default=(), repr=False)


def is_sound(members: tuple[MemberFile, ...]) -> bool:
    """Return whether a list is one that a reader makes: a process that a document took over says anything."""
    names = [member.name for member in members]
    return (
        len(members) <= MEMBER_LIMIT
        and len(set(names)) == len(names)
        and all(map(is_safe_name, names))
        and all(member.size_bytes >= 0 and len(member.sha256) in (0, 32) for member in members)
        and all(len(member.sha256) == 32 for member in members if member.reason is Reason.NONE)
    )


def is_safe_name(name: str) -> bool:
    """Return whether a name leads nowhere but into its container."""
    return (
        0 < len(name) <= NAME_LIMIT_CHARS
        and name.isprintable()
        and "\\" not in name
        and all(part not in ("", ".", "..") for part in name.split("/"))
    )
