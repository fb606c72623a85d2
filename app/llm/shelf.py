"""The models that are installed, and those that can be: one folder of files, no database. Engine process.

Answer models are `NAME.gguf`, the others folders `NAME/`. Models are looked for in several places and written to the
first. A file's hash, once verified, is remembered beside it in `NAME.json` with the size and time it was verified at.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.core.errors import ModelFileInvalid, ModelHashWrong, ModelUnknown, NoModelInstalled, PathUnreadable, UsageWrong
from app.core.types import ModelRole, ModelRow
from app.llm.catalogue import ModelEntry, load_catalogue
from app.llm.gguf import GgufHeader, memory_needed, read_header
from app.llm.sources import check_room, clear_partial, disk_errors, fetch_files, hash_of, put_in_place
from app.llm.watch import FetchStopped, Watch

__all__ = ["Checked", "Shelf", "load_catalogue"]

ROW_CONTEXT_TOKENS = 4096
_COPY_BYTES = 4 * 1024 * 1024
_STILL = Watch(lambda _stage, _done, _total: None, lambda: False)


class _Verified(msgspec.Struct, frozen=True):
    """What a file's content was found to be."""

    path: str
    sha256: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A model file whose hash was computed; `known_as` is the catalogue's model that has this hash, or ""."""

    path: Path
    sha256: str
    known_as: str


class Shelf:
    """The models of some places; every method may be called from any thread, one at a time."""

    def __init__(self, places: Sequence[Path], catalogue: Sequence[ModelEntry]) -> None:
        self._places = tuple(places)
        self._catalogue = {entry.name: entry for entry in catalogue}
        self._headers: dict[tuple[Path, int, int], GgufHeader] = {}

    def rows(self, chosen: str = "") -> tuple[ModelRow, ...]:
        """Return the catalogue's models and then the person's own; `chosen` is the answer model to use, if there."""
        in_use = {role: self._preferred(role) for role in ModelRole}
        if chosen in self._own_files() or (chosen in self._catalogue and self._place_of(self._catalogue[chosen])):
            in_use[ModelRole.ANSWER] = chosen
        known = (
            ModelRow(
                name=entry.name,
                role=entry.role,
                title=entry.title,
                size_bytes=entry.size_bytes,
                licence=entry.licence,
                memory_bytes=entry.memory_bytes,
                installed=self._place_of(entry) is not None,
                chosen=entry.name == in_use[entry.role],
                recommended=entry.recommended,
                note=entry.note,
            )
            for entry in self._catalogue.values()
        )
        own = (self._own_row(path, path.stem == in_use[ModelRole.ANSWER]) for path in self._own_files().values())
        return (*known, *own)

    def find(self, name_or_path: str, role: ModelRole = ModelRole.ANSWER) -> Path:
        """Return a model's file (GGUF) or folder (ONNX); "" asks for the recommended one, or whichever there is.

        Raises:
            NoModelInstalled: nothing is installed for the role, or not the model of this name (then also `name`).
            ModelUnknown: there is neither a model of this name nor such a file.
            ModelFileInvalid: the file is no model that writes answers.
        """
        name = name_or_path or self._preferred(role)
        if not name:
            raise NoModelInstalled(role=role.value)
        if entry := self._catalogue.get(name):
            place = self._place_of(entry)
            if place is None:
                raise NoModelInstalled(role=role.value, name=name)
            return _main_path(entry, place)
        path = self._own_files().get(name) or Path(name)
        if role is not ModelRole.ANSWER or not path.exists():
            raise ModelUnknown(name=name)
        read_header(path)
        return path.absolute()

    def get(self, name: str, progress: Callable[[str, int, int], None], cancelled: Callable[[], bool]) -> bool:
        """Fetch and install a model of the catalogue; True if it is there afterwards, False if cancelled.

        Raises:
            ModelUnknown, DownloadFailed, ModelHashWrong, DiskFull, DataDirectoryUnwritable.
        """
        entry = self._catalogue.get(name)
        if entry is None:
            raise ModelUnknown(name=name)
        place = self._places[0]
        missing = [file for file in entry.files if not _is_whole(place / file.path, file.size_bytes)]
        try:
            if self._place_of(entry) is None:
                fetch_files(name, missing, place, Watch(progress, cancelled))
                self._remember(place, name, {file.path: file.sha256 for file in entry.files})
        except FetchStopped:
            return False
        wanted = [other for other in self._catalogue.values() if other.recommended and self._place_of(other) is None]
        clear_partial(place, [file for other in wanted for file in other.files])
        return True

    def add(self, path: Path, progress: Callable[[str, int, int], None], cancelled: Callable[[], bool]) -> str:
        """Put a GGUF file of the person's own on the shelf, as a hard link or a copy; return its name, "" if cancelled.

        Raises:
            PathMissing, PathUnreadable, ModelFileInvalid, DiskFull, DataDirectoryUnwritable.
        """
        read_header(path)
        place = self._places[0]
        target = self._free_target(path)
        if target.exists():
            return target.stem
        temporary = place / f".{target.stem}.adding"
        with disk_errors(place):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            try:
                _link_or_copy(path, temporary, Watch(progress, cancelled))
                put_in_place(temporary, target)
            except FetchStopped:
                return ""
            finally:
                temporary.unlink(missing_ok=True)
        return target.stem

    def remove(self, name: str) -> None:
        """Take a model off the shelf and delete its files (a hard-linked original stays where it is).

        Raises:
            ModelUnknown: no such model is installed.
            UsageWrong: it lies in another library's folder (`detail`), where nothing is written.
        """
        entry, own = self._catalogue.get(name), self._own_files().get(name)
        place = self._place_of(entry) if entry else own.parent if own else None
        if place is None:
            raise ModelUnknown(name=name)
        if place != self._places[0]:
            raise UsageWrong(detail=f"{name} is installed in {place}")
        with disk_errors(place):
            for path in [place / file.path for file in entry.files] if entry else [place / f"{name}.gguf"]:
                path.unlink(missing_ok=True)
            (place / f"{name}.json").unlink(missing_ok=True)
            folder = place / name
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def check(self, name_or_path: str, progress: Callable[[str, int, int], None]) -> tuple[Checked, ...]:
        """Read all of a model's files again and compare their hashes with the catalogue's, or with the last ones.

        Raises:
            ModelHashWrong: a file is not what it was; names both hashes.
            ModelUnknown, NoModelInstalled, ModelFileInvalid, PathMissing.
        """
        watch = Watch(progress, lambda: False)
        entry = self._catalogue.get(name_or_path)
        if entry is None:
            path = self.find(name_or_path)
            expected = {} if path.parent not in self._places else self._remembered(path.parent, path.stem)
            return (self._checked(path, expected.get(path.name, ""), name_or_path, watch),)
        place = self._place_of(entry)
        if place is None:
            raise NoModelInstalled(role=entry.role.value, name=entry.name)
        return tuple(self._checked(place / file.path, file.sha256, entry.name, watch) for file in entry.files)

    def _checked(self, path: Path, expected: str, name: str, watch: Watch) -> Checked:
        found = hash_of(path, watch)
        if expected and found != expected:
            raise ModelHashWrong(name=name, expected=expected, found=found, path=str(path))
        if not expected and path.parent == self._places[0]:
            self._remember(path.parent, path.stem, {path.name: found})
        known = [entry.name for entry in self._catalogue.values() for file in entry.files if file.sha256 == found]
        return Checked(path, found, next(iter(known), ""))

    def _preferred(self, role: ModelRole) -> str:
        """Return the name to use for a role if the person chose none: recommended first, then the catalogue's order."""
        installed = [
            entry for entry in self._catalogue.values() if entry.role is role and self._place_of(entry) is not None
        ]
        installed.sort(key=lambda entry: not entry.recommended)
        own = sorted(
            name for name, path in self._own_files().items() if role is ModelRole.ANSWER and self._is_sound(path)
        )
        return installed[0].name if installed else own[0] if own else ""

    def _place_of(self, entry: ModelEntry) -> Path | None:
        """Return where a model of the catalogue is installed whole."""
        for place in self._places:
            if all(_is_whole(place / file.path, file.size_bytes) for file in entry.files):
                return place
        return None

    def _own_files(self) -> dict[str, Path]:
        """Return the GGUF files that are not the catalogue's, by name."""
        paths = [path for place in reversed(self._places) for path in sorted(place.glob("[!.]*.gguf"))]
        return {path.stem: path for path in paths if path.stem not in self._catalogue and path.is_file()}

    def _own_row(self, path: Path, chosen: bool) -> ModelRow:
        size_bytes = path.stat().st_size
        try:
            header = self._header(path)
        except (ModelFileInvalid, PathUnreadable) as error:
            trouble = error.facts["detail"]
            return ModelRow(
                path.stem, ModelRole.ANSWER, path.stem, size_bytes, "", 0, False, False, False, trouble=trouble
            )
        memory_bytes = memory_needed(header, min(ROW_CONTEXT_TOKENS, header.context_tokens or ROW_CONTEXT_TOKENS))
        title = header.name or path.stem
        return ModelRow(
            path.stem, ModelRole.ANSWER, title, size_bytes, header.licence, memory_bytes, True, chosen, False
        )

    def _header(self, path: Path) -> GgufHeader:
        """Return a file's header, read again only when the file changed: 38 ms, and rows are asked for all the time."""
        status = path.stat()
        key = (path, status.st_size, status.st_mtime_ns)
        if key not in self._headers:
            self._headers[key] = read_header(path)
        return self._headers[key]

    def _is_sound(self, path: Path) -> bool:
        try:
            self._header(path)
        except (ModelFileInvalid, PathUnreadable):
            return False
        return True

    def _free_target(self, path: Path) -> Path:
        """Return where an added file goes: the catalogue's place for it, a name that is free, or its own already."""
        size_bytes = path.stat().st_size
        for entry in self._catalogue.values():
            for file in entry.files if entry.role is ModelRole.ANSWER else ():
                if file.size_bytes == size_bytes and hash_of(path, _STILL) == file.sha256:
                    return self._places[0] / file.path
        base = re.sub(r"[^a-z0-9._-]+", "-", path.stem.lower()).strip("-.") or "model"
        number, target = 1, self._places[0] / f"{base}.gguf"
        while target.stem in self._catalogue or (target.exists() and not _is_same(path, target)):
            number += 1
            target = self._places[0] / f"{base}-{number}.gguf"
        return target

    def _remember(self, place: Path, name: str, hashes: dict[str, str]) -> None:
        verified: list[_Verified] = []
        for relative, sha256 in hashes.items():
            status = (place / relative).stat()
            verified.append(_Verified(relative, sha256, status.st_size, status.st_mtime_ns))
        temporary = place / f".{name}.json.new"
        with disk_errors(place):
            temporary.write_bytes(msgspec.json.encode(verified))
            put_in_place(temporary, place / f"{name}.json")

    def _remembered(self, place: Path, name: str) -> dict[str, str]:
        try:
            verified = msgspec.json.decode((place / f"{name}.json").read_bytes(), type=list[_Verified])
        except (FileNotFoundError, msgspec.DecodeError):
            return {}
        return {item.path: item.sha256 for item in verified}


def _main_path(entry: ModelEntry, place: Path) -> Path:
    return place / entry.files[0].path if entry.role is ModelRole.ANSWER else place / entry.name


def _is_whole(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except OSError:
        return False


def _is_same(path: Path, target: Path) -> bool:
    """Return whether an added file is on the shelf already, as the same file or with the same content."""
    if path.samefile(target):
        return True
    return path.stat().st_size == target.stat().st_size and hash_of(path, _STILL) == hash_of(target, _STILL)


def _link_or_copy(path: Path, temporary: Path, watch: Watch) -> None:
    try:
        os.link(path.resolve(), temporary)
    except OSError:  # another disk, or a file system without hard links
        total_bytes, done_bytes = path.stat().st_size, 0
        check_room(temporary.parent, total_bytes)
        with path.open("rb") as source, temporary.open("wb") as copy:
            while chunk := source.read(_COPY_BYTES):
                copy.write(chunk)
                done_bytes += len(chunk)
                watch.step("copy", done_bytes, total_bytes)
