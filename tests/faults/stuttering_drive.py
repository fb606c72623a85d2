"""A folder seen through FUSE, for reading only; run by the system's Python, which has Debian's fusepy.

What its standard input says counts from then on: "well", "failing" (reads end with EIO) or "hanging" (reads wait). With
`--any-case` it finds names by any case, as file systems of Windows and macOS do. What changes below it gives no notices
above, as on a drive in the network.
"""

import errno
import os
import sys
import threading

import fusepy  # pyright: ignore[reportMissingImports] - the system has it, not the environment

MOODS = {mood: threading.Event() for mood in ("well", "failing", "hanging")}


class Drive(fusepy.Operations):  # pyright: ignore
    """Shows a folder."""

    def __init__(self, folder: str, *, any_case: bool) -> None:
        self._folder = folder
        self._any_case = any_case

    def _below(self, path: str) -> str:
        """Return where a path lies in the folder that is shown."""
        place = self._folder
        for name in filter(None, path.split("/")):
            if self._any_case and os.path.isdir(place):
                alike = [written for written in os.listdir(place) if written.casefold() == name.casefold()]
                name = next(iter(alike), name)
            place = f"{place}/{name}"
        return place

    def getattr(self, path: str, fh: object = None) -> dict[str, float]:
        """Return a file's status."""
        try:
            status = os.lstat(self._below(path))
        except OSError as error:
            raise fusepy.FuseOSError(error.errno) from error
        names = ("st_ino", "st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_atime", "st_mtime", "st_ctime")
        return {name: getattr(status, name) for name in names}

    def readdir(self, path: str, fh: object) -> list[str]:
        """Return the names in a folder."""
        return [".", "..", *os.listdir(self._below(path))]

    def read(self, path: str, size: int, offset: int, fh: object) -> bytes:
        """Read a part of a file, as the mood is."""
        if MOODS["hanging"].is_set():
            MOODS["well"].wait()
        if MOODS["failing"].is_set():
            raise fusepy.FuseOSError(errno.EIO)
        with open(self._below(path), "rb") as file:
            file.seek(offset)
            return file.read(size)


def listen() -> None:
    """Take moods from standard input."""
    for line in sys.stdin:
        for mood, event in MOODS.items():
            (event.set if mood == line.strip() else event.clear)()
        print("taken", flush=True)


if __name__ == "__main__":
    threading.Thread(target=listen, daemon=True).start()
    below, above, *options = sys.argv[1:]
    drive = Drive(below, any_case="--any-case" in options)
    fusepy.FUSE(drive, above, foreground=True, direct_io=True, use_ino=True, attr_timeout=0, entry_timeout=0)
