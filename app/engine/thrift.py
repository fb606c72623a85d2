"""Has indexing rest much of the time while the computer runs on its battery. In the engine's process."""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from app.config.power import on_battery
from app.core.power_messages import BatteryPace

LOOKS_EVERY_S = 10.0
FREE_S = 5.0
"""So long work that begins after a rest goes at full speed: a saved file is searchable as soon as ever."""

WORK_S, REST_S = 1.0, 3.0
"""Afterwards a quarter of the time."""

_PAUSE_S = 2.0 * REST_S


class Thrift:
    """When to rest; those who work ask before every step."""

    def __init__(
        self,
        *,
        is_wanted: bool,
        is_on_battery: Callable[[], bool] = on_battery,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin as if on mains; `clock` returns seconds."""
        self._is_wanted = is_wanted
        self._ask = is_on_battery
        self._clock = clock
        self._is_on_battery = False
        self._began_s = self._asked_s = clock()
        self._waiting = 0

    @property
    def pace(self) -> BatteryPace:
        """Return how fast indexing may go."""
        if not self._is_on_battery:
            return BatteryPace.FULL
        return BatteryPace.UNHURRIED if self._is_wanted else BatteryPace.FULL_ON_BATTERY

    @property
    def is_resting(self) -> bool:
        """Return whether to wait a moment; asked by whoever has work, and only then."""
        now_s = self._clock()
        if now_s - self._asked_s > _PAUSE_S:
            self._began_s = now_s
        self._asked_s = now_s
        worked_s = now_s - self._began_s - FREE_S
        if self._waiting or self.pace is not BatteryPace.UNHURRIED:
            return False
        return worked_s > 0 and worked_s % (REST_S + WORK_S) < REST_S

    def use(self, *, is_wanted: bool) -> None:
        """Rest on battery from now on, or do not."""
        self._is_wanted = is_wanted

    @contextmanager
    def lifted(self) -> Generator[None, None, None]:
        """Rest neither in the block nor for the first seconds after it: a person asked for what is done."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            self._began_s = self._clock()

    async def run(self, on_change: Callable[[], None]) -> None:
        """Look at the power every few seconds until cancelled; tell of changes."""
        while True:
            before = self._is_on_battery
            self._is_on_battery = await asyncio.to_thread(self._ask)
            if self._is_on_battery is not before:
                on_change()
            await asyncio.sleep(LOOKS_EVERY_S)
