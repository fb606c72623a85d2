"""What tests of the whole engine ask of it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.messages import AddFolder, DocumentsListed, ListDocuments, WindowRequest
from app.engine.session import Session, open_session

Result = TypeVar("Result")
Final = TypeVar("Final")

TINY = "smollm2-135m-instruct-q4_1"
BRIEF = Settings(model=TINY, answer_tokens=48)


def with_session(paths: DataPaths, use: Callable[[Session], Awaitable[Result]], settings: Settings = BRIEF) -> Result:
    """Open a library, use it and close it."""

    async def run() -> Result:
        async with open_session(paths, settings) as session:
            return await use(session)

    return asyncio.run(run())


async def final(session: Session, request: WindowRequest, kind: type[Final]) -> Final:
    """Return the final event of a request, which must be of a kind."""
    last = [event async for event in session.request(request)][-1]
    assert isinstance(last, kind)
    return last


async def indexed(session: Session, folder: Path) -> dict[str, int]:
    """Index a folder and return the documents' ids by name."""
    async for _ in session.request(AddFolder(os.fsencode(folder))):
        pass
    await session.settle(lambda _progress: None)
    rows = (await final(session, ListDocuments(), DocumentsListed)).documents
    return {os.path.basename(row.path).decode(): row.id for row in rows}
