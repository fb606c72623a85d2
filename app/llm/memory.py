"""How much memory a model may take on this computer. Llama process, before it is jailed."""

import sys
from pathlib import Path

from app.core.errors import ModelTooLarge

_PAGE_BYTES = 4096


def available_bytes() -> int | None:
    """Return the memory that a program can still get without swapping, None where the system does not say."""
    if not sys.platform.startswith("linux"):
        return None
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def address_space_bytes() -> int:
    """Return how much address space this process has taken already, 0 where the system does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * _PAGE_BYTES


def check_fits(name: str, needed_bytes: int, free_bytes: int | None) -> None:
    """Raise `ModelTooLarge` if a model needs more than there is."""
    if free_bytes is not None and needed_bytes > free_bytes:
        raise ModelTooLarge(name=name, needed_bytes=str(needed_bytes), free_bytes=str(free_bytes))
