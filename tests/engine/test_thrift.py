"""When indexing rests on battery, and that the engine tells so."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.messages import AddFolder, StatusChanged
from app.core.power_messages import BatteryPace, SpareBattery
from app.core.receipt_messages import Forget, Forgot
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
    assert one.pace is BatteryPace.FULL


def test_on_battery_long_work_rests_most_of_the_time(laptop: Laptop) -> None:
    one = started(laptop)
    assert one.pace is BatteryPace.UNHURRIED
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
    assert one.pace is BatteryPace.FULL_ON_BATTERY
    assert laptop.share_rested(one, 60) == 0


def test_what_a_person_asked_for_is_done_without_a_rest(laptop: Laptop) -> None:
    one = started(laptop)
    laptop.share_rested(one, 60)
    with one.lifted():
        assert laptop.share_rested(one, 60) == 0
    assert laptop.share_rested(one, FREE_S - 0.2) == 0
    assert laptop.share_rested(one, 60) > 0


@pytest.fixture
def unplugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the computer run on its battery; the path is of a data directory."""
    (tmp_path / "supply" / "BAT0").mkdir(parents=True)
    (tmp_path / "supply" / "BAT0" / "type").write_text("Battery\n")
    (tmp_path / "supply" / "BAT0" / "status").write_text("Discharging\n")
    monkeypatch.setattr(thrift.on_battery, "__defaults__", (tmp_path / "supply",))
    return tmp_path / "data"


class Told:
    """An engine's events as they come."""

    def __init__(self) -> None:
        self.paces: list[BatteryPace] = []
        self.finals: dict[int, object] = {}
        self._came = asyncio.Event()

    def take(self, request: int, event: object) -> None:
        """Note an event."""
        if isinstance(event, StatusChanged):
            self.paces.append(event.pace)
        elif request:
            self.finals[request] = event
        self._came.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(60):
            while not is_so():
                self._came.clear()
                await self._came.wait()


def test_forgetting_does_not_rest_on_battery(unplugged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thrift, "FREE_S", 0.0)
    monkeypatch.setattr(thrift, "WORK_S", 0.0)  # now it rests all the time
    folder = unplugged.parent / "papers"
    folder.mkdir()
    (folder / "note.txt").write_text("Seven quinces in a basket.")

    async def scenario() -> object:
        told, paths = Told(), DataPaths(unplugged)
        paths.create()
        engine = Engine(paths, Settings(spare_battery=False), told.take)
        try:
            await engine.start(watch=True)
            await told.until(lambda: BatteryPace.FULL_ON_BATTERY in told.paces)
            engine.handle(1, AddFolder(os.fsencode(folder)))
            await told.until(lambda: engine.status().ready == 1)
            engine.handle(2, SpareBattery(True))
            engine.handle(3, Forget(os.fsencode(folder)))
            await told.until(lambda: 3 in told.finals)
        finally:
            await engine.close()
        return told.finals[3]

    assert asyncio.run(scenario()) == Forgot(documents=1, passages=1, vectors=0, receipts=0, left=0)


def test_the_engine_tells_its_pace_and_takes_the_persons_choice(unplugged: Path) -> None:
    async def paces() -> list[BatteryPace]:
        told, paths = Told(), DataPaths(unplugged)
        paths.create()
        engine = Engine(paths, Settings(), told.take)
        try:
            await engine.start(watch=True)
            await told.until(lambda: BatteryPace.UNHURRIED in told.paces)
            engine.handle(1, SpareBattery(False))
            await told.until(lambda: BatteryPace.FULL_ON_BATTERY in told.paces)
        finally:
            await engine.close()
        return told.paces

    assert asyncio.run(paces())[-1] is BatteryPace.FULL_ON_BATTERY
