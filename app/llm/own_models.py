"""The models of the person's own on the shelf: GGUF files, and folders with ONNX encoders. Engine process."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.core.errors import ModelFileInvalid, PathUnreadable
from app.core.models import ModelRole, ModelRow
from app.llm.catalogue import ModelEntry
from app.llm.encoder_folder import MODEL, files_of, is_encoder_folder
from app.llm.gguf import GgufHeader, memory_needed, read_header
from app.llm.sources import check_room, disk_errors, hash_of, put_in_place
from app.llm.watch import STILL, FetchStopped, Watch

ROW_CONTEXT_TOKENS = 4096
_COPY_BYTES = 4 * 1024 * 1024


class OwnModels:
    """Whatever lies in the models' places and is not the catalogue's; what is added goes to the first place."""

    def __init__(self, places: Sequence[Path], catalogue: Sequence[ModelEntry]) -> None:
        self._places = tuple(places)
        self._catalogue = tuple(catalogue)
        self._names = {entry.name for entry in catalogue}
        self._headers: dict[tuple[Path, int, int], GgufHeader] = {}

    def paths(self) -> dict[str, Path]:
        """Return the GGUF files and the folders with ONNX encoders that are not the catalogue's, by name."""
        own: dict[str, Path] = {}
        for place in reversed(self._places):
            own |= {path.stem: path for path in sorted(place.glob("[!.]*.gguf")) if path.is_file()}
            own |= {path.parent.name: path.parent for path in sorted(place.glob(f"[!.]*/{MODEL}"))}
        return {
            name: path
            for name, path in own.items()
            if name not in self._names and (path.is_file() or _is_encoder(path))
        }

    def role(self, path: Path) -> ModelRole:
        """Return what a model of the person's own is for; a damaged file is taken for one that writes answers."""
        return self._sound_role(path) or ModelRole.ANSWER

    def names(self, role: ModelRole) -> list[str]:
        """Return the names of those for a role that are not damaged, in order."""
        return sorted(name for name, path in self.paths().items() if self._sound_role(path) is role)

    def row(self, name: str, path: Path, chosen: bool) -> ModelRow:
        """Return what is known of one of them; a damaged file is never the one in use."""
        if path.is_dir():
            size_bytes = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
            return ModelRow(name, ModelRole.EMBED, name, size_bytes, "", size_bytes * 2, True, chosen, False)
        size_bytes = path.stat().st_size
        try:
            header = self._header(path)
        except (ModelFileInvalid, PathUnreadable) as error:
            trouble = error.facts["detail"]
            return ModelRow(name, ModelRole.ANSWER, name, size_bytes, "", 0, False, False, False, trouble=trouble)
        memory_bytes = memory_needed(header, min(ROW_CONTEXT_TOKENS, header.context_tokens or ROW_CONTEXT_TOKENS))
        title = header.name or name
        return ModelRow(name, header.role, title, size_bytes, header.licence, memory_bytes, True, chosen, False)

    def _sound_role(self, path: Path) -> ModelRole | None:
        try:
            return ModelRole.EMBED if path.is_dir() else self._header(path).role
        except (ModelFileInvalid, PathUnreadable):
            return None

    def _header(self, path: Path) -> GgufHeader:
        """Return a file's header, read again only when the file changed: 38 ms, and rows are asked for all the time."""
        status = path.stat()
        key = (path, status.st_size, status.st_mtime_ns)
        if key not in self._headers:
            self._headers[key] = read_header(path, None)
        return self._headers[key]

    def add(self, path: Path, watch: Watch) -> str:
        """Put a GGUF file or a folder with an ONNX encoder on the shelf; return its name, "" if cancelled."""
        if path.is_dir():
            return self._add_folder(path, watch)
        read_header(path, None)
        place = self._places[0]
        target = self._free_target(path)
        if target.exists():
            return target.stem
        temporary = place / f".{target.stem}.adding"
        with disk_errors(place):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            try:
                _link_or_copy(path, temporary, watch)
                put_in_place(temporary, target)
            except FetchStopped:
                return ""
            finally:
                temporary.unlink(missing_ok=True)
        return target.stem

    def _add_folder(self, path: Path, watch: Watch) -> str:
        files = files_of(path)
        place = self._places[0]
        target = self._free_folder(path, files)
        if target.exists():
            return target.name
        temporary = place / f".{target.name}.adding"
        with disk_errors(place):
            shutil.rmtree(temporary, ignore_errors=True)
            try:
                for relative, source in files.items():
                    (temporary / relative).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    _link_or_copy(source, temporary / relative, watch)
                temporary.replace(target)
            except FetchStopped:
                return ""
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
        return target.name

    def _free_target(self, path: Path) -> Path:
        """Return where an added file goes: the catalogue's place for it, a name that is free, or its own already."""
        size_bytes = path.stat().st_size
        for entry in self._catalogue:
            for file in entry.files if entry.role is ModelRole.ANSWER else ():
                if file.size_bytes == size_bytes and hash_of(path, STILL) == file.sha256:
                    return self._places[0] / file.path
        base = _shelf_name(path.stem)
        number, target = 1, self._places[0] / f"{base}.gguf"
        while target.stem in self._names or (target.exists() and not _is_same(path, target)):
            number += 1
            target = self._places[0] / f"{base}-{number}.gguf"
        return target

    def _free_folder(self, path: Path, files: Mapping[str, Path]) -> Path:
        """Return where an added folder goes: to a name that is free, or its own already."""
        number, target = 1, self._places[0] / _shelf_name(path.resolve().name)
        while target.name in self._names or (
            target.exists() and not all(_is_there(source, target / at) for at, source in files.items())
        ):
            number += 1
            target = self._places[0] / f"{_shelf_name(path.resolve().name)}-{number}"
        return target


def _shelf_name(name: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-.") or "model"


def _is_encoder(folder: Path) -> bool:
    try:
        return is_encoder_folder(folder) and bool(files_of(folder))
    except ModelFileInvalid:
        return False


def _is_there(source: Path, target: Path) -> bool:
    return target.is_file() and _is_same(source, target)


def _is_same(path: Path, target: Path) -> bool:
    """Return whether an added file is on the shelf already, as the same file or with the same content."""
    if path.samefile(target):
        return True
    return path.stat().st_size == target.stat().st_size and hash_of(path, STILL) == hash_of(target, STILL)


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
