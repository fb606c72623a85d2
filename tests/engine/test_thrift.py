"""When indexing rests on battery, and that the engine tells so."""

import asyncio
from pathlib import Path

import pytest

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.messages import StatusChanged
from app.core.power_messages import Pace, SpareBattery
from app.engine import thrift
from app.engine.service import Engine
from app.engine.thrift import FREE_S, REST_S, WORK_S, Thrift


class Laptop:
    """A clock, and a battery that is on once the cable is pulled."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.is_on_battery = False

    def share_rested(self, one: Thrift, seconds: float) -> float:
        """Return the share of the next seconds in which work rests, asking as often as the indexer does."""
        asked = [self._asked(one) for _ in range(round(seconds / 0.05))]
        return sum(asked) / len(asked)

    def _asked(self, one: Thrift) -> bool:
        self.now_s += 0.05
        return one.is_resting


@pytest.fixture
def laptop() -> Laptop:
    return Laptop()


async def looked(one: Thrift) -> None:
    """Let it look at the power once."""
    told = asyncio.Event()
    looking = asyncio.create_task(one.run(told.set))
    await asyncio.wait_for(told.wait(), 30)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


def started(laptop: Laptop, *, is_wanted: bool = True) -> Thrift:
    one = Thrift(is_wanted=is_wanted, is_on_battery=lambda: laptop.is_on_battery, clock=lambda: laptop.now_s)
    laptop.is_on_battery = True
    asyncio.run(looked(one))
    return one


def test_on_mains_nothing_rests(laptop: Laptop) -> None:
    one = Thrift(is_wanted=True, is_on_battery=lambda: False, clock=lambda: laptop.now_s)
    assert laptop.share_rested(one, 60) == 0
    assert one.pace is Pace.FULL


def test_on_battery_long_work_rests_most_of_the_time(laptop: Laptop) -> None:
    one = started(laptop)
    assert one.pace is Pace.UNHURRIED
    assert laptop.share_rested(one, FREE_S - 0.2) == 0
    share = REST_S / (REST_S + WORK_S)
    assert laptop.share_rested(one, 100 * (REST_S + WORK_S)) == pytest.approx(share, abs=0.02)


def test_after_a_pause_a_little_work_is_done_at_once(laptop: Laptop) -> None:
    one = started(laptop)
    laptop.share_rested(one, 60)
    laptop.now_s += 30
    assert laptop.share_rested(one, FREE_S - 0.2) == 0


def test_who_wants_full_speed_has_it_on_battery(laptop: Laptop) -> None:
    one = started(laptop)
    one.use(is_wanted=False)
    assert one.pace is Pace.FULL_ON_BATTERY
    assert laptop.share_rested(one, 60) == 0


def test_the_engine_tells_its_pace_and_takes_the_persons_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "supply" / "BAT0").mkdir(parents=True)
    (tmp_path / "supply" / "BAT0" / "type").write_text("Battery\n")
    (tmp_path / "supply" / "BAT0" / "status").write_text("Discharging\n")
    monkeypatch.setattr(thrift.on_battery, "__defaults__", (tmp_path / "supply",))

    async def told() -> list[Pace]:
        paces: list[Pace] = []
        changed = asyncio.Event()

        def take(_request: int, event: object) -> None:
            if isinstance(event, StatusChanged):
                paces.append(event.pace)
                changed.set()

        async def until(pace: Pace) -> None:
            async with asyncio.timeout(60):
                while pace not in paces:
                    changed.clear()
                    await changed.wait()

        paths = DataPaths(tmp_path / "data")
        paths.create()
        engine = Engine(paths, Settings(), take)
        try:
            await engine.start(watch=True)
            await until(Pace.UNHURRIED)
            engine.handle(1, SpareBattery(False))
            await until(Pace.FULL_ON_BATTERY)
        finally:
            await engine.close()
        return paces

    paces = asyncio.run(told())
    assert paces[-1] is Pace.FULL_ON_BATTERY
