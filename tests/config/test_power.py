"""Whether the computer runs on its battery, told by a made-up /sys/class/power_supply."""

import sys
from pathlib import Path

import pytest

from app.config.power import on_battery

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="as Linux tells of its power")

MAINS_OFF, MAINS_ON = {"type": "Mains", "online": "0"}, {"type": "Mains", "online": "1"}
CHARGER_ON = {"type": "USB", "online": "1"}
EMPTYING, FILLING = {"type": "Battery", "status": "Discharging"}, {"type": "Battery", "status": "Charging"}
MOUSE = {"type": "Battery", "status": "Discharging", "scope": "Device"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((), False),
        ((MAINS_ON,), False),
        ((MAINS_OFF, EMPTYING), True),
        ((EMPTYING,), True),
        ((MAINS_ON, EMPTYING), False),  # a battery that is kept below full on purpose
        ((MAINS_OFF, CHARGER_ON, EMPTYING), False),
        ((MAINS_OFF, FILLING), False),
        ((MAINS_OFF, FILLING, EMPTYING), True),
        ((MOUSE,), False),
        ((MAINS_ON, MOUSE), False),
    ],
)
def test_the_battery_counts_only_where_nothing_else_feeds_the_computer(
    tmp_path: Path, told: tuple[dict[str, str], ...], expected: bool
) -> None:
    for number, lines in enumerate(told):
        folder = tmp_path / f"supply{number}"
        folder.mkdir()
        for name, value in lines.items():
            (folder / name).write_text(f"{value}\n")
    assert on_battery(tmp_path) is expected


def test_a_computer_that_tells_nothing_is_taken_to_be_on_mains(tmp_path: Path) -> None:
    assert on_battery(tmp_path / "absent") is False
