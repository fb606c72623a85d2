"""Knows what every page of a SQLite file in WAL mode was when it was written. Used in the engine's process.

SQLite does not notice a bit that flipped on the disk. Its pages are written by checkpoints alone, all of which the
catalog asks for itself: after each the checksums of what was written are noted beside the file. A page that the
write-ahead log has anew may be anything, because SQLite checks the log itself.
"""

import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.config.whole_files import write_whole

_LOG_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
_LITTLE = b"\x37\x7f\x06\x82"
_PAGE_BYTES = tuple(1 << power for power in range(9, 17))
_MOST_BYTES = 1 << 29
"""A larger file is checked only after an unclean end: reading it at each opening would be felt (half a second here)."""


@dataclass(slots=True)
class _Log:
    """What a write-ahead log would bring: the sums of each page's versions in turn, and how many pages there would be.

    `is_broken` tells that SQLite takes a frame for the end that does not fit: torn by a kill, or damaged.
    """

    versions: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    pages: int = 0
    is_broken: bool = False


class PageSums:
    """The checksums of one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(path.name + "-wal")
        self._noted = path.with_name(path.name + ".sums")
        self._sums = array("I")

    def is_whole(self) -> bool:
        """Tell whether all pages are what was written, as far as that is known; to be asked before the file is opened.

        What was never noted is taken as it is.
        """
        size = self._path.stat().st_size if self._path.exists() else 0
        log = _replayed(self._log)
        if not self._load():
            self._sums = array("I", _page_sums(self._path)) if size else array("I")
            return True
        if not log.pages and not log.is_broken and size > _MOST_BYTES:
            return True
        there = list(_page_sums(self._path)) if size else []
        wrong = {
            number
            for number in range(1, (log.pages or len(self._sums)) + 1)
            if number > len(there) or number > len(self._sums) or there[number - 1] != self._sums[number - 1]
        }
        if log.is_broken:  # what a checkpoint wrote from behind the break would be mixed with what is before it
            in_file = {number for number in wrong if number <= len(there)}
            return wrong - in_file <= log.versions.keys() and all(
                there[number - 1] in log.versions.get(number, ()) for number in in_file
            )
        return wrong <= log.versions.keys()

    def take(self, frames: int | None = None) -> None:
        """Note what a checkpoint that has just written all `frames` of the log wrote; durable when this returns.

        Without a number it is what closing the file is going to write: all that is committed in the log.
        """
        log = _replayed(self._log, frames)
        if not log.pages:
            return
        grown = log.pages - len(self._sums)
        self._sums.extend([0] * grown)
        for number, sums in log.versions.items():
            if number <= log.pages:
                self._sums[number - 1] = sums[-1]
        del self._sums[log.pages :]
        self._save()

    def forget(self) -> None:
        """Take away what was noted, so that the file counts as it is."""
        self._noted.unlink(missing_ok=True)

    def _load(self) -> bool:
        try:
            content = self._noted.read_bytes()
        except OSError:
            return False
        whole, noted = content[:4], content[4:]
        if len(whole) < 4 or len(noted) % 4 or zlib.crc32(noted) != int.from_bytes(whole):
            return False
        self._sums = array("I", noted)
        return True

    def _save(self) -> None:
        noted = self._sums.tobytes()
        try:
            write_whole(self._noted, zlib.crc32(noted).to_bytes(4) + noted)
        except OSError:  # without room for them there are none
            self.forget()


def _page_sums(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:])
        page_bytes = 65536 if size == 1 else max(size, 512)
        file.seek(0)
        while page := file.read(page_bytes):
            yield zlib.crc32(page)


def _replayed(log: Path, most_frames: int | None = None) -> _Log:
    """Return what the transactions in a log's first frames would bring; the file's format: sqlite.org/fileformat2."""
    found = _Log()
    try:
        file = log.open("rb")
    except OSError:
        return found
    with file:
        header = file.read(_LOG_HEADER_BYTES)
        if len(header) < _LOG_HEADER_BYTES:
            return found
        page_bytes, little = int.from_bytes(header[8:12]), header[:4] == _LITTLE
        sums = _ChainedSums(page_bytes, "<u4" if little else ">u4") if page_bytes in _PAGE_BYTES else None
        if sums is None or not sums.fits(header[:24], header[24:]):
            return found
        frame_bytes = _FRAME_HEADER_BYTES + page_bytes
        open_pages: dict[int, int] = {}
        count = 0
        while count != most_frames and len(frame := file.read(frame_bytes)) == frame_bytes:
            if frame[8:16] != header[16:24]:  # of an earlier use of the file
                break
            count += 1
            if not sums.fits(frame[:8] + frame[_FRAME_HEADER_BYTES:], frame[16:_FRAME_HEADER_BYTES]):
                found.is_broken = True
                break
            open_pages[int.from_bytes(frame[:4])] = zlib.crc32(frame[_FRAME_HEADER_BYTES:])
            if pages := int.from_bytes(frame[4:8]):  # the end of a transaction
                found.pages = pages
                for number, page_sum in open_pages.items():
                    found.versions.setdefault(number, []).append(page_sum)
                open_pages.clear()
    return found


class _ChainedSums:
    """The checksum of a log, which each frame carries on: two numbers, to which words are added in turn.

    With each pair of words (x, y) the numbers (a, b) become (a + b + x, a + 2 b + x + y), modulo 2 ** 32.
    """

    def __init__(self, page_bytes: int, words: str) -> None:
        pairs = 1 + page_bytes // 8
        self._powers = np.empty((pairs + 1, 2, 2), np.uint32)
        self._powers[0] = np.identity(2, np.uint32)
        for n in range(pairs):
            self._powers[n + 1] = self._powers[n] @ np.array(((1, 1), (1, 2)), np.uint32)
        self._words = words
        self._state = np.zeros(2, np.uint32)

    def fits(self, content: bytes, noted: bytes) -> bool:
        """Carry the sum on over `content`, at most a frame, and tell whether it is the one that was noted."""
        pairs = np.frombuffer(content, self._words).astype(np.uint32).reshape(-1, 2)
        added = np.stack((pairs[:, 0], pairs[:, 0] + pairs[:, 1]))
        carried = np.einsum("nij,jn->i", self._powers[: len(pairs)][::-1], added)
        self._state = self._powers[len(pairs)] @ self._state + carried
        return bool((self._state == np.frombuffer(noted, ">u4")).all())
