"""How indexing goes on a battery, said between window and engine. Used in both."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class BatteryPace(StrEnum):
    """How fast indexing goes; FULL on mains, the others on battery."""

    FULL = ""
    FULL_ON_BATTERY = "full_on_battery"
    UNHURRIED = "unhurried"


@dataclass(frozen=True, slots=True)
class SpareBattery:
    """Have indexing go slower while the computer is on its battery, or not; ends with `Done`."""

    is_spared: bool


PowerRequest: TypeAlias = SpareBattery
