"""Open the library for one command: the engine in this process, without a window. Runs in the command."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from app.config.logs import log_to_file
from app.config.paths import DataPaths
from app.config.settings import load_settings
from app.core.errors import PathNotInLibrary
from app.core.messages import DocumentsListed, ListDocuments, WindowRequest
from app.core.types import DocumentRow

if TYPE_CHECKING:
    from app.engine.session import Session

Result = TypeVar("Result")


def with_library(options: Namespace, use: Callable[["Session"], Awaitable[Result]]) -> Result:
    """Open the library that the command names, use it, and close it.

    Raises:
        LibraryLocked: another Margent has it open.
        DataDirectoryUnwritable: it cannot be written.
    """
    # Chroma alone takes 0.6 s to import: `margent --help` and the model shelf do without.
    from app.engine.session import open_session

    async def opened() -> Result:
        paths = DataPaths(options.data_dir)
        paths.create()  # before the settings are read: what is wrong with the folder is then said once and clearly
        async with open_session(paths, load_settings(paths.settings)) as session:
            log_to_file(paths.logs, "command")
            return await use(session)

    return asyncio.run(opened())


async def reply(session: "Session", request: WindowRequest, kind: type[Result]) -> Result:
    """Return the event of one kind that a request ends with."""
    found = [event async for event in session.request(request) if isinstance(event, kind)]
    return found[-1]


async def document_at(session: "Session", word: str) -> DocumentRow:
    """Return the library's document at a path.

    Raises:
        PathNotInLibrary: there is none.
    """
    places = places_of(word)
    listed = await reply(session, ListDocuments(), DocumentsListed)
    for row in listed.documents:
        if row.path in places:
            return row
    raise PathNotInLibrary(path=word)


def absolute(word: str) -> bytes:
    """Return a path from the command line as an absolute one."""
    return os.fsencode(os.path.abspath(os.path.expanduser(word)))


def places_of(word: str) -> tuple[bytes, ...]:
    """Return the names by which the library may know a path: as it was given, and with its links followed."""
    path = absolute(word)
    return tuple(dict.fromkeys((path, os.path.realpath(path))))
