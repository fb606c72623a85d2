"""What the person chose, kept in `settings.toml`. Written by the window's process, read by all but reader and llama."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec

from app.config.paths import aside
from app.config.whole_files import write_whole

_UNREADABLE = (OSError, msgspec.DecodeError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default.

    `evidence_tokens` is the most that a model is given; a slow computer gives it what it reads in `first_token_s`
    seconds (0: all of it, however long that takes).
    `theme` is "system", "light" or "dark". `model` "" means the best that is installed. `window_geometry` and
    `splitter_state` are Qt's own, in hexadecimal. With `review_always` every prompt is shown before it is sent.
    With `spare_battery` indexing goes slower while the computer runs on its battery. `style` names the one that answers
    in the window are written in, "" for the plain one.
    """

    theme: str = "system"
    model: str = ""
    evidence_tokens: int = 1400
    answer_tokens: int = 400
    first_token_s: int = 10
    window_geometry: str = ""
    splitter_state: str = ""
    review_always: bool = False
    style: str = ""
    spare_battery: bool = True


def load_settings(path: Path) -> Settings:
    """Return the settings of a file, defaults for what is missing, and the defaults alone if it cannot be read."""
    try:
        known = _read(path)
    except _UNREADABLE:
        return Settings()
    settings = Settings()
    for name, value in known.items():
        if name in Settings.__dataclass_fields__ and isinstance(value, type(getattr(settings, name))):
            settings = replace(settings, **{name: value})
    return settings


def settings_trouble(path: Path) -> str:
    """Return why a settings file cannot be read, "" if it can be or is not there."""
    try:
        _read(path)
    except _UNREADABLE as error:
        return (error.strerror if isinstance(error, OSError) else "") or str(error)
    return ""


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings, whole or not at all; a file that cannot be read is set aside, not written over."""
    if settings_trouble(path):
        path.replace(aside(path))
    lines = [f"{name} = {_toml(value)}" for name, value in asdict(settings).items()]
    write_whole(path, ("\n".join(lines) + "\n").encode())


def _read(path: Path) -> dict[str, object]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
    except (FileNotFoundError, NotADirectoryError):
        return {}


def _toml(value: str | int) -> str:
    """Return a TOML literal: JSON's, but that TOML wants DEL escaped too."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
