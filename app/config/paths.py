"""Where things lie on this computer. Used in every process but the reader."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.core.errors import DataDirectoryUnwritable


@dataclass(frozen=True, slots=True)
class DataPaths:
    """The files of one library, below its data directory."""

    root: Path

    @property
    def catalog(self) -> Path:
        return self.root / "catalog.sqlite"

    @property
    def vectors(self) -> Path:
        return self.root / "chroma"

    @property
    def history(self) -> Path:
        return self.root / "history.sqlite"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def styles(self) -> Path:
        return self.root / "styles"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Return the damaged files that were set aside and lie there still."""
        return tuple(path for path in map(aside, (self.catalog, self.history, self.settings)) if path.exists())

    @property
    def model_places(self) -> tuple[Path, ...]:
        """Return where models are looked up: here first (and installed here), then in the default data directory."""
        default = default_data_dir() / "models"
        return (self.models,) if default == self.models else (self.models, default)

    def create(self) -> None:
        """Make the data directory, readable by its owner only.

        Raises:
            DataDirectoryUnwritable: it cannot be made or written.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for directory in (self.models, self.logs):
                directory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise DataDirectoryUnwritable(path=str(self.root), detail=error.strerror or str(error)) from error
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise DataDirectoryUnwritable(path=str(self.root), detail="permission denied")


def aside(path: Path) -> Path:
    """Return where a damaged file is kept, out of the way of the one that takes its place."""
    return path.with_name(path.name + ".damaged")


def default_data_dir() -> Path:
    """Return the platform's user data folder for Margent."""
    return Path(platformdirs.user_data_dir("margent", appauthor=False, roaming=False))


def resources_dir() -> Path:
    """Return the folder of icons, samples and the model catalogue, also inside a frozen application."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) / "resources" if frozen else Path(__file__).resolve().parents[2] / "resources"
