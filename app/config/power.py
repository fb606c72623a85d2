"""Whether the computer runs on its battery. Used in the engine's process."""

import ctypes
import subprocess
import sys
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")
_PMSET = ("/usr/bin/pmset", "-g", "ps")
_PMSET_LIMIT_S = 5.0


def on_battery(supplies: Path = SUPPLIES) -> bool:
    """Return whether a battery alone feeds the computer, False where that cannot be known; may take milliseconds.

    `supplies` is where Linux tells of them.
    """
    if sys.platform == "win32":
        status = _PowerStatus()
        told = ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))
        return bool(told) and status.ac_line_status == 0
    return _mac_on_battery() if sys.platform == "darwin" else _linux_on_battery(supplies)


def _linux_on_battery(supplies: Path) -> bool:
    """Return whether a battery of the computer itself is being emptied and no supply from outside is there.

    The kernel's Documentation/ABI/testing/sysfs-class-power: `scope` is "Device" for what a mouse or keyboard has.
    """
    try:
        folders = [folder for folder in supplies.iterdir() if _line(folder / "scope") != "Device"]
    except OSError:
        return False
    outside = [folder for folder in folders if _line(folder / "type") != "Battery"]
    if any(_line(folder / "online") not in ("", "0") for folder in outside):
        return False
    batteries = [folder for folder in folders if _line(folder / "type") == "Battery"]
    return any(_line(folder / "status") == "Discharging" for folder in batteries)


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


class _PowerStatus(ctypes.Structure):
    """SYSTEM_POWER_STATUS of winbase.h."""

    _fields_ = (
        ("ac_line_status", ctypes.c_ubyte),
        ("battery_flag", ctypes.c_ubyte),
        ("battery_life_percent", ctypes.c_ubyte),
        ("system_status_flag", ctypes.c_ubyte),
        ("battery_life_time", ctypes.c_ulong),
        ("battery_full_life_time", ctypes.c_ulong),
    )


def _mac_on_battery() -> bool:
    try:
        said = subprocess.run(_PMSET, capture_output=True, text=True, timeout=_PMSET_LIMIT_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "'Battery Power'" in said.partition("\n")[0]
