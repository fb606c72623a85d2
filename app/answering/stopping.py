"""Work that ends early when somebody says so. Used in the engine's process."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

from app.answering.needs import AnswerModel

STOP_EVERY_S = 0.1

Result = TypeVar("Result")


async def unless(stopped: asyncio.Event, work: Awaitable[Result]) -> Result | None:
    """Return what the work comes to, None at once when stopped; a model's loading goes on for the next question."""
    doing = asyncio.ensure_future(work)
    stop = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((doing, stop), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
    if stopped.is_set():
        doing.add_done_callback(_look_at)
        return None
    return await doing


def _look_at(done: "asyncio.Future[Result]") -> None:
    """Take note of how something ended that nobody waits for any more; the next question meets what went wrong."""
    if not done.cancelled():
        done.exception()


@asynccontextmanager
async def stoppable(stopped: asyncio.Event, model: AnswerModel) -> AsyncGenerator[None]:
    """Have what the model does in the block end soon after `stopped` is set."""
    stopping = asyncio.create_task(_keep_stopping(stopped, model))
    try:
        yield
    finally:
        stopping.cancel()


async def _keep_stopping(stopped: asyncio.Event, model: AnswerModel) -> None:
    """Tell the model to stop, again and again: it may not have begun yet."""
    await stopped.wait()
    while True:
        await model.stop()
        await asyncio.sleep(STOP_EVERY_S)
