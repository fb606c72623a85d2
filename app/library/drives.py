"""Which places hold files that others may change without this system telling. Used in the engine's process."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from app.library.ignoring import prefix

_REMOTE = frozenset(
    "9p afpfs afs ceph cifs gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2 prl_fs smb3 smbfs vboxsf virtiofs webdav".split()
)


@dataclass(frozen=True, slots=True)
class Drive:
    """A file system and the folder where it is mounted."""

    mounted_on: bytes
    kind: str


def drives() -> tuple[Drive, ...]:
    """Return what is mounted, in that order; nothing where the system does not say."""
    try:
        found = psutil.disk_partitions(all=True)
    except (OSError, RuntimeError):  # psutil tells what it cannot read by either
        return ()
    return tuple(
        Drive(os.fsencode(one.mountpoint), "remote" if "remote" in one.opts.split(",") else one.fstype) for one in found
    )


def silent_places(folders: Iterable[bytes], mounted: Iterable[Drive]) -> tuple[bytes, ...]:
    """Return the folders, or places below them, on drives whose changes are made elsewhere, by other computers."""
    kinds = {drive.mounted_on: drive.kind for drive in mounted}  # a later one covers the one before
    silent: set[bytes] = set()
    for folder in folders:
        below = [place for place in kinds if place.startswith(prefix(folder))]
        silent |= {place for place in (*below, folder) if _is_silent(_kind_at(place, kinds)) or _is_share(place)}
    return tuple(sorted(silent))


def _kind_at(path: bytes, kinds: dict[bytes, str]) -> str:
    while path not in kinds:
        if path == os.path.dirname(path):
            return ""
        path = os.path.dirname(path)
    return kinds[path]


def _is_silent(kind: str) -> bool:
    return kind.lower() in _REMOTE or kind == "remote" or kind.startswith("fuse.") or kind == "fuse"


def _is_share(path: bytes) -> bool:
    """Return whether a path names a folder of another computer by that computer's name, as Windows has them."""
    return path.startswith(b"\\\\")
