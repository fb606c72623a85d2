"""How indexing goes on a battery, said between window and engine. Used in both."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Pace(StrEnum):
    """How fast indexing goes, the computer being on its battery; UNHURRIED only ever there."""

    FULL = ""
    FULL_ON_BATTERY = "full_on_battery"
    UNHURRIED = "unhurried"


@dataclass(frozen=True, slots=True)
class SpareBattery:
    """Have indexing go slower while the computer is on its battery, or not; ends with `Done`."""

    is_spared: bool


PowerRequest: TypeAlias = SpareBattery
