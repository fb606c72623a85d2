"""A folder seen through FUSE that fails or hangs on demand; run by the system's Python, which has Debian's fusepy.

What its standard input says counts from then on: "well", "failing" (reads end with EIO) or "hanging" (reads wait).
"""

import errno
import os
import sys
import threading

import fusepy  # pyright: ignore[reportMissingImports] - the system has it, not the environment

MOODS = {mood: threading.Event() for mood in ("well", "failing", "hanging")}


class Drive(fusepy.Operations):  # pyright: ignore
    """Shows a folder, for reading only."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def getattr(self, path: str, fh: object = None) -> dict[str, float]:
        """Return a file's status."""
        try:
            status = os.lstat(self._folder + path)
        except OSError as error:
            raise fusepy.FuseOSError(error.errno) from error
        names = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_atime", "st_mtime", "st_ctime")
        return {name: getattr(status, name) for name in names}

    def readdir(self, path: str, fh: object) -> list[str]:
        """Return the names in a folder."""
        return [".", "..", *os.listdir(self._folder + path)]

    def read(self, path: str, size: int, offset: int, fh: object) -> bytes:
        """Read a part of a file, as the mood is."""
        if MOODS["hanging"].is_set():
            MOODS["well"].wait()
        if MOODS["failing"].is_set():
            raise fusepy.FuseOSError(errno.EIO)
        with open(self._folder + path, "rb") as file:
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
    fusepy.FUSE(Drive(sys.argv[1]), sys.argv[2], foreground=True, direct_io=True, attr_timeout=0, entry_timeout=0)
