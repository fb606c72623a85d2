"""What the engine says while the library is opened. Used in engine and window."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LibraryAwaited:
    """Unasked (id 0), before all else: another Margent still has the library, and is given a moment to close it."""
