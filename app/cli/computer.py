"""What this computer is: processor, memory, disk, llama.cpp. Runs in the command."""

import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from app.config.cores import usable_cores


@dataclass(frozen=True, slots=True)
class Computer:
    """The computer as far as it matters here; `has_avx2` is None where that cannot be told."""

    system: str
    processor: str
    cores: int
    has_avx2: bool | None
    memory_bytes: int
    free_memory_bytes: int
    free_disk_bytes: int


@dataclass(frozen=True, slots=True)
class LlamaBuild:
    """The llama.cpp that is installed: `version` "" for none, `gpu` "" where it runs on the CPU."""

    version: str
    gpu: str
    trouble: str = ""


def this_computer(data_dir: Path) -> Computer:
    """Return what this computer has; the disk is the one that holds the data directory."""
    cpu = _table(Path("/proc/cpuinfo"))
    memory = psutil.virtual_memory()
    flags = cpu.get("flags", "").split()
    return Computer(
        system=platform.platform(terse=True),
        processor=cpu.get("model name", platform.processor() or platform.machine()),
        cores=usable_cores(),
        has_avx2="avx2" in flags if flags else None,
        memory_bytes=memory.total,
        free_memory_bytes=memory.available,
        free_disk_bytes=shutil.disk_usage(_existing(data_dir)).free,
    )


def llama_build() -> LlamaBuild:
    """Return which llama.cpp is installed and on what it runs."""
    try:
        installed = version("llama-cpp-python")
    except PackageNotFoundError:
        return LlamaBuild("", "")
    try:
        from app.llm.llama import gpu_name

        return LlamaBuild(installed, gpu_name())
    except (ImportError, OSError, RuntimeError) as error:  # a build that another processor or library was made for
        return LlamaBuild(installed, "", str(error))


def _table(file: Path) -> dict[str, str]:
    """Return the first value of each `name : value` line; nothing where there is no such file."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    rows = (line.partition(":") for line in reversed(text.splitlines()))
    return {name.strip(): value.strip() for name, _, value in rows}


def _existing(path: Path) -> Path:
    """Return the nearest folder above that is there."""
    return next(place for place in (path, *path.parents) if place.exists())
