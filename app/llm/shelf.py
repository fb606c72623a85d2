"""The models that are installed, and those that can be: one folder of files, no database. Engine process.

A GGUF model is a file `NAME.gguf`, an ONNX one a folder `NAME/`. Models are looked for in several places and written to
the first. A file's hash, once verified, is remembered beside it in `NAME.json` with its size and time of then.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.config.whole_files import write_whole
from app.core.errors import ModelHashWrong, ModelUnknown, NoModelInstalled, UsageWrong
from app.core.models import ModelRole, ModelRow
from app.llm.catalogue import ModelEntry, load_catalogue
from app.llm.encoder_folder import MODEL, TOKENIZER, files_of
from app.llm.gguf import read_header
from app.llm.own_models import OwnModels
from app.llm.sources import clear_partial, disk_errors, fetch_files, hash_of
from app.llm.watch import STILL, FetchStopped, Watch

__all__ = ["Checked", "Shelf", "load_catalogue"]


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
        self._own = OwnModels(self._places, catalogue)
        self._fingerprints: dict[tuple[Path, int, int], str] = {}

    def rows(self, *chosen: str) -> tuple[ModelRow, ...]:
        """Return the catalogue's models, then the person's own; `chosen` are those to use for their roles, if there."""
        own = self._own.paths()
        in_use = {role: self._preferred(role) for role in ModelRole}
        for name in chosen:
            entry = self._catalogue.get(name)
            if name in own:
                in_use[self._own.role(own[name])] = name
            elif entry is not None and self._place_of(entry) is not None:
                in_use[entry.role] = name
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
        return (*known, *(self._own.row(name, path, name in in_use.values()) for name, path in own.items()))

    def entry(self, name: str) -> ModelEntry | None:
        """Return what the catalogue says of a model, None if it is none of the catalogue's."""
        return self._catalogue.get(name)

    def role(self, name: str) -> ModelRole:
        """Return what a model of the catalogue or of the shelf is for. Raises: ModelUnknown."""
        if entry := self._catalogue.get(name):
            return entry.role
        if path := self._own.paths().get(name):
            return self._own.role(path)
        raise ModelUnknown(name=name)

    def find(self, name_or_path: str, role: ModelRole = ModelRole.ANSWER) -> Path:
        """Return a model's file (GGUF) or folder (ONNX); "" asks for the recommended one, or whichever there is.

        Raises:
            NoModelInstalled: nothing is installed for the role, or not the model of this name (then also `name`).
            ModelUnknown: there is neither a model of this name nor such a file.
            ModelFileInvalid: the file is no model for the role.
        """
        name = name_or_path or self._preferred(role)
        if not name:
            raise NoModelInstalled(role=role.value)
        if entry := self._catalogue.get(name):
            place = self._place_of(entry)
            if place is None:
                raise NoModelInstalled(role=role.value, name=name)
            return _main_path(entry, place)
        path = self._own.paths().get(name) or Path(name)
        if not path.exists() or role in (ModelRole.RERANK, ModelRole.RECOGNISE):
            raise ModelUnknown(name=name)
        if path.is_dir() and role is ModelRole.EMBED:
            files_of(path)
        else:
            read_header(path, role)
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
        """Put a GGUF file of the person's own, or a folder with an ONNX encoder, on the shelf, as hard links or copies.

        Returns its name, "" if cancelled.

        Raises:
            PathMissing, PathUnreadable, ModelFileInvalid, DiskFull, DataDirectoryUnwritable.
        """
        return self._own.add(path, Watch(progress, cancelled))

    def remove(self, name: str) -> None:
        """Take a model off the shelf and delete its files (a hard-linked original stays where it is).

        Raises:
            ModelUnknown: no such model is installed.
            UsageWrong: it lies in another library's folder (`detail`), where nothing is written.
        """
        entry, own = self._catalogue.get(name), self._own.paths().get(name)
        place = self._place_of(entry) if entry else own.parent if own else None
        if place is None:
            raise ModelUnknown(name=name)
        if place != self._places[0]:
            raise UsageWrong(detail=f"{name} is installed in {place}")
        with disk_errors(place):
            if own is not None and own.is_dir():
                shutil.rmtree(own)
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
            return self._check_own(name_or_path, watch)
        place = self._place_of(entry)
        if place is None:
            raise NoModelInstalled(role=entry.role.value, name=entry.name)
        return tuple(self._checked(place / file.path, file.sha256, entry.name, watch) for file in entry.files)

    def fingerprint(self, path: Path) -> str:
        """Return a model file's SHA-256, "" if it cannot be read: as verified, while size and time are those of then.

        Any other file is read once for each size and time that it has. May be called from any thread at any time.
        """
        try:
            status = path.stat()
            key = (path, status.st_size, status.st_mtime_ns)
            if key not in self._fingerprints:
                known = self._verified(path.parent, path.stem) if path.parent in self._places else []
                stamps = {(path.parent / item.path, item.size_bytes, item.mtime_ns): item.sha256 for item in known}
                self._fingerprints[key] = stamps.get(key) or hash_of(path, STILL)
            return self._fingerprints[key]
        except OSError:
            return ""

    def _check_own(self, name_or_path: str, watch: Watch) -> tuple[Checked, ...]:
        own = self._own.paths().get(name_or_path)
        if own is not None and own.is_dir():
            place, name, files = own.parent, own.name, [own / MODEL, own / TOKENIZER]
        else:
            path = own or Path(name_or_path)
            if not path.exists():
                raise ModelUnknown(name=name_or_path)
            read_header(path, None)
            place, name, files = path.parent, path.stem, [path]
        expected = {} if place not in self._places else self._remembered(place, name)
        by_path = {str(file.relative_to(place)): file for file in files}
        checked = {at: self._checked(file, expected.get(at, ""), name, watch) for at, file in by_path.items()}
        if place == self._places[0] and not expected:
            self._remember(place, name, {at: one.sha256 for at, one in checked.items()})
        return tuple(checked.values())

    def _checked(self, path: Path, expected: str, name: str, watch: Watch) -> Checked:
        found = hash_of(path, watch)
        if expected and found != expected:
            raise ModelHashWrong(name=name, expected=expected, found=found, path=str(path))
        known = [entry.name for entry in self._catalogue.values() for file in entry.files if file.sha256 == found]
        return Checked(path, found, next(iter(known), ""))

    def _preferred(self, role: ModelRole) -> str:
        """Return the name to use for a role if the person chose none: recommended first, then the catalogue's order."""
        installed = [
            entry for entry in self._catalogue.values() if entry.role is role and self._place_of(entry) is not None
        ]
        installed.sort(key=lambda entry: not entry.recommended)
        own = self._own.names(role)
        return installed[0].name if installed else own[0] if own else ""

    def _place_of(self, entry: ModelEntry) -> Path | None:
        """Return where a model of the catalogue is installed whole."""
        for place in self._places:
            if all(_is_whole(place / file.path, file.size_bytes) for file in entry.files):
                return place
        return None

    def _remember(self, place: Path, name: str, hashes: dict[str, str]) -> None:
        verified: list[_Verified] = []
        for relative, sha256 in hashes.items():
            status = (place / relative).stat()
            verified.append(_Verified(relative, sha256, status.st_size, status.st_mtime_ns))
        with disk_errors(place):
            write_whole(place / f"{name}.json", msgspec.json.encode(verified))

    def _remembered(self, place: Path, name: str) -> dict[str, str]:
        return {item.path: item.sha256 for item in self._verified(place, name)}

    def _verified(self, place: Path, name: str) -> list[_Verified]:
        try:
            return msgspec.json.decode((place / f"{name}.json").read_bytes(), type=list[_Verified])
        except (FileNotFoundError, msgspec.DecodeError):
            return []


def _main_path(entry: ModelEntry, place: Path) -> Path:
    is_file = entry.role in (ModelRole.ANSWER, ModelRole.RECOGNISE)
    return place / entry.files[0].path if is_file else place / entry.name


def _is_whole(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except OSError:
        return False
