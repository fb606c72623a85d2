"""Whether a window can be shown here. Runs in the command that is to open one."""

import sys
from collections.abc import Mapping

NO_DISPLAY = "margent: there is no display to open a window on; give a command instead (margent --help lists them)"


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Return whether Qt finds a screen, or was told to do without one."""
    told = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not platform.startswith("linux") or any(environment.get(name) for name in told)
