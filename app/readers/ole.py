"""Old office files' container: a file system within a file. Runs in the reader's process."""

import os
from typing import Any, BinaryIO

import olefile

from app.core.types import Reason
from app.readers.refusal import Refusal

READ_LIMIT_BYTES = 512 * 1024 * 1024


class Ole:
    """A container's streams by path; a lost or damaged one is empty.

    Raises:
        Refusal: the file is no such container.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file_bytes = file.seek(0, os.SEEK_END)
        file.seek(0)
        try:
            self._ole = olefile.OleFileIO(file)
            self._keep_within_file()
            paths = ("/".join(path) for path in self._ole.listdir(streams=True, storages=True))
            self._paths = {path.lower(): path for path in paths}
        except (OSError, ValueError, IndexError, OverflowError, RecursionError) as error:
            raise Refusal(Reason.DAMAGED, str(error)) from error
        self._read_bytes = 0

    def _keep_within_file(self) -> None:
        """Have what is said of the short streams claim no more than the file: olefile reads so much, in circles."""
        ole: Any = self._ole  # it says nothing of their types
        ole.num_mini_fat_sectors = min(ole.num_mini_fat_sectors, self._file_bytes // ole.sector_size)
        ole.root.size = min(ole.root.size, self._file_bytes)

    @property
    def paths(self) -> frozenset[str]:
        """Return the paths of all streams and storages, in lower case."""
        return frozenset(self._paths)

    def read(self, path: str) -> bytes:
        """Return a stream's content, b"" if there is none that can be read."""
        stored = self._paths.get(path.lower())
        try:
            if stored is None or self._ole.get_size(stored) > self._file_bytes:  # its sectors would go in circles
                return b""
            content = self._ole.openstream(stored).read()
        except (OSError, TypeError, ValueError, IndexError, OverflowError):  # TypeError: it is a storage
            return b""
        self._read_bytes += len(content)
        if self._read_bytes > READ_LIMIT_BYTES:  # streams may share their sectors
            raise Refusal(Reason.TOO_LARGE, f"more than {READ_LIMIT_BYTES} bytes in its streams")
        return content

    def below(self, path: str) -> list[str]:
        """Return the names of what stands directly in a storage, "" for the whole, in lower case."""
        start = f"{path.lower()}/" if path else ""
        names = (one.removeprefix(start) for one in self._paths if one.startswith(start))
        return sorted(name for name in names if "/" not in name)
