"""How much memory a model may take on this computer. Llama process, before it is jailed."""

import psutil

from app.core.errors import ModelTooLarge


def address_space_bytes() -> int:
    """Return how much address space this process has taken already."""
    return psutil.Process().memory_info().vms


def check_fits(name: str, needed_bytes: int) -> None:
    """Raise `ModelTooLarge` if a model needs more than a program can still get without swapping."""
    free_bytes = psutil.virtual_memory().available
    if needed_bytes > free_bytes:
        raise ModelTooLarge(name=name, needed_bytes=str(needed_bytes), free_bytes=str(free_bytes))
